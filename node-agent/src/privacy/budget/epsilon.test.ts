import { describe, expect, test } from "vitest";
import { parseRational } from "../noise/rational.ts";
import { epsilonOf } from "./epsilon.ts";

describe("epsilonOf", () => {
  // Known answers: the infimum by scipy.optimize.minimize_scalar (SciPy 1.17.1) over ln(alpha - 1).
  test.each([
    ["1/100", 0.6216926545596024],
    ["1/20", 1.4715947505324163],
    ["1/10", 2.141938928385474],
    ["1/4", 3.5422913004770153],
    ["1", 7.766216625311721],
  ])("of %s-zCDP at delta 10^-6 is the infimum, rounded up", (rho, infimum) => {
    expect(epsilonOf(parseRational(rho), 1e-6)).toBe(Math.ceil(infimum * 1000) / 1000);
  });

  test("is below the simple bound rho + 2 sqrt(rho ln(1 / delta))", () => {
    for (const rho of ["1/1000", "1/20", "1/2", "3"]) {
      const value = Number(rho.split("/")[0]) / Number(rho.split("/")[1] ?? 1);
      const simple = value + 2 * Math.sqrt(value * Math.log(1e6));
      expect(epsilonOf(parseRational(rho), 1e-6)).toBeLessThan(simple);
    }
  });

  test("is 0 where nothing was spent, and knows the range of delta", () => {
    expect(epsilonOf(parseRational("0"), 1e-6)).toBe(0);
    for (const delta of [0, 1, -1, Number.NaN]) {
      expect(() => epsilonOf(parseRational("1"), delta)).toThrow(RangeError);
    }
  });
});
