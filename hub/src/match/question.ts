/**
 * A question as matching takes it: the demand, who asks, when, and what the index found for its text.
 *
 * @module
 */

import type { MatchDemand, RecordRef } from "@tributary/proto";
import type { View } from "./evidence-base.ts";

/** Records that the index found for the pains, with their scores; the best first. */
export interface TextHits {
  /** Cases: those that a center vouches for make similarity. */
  readonly cases: readonly TextHit[];
  /** Providers: found by whatever they say, which retrieves and never scores. */
  readonly providers: readonly TextHit[];
}

export interface TextHit {
  readonly ref: RecordRef;
  /** Above 0; comparable among the hits of one kind. */
  readonly score: number;
}

export const NO_HITS: TextHits = { cases: [], providers: [] };

export interface Question {
  readonly demand: MatchDemand;
  readonly view: View;
  /** Ms since the epoch. */
  readonly nowMs: number;
  readonly hits: TextHits;
}

/** Day of a question as an ISO 8601 date in UTC: seeds what changes daily. */
export function dayOf({ nowMs }: Pick<Question, "nowMs">): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}
