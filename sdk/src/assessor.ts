/**
 * Grades of centers: what assessors publish, what a center sees of itself before, and what everybody may read after.
 *
 * @module
 */

import {
  type AssessmentsAnswer,
  assessmentsAnswerCodec,
  type GradeReceipt,
  type GradesAnswer,
  gradeReceiptCodec,
  gradesAnswerCodec,
} from "@tributary/proto";
import { AssessmentService } from "@tributary/proto/wire";
import type { CallOptions } from "./calls.ts";
import { type Client, callsOf } from "./client.ts";
import type { OfCenterOptions } from "./insight.ts";
import { readAnswer } from "./read-answer.ts";

export type {
  Assessment,
  AssessmentRule,
  AssessmentsAnswer,
  GradeReceipt,
  GradesAnswer,
  IndicatorResult,
  IndicatorRule,
  PeerPoints,
  PublishedGrade,
} from "@tributary/proto";

/** A grade to publish. */
export interface NewGrade {
  readonly center: string;
  /** `digest` of the assessment that was looked at: `ERR_LOG_CONFLICT` where the center is assessed otherwise by now. */
  readonly digest: string;
  /** Why; everybody can read it. 1 to 1,000 characters. */
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
  /** Grades that were published and not taken back; needs no token. */
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
  return {
    async assessments({ center = "", ...options } = {}) {
      const answer = await calls.unary(listAssessments, { centerId: center }, options);
      return readAnswer(assessmentsAnswerCodec, answer);
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
