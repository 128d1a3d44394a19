/**
 * How centers are graded. Values are complete: lists and texts are there even when empty.
 *
 * @see ../../tributary/v1/assessment_service.proto
 * @module
 */

import {
  ListAssessmentsResponseSchema,
  ListGradesResponseSchema,
  PublishGradeResponseSchema,
} from "../gen/tributary/v1/assessment_service_pb.ts";
import type { BucketRef, Sentence } from "../match/answer.ts";
import { type Codec, completeCodec } from "../plain.ts";
import type { Coverage } from "../query/answer.ts";
import type { SelectedBenchmark } from "./benchmark.ts";

/** What a type of center is held to: figure from which all points are given, and most points. */
export interface IndicatorTarget {
  /** Vocabulary centerType. */
  readonly centerType: string;
  readonly target: number;
  readonly weight: number;
}

/** One thing that is looked at. Its points are `weight * min(1, figure / target)`. */
export interface IndicatorRule {
  readonly code: string;
  readonly name: Sentence;
  /** `share`: the figure is count / of; `count`: it is count. */
  readonly unit: string;
  /** With `share`: below so many it is not judged, and its weight counts neither way. */
  readonly minOf: number;
  /** A type that is not named is not judged by it; the weights of a type add up to 100. */
  readonly targets: readonly IndicatorTarget[];
}

/** The numbers of a rule. A rule with other numbers has another version. */
export interface AssessmentRule {
  readonly version: string;
  readonly indicators: readonly IndicatorRule[];
  /** The best first, with the fewest points of each, 0 to 100. */
  readonly grades: readonly { readonly grade: string; readonly minPoints: number }[];
  /** Share of the weight that must be judged; below it there is no grade. */
  readonly minCompleteness: number;
  /** Fewest centers of a type and tier, with a grade, whose distribution is told. */
  readonly minPeers: number;
  /** Fewest enterprises of a bucket that counts. */
  readonly minEnterprises: number;
}

/** What one indicator says of a center, and where that comes from. */
export interface IndicatorResult {
  readonly code: string;
  readonly judged: boolean;
  readonly count: number;
  /** 0 where the figure is a count. */
  readonly of: number;
  /** To 0.1. */
  readonly points: number;
  readonly weight: number;
  readonly target: number;
  readonly because: Sentence;
  /** URNs of records that were counted: the first 20 of `recordCount`, or the first where several centers are answered. */
  readonly records: readonly string[];
  readonly recordCount: number;
  /** Sealed buckets that were counted: the first 20 of `bucketCount`, or the first likewise. */
  readonly buckets: readonly BucketRef[];
  readonly bucketCount: number;
}

/** Points of the centers of one type and tier that have a grade, the center itself included. */
export interface PeerPoints {
  readonly centers: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
}

/** What the log says of a published grade: none of the figures behind it. */
export interface PublishedGrade {
  readonly centerId: string;
  readonly centerName: string;
  readonly centerType: string;
  readonly tier: string;
  readonly grade: string;
  /** To 0.1. */
  readonly points: number;
  /** Weight that was judged, as a share of all; 0 to 1. */
  readonly completeness: number;
  /** Name and version of the rule. */
  readonly rule: string;
  readonly logSize: number;
  /** SHA-256 of what was assessed, in hex. */
  readonly digest: string;
  readonly actor: string;
  readonly reason: string;
  /** Its position in the log. */
  readonly position: number;
  /** Ms since the epoch. */
  readonly publishedAtMs: number;
}

/** How one center is assessed. */
export interface Assessment {
  readonly centerId: string;
  readonly centerName: string;
  /** As the center describes itself; empty where it does not. */
  readonly centerType: string;
  readonly tier: string;
  /** Empty where there is none. */
  readonly grade: string;
  /** Why it has this grade, or none. */
  readonly because: Sentence;
  /** Points of what was judged, as a part of 100; to 0.1. */
  readonly points: number;
  /** Weight that was judged, as a share of all; 0 to 1. */
  readonly completeness: number;
  /** In the order of the rule. */
  readonly indicators: readonly IndicatorResult[];
  /** Absent where they are too few. */
  readonly peers?: PeerPoints | undefined;
  /** SHA-256 of what was assessed, in hex: to publish exactly this. */
  readonly digest: string;
  /** Absent where nothing stands. */
  readonly published?: PublishedGrade | undefined;
}

/** Assessments, ascending by identifier, and the rule. */
export interface AssessmentsAnswer {
  readonly rule: AssessmentRule;
  readonly assessments: readonly Assessment[];
  /** Ms since the epoch. */
  readonly computedAtMs: number;
  readonly coverage: Coverage;
}

/** Published grades, the newest of each center, and selected benchmarks; ascending by identifier. */
export interface GradesAnswer {
  readonly grades: readonly PublishedGrade[];
  readonly benchmarks: readonly SelectedBenchmark[];
  readonly coverage: Coverage;
}

/** A grade that was just published. */
export interface GradeReceipt {
  /** Its position in the log. */
  readonly position: number;
  readonly grade: string;
  readonly points: number;
}

/** Between assessments and their message. */
export const assessmentsAnswerCodec: Codec<
  AssessmentsAnswer,
  typeof ListAssessmentsResponseSchema
> = completeCodec<AssessmentsAnswer, typeof ListAssessmentsResponseSchema>(
  ListAssessmentsResponseSchema,
);

/** Between published grades and their message. */
export const gradesAnswerCodec: Codec<GradesAnswer, typeof ListGradesResponseSchema> =
  completeCodec<GradesAnswer, typeof ListGradesResponseSchema>(ListGradesResponseSchema);

/** Between the answer to a publication and its message. */
export const gradeReceiptCodec: Codec<GradeReceipt, typeof PublishGradeResponseSchema> =
  completeCodec<GradeReceipt, typeof PublishGradeResponseSchema>(PublishGradeResponseSchema);
