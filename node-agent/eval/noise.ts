/**
 * Is the noise what it says, and would a bug in it be noticed?
 *
 * Goodness of fit of both samplers at several parameters, and an attacker who sees 200,000 answers for each of two inputs
 * that are one unit apart: how much of epsilon 1 he proves to have learned, from the right noise and from noise that is
 * too small. Prints two tables and one JSON line; exits with 1 if a sampler does not fit, if more than epsilon was
 * learned, or if too little noise was not noticed. The random bytes are those of production, so that figures differ a
 * little from run to run; a right sampler fails less than one run in 500.
 *
 * Usage: npm run eval -- noise [DRAWS]
 *
 * @module
 */

import { randomBytes } from "@tributary/proto";
import Table from "cli-table3";
import { report } from "../../.tools/bench-report.ts";
import { discreteGaussian, discreteLaplace } from "../src/privacy/noise/discrete-noise.ts";
import { parseRational, type Rational } from "../src/privacy/noise/rational.ts";
import { Uniform } from "../src/privacy/noise/uniform.ts";
import {
  epsilonLowerBound,
  gaussianDistribution,
  goodnessOfFit,
  laplaceDistribution,
} from "../test/statistics.ts";

const FIT_DRAWS = 100_000;
const MIN_P = 1e-4;
const SAMPLERS = {
  laplace: { sample: discreteLaplace, of: laplaceDistribution, at: ["1", "7/3", "10", "100"] },
  gaussian: { sample: discreteGaussian, of: gaussianDistribution, at: ["1/3", "1", "100", "2401"] },
} as const;
/** What stands for the scale 1 of epsilon 1. */
const SCALES = { right: "1", "0.9": "9/10", "0.8": "4/5", "0.5": "1/2" } as const;
const CLAIMED_EPSILON = 1;

const attackDraws = Number(process.argv[2] ?? 200_000);
if (!Number.isInteger(attackDraws) || attackDraws < 1000) {
  console.error("usage: npm run eval -- noise [DRAWS]    (1000 or more)");
  process.exit(2);
}
const uniform = new Uniform(randomBytes);
let isSound = true;

const fit = new Table({ head: ["sampler", "parameter", "draws/s", "chi-square z", "p"] });
const pValues: Record<string, number> = {};
const drawsPerSecond: Record<string, number> = {};
for (const [name, { sample, of, at }] of Object.entries(SAMPLERS)) {
  for (const text of at) {
    const begin = performance.now();
    const draws = drawMany(sample, text, FIT_DRAWS);
    const rate = Math.round((FIT_DRAWS * 1000) / (performance.now() - begin));
    const { numerator, denominator } = parseRational(text);
    const { p, z } = goodnessOfFit(draws, of(Number(numerator) / Number(denominator)));
    fit.push([name, text, rate, z.toFixed(2), p.toPrecision(3)]);
    pValues[`${name} ${text}`] = Number(p.toPrecision(3));
    drawsPerSecond[`${name} ${text}`] = rate;
    isSound &&= p > MIN_P;
  }
}
console.log(fit.toString());

const attack = new Table({ head: ["noise", "epsilon claimed", "epsilon proved", ""] });
const epsilonProved: Record<string, number> = {};
for (const [name, scale] of Object.entries(SCALES)) {
  const without = drawMany(discreteLaplace, scale, attackDraws);
  const withUnit = drawMany(discreteLaplace, scale, attackDraws).map((noise) => noise + 1n);
  const proved = epsilonLowerBound(without, withUnit);
  const isFlagged = proved > CLAIMED_EPSILON;
  attack.push([name, CLAIMED_EPSILON, proved.toFixed(3), isFlagged ? "too little noise" : ""]);
  epsilonProved[name] = Number(proved.toFixed(4));
  isSound &&= isFlagged === (name !== "right");
}
console.log(attack.toString());

report("eval-noise", {
  draws: attackDraws,
  draws_per_s: Math.min(...Object.values(drawsPerSecond)),
  draws_per_s_by_parameter: drawsPerSecond,
  p: pValues,
  min_p: Math.min(...Object.values(pValues)),
  epsilon_claimed: CLAIMED_EPSILON,
  epsilon_lower: epsilonProved,
  sound: isSound,
});
if (!isSound) process.exitCode = 1;

function drawMany(
  sample: (uniform: Uniform, parameter: Rational) => bigint,
  parameter: string,
  count: number,
): bigint[] {
  const exact = parseRational(parameter);
  return Array.from({ length: count }, () => sample(uniform, exact));
}
