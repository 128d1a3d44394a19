/**
 * The insight service: what the log tells about centers. Operators see all, a center sees itself.
 *
 * @module
 */

import type {
  ActivityAnswer,
  MarketAnswer,
  MarketQuery,
  OverlapAnswer,
  OverlapPair,
  OverlapQuery,
} from "@tributary/proto";
import { ACTIVITY_FACTS, decodeActivity } from "../catalog/activity-fact.ts";
import { COUNTS_FACTS, decodeCounts, NO_COUNTS } from "../catalog/counts.ts";
import { chainName, decodeReleaseCount } from "../catalog/release/release-facts.ts";
import { ACTIVITY_RULE, judgeActivity } from "../insight/activity.ts";
import { MARKET_RULE, MIN_DEMANDS } from "../insight/market.ts";
import { countsOf, matrixOf, pairsOf } from "../insight/overlap/overlap.ts";
import { OVERLAP_RULE } from "../insight/overlap/rule.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { Insights } from "../ports/insights.ts";
import { askedMembers, noSuchMember, ownCenter } from "./own-center.ts";
import { type CoverageOptions, CoverageReader, coverageOf } from "./query-coverage.ts";
import type { CallContext } from "./rpc.ts";

export interface InsightApiOptions extends CoverageOptions {
  readonly catalog: Pick<CatalogStore, "facts" | "factsNamed">;
  readonly insights: Insights;
}

/** Callers were authorized: a center names itself or nobody. */
export interface InsightApi {
  /** @throws {TributaryError} `ERR_NOT_FOUND` for a center that is no member. */
  listActivity(
    request: { readonly centerId: string },
    context: Pick<CallContext, "principal">,
  ): Promise<ActivityAnswer>;
  /** A center sees the pairs that it is one of. @throws {TributaryError} `ERR_NOT_FOUND` for a center that is no member. */
  listOverlap(
    request: OverlapQuery,
    context: Pick<CallContext, "principal" | "signal">,
  ): Promise<OverlapAnswer>;
  /** Supply and demand: the same for all members. */
  listMarket(
    request: MarketQuery,
    context: Pick<CallContext, "principal" | "signal">,
  ): Promise<MarketAnswer>;
}

export function createInsightApi(options: InsightApiOptions): InsightApi {
  const { catalog, catalogPosition, insights, lastHeardMs } = options;
  const coverage = new CoverageReader(options);
  return {
    async listActivity({ centerId }, { principal }) {
      const logSize = catalogPosition();
      const board = await coverage.board();
      const members = askedMembers(board, centerId, principal);
      const [activities, counts, chains] = await Promise.all([
        catalog.factsNamed(members.map((id) => ACTIVITY_FACTS + id)),
        catalog.factsNamed(members.map((id) => COUNTS_FACTS + id)),
        catalog.factsNamed(members.map(chainName)),
      ]);
      const centers = members.map((id, i) => {
        const fact = board.centerOf(id);
        const weeks = decodeActivity(activities[i]);
        const counted = counts[i];
        const { live, quarantined } = counted === undefined ? NO_COUNTS : decodeCounts(counted);
        return {
          centerId: id,
          centerName: board.nameOf(id),
          ...judgeActivity(
            { stateAtMs: fact?.stateAtMs, lastBatchAtMs: fact?.lastBatchAtMs, weeks },
            board.nowMs,
          ),
          live,
          quarantined,
          releases: decodeReleaseCount(chains[i]),
          lastBatchAtMs: fact?.lastBatchAtMs,
          lastHeardAtMs: lastHeardMs(id),
          weeks,
        };
      });
      return { rule: ACTIVITY_RULE, centers, coverage: coverageOf(board, logSize) };
    },

    async listOverlap({ centerId, limit, withMatrix }, { principal, signal }) {
      const { overlap, position, computedAtMs } = await insights.snapshot(signal);
      const board = await coverage.board();
      const members = new Set(board.members());
      const wanted = centerId || ownCenter(principal);
      if (wanted !== "" && !members.has(wanted)) throw noSuchMember(wanted);
      const isWanted = (a: string, b: string) =>
        members.has(a) && members.has(b) && (wanted === "" || a === wanted || b === wanted);
      const pairs: OverlapPair[] = [];
      for (const pair of pairsOf(overlap, isWanted)) {
        if (pairs.length === limit) break;
        const { centerA, centerB } = pair;
        pairs.push({ ...pair, nameA: board.nameOf(centerA), nameB: board.nameOf(centerB) });
      }
      return {
        rule: OVERLAP_RULE,
        pairs,
        ...countsOf(overlap, isWanted),
        ...(withMatrix && { matrix: matrixOf(overlap, isWanted) }),
        documentsComplete: overlap.documentsComplete,
        computedAtMs,
        coverage: coverageOf(board, position),
      };
    },

    async listMarket({ by, province }, { principal, signal }) {
      const board = await coverage.board();
      const asking = ownCenter(principal);
      if (asking !== "" && !board.members().includes(asking)) throw noSuchMember(asking);
      const { market, position, computedAtMs } = await insights.snapshot(signal);
      const cells = by === "scenario" ? market.scenario : market.sector;
      return {
        rule: MARKET_RULE,
        minEnterprises: MIN_DEMANDS,
        cells: cells.filter((cell) => province === "" || cell.province === province),
        computedAtMs,
        coverage: coverageOf(board, position),
      };
    },
  };
}
