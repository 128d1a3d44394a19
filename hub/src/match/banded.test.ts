import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bandedQuantile, medianAndMad } from "./banded.ts";

const counts = fc
  .array(fc.nat(50), { minLength: 5, maxLength: 5 })
  .filter((list) => list.some((count) => count > 0));

describe("a distribution known by bands", () => {
  test("has its quantile inside the band that holds it", () => {
    // 0 to 4 points: the band is from -0.5 to 4.5, evenly spread.
    expect(bandedQuantile([0, 10, 0, 0, 0], 0.5)).toBeCloseTo(2, 9);
    expect(bandedQuantile([0, 0, 10, 10, 0], 0.5)).toBeCloseTo(9.5, 9);
    expect(bandedQuantile([1, 1, 1, 1, 1], 1)).toBeCloseTo(50.5, 9);
    expect(bandedQuantile([0, 0, 0, 0, 0], 0.5)).toBe(0);
  });

  test("has a quantile that never falls", () => {
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), (of, share) => {
        expect(bandedQuantile(of, share)).toBeLessThanOrEqual(bandedQuantile(of, 1) + 1e-9);
        expect(bandedQuantile(of, share / 2)).toBeLessThanOrEqual(bandedQuantile(of, share) + 1e-9);
      }),
    );
  });

  test("has half of itself within one MAD of the median, as drawn values show", () => {
    fc.assert(
      fc.property(counts, (of) => {
        const { median, mad } = medianAndMad(of);
        const values = Array.from({ length: 4001 }, (_, i) => bandedQuantile(of, i / 4000));
        const within = values.filter((value) => Math.abs(value - median) <= mad + 1e-6).length;
        // A scale below one point is widened to it.
        expect(within / values.length).toBeGreaterThan(mad > 1 ? 0.49 : 0.45);
        if (mad > 1) expect(within / values.length).toBeLessThan(0.51);
      }),
      { numRuns: 50 },
    );
  });
});
