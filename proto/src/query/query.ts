/**
 * What people and programs ask the knowledge index. A query is validated where it enters, once; a parsed query is
 * complete.
 *
 * @see ../../tributary/v1/query_service.proto
 * @module
 */

import type { DescMessage } from "@bufbuild/protobuf";
import { z } from "zod";
import { TributaryError } from "../errors.ts";
import {
  FacetsRequestSchema,
  ListRequestSchema,
  SearchRequestSchema,
  SimilarRequestSchema,
  SuggestRequestSchema,
  WatchRequestSchema,
} from "../gen/tributary/v1/query_service_pb.ts";
import { type Codec, completeCodec } from "../plain.ts";
import { isIdentifier, isRecordKey } from "../record/identifier.ts";
import { isRecordKind, type RecordKind } from "../record/kind.ts";
import { FACET_FIELDS, MAX_PREFIX_LENGTH, MAX_QUERY_LENGTH, MAX_SIMILAR_LENGTH } from "./fields.ts";

/** `relevance`, or `newest` by the time at which the hub received the record. */
export type SortOrder = "relevance" | "newest";

const facetField = z.enum(FACET_FIELDS);
const wellFormed = z.string().refine((text) => text.isWellFormed(), "is not well-formed Unicode");
const text = wellFormed.max(MAX_QUERY_LENGTH).default("");
const filters = z
  .array(
    z.strictObject({
      field: facetField,
      values: z.array(wellFormed.min(1).max(200)).min(1).max(64),
    }),
  )
  .max(32)
  .default([]);
const pageToken = z.string().max(4096).default("");
const facetFields = z.array(facetField).max(FACET_FIELDS.length).default([]);

/** 1 to `most`; 0 and absence mean `otherwise`. */
function size(most: number, otherwise: number) {
  return z
    .int()
    .min(0)
    .max(most)
    .default(0)
    .transform((n) => n || otherwise);
}

const searchQuery = z.strictObject({
  query: text,
  filters,
  pageSize: size(100, 20),
  pageToken,
  facets: facetFields,
  sort: z.enum(["relevance", "newest"]).default("relevance"),
  explain: z.boolean().default(false),
});

const listQuery = z.strictObject({ filters, pageSize: size(500, 100), pageToken });

const facetsQuery = z.strictObject({ query: text, filters, fields: facetFields });

const suggestQuery = z.strictObject({
  prefix: wellFormed.max(MAX_PREFIX_LENGTH).default(""),
  limit: size(20, 8),
});

const recordRef = z.strictObject({
  centerId: z.string().refine(isIdentifier, "is not an identifier"),
  kind: z.custom<RecordKind>((kind) => isRecordKind(String(kind)), "is not a kind of record"),
  key: z.string().refine(isRecordKey, "is not a record key"),
});

const similarQuery = z
  .strictObject({
    ref: recordRef.optional(),
    text: wellFormed.min(1).max(MAX_SIMILAR_LENGTH).optional(),
    filters,
    limit: size(50, 10),
    explain: z.boolean().default(false),
  })
  .refine(({ ref, text }) => (ref === undefined) !== (text === undefined), {
    error: "has either ref or text",
  });

const watchQuery = z.strictObject({
  fromPosition: z.int().min(0).default(0),
  filters,
});

/** A search, complete: text, filters, page (1 to 100 hits), facet fields to count, order, explanation. */
export type SearchQuery = z.infer<typeof searchQuery>;
/** A list, complete: filters, page (1 to 500 records). */
export type ListQuery = z.infer<typeof listQuery>;
/** A count, complete: text, filters, fields; no fields means all. */
export type FacetsQuery = z.infer<typeof facetsQuery>;
/** A completion, complete: what was typed, and at most how many (1 to 20). */
export type SuggestQuery = z.infer<typeof suggestQuery>;
/** What to compare with (either `ref` or `text`), complete: filters, at most how many (1 to 50), explanation. */
export type SimilarQuery = z.infer<typeof similarQuery>;
/** A watch, complete: first log position of interest, and filters. */
export type WatchQuery = z.infer<typeof watchQuery>;

