import { describe, expect, test } from "vitest";
import { stemOf, wordTerms } from "./words.ts";

describe("wordTerms", () => {
  test.each([
    ["pump", ["pump"]],
    ["pumps", ["pumps", "pump"]],
    ["pd1728_a", ["pd1728a", "pd1728", "a", "pd", "1728"]],
    ["pd1728-a", ["pd1728a", "pd1728", "a", "pd", "1728"]],
    ["5g", ["5g", "5", "g"]],
    ["iso9001", ["iso9001", "iso", "9001"]],
    ["half-width", ["halfwidth", "half", "width"]],
    ["c++", ["c++", "c"]],
    ["2025", ["2025"]],
  ])("gives %s as %j", (run, terms) => {
    expect(wordTerms(run).map(({ term }) => term)).toEqual(terms);
  });

  test("says where in the run each term stands", () => {
    expect(wordTerms("pd-17").map(({ term, from, to }) => [term, from, to])).toEqual([
      ["pd17", 0, 5],
      ["pd", 0, 2],
      ["17", 3, 5],
    ]);
  });
});

describe("stemOf", () => {
  test.each([
    ["services", "service"],
    ["companies", "company"],
    ["pumps", "pump"],
    ["processes", "processe"],
    ["analysis", "analysi"],
    ["status", "status"],
    ["process", "process"],
    ["bus", "bus"],
    ["its", "its"],
    ["2000s", "2000s"],
  ])("stems %s to %s", (word, stem) => {
    expect(stemOf(word)).toBe(stem);
  });
});
