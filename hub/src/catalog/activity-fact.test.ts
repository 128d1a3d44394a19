import { describe, expect, test } from "vitest";
import { addBatch, decodeActivity, encodeActivity, weekOf } from "./activity-fact.ts";

const WEEK_MS = 7 * 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 25);

describe("weeks of a center", () => {
  test("add up within a week", () => {
    const weeks = addBatch(addBatch([], NOW_MS, 2), NOW_MS, 2);
    expect(weeks).toEqual([{ week: weekOf(NOW_MS), batches: 2, records: 4 }]);
    expect(decodeActivity(encodeActivity(weeks))).toEqual(weeks);
  });

  test("are those of a year and the first of all", () => {
    const ages = [60, 59, 52, 51, 1, 0];
    const weeks = ages.reduce(
      (known, age) => addBatch(known, NOW_MS - age * WEEK_MS, 2),
      decodeActivity(undefined),
    );
    expect(weeks.map(({ week }) => weekOf(NOW_MS) - week)).toEqual([60, 51, 1, 0]);
  });
});
