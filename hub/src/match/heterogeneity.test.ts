import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normal, seeded } from "../../test/support/match-world.ts";
import {
  borrowedTau2,
  heterogeneityOf,
  meanOfGroups,
  NO_HETEROGENEITY,
  pooled,
  tau2Of,
} from "./heterogeneity.ts";

describe("DerSimonian and Laird", () => {
  test("gives the worked example by hand", () => {
    // v = 4, 4, 8; m = (4*1 + 4*3 + 8*2) / 16 = 2; Q = 4 + 4 + 0 = 8; c = 16 - 96/16 = 10; tau² = (8 - 2) / 10.
    const of = heterogeneityOf(
      [
        { n: 4, mean: 1 },
        { n: 4, mean: 3 },
        { n: 8, mean: 2 },
      ],
      1,
    );
    expect(of).toEqual({ q: 8, df: 2, c: 10, groups: 3 });
    expect(tau2Of(of)).toBeCloseTo(0.6, 12);
  });

  test("is 0 where the groups differ by less than chance, and for fewer than two groups", () => {
    expect(
      tau2Of(
        heterogeneityOf(
          [
            { n: 5, mean: 1 },
            { n: 5, mean: 1 },
          ],
          1,
        ),
      ),
    ).toBe(0);
    expect(tau2Of(heterogeneityOf([{ n: 5, mean: 9 }], 1))).toBe(0);
    expect(tau2Of(NO_HETEROGENEITY)).toBe(0);
  });

  test("finds the true spread of many groups", () => {
    const random = seeded(1);
    const groups = Array.from({ length: 4000 }, () => {
      const n = 5 + Math.floor(random() * 20);
      return { n, mean: 0.5 * normal(random) + normal(random) / Math.sqrt(n) };
    });
    const tau2 = tau2Of(heterogeneityOf(groups, 1));
    expect(tau2).toBeGreaterThan(0.23);
    expect(tau2).toBeLessThan(0.27);
    expect(Math.abs(meanOfGroups(groups, 1, tau2))).toBeLessThan(0.03);
  });

  test("adds up over scenarios whatever their means", () => {
    const a = [
      { n: 5, mean: 1 },
      { n: 5, mean: 3 },
    ];
    const b = [
      { n: 5, mean: 101 },
      { n: 5, mean: 103 },
    ];
    const both = pooled(heterogeneityOf(a, 1), heterogeneityOf(b, 1));
    expect(tau2Of(both)).toBeCloseTo(tau2Of(heterogeneityOf(a, 1)), 9);
  });

  test("is borrowed from the first circle with eight groups and a spread", () => {
    const circle = (groups: number, q: number) => ({ q, df: groups - 1, c: 10, groups });
    expect(borrowedTau2([circle(7, 100), circle(20, 39)], 9)).toBeCloseTo(2, 12);
    expect(borrowedTau2([circle(8, 5), circle(20, 39)], 9)).toBeCloseTo(2, 12);
    expect(borrowedTau2([circle(8, 27), circle(20, 39)], 9)).toBeCloseTo(2, 12);
    expect(borrowedTau2([circle(7, 100)], 9)).toBe(9);
  });

  test("never weighs a group outside of the others' range", () => {
    const groups = fc.array(
      fc.record({
        n: fc.integer({ min: 1, max: 50 }),
        mean: fc.double({ min: -5, max: 5, noNaN: true }),
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(groups, fc.double({ min: 0, max: 5, noNaN: true }), (of, tau2) => {
        const mean = meanOfGroups(of, 1, tau2);
        expect(mean).toBeGreaterThanOrEqual(Math.min(...of.map((group) => group.mean)) - 1e-9);
        expect(mean).toBeLessThanOrEqual(Math.max(...of.map((group) => group.mean)) + 1e-9);
      }),
    );
  });
});
