import { compare, type Rational, rational } from "../noise/rational.ts";

/** Alphas that are tried: 1 + 10^-3 to 1 + 10^6, with steps fine enough that the minimum is missed by less than 10^-4. */
const LOWEST_EXPONENT = -3;
const HIGHEST_EXPONENT = 6;
const STEPS_PER_DECADE = 1000;
/** Where a reported figure is rounded up. */
const PER_UNIT = 1000;
/** More than all rounding errors of the formula together, relative to its largest term. */
const ROUNDING_ERRORS = 1e-9;

/**
 * The epsilon of (epsilon, delta)-differential privacy that `rho`-zCDP gives, for people to read: an upper bound, rounded
 * up to three decimals. Nothing is decided by it; caps and costs are exact fractions of rho.
 *
 * Every alpha above 1 gives a valid bound (Canonne, Kamath, Steinke 2020, corollary 13), so a search for the best can
 * only be too careful.
 *
 * @param delta Above 0, below 1.
 */
export function epsilonOf(rho: Rational, delta: number): number {
  if (!(delta > 0 && delta < 1))
    throw new RangeError(`delta must be above 0 and below 1: ${delta}`);
  if (compare(rho, rational(0n)) <= 0n) return 0;
  const cost = Number(rho.numerator) / Number(rho.denominator);
  let best = Number.POSITIVE_INFINITY;
  const [from, to] = [LOWEST_EXPONENT * STEPS_PER_DECADE, HIGHEST_EXPONENT * STEPS_PER_DECADE];
  for (let step = from; step <= to; step++) {
    const excess = 10 ** (step / STEPS_PER_DECADE);
    const alpha = 1 + excess;
    const terms = [
      alpha * cost,
      -Math.log(delta) / excess,
      -Math.log(excess) / excess,
      -(alpha * Math.log1p(1 / excess)) / excess,
    ];
    const size = Math.max(...terms.map(Math.abs));
    best = Math.min(best, terms.reduce((sum, term) => sum + term, 0) + size * ROUNDING_ERRORS);
  }
  return Math.ceil(Math.max(best, 0) * PER_UNIT) / PER_UNIT;
}