/** What a caller may leave out. */
export type SearchQueryInput = z.input<typeof searchQuery>;
export type ListQueryInput = z.input<typeof listQuery>;
export type FacetsQueryInput = z.input<typeof facetsQuery>;
export type SuggestQueryInput = z.input<typeof suggestQuery>;
export type SimilarQueryInput = z.input<typeof similarQuery>;
export type WatchQueryInput = z.input<typeof watchQuery>;

/** Completes and checks. @throws {TributaryError} `ERR_QUERY_INVALID` that names each wrong member. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const inChinese = schema.safeParse(value, { error: z.locales.zhCN().localeError });
  throw new TributaryError("ERR_QUERY_INVALID", problemsOf(result.error), {
    messageZh: problemsOf(inChinese.error ?? result.error),
  });
}

function problemsOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}

/** Completes and checks a search. @throws {TributaryError} `ERR_QUERY_INVALID`. */
export const parseSearchQuery = (value: unknown): SearchQuery => parse(searchQuery, value);
/** Completes and checks a list. @throws {TributaryError} `ERR_QUERY_INVALID`. */
export const parseListQuery = (value: unknown): ListQuery => parse(listQuery, value);
/** Completes and checks a count. @throws {TributaryError} `ERR_QUERY_INVALID`. */
export const parseFacetsQuery = (value: unknown): FacetsQuery => parse(facetsQuery, value);
/** Completes and checks a completion. @throws {TributaryError} `ERR_QUERY_INVALID`. */
export const parseSuggestQuery = (value: unknown): SuggestQuery => parse(suggestQuery, value);
/** Completes and checks a comparison. @throws {TributaryError} `ERR_QUERY_INVALID`. */
export const parseSimilarQuery = (value: unknown): SimilarQuery => parse(similarQuery, value);
/** Completes and checks a watch. @throws {TributaryError} `ERR_QUERY_INVALID`. */
export const parseWatchQuery = (value: unknown): WatchQuery => parse(watchQuery, value);

/** A codec whose decoding checks the query, since it comes from outside. */
export function checked<Value extends object, Desc extends DescMessage>(
  desc: Desc,
  parseQuery: (value: unknown) => Value,
): Codec<Value, Desc> {
  const codec = completeCodec<Value, Desc>(desc, {
    zeroNames: { "tributary.v1.SortOrder": "relevance" },
  });
  return {
    encode: codec.encode,
    decode: (message) => {
      let plain: unknown;
      try {
        plain = codec.decode(message);
      } catch (cause) {
        throw new TributaryError(
          "ERR_QUERY_INVALID",
          cause instanceof Error ? cause.message : String(cause),
          { messageZh: "查询格式无效", cause },
        );
      }
      return parseQuery(plain);
    },
  };
}

/** Between a search and its message. Decoding throws `ERR_QUERY_INVALID`. */
export const searchQueryCodec: Codec<SearchQuery, typeof SearchRequestSchema> = checked(
  SearchRequestSchema,
  parseSearchQuery,
);
/** Between a list and its message. Decoding throws `ERR_QUERY_INVALID`. */
export const listQueryCodec: Codec<ListQuery, typeof ListRequestSchema> = checked(
  ListRequestSchema,
  parseListQuery,
);
/** Between a count and its message. Decoding throws `ERR_QUERY_INVALID`. */
export const facetsQueryCodec: Codec<FacetsQuery, typeof FacetsRequestSchema> = checked(
  FacetsRequestSchema,
  parseFacetsQuery,
);
/** Between a completion and its message. Decoding throws `ERR_QUERY_INVALID`. */
export const suggestQueryCodec: Codec<SuggestQuery, typeof SuggestRequestSchema> = checked(
  SuggestRequestSchema,
  parseSuggestQuery,
);
/** Between a comparison and its message. Decoding throws `ERR_QUERY_INVALID`. */
export const similarQueryCodec: Codec<SimilarQuery, typeof SimilarRequestSchema> = checked(
  SimilarRequestSchema,
  parseSimilarQuery,
);
/** Between a watch and its message. Decoding throws `ERR_QUERY_INVALID`. */
export const watchQueryCodec: Codec<WatchQuery, typeof WatchRequestSchema> = checked(
  WatchRequestSchema,
  parseWatchQuery,
);
