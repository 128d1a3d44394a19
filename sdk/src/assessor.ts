/**
 * Grades of centers: what assessors publish, what a center sees of itself before, and what everybody may read after.
 *
 * @module
 */

import {
  type AssessmentsAnswer,
  assessmentsAnswerCodec,
  type BenchmarksAnswer,
  benchmarksAnswerCodec,
  type GradeReceipt,
  type GradesAnswer,
  gradeReceiptCodec,
  gradesAnswerCodec,
  type VouchersAnswer,
  vouchersAnswerCodec,
} from "@tributary/proto";
import { AssessmentService, VoucherService } from "@tributary/proto/wire";
import type { CallOptions } from "./calls.ts";
import { type Client, callsOf } from "./client.ts";
import type { OfCenterOptions } from "./insight.ts";
import { readAnswer } from "./read-answer.ts";

export type {
  Assessment,
  AssessmentRule,
  AssessmentsAnswer,
  Benchmark,
  BenchmarkEstimate,
  BenchmarkReview,
  BenchmarkRule,
  BenchmarksAnswer,
  GradeReceipt,
  GradesAnswer,
  IndicatorResult,
  IndicatorRule,
  PeerPoints,
  PublishedGrade,
  SelectedBenchmark,
  VoucherEffects,
  VoucherProgrammeView,
  VouchersAnswer,
} from "@tributary/proto";

/** A grade to publish, or a benchmark to select. */
export interface NewGrade {
  readonly center: string;
  /** `digest` of what was looked at: `ERR_LOG_CONFLICT` where it is something else by now. */
  readonly digest: string;
  /** Why; everybody can read it. 1 to 1,000 characters. */
  readonly reason: string;
}

/** Which voucher programmes. */
export interface VouchersOptions extends CallOptions {
  /** Code of a province, as 360000. Default: all. */
  readonly province?: string | undefined;
}

/** A review of a candidate. */
export interface NewReview {
  readonly center: string;
  readonly verdict: "recommend" | "against";
  /** Why; everybody who reads the log can read it. 1 to 1,000 characters. */
  readonly reason: string;
}

/** A call that changes something is never made again by itself. */
export interface Assessor {
  /**
   * How centers are assessed as of now by the rule of their type, with the evidence behind each point. An operator sees
   * all; a center, with its token, itself, before anything is published. The first call after a start of the hub waits
   * until it is computed.
   */
  assessments(options?: OfCenterOptions): Promise<AssessmentsAnswer>;
  /**
   * Whose clients gained more than those of other centers, how sure that is, what experts say and who was selected:
   * candidates first. An operator sees all centers, a center, with its token, itself.
   */
  benchmarks(options?: OfCenterOptions): Promise<BenchmarksAnswer>;
  /** Vouchers issued and used, and what engagements with one gained; for operators and centers, the same for all. */
  vouchers(options?: VouchersOptions): Promise<VouchersAnswer>;
  /** Reviews a candidate, in the place of the caller's earlier review; answers the position in the log. */
  reviewBenchmark(review: NewReview, options?: CallOptions): Promise<number>;
  /** Selects a candidate that experts recommend, by the `digest` of its figures; answers the position in the log. */
  selectBenchmark(selection: NewGrade, options?: CallOptions): Promise<number>;
  /** Grades that were published and benchmarks that were selected, and not taken back; needs no token. */
  grades(options?: OfCenterOptions): Promise<GradesAnswer>;
  /** Publishes the grade of a center as it was looked at: an entry of the log with its author and reason. */
  publishGrade(grade: NewGrade, options?: CallOptions): Promise<GradeReceipt>;
  /** Takes back what an assessor put into the log, by its position; answers the position of the entry that does. */
  takeBack(position: number, reason: string, options?: CallOptions): Promise<number>;
}

/** The assessor's side of a client; ends with it. */
export function assessorOf(client: Client): Assessor {
  const calls = callsOf(client);
  const { listAssessments, listGrades, publishGrade, takeBack } = AssessmentService.method;
  const { listBenchmarks, reviewBenchmark, selectBenchmark } = AssessmentService.method;
  return {
    async assessments({ center = "", ...options } = {}) {
      const answer = await calls.unary(listAssessments, { centerId: center }, options);
      return readAnswer(assessmentsAnswerCodec, answer);
    },

    async benchmarks({ center = "", ...options } = {}) {
      const answer = await calls.unary(listBenchmarks, { centerId: center }, options);
      return readAnswer(benchmarksAnswerCodec, answer);
    },

    async vouchers({ province = "", ...options } = {}) {
      const { listVouchers } = VoucherService.method;
      return readAnswer(
        vouchersAnswerCodec,
        await calls.unary(listVouchers, { province }, options),
      );
    },

    async reviewBenchmark({ center, verdict, reason }, options = {}) {
      const request = { centerId: center, verdict, reason };
      return Number((await calls.unary(reviewBenchmark, request, options)).position);
    },

    async selectBenchmark({ center, digest, reason }, options = {}) {
      const request = { centerId: center, digest, reason };
      return Number((await calls.unary(selectBenchmark, request, options)).position);
    },

    async grades({ center = "", ...options } = {}) {
      const answer = await calls.unary(listGrades, { centerId: center }, options);
      return readAnswer(gradesAnswerCodec, answer);
    },

    async publishGrade({ center, digest, reason }, options = {}) {
      const request = { centerId: center, digest, reason };
      return readAnswer(gradeReceiptCodec, await calls.unary(publishGrade, request, options));
    },

    async takeBack(position, reason, options = {}) {
      const request = { position: BigInt(position), reason };
      return Number((await calls.unary(takeBack, request, options)).position);
    },
  };
}
