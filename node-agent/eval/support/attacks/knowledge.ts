/**
 * What an attacker knows of a target, and which buckets the target can therefore be in.
 *
 * All know the ladder and its waiting rule, and the quarter in which the target was served (voucher lists). A1 knows its
 * sector and size (register); A2 also the scenario (press); A3 also the provider (which advertises its customers); A4 is
 * A3 with the tender and subsidy notices: cost band, duration band, voucher.
 *
 * @module
 */

import {
  bandOf,
  DURATION_BANDS_MONTHS,
  type Hierarchies,
  LADDER,
  type Label,
  labelAt,
} from "@tributary/proto";
import type { EvalEngagement } from "../engagement.ts";
import type { SeenBucket } from "../outbox.ts";

/** From the least knowing to the most. */
export const PROFILES = ["A1", "A2", "A3", "A4"] as const;

/** A profile of attackers. */
export type Profile = (typeof PROFILES)[number];

const HIGHEST_LEVELS = [2, 3, 5, 6, 7] as const;

/** Coarsest level at which a record may be sealed that has waited so many epochs. @param epochs At least 0. */
export function highestLevelAfter(epochs: number): number {
  return HIGHEST_LEVELS[Math.min(epochs, HIGHEST_LEVELS.length - 1)] as number;
}

/** Finds the buckets that a target can be in. */
export class Knowledge {
  readonly #buckets: readonly SeenBucket[];
  readonly #hierarchies: Hierarchies;
  readonly #byLabel: ReadonlyMap<string, number[]>;
  readonly #found = new Map<string, readonly number[]>();

  constructor(buckets: readonly SeenBucket[], hierarchies: Hierarchies) {
    this.#buckets = buckets;
    this.#hierarchies = hierarchies;
    const byLabel = new Map<string, number[]>();
    for (const [i, { level, label }] of buckets.entries()) {
      for (const profile of ["A1", "A2", "A3"] as const) {
        const key = keyOf(profile, level, label);
        const known = byLabel.get(key);
        if (known === undefined) byLabel.set(key, [i]);
        else known.push(i);
      }
    }
    this.#byLabel = byLabel;
  }

  /** Positions of the buckets that can hold the target. Reads of it only what the profile knows; do not change. */
  bucketsFor(profile: Profile, target: EvalEngagement): readonly number[] {
    const query = this.#queryOf(profile, target);
    const cached = this.#found.get(query);
    if (cached !== undefined) return cached;
    const labels = profile === "A4" ? "A3" : profile;
    const found = [...LADDER.keys()]
      .flatMap((level) => {
        const label = labelAt(level, target, this.#hierarchies);
        return label === undefined ? [] : (this.#byLabel.get(keyOf(labels, level, label)) ?? []);
      })
      .filter((i) => {
        const bucket = this.#buckets[i] as SeenBucket;
        const waited = bucket.q - target.q;
        if (waited < 0 || bucket.level > highestLevelAfter(waited)) return false;
        return profile !== "A4" || agreesWithNotices(bucket, target);
      });
    this.#found.set(query, found);
    return found;
  }

  /** What the profile knows of a target: targets with the same answer have the same buckets. */
  #queryOf(profile: Profile, target: EvalEngagement): string {
    const { q, sector, size, scenario, provider, costBand, voucher } = target;
    const register = `${profile} ${q} ${this.#hierarchies.sectorOf(sector)?.division} ${size}`;
    if (profile === "A1") return register;
    if (profile === "A2") return `${register} ${scenario}`;
    if (profile === "A3") return `${register} ${scenario} ${provider}`;
    return `${register} ${scenario} ${provider} ${costBand} ${durationBand(target)} ${voucher}`;
  }
}

/** The label as far as the profile knows it. */
function keyOf(profile: "A1" | "A2" | "A3", level: number, label: Label): string {
  const [scenario, provider, sector, size] = label;
  const known =
    profile === "A1"
      ? [sector, size]
      : profile === "A2"
        ? [scenario, sector, size]
        : [scenario, provider, sector, size];
  return `${profile} ${level} ${known.join("|")}`;
}

function agreesWithNotices(bucket: SeenBucket, target: EvalEngagement): boolean {
  const holds = (histogram: readonly number[], band: number) =>
    histogram.length === 0 || (histogram[band] ?? 0) > 0;
  return (
    holds(bucket.cost, target.costBand) &&
    holds(bucket.months, durationBand(target)) &&
    (target.voucher ? bucket.voucher > 0 : bucket.voucher < bucket.n)
  );
}

function durationBand({ months }: EvalEngagement): number {
  return bandOf(months, DURATION_BANDS_MONTHS);
}
