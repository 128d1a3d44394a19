/**
 * What matching answers. Values are complete: lists and texts are there even when empty.
 *
 * @see ../../tributary/v1/match_service.proto
 * @module
 */

import { MatchResponseSchema, PlanResponseSchema } from "../gen/tributary/v1/match_service_pb.ts";
import { type Codec, completeCodec } from "../plain.ts";
import type { Coverage } from "../query/answer.ts";
import type { RecordRef } from "../record/urn.ts";

/** How many, as exactly as the reader may know; without `most` it is open. */
export interface CountRange {
  readonly least: number;
  readonly most?: number | undefined;
}

/** A text for people in both languages. */
export interface Sentence {
  readonly zh: string;
  readonly en: string;
}

/** Parts of a score; they add up to it. */
export interface ScoreParts {
  /** 0.55 z of the cautious estimate of outcomes. */
  readonly outcome: number;
  /** 0.25 of the fit. */
  readonly fit: number;
  /** 0.10 z of the logarithm of comparable engagements. */
  readonly comparable: number;
  /** 0.10 of the share of satisfied enterprises, shrunk. */
  readonly satisfaction: number;
}

/** A share and its 80 % interval; to 0.05. */
export interface ShareEstimate {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** An effect in points; positive is better, whichever way the effect goes. To 0.1. */
export interface KpiEvidence {
  /** Vocabulary KPI. */
  readonly kpi: string;
  /** Mean of the engagements as it is. */
  readonly observed: number;
  /** Estimate with the number of engagements considered, and its 80 % interval. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Mean over the providers of the scenario. */
  readonly usual: number;
}

/** A sealed bucket. */
export interface BucketRef {
  readonly release: RecordRef;
  /** 32 hexadecimal digits. */
  readonly bucketId: string;
}

/** What centers have published of a provider in a scenario. */
export interface ScenarioEvidence {
  readonly scenario: string;
  readonly engagements: CountRange;
  /** To how many engagements like the demand all evidence comes; to 0.1. */
  readonly comparable: number;
  /** Share of engagements with a measured outcome; to 0.05. */
  readonly measuredShare: number;
  /** The effect with most evidence. */
  readonly kpi?: KpiEvidence | undefined;
  /** Centers that gave evidence. */
  readonly centers: number;
  /** Share of the heaviest center in the estimate; at most 0.5; to 0.05. */
  readonly largestCenterShare: number;
  /** Whether a center gave evidence about its own operator, which counts half. */
  readonly ownOperator: boolean;
  /** Share of satisfied enterprises, shrunk. */
  readonly satisfied?: ShareEstimate | undefined;
  readonly buckets: readonly BucketRef[];
}

/** Something that was not counted. */
export interface NotCounted {
  /** claimed_cases, self_reported_cases or unmeasured. */
  readonly what: string;
  readonly count: CountRange;
}

/** What would change a place. */
export interface Counterfactual {
  /** any_region, any_industry, any_size, any_pains, outcome_only or fit_doubled. */
  readonly change: string;
  /** The place it would have. */
  readonly place: number;
  readonly text: Sentence;
}

/** A provider at a place. */
export interface MatchedProvider {
  /** Unified social credit code, or center/key where there is no valid one. */
  readonly providerId: string;
  readonly name: string;
  readonly records: readonly RecordRef[];
  /** From 1. */
  readonly place: number;
  /** Providers of one band cannot be told apart; 0 for a chance. */
  readonly band: number;
  /** By its evidence, or by lot among those with little. */
  readonly standing: "ranked" | "chance";
  /** Comparable within one answer only. */
  readonly score: number;
  readonly parts: ScoreParts;
  readonly evidence: readonly ScenarioEvidence[];
  readonly notCounted: readonly NotCounted[];
  /** At most 2. */
  readonly counterfactuals: readonly Counterfactual[];
  readonly because: Sentence;
}

/** A provider that fits and cannot be ranked. */
export interface UnrankedProvider {
  readonly providerId: string;
  readonly name: string;
  readonly records: readonly RecordRef[];
  /** 0 to 1. */
  readonly fit: number;
}

/** Providers that were left out. */
export interface LeftOut {
  /** qualifications, systems, provider_types, delivery_modes, serves_region, excluded or budget. */
  readonly lacking: string;
  readonly count: number;
}

/** A ranking, best first. */
export interface MatchAnswer {
  readonly providers: readonly MatchedProvider[];
  /** By fit; at most 10. */
  readonly unranked: readonly UnrankedProvider[];
  /** How many providers were ranked. */
  readonly ranked: number;
  readonly leftOut: readonly LeftOut[];
  readonly coverage: Coverage;
}

/** A provider for a scenario. */
export interface Assignment {
  readonly scenario: string;
  readonly providerId: string;
  readonly name: string;
  /** Probability that an engagement does better than half of those of the scenario; to 0.05. */
  readonly success: number;
  /** 20 % quantile of the provider's standardised outcome; to 0.1. */
  readonly cautious: number;
  /** The buckets of the scenario that both figures rest on. */
  readonly buckets: readonly BucketRef[];
}

/** Two providers of a plan. */
export interface ProviderPair {
  readonly a: string;
  readonly b: string;
  /** compatible (worked together, or share an interface) or unknown. */
  readonly relation: string;
  /** Verified engagements of both together. */
  readonly joint: number;
}

/** Who does what. */
export interface SolutionPlan {
  /** best_value, fewest_providers or most_certain. */
  readonly kind: string;
  readonly assignments: readonly Assignment[];
  /** To 0.01. */
  readonly value: number;
  readonly pairs: readonly ProviderPair[];
  /** Whether all plans were looked at; beyond three scenarios, all of up to three providers are. */
  readonly exact: boolean;
  /** What would change it; at most 2. */
  readonly changes: readonly Sentence[];
  readonly because: Sentence;
}

/** Three plans; fewer where there are no candidates. */
export interface PlanAnswer {
  readonly plans: readonly SolutionPlan[];
  /** Scenarios for which no provider has enough evidence. */
  readonly uncovered: readonly string[];
  readonly coverage: Coverage;
}

/** Between a ranking and its message. */
export const matchAnswerCodec: Codec<MatchAnswer, typeof MatchResponseSchema> = completeCodec<
  MatchAnswer,
  typeof MatchResponseSchema
>(MatchResponseSchema);

/** Between plans and their message. */
export const planAnswerCodec: Codec<PlanAnswer, typeof PlanResponseSchema> = completeCodec<
  PlanAnswer,
  typeof PlanResponseSchema
>(PlanResponseSchema);
