import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backOffMs, RetryBudget, systemRandom } from "./retry.ts";

describe("backOffMs", () => {
  test("doubles up to its limit, and jitter is drawn after the limit", () => {
    const options = { firstMs: 100, maxMs: 1_000 };
    const most = [0, 1, 2, 3, 4, 60].map((n) => backOffMs(n, options, () => 0.999999));
    expect(most).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(backOffMs(60, options, () => 0.5)).toBe(500);
    expect(backOffMs(3, options, () => 0)).toBe(0);
  });
});

describe("systemRandom", () => {
  test("is at least 0 and below 1", () => {
    for (let i = 0; i < 1_000; i += 1) {
      const value = systemRandom();
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
    }
  });
});

describe("a retry budget", () => {
  test("ends after 49 failures in a row", () => {
    const budget = new RetryBudget();
    const granted = Array.from({ length: 200 }, () => budget.trySpend());
    expect(granted.filter(Boolean)).toHaveLength(49);
    expect(granted.indexOf(false)).toBe(49);
  });

  test("for any mix of calls, grants no more than 49 retries and a tenth of the successes", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 2_000 }), (outcomes) => {
        const budget = new RetryBudget();
        let granted = 0;
        let successes = 0;
        for (const isSuccess of outcomes) {
          if (isSuccess) {
            successes += 1;
            budget.onSuccess();
          } else if (budget.trySpend()) granted += 1;
        }
        expect(granted).toBeLessThanOrEqual(50 + successes / 10);
      }),
    );
  });
});
