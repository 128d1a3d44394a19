import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bigramsOf,
  diceOfSorted,
  isSubsequence,
  isWithinOneEdit,
  jaroWinkler,
} from "./text-distance.ts";

describe("jaroWinkler", () => {
  // Values of table 2.1 in Winkler, "Overview of Record Linkage and Current Research Directions", 2006.
  test.each([
    ["MARTHA", "MARHTA", 0.961],
    ["DWAYNE", "DUANE", 0.84],
    ["DIXON", "DICKSONX", 0.813],
    ["ABC", "XYZ", 0],
    ["", "A", 0],
  ])("of %s and %s is %d", (a, b, expected) => {
    expect(jaroWinkler(a, b)).toBeCloseTo(expected, 3);
  });

  test("is symmetric and between 0 and 1", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "汇"), maxLength: 12 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(jaroWinkler(a, b)).toBeCloseTo(jaroWinkler(b, a), 12);
        expect(jaroWinkler(a, b)).toBeGreaterThanOrEqual(0);
        expect(jaroWinkler(a, b)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe("isWithinOneEdit", () => {
  test.each([
    ["abc", "abc", true],
    ["abc", "abd", true],
    ["abc", "abcd", true],
    ["abc", "bc", true],
    ["abc", "acb", true],
    ["abc", "cba", false],
    ["abc", "abxy", false],
    ["abcd", "badc", false],
  ])("%s and %s: %s", (a, b, expected) => {
    expect(isWithinOneEdit(a, b)).toBe(expected);
    expect(isWithinOneEdit(b, a)).toBe(expected);
  });
});

test("isSubsequence wants the order and nothing else", () => {
  expect(isSubsequence("中石化", "中国石油化工")).toBe(true);
  expect(isSubsequence("化石", "中国石油化工")).toBe(false);
  expect(isSubsequence("", "a")).toBe(true);
});

test("dice is twice the shared pairs of all pairs", () => {
  expect(diceOfSorted(bigramsOf("night"), bigramsOf("nacht"))).toBeCloseTo(0.25, 12);
  expect(diceOfSorted(bigramsOf(""), bigramsOf("a"))).toBe(0);
});
