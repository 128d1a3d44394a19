/**
 * What the privacy evaluation works on: the truth that a center holds, and a releaser that turns it into an outbox.
 *
 * @module
 */

import type { Hierarchies } from "@tributary/proto";

/** Size bands of the national rule. */
export const SIZE_BANDS = ["large", "medium", "small", "micro"] as const;

/** One completed engagement: a line of the file. Secret, but for what an attacker's profile knows of it. */
export interface EvalEngagement {
  readonly id: string;
  /** Quarter of completion; 0 is 2021Q1. */
  readonly q: number;
  /** Enterprise. Each is its own group: the file does not know holdings. */
  readonly ent: string;
  /** GB/T 4754 digits of a division, group or class. */
  readonly sector: string;
  readonly district: string;
  readonly size: string;
  readonly scenario: string;
  readonly provider: string;
  /** 0 to 5. */
  readonly costBand: number;
  readonly months: number;
  readonly kpiBefore: number;
  /** Points; positive is better. */
  readonly kpiDelta: number;
  /** 1 to 5; null if not asked. */
  readonly sat: number | null;
  readonly voucher: boolean;
}

/** An enterprise of the public register. */
export interface RegisterEntry {
  readonly id: string;
  /** Empty if the register has none. */
  readonly name: string;
  readonly sector: string;
  readonly size: string;
  readonly district: string;
}

/** A quarter with what was completed in it. */
export interface Quarter {
  /** Like 2021Q1. */
  readonly epoch: string;
  readonly engagements: readonly EvalEngagement[];
}

/** Settings of a release. */
export interface ReleaserOptions {
  /** Fewest distinct enterprises in a bucket. */
  readonly k: number;
  readonly hierarchies: Hierarchies;
}

/**
 * Releases quarter after quarter.
 *
 * @param quarters In order; each tick sees the quarters up to its own.
 * @returns The outbox: bodies of kind `outcome`, encoded, in the order in which they left.
 */
export type Releaser = (
  quarters: readonly Quarter[],
  options: ReleaserOptions,
) => Promise<readonly Uint8Array[]>;

/** A releaser with the secret that tells a scorer, never an attacker, which record a nullifier stands for. */
export interface ReleaserUnderTest {
  readonly release: Releaser;
  /** Nullifier of the record of an engagement; 32 bytes. */
  nullifierOf(engagementId: string): Uint8Array;
}

/** Year of quarter 0; a file that only counts its quarters does not name one. */
const YEAR_ZERO = 2021;

/** Epoch of a quarter: 0 is 2021Q1. */
export function epochOf(q: number): string {
  return `${YEAR_ZERO + Math.floor(q / 4)}Q${(((q % 4) + 4) % 4) + 1}`;
}

/** Quarter of an epoch such as 2021Q1 or 2021-Q1; undefined for another text. */
export function quarterOfEpoch(epoch: string): number | undefined {
  const [, year, quarter] = /^(\d{4})-?Q([1-4])$/i.exec(epoch) ?? [];
  return year === undefined ? undefined : (Number(year) - YEAR_ZERO) * 4 + Number(quarter) - 1;
}

/** The quarters from the first to the last, empty ones included. */
export function quartersOf(engagements: readonly EvalEngagement[]): Quarter[] {
  const byQuarter = Map.groupBy(engagements, ({ q }) => q);
  const known = [...byQuarter.keys()].sort((a, b) => a - b);
  const [first = 0] = known;
  const last = known.at(-1) ?? -1;
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    epoch: epochOf(first + i),
    engagements: byQuarter.get(first + i) ?? [],
  }));
}
