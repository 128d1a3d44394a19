import { describe, expect, test } from "vitest";
import { weekOf } from "../catalog/activity-fact.ts";
import { type ActivityJudgement, judgeActivity } from "./activity.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 25, 4);
const THIS_WEEK = weekOf(NOW_MS);

/** A center whose batches came so many weeks ago, with so many records each. */
function judged(
  batches: readonly (readonly [weeksAgo: number, records: number])[],
  sinceDays = 400,
) {
  const weeks = batches
    .map(([ago, records]) => ({ week: THIS_WEEK - ago, batches: 1, records }))
    .toSorted((a, b) => a.week - b.week);
  const newest = Math.min(...batches.map(([ago]) => ago));
  const lastBatchAtMs = batches.length === 0 ? undefined : NOW_MS - newest * 7 * DAY_MS;
  return judgeActivity({ stateAtMs: NOW_MS - sinceDays * DAY_MS, lastBatchAtMs, weeks }, NOW_MS);
}

const english = ({ because }: ActivityJudgement) => because.map(({ en }) => en);

describe("a center", () => {
  test("is active while it keeps its promises", () => {
    const active = judged([0, 4, 8, 12, 16, 20].map((ago) => [ago, 3]));
    expect(active).toMatchObject({ state: "active", kept: 6, promised: 6, recent: 9, before: 9 });
    expect(english(active)).toEqual([
      "last batch less than a day ago; 6 of 6 promised periods kept",
    ]);
  });

  test("is slowing after 28 days of silence, and dormant after 84", () => {
    expect(judged([[4, 1]], 60).state).toBe("active");
    expect(judged([[5, 1]], 60).state).toBe("slowing");
    expect(judged([[12, 1]]).state).toBe("slowing");
    const dormant = judged([[13, 1]]);
    expect(dormant.state).toBe("dormant");
    expect(dormant.because).toEqual([
      {
        en: "no batch for 91 days; the limit is 84",
        zh: "已 91 天没有发布（上限 84 天）",
      },
    ]);
  });

  test("is slowing when fewer than half of the promised periods had something new", () => {
    const half = judged([
      [0, 1],
      [4, 1],
      [8, 1],
    ]);
    expect(half).toMatchObject({ state: "active", kept: 3, promised: 6 });
    const fewer = judged([
      [0, 1],
      [4, 1],
    ]);
    expect(english(fewer)).toEqual(["something new in 2 of 6 periods of 4 weeks; fewer than half"]);
  });

  test("is slowing when less than a quarter of the records comes, if there were 20", () => {
    const every = (before: number, recent: number) =>
      judged([
        [0, recent],
        [4, 0],
        [8, 0],
        [12, before],
      ]);
    expect(every(20, 5).state).toBe("active");
    expect(english(every(20, 4))).toEqual([
      "4 records in 12 weeks after 20 in the 12 before; less than a quarter",
    ]);
    expect(every(19, 0).state).toBe("active");
  });

  test("that is new has promised nothing yet, and is judged by its silence alone", () => {
    expect(judged([], 10)).toMatchObject({ state: "active", promised: 0, kept: 0, silentDays: 10 });
    expect(judged([], 30).state).toBe("slowing");
    expect(judged([], 85).state).toBe("dormant");
    expect(english(judged([[0, 1]], 3))).toEqual([
      "last batch less than a day ago; no promised period is over yet",
    ]);
  });

  test("whose clock is behind that of the hub is not silent", () => {
    const weeks = [{ week: THIS_WEEK, batches: 1, records: 1 }];
    const history = { stateAtMs: undefined, lastBatchAtMs: NOW_MS + DAY_MS, weeks };
    expect(judgeActivity(history, NOW_MS)).toMatchObject({ state: "active", silentDays: 0 });
  });
});

describe("a week", () => {
  test("begins on Monday at midnight in Beijing", () => {
    const monday = Date.UTC(2026, 10, 22, 16);
    expect(weekOf(monday) - weekOf(monday - 1)).toBe(1);
    expect(weekOf(monday + 7 * DAY_MS - 1)).toBe(weekOf(monday));
  });
});
