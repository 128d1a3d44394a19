import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addBatch, decodeActivity, encodeActivity, weekOf } from "../catalog/activity-fact.ts";
import { ACTIVITY_RULE, judgeActivity } from "./activity.ts";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** A Sunday evening in Beijing: weeks of the rule end within hours. */
const NOW_MS = Date.UTC(2026, 10, 29, 12);
const THIS_WEEK = weekOf(NOW_MS);

const batch = fc.record({
  atMs: fc.integer({ min: NOW_MS - 60 * WEEK_MS, max: NOW_MS }),
  records: fc.nat(40),
});

describe("activity", () => {
  test("is what counting the batches one by one gives, in whatever order they came", () => {
    fc.assert(
      fc.property(
        fc.array(batch, { maxLength: 60 }),
        fc.integer({ min: NOW_MS - 60 * WEEK_MS, max: NOW_MS }),
        (batches, stateAtMs) => {
          const weeks = batches.reduce(
            (known, { atMs, records }) =>
              decodeActivity(encodeActivity(addBatch(known, atMs, records))),
            decodeActivity(undefined),
          );
          const lastBatchAtMs =
            batches.length === 0 ? undefined : Math.max(...batches.map(({ atMs }) => atMs));
          const judged = judgeActivity({ stateAtMs, lastBatchAtMs, weeks }, NOW_MS);
          expect(judged).toMatchObject(naive(batches, stateAtMs));
        },
      ),
    );
  });
});

/** The rule as its text says it, from raw batches. What is dropped of a history changes nothing. */
function naive(batches: readonly { atMs: number; records: number }[], stateAtMs: number) {
  const rule = ACTIVITY_RULE;
  const first = Math.min(stateAtMs, ...batches.map(({ atMs }) => atMs));
  let promised = 0;
  let kept = 0;
  for (let period = 0; period < rule.periods; period += 1) {
    const last = THIS_WEEK - period * rule.periodWeeks;
    const from = last - rule.periodWeeks + 1;
    if (from < weekOf(first)) break;
    promised += 1;
    if (batches.some(({ atMs }) => weekOf(atMs) >= from && weekOf(atMs) <= last)) kept += 1;
  }
  const sum = (from: number, to: number) =>
    batches
      .filter(({ atMs }) => {
        const age = THIS_WEEK - weekOf(atMs);
        return age >= from && age < to;
      })
      .reduce((total, { records }) => total + records, 0);
  const recent = sum(0, rule.growthWeeks);
  const before = sum(rule.growthWeeks, 2 * rule.growthWeeks);
  const heardMs = batches.length === 0 ? stateAtMs : Math.max(...batches.map(({ atMs }) => atMs));
  const silentDays = Math.floor((NOW_MS - heardMs) / DAY_MS);
  const isDormant = silentDays > 84;
  const isSlowing =
    silentDays > 28 ||
    (promised >= 3 && kept < promised / 2) ||
    (before >= 20 && recent < before / 4);
  return {
    promised,
    kept,
    recent,
    before,
    silentDays,
    state: isDormant ? "dormant" : isSlowing ? "slowing" : "active",
  };
}
