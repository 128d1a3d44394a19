import { expect, test } from "vitest";
import { chiSquareTail, clopperPearsonLow } from "./statistics.ts";

// Known answers: scipy.stats.chi2.sf and scipy.stats.beta.ppf(risk, hits, trials - hits + 1) of SciPy 1.17.1.
test.each([
  [3.84, 1, 0.05004352124870519],
  [18.3, 10, 0.050109061411462506],
  [70, 99, 0.9879938946441263],
  [400, 299, 8.28802410424771e-5],
])("a chi-square of %d at %d degrees of freedom", (statistic, freedom, p) => {
  expect(chiSquareTail(statistic, freedom)).toBeCloseTo(p, 11);
});

test.each([
  [0, 10, 0.025, 0],
  [1, 10, 0.025, 0.0025285785444617848],
  [50, 100, 0.0005, 0.3355819371905234],
  [30_000, 100_000, 0.0005, 0.29524182771300594],
  [9, 9, 0.05, 0.7168711644368365],
])("the lower bound for %d of %d at a risk of %d", (hits, trials, risk, low) => {
  expect(clopperPearsonLow(hits, trials, risk)).toBeCloseTo(low, 11);
});
