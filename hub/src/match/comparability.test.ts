import { describe, expect, test } from "vitest";
import {
  ageFactor,
  comparabilityTo,
  monthOf,
  regionFactor,
  scenarioFactor,
} from "./comparability.ts";
import { scenarioNumber, sectorOf } from "./taxonomy.ts";

const to = comparabilityTo({ industry: "3670", sizeBand: "medium", region: "360100" });

describe("comparability", () => {
  test.each([
    ["36", 0.6],
    ["37", 0.3],
    ["C7", 0.3],
    ["C", 0.3],
    ["65", 0.1],
  ])("counts a label of sector %s as %d for a class of division 36", (label, factor) => {
    const { division, section } = sectorOf(label);
    expect(to.sector(division, section)).toBe(factor);
  });

  test("takes what a half of the sizes leaves open at its worst", () => {
    // Of LM, large is one step away; of SX, micro is two; of anything, micro is two.
    expect(to.size).toEqual([0.4, 0.7, 0.4]);
    expect(
      comparabilityTo({ industry: undefined, sizeBand: "small", region: undefined }).size,
    ).toEqual([0.4, 0.4, 0.7]);
  });

  test("discounts nothing that the demand does not say", () => {
    const any = comparabilityTo({ industry: undefined, sizeBand: undefined, region: undefined });
    expect(any.sector(65, 73)).toBe(1);
    expect(any.size).toEqual([1, 1, 1]);
    expect(any.region(undefined)).toBe(1);
  });

  test.each([
    ["360100", "360100", 1],
    ["360100", "360102", 1],
    ["360100", "360700", 0.85],
    ["360100", "360000", 0.85],
    ["360000", "360100", 0.85],
    ["360100", "320100", 0.7],
    ["360100", undefined, 0.7],
    ["360100", "DE", 0.7],
    ["DE", "DE", 1],
  ])("is for the region %s and a center in %s %d", (wanted, found, factor) => {
    expect(regionFactor(wanted, found)).toBe(factor);
  });

  test("halves a sibling scenario and drops another family", () => {
    const of = (code: string) => scenarioNumber(code) as number;
    expect(scenarioFactor(of("S01"), of("S01"))).toBe(1);
    expect(scenarioFactor(of("S01"), of("S02"))).toBe(0.5);
    expect(scenarioFactor(of("S01"), of("A"))).toBe(0.5);
    expect(scenarioFactor(of("S01"), of("S40"))).toBe(0);
  });

  test("halves with every two years, and never doubles", () => {
    const now = monthOf(Date.UTC(2026, 2, 15));
    expect(ageFactor(now, now)).toBe(1);
    expect(ageFactor(now, now - 24)).toBe(0.5);
    expect(ageFactor(now, now + 6)).toBe(1);
  });
});
