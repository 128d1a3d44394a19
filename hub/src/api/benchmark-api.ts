/**
 * Benchmarks (标杆): what is measured proposes, experts review, an assessor selects. Reviews and selections are entries of
 * the log.
 *
 * @module
 */

import {
  type Benchmark,
  type BenchmarkEstimate,
  type BenchmarkReview,
  type BenchmarksAnswer,
  centerUrnOf,
  REVIEW_VERDICTS,
  type SelectedBenchmark,
  TributaryError,
} from "@tributary/proto";
import { type AssessorAction, standingDecisions } from "../catalog/assessor-fact.ts";
import type { DecisionFact } from "../catalog/decision-fact.ts";
import { BENCHMARK_RULE } from "../insight/benchmark/candidates.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { AssessorApiOptions } from "./assessor-api-options.ts";
import { DecisionLog, invalidArgument, requireReason } from "./decision-log.ts";
import { askedMembers, noSuchMember } from "./own-center.ts";
import { actorOf, type Principal } from "./principal.ts";
import { type CenterBoard, CoverageReader, coverageOf } from "./query-coverage.ts";
import type { CallContext } from "./rpc.ts";

interface ReviewRequest {
  readonly centerId: string;
  readonly verdict: string;
  readonly reason: string;
}

interface SelectRequest {
  readonly centerId: string;
  /** Of the figures that were looked at. */
  readonly digest: string;
  readonly reason: string;
}

type Caller = Pick<CallContext, "principal" | "signal">;
type ReadFacts = Pick<CatalogStore, "factsNamed">;

/** Callers were authorized: a center names itself or nobody. */
export function createBenchmarkApi(options: AssessorApiOptions) {
  const { catalog, insights } = options;
  const coverage = new CoverageReader(options);
  const decisions = new DecisionLog(options);
  return {
    /** As of the newest computation. @throws {TributaryError} `ERR_NOT_FOUND` for a center that is no member. */
    async listBenchmarks(
      { centerId }: { readonly centerId: string },
      { principal, signal }: Caller,
    ): Promise<BenchmarksAnswer> {
      const { benchmarks, position, computedAtMs } = await insights.snapshot(signal);
      const board = await coverage.board();
      const members = askedMembers(board, centerId, principal);
      const reviews = await standingReviews(catalog, members);
      const selected = await selectedBenchmarks(catalog, board, members);
      const wanted = benchmarks.filter((estimate) => members.includes(estimate.centerId));
      return {
        rule: BENCHMARK_RULE,
        benchmarks: wanted.toSorted(byPromise).map(
          (estimate): Benchmark => ({
            centerName: board.nameOf(estimate.centerId),
            estimate,
            reviews: (reviews.get(estimate.centerId) ?? []).map(reviewOf),
            selected: selected.get(estimate.centerId),
          }),
        ),
        computedAtMs,
        coverage: coverageOf(board, position),
      };
    },

    /**
     * Puts a review into the log. An expert's later review of a center replaces the earlier one.
     *
     * @throws {TributaryError} `ERR_NOT_FOUND` for a center that is no member; `ERR_ARGUMENT_INVALID` without a reason, for
     * another verdict, and for a center that is no candidate.
     */
    async reviewBenchmark(
      { centerId, verdict, reason }: ReviewRequest,
      { principal, signal }: Caller,
    ): Promise<{ readonly position: number }> {
      requireReason("review", reason, true);
      if (!(REVIEW_VERDICTS as readonly string[]).includes(verdict)) {
        const known = REVIEW_VERDICTS.join(", ");
        throw invalidArgument(
          `a verdict is one of ${known}, not ${verdict}`,
          `评审结论须为 ${known} 之一，收到 ${verdict}`,
        );
      }
      await candidate(centerId, signal);
      return decide("review", centerId, verdict, reason, principal);
    },

    /**
     * Selects a candidate that experts recommend.
     *
     * @throws {TributaryError} `ERR_NOT_FOUND` for a center that is no member; `ERR_LOG_CONFLICT` if its figures are others by
     * now; `ERR_ARGUMENT_INVALID` without a reason, for a center that is no candidate, and without enough reviews for it.
     */
    async selectBenchmark(
      { centerId, digest, reason }: SelectRequest,
      { principal, signal }: Caller,
    ): Promise<{ readonly position: number }> {
      requireReason("select", reason, true);
      const estimate = await candidate(centerId, signal);
      if (estimate.digest !== digest) {
        throw new TributaryError(
          "ERR_LOG_CONFLICT",
          `the figures of ${centerId} are others by now: look again, then select`,
          { messageZh: `${centerId} 的数据已变化，请重新查看后再选定` },
        );
      }
      const reviews = (await standingReviews(catalog, [centerId])).get(centerId) ?? [];
      requireRecommended(centerId, reviews);
      return decide("select", centerId, digest, reason, principal);
    },
  };

  async function candidate(centerId: string, signal: AbortSignal): Promise<BenchmarkEstimate> {
    const { benchmarks } = await insights.snapshot(signal);
    const board = await coverage.board();
    const estimate = benchmarks.find((one) => one.centerId === centerId);
    if (!board.members().includes(centerId) || estimate === undefined) throw noSuchMember(centerId);
    if (!estimate.candidate) {
      const { en, zh } = estimate.because;
      throw invalidArgument(`${centerId} is ${en}`, `${centerId}：${zh}`);
    }
    return estimate;
  }

  async function decide(
    action: AssessorAction,
    centerId: string,
    argument: string,
    reason: string,
    principal: Principal,
  ): Promise<{ readonly position: number }> {
    const { position } = await decisions.append({
      action,
      subjects: [centerUrnOf(centerId)],
      argument,
      actor: actorOf(principal),
      reason,
      retracts: "",
    });
    return { position };
  }
}

