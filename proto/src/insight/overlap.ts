/**
 * Overlap of centers. Values are complete: lists and texts are there even when empty.
 *
 * @see ../../tributary/v1/insight_service.proto
 * @module
 */

import { ListOverlapResponseSchema } from "../gen/tributary/v1/insight_service_pb.ts";
import type { Sentence } from "../match/answer.ts";
import { type Codec, completeCodec } from "../plain.ts";
import type { Coverage } from "../query/answer.ts";

/** The numbers of a rule. A rule with other numbers has another version. */
export interface OverlapRule {
  readonly version: string;
  /** Fewest enterprises of a bucket that counts. */
  readonly minEnterprises: number;
  /** Characters of a shingle. */
  readonly shingleCharacters: number;
  /** Jaccard similarity of shingles from which two texts are near-duplicates. */
  readonly minJaccard: number;
  /** Fewest shingles of a text that is compared. */
  readonly minShingles: number;
  /** Expected share of false ones among significant pairs (Benjamini-Hochberg). */
  readonly falseDiscoveryRate: number;
  /** Niche from which it is high, with so many engagements of each center. */
  readonly highNiche: number;
  readonly minEngagements: number;
  /** Providers below which few are shared. */
  readonly lowProviders: number;
  /** Documents from which many are alike, with so many near-duplicates. */
  readonly highDocuments: number;
  readonly minCopies: number;
}

/** Providers that two centers list. */
export interface ProviderOverlap {
  /** Weight of the common ones, of that of the lighter list; 0 to 1. */
  readonly share: number;
  readonly shared: number;
  readonly ofA: number;
  readonly ofB: number;
  /** How many both would list by chance. */
  readonly expected: number;
  /** Upper bound of the probability to share that much by chance. */
  readonly pValue: number;
  /** The same, corrected for the number of pairs. */
  readonly qValue: number;
  readonly significant: boolean;
}

/** What two centers do for whom. */
export interface NicheOverlap {
  /** Common part of their distributions over scenario, sector, size and province; 0 to 1. */
  readonly share: number;
  /** Engagements in buckets that count. */
  readonly engagementsA: number;
  readonly engagementsB: number;
}

/** Cases, policies, trainings and events of two centers. */
export interface DocumentOverlap {
  /** Texts of the center that has fewer with a near-duplicate at the other; 0 to 1. */
  readonly share: number;
  readonly copiesA: number;
  readonly copiesB: number;
  readonly ofA: number;
  readonly ofB: number;
}

/** Something that two centers could do: `share_lists`, `syndicate` or `divide_scenarios`. */
export interface OverlapAction {
  readonly code: string;
  readonly because: Sentence;
}

/** A scenario of two centers. */
export interface ScenarioDivision {
  readonly scenario: string;
  readonly engagementsA: number;
  readonly engagementsB: number;
  /** The center that could take it; empty where neither is far ahead. */
  readonly lead: string;
}

/** How much two centers do the same. A part that is not known is absent. */
export interface OverlapPair {
  readonly centerA: string;
  readonly nameA: string;
  readonly centerB: string;
  readonly nameB: string;
  /** Geometric mean of providers, niche and (1 + documents) / 2, as far as they are known. */
  readonly index: number;
  readonly providers?: ProviderOverlap | undefined;
  readonly niche?: NicheOverlap | undefined;
  readonly documents?: DocumentOverlap | undefined;
  readonly sameRegion: boolean;
  readonly actions: readonly OverlapAction[];
  readonly division: readonly ScenarioDivision[];
}

/** The index of all pairs. */
export interface OverlapMatrix {
  /** Ascending. */
  readonly centerIds: readonly string[];
  /** Percent of each pair (0, 1), (0, 2), ..., (1, 2), ...; 255 where no part of it is known. */
  readonly percent: Uint8Array;
}

/** Pairs, the largest index first, and the rule. */
export interface OverlapAnswer {
  readonly rule: OverlapRule;
  readonly pairs: readonly OverlapPair[];
  /** Pairs that were compared, and those that share more providers than chance explains. */
  readonly compared: number;
  readonly significant: number;
  readonly matrix?: OverlapMatrix | undefined;
  /** False where so many texts are alike that not all were compared. */
  readonly documentsComplete: boolean;
  /** Ms since the epoch. */
  readonly computedAtMs: number;
  readonly coverage: Coverage;
}

/** Between overlap and its message. */
export const overlapAnswerCodec: Codec<OverlapAnswer, typeof ListOverlapResponseSchema> =
  completeCodec<OverlapAnswer, typeof ListOverlapResponseSchema>(ListOverlapResponseSchema);
