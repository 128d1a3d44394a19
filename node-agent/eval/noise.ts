/**
 * Is the noise what it says, and would a bug in it be noticed?
 *
 * Goodness of fit of both samplers at several parameters, and an attacker who sees 200,000 answers for each of two inputs
 * that are one unit apart: how much of epsilon 1 he proves to have learned, from the right noise and from noise that is
 * too small; and in how many of them the low bits of the answer give the input away for certain (Haney et al. 2022), for
 * the exact sampler and for Laplace noise as textbooks write it. Prints tables and one JSON line; exits with 1 if a
 * sampler does not fit, if more than epsilon was learned, or if an attack did not notice what it must. The random bytes are those of production, so that figures differ a
 * little from run to run; a right sampler fails less than one run in 500.
 *
 * Usage: npm run eval -- noise [DRAWS]
 *
 * @module
 */

import { randomBytes } from "@tributary/proto";
import Table from "cli-table3";
import { median, report } from "../../.tools/bench-report.ts";
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
/** Draws that are timed together; the figure is the median of all such runs. */
const TIMED_DRAWS = 5000;
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
    const draws: bigint[] = [];
    const rates: number[] = [];
    while (draws.length < FIT_DRAWS) {
      const begin = performance.now();
      draws.push(...drawMany(sample, text, TIMED_DRAWS));
      rates.push((TIMED_DRAWS * 1000) / (performance.now() - begin));
    }
    const rate = Math.round(median(rates));
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

const identified = {
  exact: shareIdentified(() => Number(discreteLaplace(uniform, parseRational("1")))),
  textbook: shareIdentified(textbookLaplace),
};
console.log(
  `certain about the input: exact ${identified.exact}, textbook ${identified.textbook.toFixed(3)}`,
);
isSound &&= identified.exact === 0 && identified.textbook > 0;

report("eval-noise", {
  draws: attackDraws,
  draws_per_s: Math.min(...Object.values(drawsPerSecond)),
  draws_per_s_by_parameter: drawsPerSecond,
  p: pValues,
  min_p: Math.min(...Object.values(pValues)),
  epsilon_claimed: CLAIMED_EPSILON,
  epsilon_lower: epsilonProved,
  identified,
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

/** Laplace noise of scale 1 by inversion of its distribution function, in floating point. */
function textbookLaplace(): number {
  const [high, low] = new Uint32Array(randomBytes(8).buffer) as unknown as [number, number];
  const u = ((high >>> 6) * 2 ** 27 + (low >>> 5) + 0.5) / 2 ** 53 - 0.5;
  return -Math.sign(u) * Math.log(1 - 2 * Math.abs(u));
}

/**
 * The share of answers to input 0 that input 1 cannot have: 1 plus noise is always a multiple of 2^-53, noise alone is
 * not where it is small.
 */
function shareIdentified(noise: () => number): number {
  const isOnGrid = (answer: number) => Number.isInteger(answer * 2 ** 53);
  let certain = 0;
  for (let draw = 0; draw < attackDraws; draw++) {
    if (!isOnGrid(0 + noise())) certain += 1;
    if (!isOnGrid(1 + noise())) throw new Error("an answer to input 1 is off the grid");
  }
  return certain / attackDraws;
}
