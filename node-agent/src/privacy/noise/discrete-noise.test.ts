import { describe, expect, test } from "vitest";
import { seededBytes } from "../../../test/seeded-bytes.ts";
import {
  epsilonLowerBound,
  gaussianDistribution,
  goodnessOfFit,
  laplaceDistribution,
} from "../../../test/statistics.ts";
import { epsilonOf } from "../budget/epsilon.ts";
import { discreteGaussian, discreteLaplace } from "./discrete-noise.ts";
import { parseRational, type Rational, rational } from "./rational.ts";
import { Uniform } from "./uniform.ts";

/** The full runs are those of `npm run eval -- noise`. */
const FIT_DRAWS = 20_000;
const ATTACK_DRAWS = 60_000;
const MIN_P = 1e-4;

type Sampler = (uniform: Uniform, parameter: Rational) => bigint;

function draws(sampler: Sampler, parameter: string, count: number, seed: string): bigint[] {
  const uniform = new Uniform(seededBytes(seed));
  const exact = parseRational(parameter);
  return Array.from({ length: count }, () => sampler(uniform, exact));
}

describe("exact noise", () => {
  test.each([
    ["1", 1],
    ["7/3", 7 / 3],
    ["10", 10],
    ["100", 100],
  ])("is discrete Laplace at scale %s, and not at 0.9 of it", (text, scale) => {
    const sample = draws(discreteLaplace, text, FIT_DRAWS, `laplace ${text}`);
    expect(goodnessOfFit(sample, laplaceDistribution(scale)).p).toBeGreaterThan(MIN_P);
    expect(goodnessOfFit(sample, laplaceDistribution(scale * 0.9)).p).toBeLessThan(MIN_P);
  });

  test.each([
    ["1/3", 1 / 3],
    ["1", 1],
    ["100", 100],
    ["2401", 2401],
  ])("is discrete Gaussian at sigma^2 %s, and not at 0.9 of its sigma", (text, sigmaSquared) => {
    const sample = draws(discreteGaussian, text, FIT_DRAWS, `gaussian ${text}`);
    expect(goodnessOfFit(sample, gaussianDistribution(sigmaSquared)).p).toBeGreaterThan(MIN_P);
    expect(goodnessOfFit(sample, gaussianDistribution(sigmaSquared * 0.81)).p).toBeLessThan(MIN_P);
  });

  test("needs as many bytes as the parameter has, also far beyond 64 bits", () => {
    const scale = rational(10n ** 40n);
    const uniform = new Uniform(seededBytes("wide"));
    const magnitudes = Array.from({ length: 400 }, () => {
      const draw = discreteLaplace(uniform, scale);
      return Number(draw < 0n ? -draw : draw) / 1e40;
    });
    // |y| is exponential with mean 1 in units of the scale: its mean over 400 has a standard deviation of 0.05.
    const mean = magnitudes.reduce((sum, value) => sum + value, 0) / magnitudes.length;
    expect(mean).toBeGreaterThan(0.8);
    expect(mean).toBeLessThan(1.2);
  });
});

describe("an attacker who knows all but one unit", () => {
  const attack = (scale: string) =>
    epsilonLowerBound(
      draws(discreteLaplace, scale, ATTACK_DRAWS, `${scale} without`),
      draws(discreteLaplace, scale, ATTACK_DRAWS, `${scale} with`).map((noise) => noise + 1n),
    );

  test("learns no more from a count than epsilon 1 allows, and nearly that", () => {
    expect(attack("1")).toBeLessThanOrEqual(1);
    expect(attack("1")).toBeGreaterThan(0.9);
  });

  test.each([
    ["9/10", 1 / 0.9],
    ["4/5", 1 / 0.8],
    ["1/2", 2],
  ])("gives a bug away that draws %s of the noise", (scale, epsilon) => {
    expect(attack(scale)).toBeGreaterThan(1);
    expect(attack(scale)).toBeLessThanOrEqual(epsilon);
  });

  test("learns no more from Gaussian noise than its zCDP converts to", () => {
    const sensitivity = 10n;
    const sigmaSquared = "5000/3";
    const bound = epsilonLowerBound(
      draws(discreteGaussian, sigmaSquared, ATTACK_DRAWS, "sum without"),
      draws(discreteGaussian, sigmaSquared, ATTACK_DRAWS, "sum with").map(
        (noise) => noise + sensitivity,
      ),
      { delta: 1e-6 },
    );
    expect(bound).toBeGreaterThan(0);
    expect(bound).toBeLessThanOrEqual(epsilonOf(parseRational("3/100"), 1e-6));
  });
});

describe("uniform integers", () => {
  test("are never above the bound, and reach both ends", () => {
    const uniform = new Uniform(seededBytes("ends"));
    const seen = new Set(Array.from({ length: 200 }, () => uniform.below(5n)));
    expect([...seen].sort()).toEqual([0n, 1n, 2n, 3n, 4n]);
  });

  test("throw away a word that would favour small remainders", () => {
    // 2^32 mod 3 is 1, so of all words only the largest is over.
    const words = [2 ** 32 - 1, 4];
    const uniform = new Uniform((length) => {
      const bytes = new Uint8Array(length);
      const view = new DataView(bytes.buffer);
      for (const [index, word] of words.entries()) view.setUint32(index * 4, word);
      return bytes;
    });
    expect(uniform.below(3n)).toBe(1n);
  });
});
