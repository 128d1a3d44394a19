/**
 * What the hub tells about centers.
 *
 * @module
 */

import {
  type ActivityAnswer,
  activityAnswerCodec,
  type MarketAnswer,
  marketAnswerCodec,
  type OverlapAnswer,
  overlapAnswerCodec,
} from "@tributary/proto";
import { InsightService } from "@tributary/proto/wire";
import type { CallOptions, Calls } from "./calls.ts";
import { readAnswer } from "./read-answer.ts";

/** Which center. */
export interface OfCenterOptions extends CallOptions {
  /** Identifier of a center. Default: all that the caller may see. */
  readonly center?: string | undefined;
}

/** Whose overlap is wanted. */
export interface OverlapOptions extends CallOptions {
  /** Identifier of a center: pairs that it is one of. Default: all that the caller may see. */
  readonly center?: string | undefined;
  /** Pairs, the largest index first; 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** Also answers the index of all pairs, for a heat map. */
  readonly matrix?: boolean | undefined;
}

/** Which supply and demand. */
export interface MarketOptions extends CallOptions {
  /** Default: `sector`. */
  readonly by?: "sector" | "scenario" | undefined;
  /** Code of a province, as 360000. Default: all. */
  readonly province?: string | undefined;
}

/** Questions about centers, which need the token of a center or an operator. */
export interface InsightCalls {
  /**
   * How active centers are, and by which rule. An operator sees all, a center itself. `ERR_NOT_FOUND` for a center that is
   * no member.
   */
  activity(options?: OfCenterOptions): Promise<ActivityAnswer>;
  /**
   * Where centers do the same: providers, niche and documents of each pair, whether chance explains it, and how the two
   * could divide the work. An operator sees all pairs, a center its own. The first call after a start of the hub waits
   * until it is computed.
   */
  overlap(options?: OverlapOptions): Promise<OverlapAnswer>;
  /** What is demanded, who offers it and how few centers do it, by sector or scenario and by province. */
  market(options?: MarketOptions): Promise<MarketAnswer>;
}

export function insightCalls(calls: Calls): InsightCalls {
  const { listActivity, listOverlap, listMarket } = InsightService.method;
  return {
    async activity({ center = "", ...options } = {}) {
      const answer = await calls.unary(listActivity, { centerId: center }, options);
      return readAnswer(activityAnswerCodec, answer);
    },

    async overlap({ center = "", limit = 0, matrix = false, ...options } = {}) {
      const request = { centerId: center, limit, withMatrix: matrix };
      return readAnswer(overlapAnswerCodec, await calls.unary(listOverlap, request, options));
    },

    async market({ by = "sector", province = "", ...options } = {}) {
      const answer = await calls.unary(listMarket, { by, province }, options);
      return readAnswer(marketAnswerCodec, answer);
    },
  };
}
