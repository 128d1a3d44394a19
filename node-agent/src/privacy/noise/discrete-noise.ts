/**
 * Exact samplers of the discrete Laplace and the discrete Gaussian distribution.
 *
 * Source: Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy" (2020), algorithms 2 and 3. How long
 * a draw takes depends on what is drawn: draw in batches ahead of a release, never while somebody waits for one answer.
 *
 * @module
 */

import { quotient, type Rational } from "./rational.ts";
import type { Uniform } from "./uniform.ts";

/** What a release names as its sampler. */
export const SAMPLER = "cks20-bigint/1";

/** An integer y with probability proportional to exp(-|y| / `scale`); `scale` is positive. */
export function discreteLaplace(uniform: Uniform, scale: Rational): bigint {
  const { numerator, denominator } = scale;
  for (;;) {
    const remainder = uniform.below(numerator);
    if (!uniform.bernoulliExp(remainder, numerator)) continue;
    let magnitude = remainder;
    while (uniform.bernoulliExp(1n, 1n)) magnitude += numerator;
    magnitude = quotient(magnitude, denominator);
    const isNegative = uniform.bernoulli(1n, 2n);
    // Zero has one sign only, or it would be twice as likely.
    if (isNegative && magnitude === 0n) continue;
    return isNegative ? -magnitude : magnitude;
  }
}

/** An integer y with probability proportional to exp(-y^2 / (2 `sigmaSquared`)); `sigmaSquared` is positive. */
export function discreteGaussian(uniform: Uniform, sigmaSquared: Rational): bigint {
  const { numerator, denominator } = sigmaSquared;
  const scale = squareRoot(quotient(numerator, denominator)) + 1n;
  const laplace: Rational = { numerator: scale, denominator: 1n };
  const step = scale * denominator;
  const spread = 2n * numerator * step * scale;
  for (;;) {
    const drawn = discreteLaplace(uniform, laplace);
    // (|y| - sigma^2 / scale)^2 / (2 sigma^2), over a common denominator.
    const distance = (drawn < 0n ? -drawn : drawn) * step - numerator;
    if (uniform.bernoulliExp(distance * distance, spread)) return drawn;
  }
}

/** The largest integer whose square is at most `value`, by Newton's method from above. */
function squareRoot(value: bigint): bigint {
  let root = value;
  let next = quotient(value + 1n, 2n);
  while (next < root) {
    root = next;
    next = quotient(root + quotient(value, root), 2n);
  }
  return root;
}
