import { expect, test } from "vitest";
import { assertSafeDifferences } from "./difference.ts";
import { mayRank, mayShowAlone } from "./ranking.ts";

const [a, b, c] = [
  { id: "a", n: 5 },
  { id: "b", n: 7 },
  { id: "c", n: 4 },
] as const;

test("H11: unions of whole buckets of k and more differ by nothing or by k and more", () => {
  const views = [[], [a], [a, b], [b]].map((buckets, i) => ({ name: `view ${i}`, buckets }));
  expect(() => assertSafeDifferences(views, 5)).not.toThrow();
});

test.each([
  ["alone", [[c]]],
  [
    "as the difference of two views",
    [
      [a, b, c],
      [a, b],
    ],
  ],
  ["where a bucket is counted twice", [[a, a]]],
])("H11: finds fewer than k records %s", (_, sets) => {
  const views = sets.map((buckets, i) => ({ name: `view ${i}`, buckets }));
  expect(() => assertSafeDifferences(views, 5)).toThrow(
    expect.objectContaining({ code: "ERR_INTERNAL" }),
  );
});

test("H14: ten records of two buckets are ranked", () => {
  expect(mayRank([{ n: 5 }, { n: 5 }])).toBe(true);
  expect(mayRank([{ n: 5 }, { n: 4 }])).toBe(false);
  expect(mayRank([{ n: 50 }])).toBe(false);
  expect([mayShowAlone({ n: 10 }), mayShowAlone({ n: 9 })]).toEqual([true, false]);
});
