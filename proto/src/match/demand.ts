/**
 * What is wanted of providers. A demand is checked where it enters, once; a parsed one is complete.
 *
 * @see ../../tributary/v1/match_service.proto
 * @module
 */

import { z } from "zod";
import { MatchRequestSchema, PlanRequestSchema } from "../gen/tributary/v1/match_service_pb.ts";
import type { Codec } from "../plain.ts";
import { MAX_SIMILAR_LENGTH } from "../query/fields.ts";
import { checked, parse } from "../query/query.ts";
import { industryTable } from "../vocabulary/industry-table.ts";
import { scenarioConcepts } from "../vocabulary/scenario.ts";

/** Most scenarios of a demand. */
export const MAX_DEMAND_SCENARIOS = 8;

const SCENARIOS = new Set(scenarioConcepts().map(({ code }) => code));

const wellFormed = z.string().refine((text) => text.isWellFormed(), "is not well-formed Unicode");
const words = z.array(wellFormed.min(1).max(200)).max(16).default([]);

const demand = z.strictObject({
  scenarios: z
    .array(z.string().refine((code) => SCENARIOS.has(code), "is not a scenario (S01 to S40)"))
    .min(1)
    .max(MAX_DEMAND_SCENARIOS)
    .refine((codes) => new Set(codes).size === codes.length, "has a scenario twice"),
  industry: z
    .string()
    .refine((code) => code === "" || industryTable().has(code), "is not a code of GB/T 4754-2017")
    .default(""),
  sizeBand: z.enum(["", "large", "medium", "small", "micro"]).default(""),
  region: z
    .string()
    .regex(/^(?:\d{6}|[A-Z]{2})?$/, "is not a code of GB/T 2260 or ISO 3166-1")
    .default(""),
  pains: wellFormed.max(MAX_SIMILAR_LENGTH).default(""),
  budgetCny: z.number().positive().max(1e12).optional(),
  must: z
    .strictObject({
      qualifications: words,
      systems: words,
      providerTypes: words,
      deliveryModes: words,
      servesRegion: z.boolean().default(false),
      excluded: z.array(wellFormed.min(1).max(200)).max(64).default([]),
    })
    .prefault({}),
});

const matchQuery = z.strictObject({
  demand,
  limit: z
    .int()
    .min(0)
    .max(50)
    .default(0)
    .transform((n) => n || 10),
});

const planQuery = z.strictObject({ demand });

/** A demand, complete: scenarios (1 to 8), sector, size, region, pains, budget in CNY, what a provider must have. */
export type MatchDemand = z.infer<typeof demand>;
/** A question for a ranking, complete: the demand, and at most how many (1 to 50). */
export type MatchQuery = z.infer<typeof matchQuery>;
/** A question for plans. */
export type PlanQuery = z.infer<typeof planQuery>;

/** What a caller may leave out. */
export type MatchDemandInput = z.input<typeof demand>;
export type MatchQueryInput = z.input<typeof matchQuery>;
export type PlanQueryInput = z.input<typeof planQuery>;

/** Completes and checks a question for a ranking. @throws {TributaryError} `ERR_QUERY_INVALID`. */
export const parseMatchQuery = (value: unknown): MatchQuery => parse(matchQuery, value);
/** Completes and checks a question for plans. @throws {TributaryError} `ERR_QUERY_INVALID`. */
export const parsePlanQuery = (value: unknown): PlanQuery => parse(planQuery, value);

/** Between a question for a ranking and its message. Decoding throws `ERR_QUERY_INVALID`. */
export const matchQueryCodec: Codec<MatchQuery, typeof MatchRequestSchema> = checked(
  MatchRequestSchema,
  parseMatchQuery,
);
/** Between a question for plans and its message. Decoding throws `ERR_QUERY_INVALID`. */
export const planQueryCodec: Codec<PlanQuery, typeof PlanRequestSchema> = checked(
  PlanRequestSchema,
  parsePlanQuery,
);