/** Centers that stand selected, by their identifier. */
export async function selectedBenchmarks(
  catalog: ReadFacts,
  board: CenterBoard,
  centerIds: readonly string[],
): Promise<ReadonlyMap<string, SelectedBenchmark>> {
  const standing = await standingDecisions(catalog, "select", centerIds);
  return new Map(
    [...standing].flatMap(([centerId, list]) => {
      const newest = list.at(-1);
      if (newest === undefined) return [];
      const { actor, reason, position, decidedAtMs, argument } = newest;
      const centerName = board.nameOf(centerId);
      const selected = { centerId, centerName, digest: argument, actor, reason, position };
      return [[centerId, { ...selected, selectedAtMs: decidedAtMs }] as const];
    }),
  );
}

/** The newest standing review of each expert, by center, the oldest first. */
async function standingReviews(
  catalog: ReadFacts,
  centerIds: readonly string[],
): Promise<ReadonlyMap<string, readonly DecisionFact[]>> {
  const standing = await standingDecisions(catalog, "review", centerIds);
  return new Map(
    [...standing].map(([centerId, list]) => {
      const newest = new Map(list.map((review) => [review.actor, review]));
      return [centerId, [...newest.values()].toSorted((a, b) => a.position - b.position)];
    }),
  );
}

function requireRecommended(centerId: string, reviews: readonly DecisionFact[]): void {
  const { minReviews } = BENCHMARK_RULE;
  const recommended = reviews.filter(({ argument }) => argument === "recommend").length;
  const against = reviews.length - recommended;
  if (reviews.length >= minReviews && recommended > against) return;
  throw invalidArgument(
    `${centerId} has ${recommended} recommendations and ${against} against; it needs ${minReviews} experts, and more for it than against`,
    `${centerId} 有 ${recommended} 位专家推荐、${against} 位反对；须有 ${minReviews} 位专家评审且推荐多于反对`,
  );
}

function byPromise(a: BenchmarkEstimate, b: BenchmarkEstimate): number {
  return Number(b.candidate) - Number(a.candidate) || lowOf(b) - lowOf(a);
}

/** Far below all others where too little can be compared. */
function lowOf({ low = Number.MIN_SAFE_INTEGER }: BenchmarkEstimate): number {
  return low;
}

function reviewOf({
  argument,
  actor,
  reason,
  position,
  decidedAtMs,
}: DecisionFact): BenchmarkReview {
  return { verdict: argument, actor, reason, position, reviewedAtMs: decidedAtMs };
}
