/**
 * The rules that a bucket of outcomes must satisfy before it leaves.
 *
 * @module
 */

import { LADDER } from "@tributary/proto";

/** Rules of a release. */
export interface ReleasePolicy {
  /** Fewest distinct enterprise groups of a bucket, those known to the public not counted. */
  readonly k: number;
  /** Fewest distinct outcome classes of a published KPI (distinct l-diversity). */
  readonly l: number;
  /** Largest share of one outcome class, as [numerator, denominator] ((alpha, k)-anonymity, Wong et al. 2006). */
  readonly shareCap: readonly [number, number];
  /** Fewest providers that a repeat customer may have had (m-invariance, Xiao and Tao 2007). */
  readonly m: number;
  /** Fewest records for a figure on satisfaction. */
  readonly kSatisfaction: number;
}

/** What members of the hub may see. */
export const MEMBERS_POLICY: ReleasePolicy = {
  k: 5,
  l: 3,
  shareCap: [3, 5],
  m: 2,
  kSatisfaction: 10,
};

/** What everybody may see. */
export const PUBLIC_POLICY: ReleasePolicy = { ...MEMBERS_POLICY, k: 10 };

/** Coarsest level by epochs waited: 0, 1, 2, 3, and more. */
const COARSEST = [2, 3, 5, 6, LADDER.length - 1];

/** The coarsest level of the ladder at which a record may be sealed that has waited so many epochs (0 or more). */
export function coarsestLevel(epochsWaited: number): number {
  return COARSEST[Math.min(epochsWaited, COARSEST.length - 1)] as number;
}
