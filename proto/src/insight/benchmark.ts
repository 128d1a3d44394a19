/**
 * Centers as benchmarks: what is measured, what experts say, who was selected. Values are complete: lists and texts are
 * there even when empty.
 *
 * @see ../../tributary/v1/assessment_service.proto
 * @module
 */

import { ListBenchmarksResponseSchema } from "../gen/tributary/v1/assessment_service_pb.ts";
import type { BucketRef, Sentence } from "../match/answer.ts";
import { type Codec, completeCodec } from "../plain.ts";
import type { Coverage } from "../query/answer.ts";

/** What an expert can say of a candidate. */
export const REVIEW_VERDICTS = ["recommend", "against"] as const;

/** The numbers of a rule. A rule with other numbers has another version. */
export interface BenchmarkRule {
  readonly version: string;
  /** Complete quarters whose releases count. */
  readonly quarters: number;
  /** Fewest buckets that can be compared, and fewest engagements in them. */
  readonly minBuckets: number;
  readonly minEngagements: number;
  /** Fewest enterprises of a bucket that counts, and of others that it is compared with. */
  readonly minEnterprises: number;
  /** Share of the central interval; a candidate's is above 0. */
  readonly interval: number;
  /** Fewest experts who reviewed a center that is selected; more must recommend it than advise against. */
  readonly minReviews: number;
}

/** How much more the clients of a center gained than those of others. */
export interface BenchmarkEstimate {
  readonly centerId: string;
  readonly candidate: boolean;
  /** Engagements that can be compared. */
  readonly engagements: number;
  /**
   * Mean difference in standard deviations of single engagements, and the ends of its interval; above 0 is better. Absent
   * where too little can be compared.
   */
  readonly difference?: number | undefined;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  readonly because: Sentence;
  /** Sealed buckets that were compared: the first 20 of `bucketCount`. */
  readonly buckets: readonly BucketRef[];
  readonly bucketCount: number;
  /** SHA-256 of the figures, in hex. */
  readonly digest: string;
}

/** An expert's review. */
export interface BenchmarkReview {
  /** One of {@link REVIEW_VERDICTS}. */
  readonly verdict: string;
  readonly actor: string;
  readonly reason: string;
  /** Its position in the log. */
  readonly position: number;
  /** Ms since the epoch. */
  readonly reviewedAtMs: number;
}

/** A center that was selected. */
export interface SelectedBenchmark {
  readonly centerId: string;
  readonly centerName: string;
  /** SHA-256 of the figures that it was selected by. */
  readonly digest: string;
  readonly actor: string;
  readonly reason: string;
  /** Its position in the log. */
  readonly position: number;
  /** Ms since the epoch. */
  readonly selectedAtMs: number;
}

/** A center with its comparison, its reviews and the selection. */
export interface Benchmark {
  readonly centerName: string;
  readonly estimate: BenchmarkEstimate;
  /** One an expert, the oldest first. */
  readonly reviews: readonly BenchmarkReview[];
  /** Absent where none stands. */
  readonly selected?: SelectedBenchmark | undefined;
}

/** Candidates first, then the surest difference first. */
export interface BenchmarksAnswer {
  readonly rule: BenchmarkRule;
  readonly benchmarks: readonly Benchmark[];
  /** Ms since the epoch. */
  readonly computedAtMs: number;
  readonly coverage: Coverage;
}

/** Between benchmarks and their message. */
export const benchmarksAnswerCodec: Codec<BenchmarksAnswer, typeof ListBenchmarksResponseSchema> =
  completeCodec<BenchmarksAnswer, typeof ListBenchmarksResponseSchema>(
    ListBenchmarksResponseSchema,
  );
