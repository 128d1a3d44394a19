/**
 * A question for supply and demand, checked where it enters. Apart from the answers, so that clients need no validation.
 *
 * @see ../../tributary/v1/insight_service.proto
 * @module
 */

import { z } from "zod";
import { ListMarketRequestSchema } from "../gen/tributary/v1/insight_service_pb.ts";
import type { Codec } from "../plain.ts";
import { checked, parse } from "../query/query.ts";

const marketQuery = z.strictObject({
  by: z
    .enum(["", "sector", "scenario"])
    .default("")
    .transform((by) => by || "sector"),
  province: z
    .string()
    .regex(/^(?:\d{2}0000)?$/, "is not the code of a province, GB/T 2260")
    .default(""),
});

/** A question for supply and demand, complete: by sector or scenario; of one province, or empty for all. */
export type MarketQuery = z.infer<typeof marketQuery>;

/** Completes and checks a question for supply and demand. @throws {TributaryError} `ERR_QUERY_INVALID`. */
export const parseMarketQuery = (value: unknown): MarketQuery => parse(marketQuery, value);

/** Between a question for supply and demand and its message. Decoding throws `ERR_QUERY_INVALID`. */
export const marketQueryCodec: Codec<MarketQuery, typeof ListMarketRequestSchema> = checked(
  ListMarketRequestSchema,
  parseMarketQuery,
);
