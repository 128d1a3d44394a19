/**
 * The assessment service: grades of centers. A center sees its own before anything is published; what is published is an
 * entry of the log, and so is what takes it back.
 *
 * @module
 */

import {
  type AssessmentsAnswer,
  centerUrnOf,
  type GradeReceipt,
  type GradesAnswer,
  gradeStatement,
  type IndicatorResult,
  type PublishedGrade,
  TributaryError,
} from "@tributary/proto";
import { isAssessorAction, standingDecisions } from "../catalog/assessor-fact.ts";
import type { DecisionFact } from "../catalog/decision-fact.ts";
import type { ComputedAssessment } from "../insight/assessment/assess.ts";
import { ASSESSMENT_RULE } from "../insight/assessment/rule.ts";
import type { AssessorApiOptions } from "./assessor-api-options.ts";
import { selectedBenchmarks } from "./benchmark-api.ts";
import { DecisionLog, invalidArgument, requireReason } from "./decision-log.ts";
import { askedMembers } from "./own-center.ts";
import { actorOf, type Principal } from "./principal.ts";
import { type CenterBoard, CoverageReader, coverageOf } from "./query-coverage.ts";
import type { CallContext } from "./rpc.ts";

interface OfCenter {
  /** Empty where none is named. */
  readonly centerId: string;
}

interface PublishGradeRequest {
  readonly centerId: string;
  /** Of the assessment that was looked at. */
  readonly digest: string;
  readonly reason: string;
}

type Caller = Pick<CallContext, "principal" | "signal">;

