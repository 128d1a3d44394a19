import { describe, expect, test } from "vitest";
import {
  betaQuantile,
  betaShareBelow,
  normalShareBelow,
  seededNormal,
  seededUniform,
  spreadOf,
  Z20,
  Z80,
} from "./numbers.ts";

describe("the normal distribution", () => {
  test("has the shares of the tables", () => {
    for (const [z, share] of [
      [0, 0.5],
      [1, 0.8413447],
      [-1.96, 0.0249979],
      [Z80, 0.9],
      [-Z20, 0.2],
    ] as const) {
      expect(normalShareBelow(z)).toBeCloseTo(share, 5);
    }
  });
});

describe("the beta distribution", () => {
  test("has the shares of closed forms", () => {
    expect(betaShareBelow(0.3, 1, 1)).toBeCloseTo(0.3, 10);
    expect(betaShareBelow(0.5, 2, 1)).toBeCloseTo(0.25, 10);
    expect(betaShareBelow(0.5, 7, 7)).toBeCloseTo(0.5, 10);
    // 1 - (1 - x)^5
    expect(betaShareBelow(0.2, 1, 5)).toBeCloseTo(1 - 0.8 ** 5, 10);
    expect(betaShareBelow(0, 2, 3)).toBe(0);
    expect(betaShareBelow(1, 2, 3)).toBe(1);
  });

  test("has quantiles that are the inverse of its shares", () => {
    for (const [a, b] of [
      [0.5, 0.5],
      [2, 8],
      [120, 30],
    ] as const) {
      for (const share of [0.1, 0.5, 0.9]) {
        expect(betaShareBelow(betaQuantile(share, a, b), a, b)).toBeCloseTo(share, 6);
      }
    }
  });
});

describe("lots", () => {
  test("are the same for the same text, and spread evenly over texts", () => {
    expect(seededUniform("2026-01-01/a")).toBe(seededUniform("2026-01-01/a"));
    const draws = Array.from({ length: 5000 }, (_, i) => seededUniform(`day/${i}`));
    const { mean, sd } = spreadOf(draws);
    expect(mean).toBeCloseTo(0.5, 1);
    expect(sd).toBeCloseTo(Math.sqrt(1 / 12), 1);
    const { mean: zero, sd: one } = spreadOf(draws.map((_, i) => seededNormal(`day/${i}`)));
    expect(zero).toBeCloseTo(0, 1);
    expect(one).toBeCloseTo(1, 1);
  });

  test("differ by day", () => {
    const order = (day: string) =>
      Array.from({ length: 6 }, (_, i) => i).sort(
        (a, b) => seededUniform(`${day}/${a}`) - seededUniform(`${day}/${b}`),
      );
    expect(order("2026-01-01")).not.toEqual(order("2026-01-02"));
  });
});
