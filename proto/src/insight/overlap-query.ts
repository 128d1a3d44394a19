/**
 * A question for overlap of centers, checked where it enters. Apart from the answers, so that clients need no validation.
 *
 * @see ../../tributary/v1/insight_service.proto
 * @module
 */

import { z } from "zod";
import { ListOverlapRequestSchema } from "../gen/tributary/v1/insight_service_pb.ts";
import type { Codec } from "../plain.ts";
import { checked, parse } from "../query/query.ts";

const overlapQuery = z.strictObject({
  centerId: z.string().default(""),
  limit: z
    .int()
    .min(0)
    .max(1_000)
    .default(0)
    .transform((n) => n || 100),
  withMatrix: z.boolean().default(false),
});

/** A question for overlap, complete: a center or empty for all, at most how many pairs (1 to 1,000). */
export type OverlapQuery = z.infer<typeof overlapQuery>;

/** Completes and checks a question for overlap. @throws {TributaryError} `ERR_QUERY_INVALID`. */
export const parseOverlapQuery = (value: unknown): OverlapQuery => parse(overlapQuery, value);

/** Between a question for overlap and its message. Decoding throws `ERR_QUERY_INVALID`. */
export const overlapQueryCodec: Codec<OverlapQuery, typeof ListOverlapRequestSchema> = checked(
  ListOverlapRequestSchema,
  parseOverlapQuery,
);
