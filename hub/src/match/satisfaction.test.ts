import { describe, expect, test } from "vitest";
import { seeded } from "../../test/support/match-world.ts";
import { betaPriorOf, shareEstimate, shareMean, type YesNo } from "./satisfaction.ts";

describe("shares of satisfied enterprises", () => {
  test("have a prior with the mean and the strength of the providers", () => {
    const random = seeded(2);
    // True shares of 0.6 and 0.9 at even chances: variance 0.0225, so strength .75 * .25 / .0225 - 1.
    const groups: YesNo[] = Array.from({ length: 2000 }, () => {
      const share = random() < 0.5 ? 0.6 : 0.9;
      const all = 10 + Math.floor(random() * 20);
      return { yes: Array.from({ length: all }).filter(() => random() < share).length, all };
    });
    const { a, b } = betaPriorOf(groups) as { a: number; b: number };
    expect(a / (a + b)).toBeCloseTo(0.75, 1);
    expect(a + b).toBeGreaterThan(6);
    expect(a + b).toBeLessThan(9);
  });

  test("are strong where providers do not differ, and unknown where nobody has answers", () => {
    const alike = betaPriorOf(Array.from({ length: 20 }, () => ({ yes: 8, all: 10 })));
    expect((alike?.a ?? 0) + (alike?.b ?? 0)).toBe(200);
    const alone = betaPriorOf([{ yes: 10, all: 10 }]);
    expect((alone?.a ?? 0) + (alone?.b ?? 0)).toBe(10);
    expect(betaPriorOf([])).toBeUndefined();
  });

  test("lie between the prior and what was answered, in an interval that narrows", () => {
    const prior = { a: 7, b: 3 };
    expect(shareMean(prior, { yes: 0, all: 0 })).toBeCloseTo(0.7, 12);
    expect(shareMean(prior, { yes: 10, all: 10 })).toBeCloseTo(17 / 20, 12);
    const few = shareEstimate(prior, { yes: 9, all: 10 });
    const many = shareEstimate(prior, { yes: 90, all: 100 });
    for (const { low, estimate, high } of [few, many]) {
      expect(low).toBeLessThan(estimate);
      expect(high).toBeGreaterThan(estimate);
    }
    expect(many.high - many.low).toBeLessThan(few.high - few.low);
  });
});
