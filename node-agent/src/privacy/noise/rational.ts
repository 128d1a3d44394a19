/**
 * Exact fractions, so that no privacy parameter is ever rounded.
 *
 * Nothing in this folder computes with floating-point numbers: their rounding tells which input a noised answer had
 * (Mironov 2012). `exactness.test.ts` reads the sources for it.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";

/** A fraction in lowest terms; the denominator is positive. Make one with {@link rational}. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Digits of numerator and denominator that a release can carry. */
const MAX_DIGITS = 15;

/** The fraction `numerator / denominator` in lowest terms. @throws {RangeError} if the denominator is 0. */
export function rational(numerator: bigint, denominator = 1n): Rational {
  if (denominator === 0n) throw new RangeError("the denominator is 0");
  const divisor = commonDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n);
  return {
    numerator: quotient(numerator, divisor),
    denominator: quotient(denominator, divisor),
  };
}

/**
 * Reads "1/20" or "3": non-negative, at most 15 digits above and below the line.
 *
 * @throws {TributaryError} `ERR_ARGUMENT_INVALID`.
 */
export function parseRational(text: string): Rational {
  const [numerator = "", denominator = "1", ...rest] = text.split("/");
  const isFraction = rest.length === 0 && isDigits(numerator) && isDigits(denominator);
  if (!isFraction || BigInt(denominator) === 0n) {
    throw new TributaryError("ERR_ARGUMENT_INVALID", `not a fraction like 1/20: ${text}`, {
      messageZh: `不是形如 1/20 的分数：${text}`,
    });
  }
  return rational(BigInt(numerator), BigInt(denominator));
}

/** "1/20", or "3" for a whole number. @throws {TributaryError} `ERR_ARGUMENT_INVALID` if a release could not carry it. */
export function formatRational({ numerator, denominator }: Rational): string {
  const parts = [String(numerator), ...(denominator === 1n ? [] : [String(denominator)])];
  if (!parts.every(isDigits)) {
    throw new TributaryError(
      "ERR_ARGUMENT_INVALID",
      `the fraction is negative or has more than ${MAX_DIGITS} digits: ${parts.join("/")}`,
      { messageZh: `分数为负或超过 ${MAX_DIGITS} 位数字：${parts.join("/")}` },
    );
  }
  return parts.join("/");
}

export function add(a: Rational, b: Rational): Rational {
  return rational(
    a.numerator * b.denominator + b.numerator * a.denominator,
    a.denominator * b.denominator,
  );
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** `a` divided by `b`. @throws {RangeError} if `b` is 0. */
export function divide(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator, a.denominator * b.numerator);
}

/** Negative if `a` is below `b`, 0n if they are equal. */
export function compare(a: Rational, b: Rational): bigint {
  return a.numerator * b.denominator - b.numerator * a.denominator;
}

/** `dividend` divided by `divisor`, rounded towards 0: the only division of this folder, and it is of integers. */
export function quotient(dividend: bigint, divisor: bigint): bigint {
  return dividend / divisor;
}

function commonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function isDigits(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= MAX_DIGITS &&
    [...text].every((character) => character >= "0" && character <= "9")
  );
}
