/**
 * Rules of the hub that releases are held to: floors of the federation, which a policy entry of the log may raise.
 *
 * @module
 */

import { type Fraction, isBelow, isFraction, parseFraction } from "./fraction.ts";

/** Name of the policy entry; its value is a JSON object with any of the names of {@link ReleaseRules}. */
export const RELEASE_POLICY = "outcome_release";

/** Rules in force. A policy may make each of the floors stricter, never weaker. */
export interface ReleaseRules {
  /** Fewest distinct enterprise groups of a bucket; at least 5. */
  readonly k: number;
  /** Fewest distinct outcome classes of a KPI; at least 3. */
  readonly l: number;
  /** Largest share of one outcome class; at most 3/5. */
  readonly shareCap: string;
  /** Fewest providers compatible with each repeat customer; at least 2. */
  readonly m: number;
  /** Fewest records for a figure on satisfaction; at least 10. */
  readonly kSatisfaction: number;
  /** Finest level of the ladder that a bucket may have; 0 is the finest. */
  readonly minLevel: number;
  /** The same for single centers, by center id; the coarser of both holds. */
  readonly minLevels: Readonly<Record<string, number>>;
  /** Most zCDP that a center may spend in a year; at most 1/20. */
  readonly capYear: string;
  /** Most zCDP that a center may ever spend; at most 1/4. */
  readonly capLife: string;
  /** Whether approved narratives may be published. */
  readonly narratives: boolean;
}

/** The floors of the federation. */
export const DEFAULT_RULES: ReleaseRules = {
  k: 5,
  l: 3,
  shareCap: "3/5",
  m: 2,
  kSatisfaction: 10,
  minLevel: 0,
  minLevels: {},
  capYear: "1/20",
  capLife: "1/4",
  narratives: false,
};

/** Finest level that a center's buckets may have. */
export function minLevelOf({ minLevel, minLevels }: ReleaseRules, centerId: string): number {
  return Math.max(minLevel, Object.hasOwn(minLevels, centerId) ? (minLevels[centerId] ?? 0) : 0);
}

/**
 * Reads the value of a policy entry.
 *
 * @returns Undefined if it is not an object of known names with values in their ranges.
 */
export function parseReleaseRules(json: string): ReleaseRules | undefined {
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) return undefined;
  const isValid = Object.entries(given).every(
    ([name, value]) => Object.hasOwn(RANGES, name) && RANGES[name as keyof ReleaseRules](value),
  );
  return isValid ? { ...DEFAULT_RULES, ...given } : undefined;
}

const atLeast = (least: number) => (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) >= least;

const atMost = (most: Fraction) => (value: unknown) =>
  typeof value === "string" && isFraction(value) && !isBelow(most, parseFraction(value));

const RANGES: Readonly<Record<keyof ReleaseRules, (value: unknown) => boolean>> = {
  k: atLeast(DEFAULT_RULES.k),
  l: atLeast(DEFAULT_RULES.l),
  shareCap: atMost(parseFraction(DEFAULT_RULES.shareCap)),
  m: atLeast(DEFAULT_RULES.m),
  kSatisfaction: atLeast(DEFAULT_RULES.kSatisfaction),
  minLevel: atLeast(0),
  minLevels: (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(atLeast(0)),
  capYear: atMost(parseFraction(DEFAULT_RULES.capYear)),
  capLife: atMost(parseFraction(DEFAULT_RULES.capLife)),
  narratives: (value) => typeof value === "boolean",
};
