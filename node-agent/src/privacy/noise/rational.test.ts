import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { add, compare, formatRational, multiply, parseRational, rational } from "./rational.ts";

describe("rationals", () => {
  test("are read and written in lowest terms", () => {
    expect(formatRational(parseRational("10/200"))).toBe("1/20");
    expect(formatRational(parseRational("100/6"))).toBe("50/3");
    expect(formatRational(parseRational("8/4"))).toBe("2");
    expect(formatRational(parseRational("0/7"))).toBe("0");
  });

  test.each([
    "",
    "1/0",
    "1/00",
    "-1/2",
    "1/-2",
    "1.5",
    "1/2/3",
    " 1/2",
    "1e3",
    "0x10",
    "１/2",
    "/2",
    "1/",
    "1234567890123456",
  ])("are not read from %j", (text) => {
    expect(() => parseRational(text)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT_INVALID" }),
    );
  });

  test("are not written with more digits than a release can carry, nor below 0", () => {
    for (const value of [rational(1n, 10n ** 15n), rational(10n ** 15n), rational(-1n, 2n)]) {
      expect(() => formatRational(value)).toThrow(
        expect.objectContaining({ code: "ERR_ARGUMENT_INVALID" }),
      );
    }
  });

  test("add, multiply and compare as fractions do", () => {
    const fraction = fc
      .tuple(fc.bigInt(-(10n ** 9n), 10n ** 9n), fc.bigInt(1n, 10n ** 9n))
      .map(([numerator, denominator]) => rational(numerator, denominator));
    fc.assert(
      fc.property(fraction, fraction, fraction, (a, b, c) => {
        expect(add(a, b)).toEqual(add(b, a));
        expect(multiply(add(a, b), c)).toEqual(add(multiply(a, c), multiply(b, c)));
        expect(compare(a, b) < 0n).toBe(compare(b, a) > 0n);
        expect(compare(a, rational(a.numerator * 7n, a.denominator * 7n))).toBe(0n);
      }),
    );
  });
});