/** Callers were authorized: a center names itself or nobody. */
export function createAssessmentApi(options: AssessorApiOptions) {
  const { catalog, catalogPosition, insights } = options;
  const coverage = new CoverageReader(options);
  const decisions = new DecisionLog(options);
  return {
    /** As of the newest computation. @throws {TributaryError} `ERR_NOT_FOUND` for a center that is no member. */
    async listAssessments(
      { centerId }: OfCenter,
      { principal, signal }: Caller,
    ): Promise<AssessmentsAnswer> {
      const { assessments, position, computedAtMs } = await insights.snapshot(signal);
      const board = await coverage.board();
      const members = new Set(askedMembers(board, centerId, principal));
      const wanted = assessments.filter((assessment) => members.has(assessment.centerId));
      const published = await publishedGrades(board, [...members]);
      const isOne = members.size === 1;
      return {
        rule: ASSESSMENT_RULE,
        assessments: wanted.map((assessment) => ({
          ...assessment,
          indicators: isOne ? assessment.indicators : assessment.indicators.map(withFirstOnly),
          centerName: board.nameOf(assessment.centerId),
          published: published.get(assessment.centerId),
        })),
        computedAtMs,
        coverage: coverageOf(board, position),
      };
    },

    /** What everybody may read. @throws {TributaryError} `ERR_NOT_FOUND` for a center that is no member. */
    async listGrades({ centerId }: OfCenter): Promise<GradesAnswer> {
      const logSize = catalogPosition();
      const board = await coverage.board();
      const members = askedMembers(board, centerId, EVERYBODY);
      const grades = [...(await publishedGrades(board, members)).values()];
      const benchmarks = [...(await selectedBenchmarks(catalog, board, members)).values()];
      return { grades, benchmarks, coverage: coverageOf(board, logSize) };
    },

    /**
     * Publishes a grade as it was looked at.
     *
     * @throws {TributaryError} `ERR_NOT_FOUND` for a center that is no member; `ERR_LOG_CONFLICT` if it is assessed
     * otherwise by now; `ERR_ARGUMENT_INVALID` without a reason, and for a center without a grade.
     */
    async publishGrade(
      { centerId, digest, reason }: PublishGradeRequest,
      { principal, signal }: Caller,
    ): Promise<GradeReceipt> {
      requireReason("grade", reason, true);
      const { assessments, position: logSize } = await insights.snapshot(signal);
      const [asked] = askedMembers(await coverage.board(), centerId, EVERYBODY);
      const assessment = assessments.find((one) => centerId !== "" && one.centerId === asked);
      if (assessment === undefined) throw nothingAssessed(centerId);
      requireSeen(assessment, digest);
      const { centerType, tier, grade, points, completeness } = assessment;
      if (grade === "") {
        throw invalidArgument(
          `${centerId} has no grade to publish: ${assessment.because.en}`,
          `${centerId} 没有可公布的等级：${assessment.because.zh}`,
        );
      }
      const rule = ASSESSMENT_RULE.version;
      const statement = { rule, centerType, tier, grade, points, completeness, logSize, digest };
      const { position } = await decisions.append({
        action: "grade",
        subjects: [centerUrnOf(centerId)],
        argument: gradeStatement.encode(statement),
        actor: actorOf(principal),
        reason,
        retracts: "",
      });
      return { position, grade, points };
    },

    /**
     * Takes back what this service put into the log.
     *
     * @throws {TributaryError} `ERR_NOT_FOUND` if no decision is there; `ERR_ARGUMENT_INVALID` without a reason, for a
     * decision of somebody else's, and for one that was taken back.
     */
    async takeBack(
      { position, reason }: { readonly position: number; readonly reason: string },
      { principal }: Pick<CallContext, "principal">,
    ): Promise<{ readonly position: number }> {
      requireReason("retract", reason, true);
      const { action, decisionId } = await decisions.at(position);
      if (!isAssessorAction(action)) {
        throw invalidArgument(
          `the decision at ${position} is ${action}; curators undo it`,
          `日志第 ${position} 条是 ${action}，由策展人员撤销`,
        );
      }
      await decisions.requireStanding(position);
      const actor = actorOf(principal);
      const inverse = { action: "retract", subjects: [], argument: "", retracts: decisionId };
      const taken = await decisions.append({ ...inverse, actor, reason });
      return { position: taken.position };
    },
  };

  async function publishedGrades(
    board: CenterBoard,
    centerIds: readonly string[],
  ): Promise<ReadonlyMap<string, PublishedGrade>> {
    const standing = await standingDecisions(catalog, "grade", centerIds);
    return new Map(
      [...standing].flatMap(([centerId, list]) => {
        const newest = list.at(-1);
        return newest === undefined ? [] : [[centerId, gradeOf(newest, centerId, board)] as const];
      }),
    );
  }
}

/** Whom nothing is kept from that everybody may ask about. */
const EVERYBODY: Principal = { type: "visitor" };

function gradeOf(decision: DecisionFact, centerId: string, board: CenterBoard): PublishedGrade {
  const { actor, reason, position, decidedAtMs } = decision;
  return {
    centerId,
    centerName: board.nameOf(centerId),
    ...gradeStatement.decode(decision.argument),
    actor,
    reason,
    position,
    publishedAtMs: decidedAtMs,
  };
}

/** All evidence of hundreds of centers would be more than a message holds. */
function withFirstOnly(indicator: IndicatorResult): IndicatorResult {
  const { records, buckets } = indicator;
  return { ...indicator, records: records.slice(0, 1), buckets: buckets.slice(0, 1) };
}

/** A grade is published by somebody who has seen it. */
function requireSeen({ centerId, digest, grade, points }: ComputedAssessment, seen: string): void {
  if (digest === seen) return;
  throw new TributaryError(
    "ERR_LOG_CONFLICT",
    `${centerId} is assessed otherwise by now (${grade || "no grade"}, ${points} points): look again, then publish`,
    {
      messageZh: `${centerId} 的评估已变化（${grade || "暂不评级"}，${points} 分），请重新查看后再公布`,
    },
  );
}

function nothingAssessed(centerId: string): TributaryError {
  return new TributaryError("ERR_NOT_FOUND", `${centerId || "no center"} was not assessed yet`, {
    messageZh: `尚无 ${centerId} 的评估`,
  });
}
