import fc from "fast-check";
import { expect, test } from "vitest";
import { add, fractionText, isBelow, multiply, parseFraction } from "./fraction.ts";

const anyFraction = fc
  .tuple(fc.bigInt(0n, 10n ** 15n - 1n), fc.bigInt(1n, 10n ** 15n - 1n))
  .map(([numerator, denominator]) => parseFraction(`${numerator}/${denominator}`));

test("reads and writes fractions in lowest terms", () => {
  expect(["0", "0/7", "6/4", "20/10"].map((text) => fractionText(parseFraction(text)))).toEqual([
    "0",
    "0",
    "3/2",
    "2",
  ]);
  for (const text of ["", "-1", "1/0", "1.5", "1/01", "1".repeat(16)]) {
    expect(() => parseFraction(text)).toThrow(RangeError);
  }
});

test("adds and multiplies exactly where a release can carry the answer", () => {
  expect(fractionText(add(parseFraction("1/20"), parseFraction("3/100")))).toBe("2/25");
  expect(fractionText(multiply(parseFraction("5000/3"), parseFraction("3/50")))).toBe("100");
});

test("a sum is never below what was added, by at most a billionth above it, and stays short", () => {
  fc.assert(
    fc.property(anyFraction, anyFraction, (a, b) => {
      const sum = add(a, b);
      const [top, bottom] = [
        a.numerator * b.denominator + b.numerator * a.denominator,
        a.denominator * b.denominator,
      ];
      const exact = { numerator: top, denominator: bottom };
      expect(isBelow(sum, exact)).toBe(false);
      const above = { numerator: top * 10n ** 9n + bottom, denominator: bottom * 10n ** 9n };
      expect(isBelow(above, sum)).toBe(false);
      expect(sum.denominator < 10n ** 15n).toBe(true);
    }),
    { seed: 1 },
  );
});
