/**
 * Zero-concentrated differential privacy: what an answer costs, exactly.
 *
 * An answer with squared L2 sensitivity D under discrete Gaussian noise of parameter sigma^2 is D / (2 sigma^2)-zCDP;
 * costs add up (Bun and Steinke 2016; Canonne, Kamath, Steinke 2020, theorem 4).
 *
 * @module
 */

import { divide, multiply, type Rational, rational } from "./rational.ts";

const TWO = rational(2n);

/** The sigma^2 at which an answer costs `rho`, which is positive. */
export function sigmaSquaredFor(delta2Squared: Rational, rho: Rational): Rational {
  return divide(delta2Squared, multiply(TWO, rho));
}

/** What an answer costs at `sigmaSquared`, which is positive. */
export function rhoOf(delta2Squared: Rational, sigmaSquared: Rational): Rational {
  return divide(delta2Squared, multiply(TWO, sigmaSquared));
}
