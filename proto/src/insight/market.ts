/**
 * Supply and demand. Values are complete: lists and texts are there even when empty.
 *
 * @see ../../tributary/v1/insight_service.proto
 * @module
 */

import { ListMarketResponseSchema } from "../gen/tributary/v1/insight_service_pb.ts";
import { type Codec, completeCodec } from "../plain.ts";
import type { Coverage } from "../query/answer.ts";

/** One sector or scenario in one province. */
export interface MarketCell {
  /** Cluster of sectors, or its section where no more is known; or scenario, or its family. */
  readonly topic: string;
  /** Code of GB/T 2260; empty where it is not known. */
  readonly province: string;
  /** Absent where there are some, and fewer than may be counted. */
  readonly demands?: number | undefined;
  /** Providers that are listed with it and serve the province. */
  readonly providers: number;
  /** Engagements in sealed buckets that count, of so many centers of the province. */
  readonly engagements: number;
  readonly centers: number;
  /** Sum of the squared shares of centers, above 0 to 1; absent without engagements. */
  readonly concentration?: number | undefined;
}

/** Cells, the most demands first, then the fewest providers. */
export interface MarketAnswer {
  /** Name and version of the rule by which it is counted. */
  readonly rule: string;
  /** Fewest demands that are counted, and fewest enterprises of a bucket that counts. */
  readonly minEnterprises: number;
  readonly cells: readonly MarketCell[];
  /** Ms since the epoch. */
  readonly computedAtMs: number;
  readonly coverage: Coverage;
}

/** Between supply and demand and its message. */
export const marketAnswerCodec: Codec<MarketAnswer, typeof ListMarketResponseSchema> =
  completeCodec<MarketAnswer, typeof ListMarketResponseSchema>(ListMarketResponseSchema);
