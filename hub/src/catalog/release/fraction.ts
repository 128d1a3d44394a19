/**
 * Exact fractions of non-negative whole numbers: a privacy budget is never rounded.
 *
 * @module
 */

/** A fraction in lowest terms; the denominator is positive. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const ZERO: Fraction = { numerator: 0n, denominator: 1n };

/** Most digits above and below the line that a release can carry. */
const MAX_DIGITS = 15;
const LIMIT = 10n ** BigInt(MAX_DIGITS);
/** To which a sum is rounded up that has more digits. */
const COARSE = 10n ** 9n;

const FRACTION = /^(\d{1,15})(?:\/([1-9]\d{0,14}))?$/;

/** True for "1/20" or "3", with at most 15 digits above and below the line. */
export function isFraction(text: string): boolean {
  return FRACTION.test(text);
}

/** Reads "1/20" or "3". @throws {RangeError} if it is neither, or has more than 15 digits above or below the line. */
export function parseFraction(text: string): Fraction {
  const [, numerator, denominator = "1"] = FRACTION.exec(text) ?? [];
  if (numerator === undefined) throw new RangeError(`${text} is not a fraction`);
  return lowest(BigInt(numerator), BigInt(denominator));
}

/** "1/20", or "3" for a whole number. */
export function fractionText({ numerator, denominator }: Fraction): string {
  return denominator === 1n ? String(numerator) : `${numerator}/${denominator}`;
}

/** The sum; rounded up to a billionth where it has more digits than a release can carry, so that it stays short. */
export function add(a: Fraction, b: Fraction): Fraction {
  const sum = lowest(
    a.numerator * b.denominator + b.numerator * a.denominator,
    a.denominator * b.denominator,
  );
  if (sum.numerator < LIMIT && sum.denominator < LIMIT) return sum;
  return lowest((sum.numerator * COARSE + sum.denominator - 1n) / sum.denominator, COARSE);
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return lowest(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** True if `a` is below `b`. */
export function isBelow(a: Fraction, b: Fraction): boolean {
  return a.numerator * b.denominator < b.numerator * a.denominator;
}

function lowest(numerator: bigint, denominator: bigint): Fraction {
  let [a, b] = [numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return { numerator: numerator / a, denominator: denominator / a };
}
