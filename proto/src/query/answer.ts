/**
 * What the knowledge index answers. Values are complete: lists and texts are there even when empty.
 *
 * @see ../../tributary/v1/query_service.proto
 * @module
 */

import { create } from "@bufbuild/protobuf";
import { TributaryError } from "../errors.ts";
import {
  FacetsResponseSchema,
  GetResponseSchema,
  ListResponseSchema,
  SearchResponseSchema,
  SimilarResponseSchema,
  SuggestResponseSchema,
  WatchResponseSchema,
} from "../gen/tributary/v1/query_service_pb.ts";
import { type Codec, completeCodec } from "../plain.ts";
import type { RecordRef } from "../record/urn.ts";
import { type RecordView, recordRefCodec, recordViewCodec, viewOptions } from "./record-view.ts";

/** What an answer rests on. */
export interface Coverage {
  /** Centers heard from within their promise. */
  readonly centersFresh: number;
  /** Centers not heard from for longer; their records are still shown. */
  readonly centersStale: number;
  /** Centers whose feed is paused. */
  readonly centersPaused: number;
  /** Size of the log at which the answer was computed. */
  readonly logSize: number;
  /** Identifiers of the stale and paused centers. */
  readonly centersNotFresh: readonly string[];
}

/** A part of a text, in UTF-16 code units; `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A window of a field with its matches. */
export interface Highlight {
  /** title, tags, summary or body. */
  readonly field: string;
  /** Plain text, not escaped. */
  readonly text: string;
  readonly spans: readonly Span[];
}

/** The share of one query term in a score. */
export interface TermScore {
  readonly term: string;
  /** 原文, 拼音, 近形 or 语义. */
  readonly channel: string;
  readonly field: string;
  readonly score: number;
}

/** One hit. */
export interface Hit {
  /** Without its body. */
  readonly record: RecordView;
  /** Comparable within one answer only. */
  readonly score: number;
  readonly highlights: readonly Highlight[];
  /** Only with explain. */
  readonly terms: readonly TermScore[];
  /** True when it has not the words that were asked for: it was found by its meaning alone. */
  readonly byMeaning: boolean;
}

/** Count of one value. */
export interface FacetValue {
  readonly value: string;
  readonly labelZh: string;
  readonly labelEn: string;
  /** Records that match the query and all filters but those on this field. */
  readonly count: number;
}

/** Counts of one field, by falling count. */
export interface Facet {
  readonly field: string;
  readonly values: readonly FacetValue[];
}

/** The hits of a search. */
export interface SearchAnswer {
  readonly hits: readonly Hit[];
  /** How many records match. */
  readonly total: number;
  readonly facets: readonly Facet[];
  /** Empty at the end. */
  readonly nextPageToken: string;
  readonly coverage: Coverage;
  /** Words that no record has, and what was searched instead. */
  readonly corrections: readonly Correction[];
  /** True when no record has all words of a short query, so that the hits have some of them. */
  readonly partial: boolean;
}

/** A word that was searched as another one. */
export interface Correction {
  readonly typed: string;
  readonly used: string;
  /** 拼音 (sounds alike) or 近形 (looks alike). */
  readonly channel: string;
}

/** Records like another one, the nearest first. */
export interface SimilarAnswer {
  readonly hits: readonly Hit[];
  readonly coverage: Coverage;
}

/** One record with its body. */
export interface GetAnswer {
  readonly record: RecordView;
  readonly coverage: Coverage;
}

/** One page of a list, in the order of (kind, center, key). */
export interface ListAnswer {
  readonly records: readonly RecordView[];
  /** Empty at the end. */
  readonly nextPageToken: string;
  readonly coverage: Coverage;
}

/** Counts. */
export interface FacetsAnswer {
  readonly facets: readonly Facet[];
  readonly coverage: Coverage;
}

/** One completion. */
export interface Suggestion {
  /** What to search for. */
  readonly text: string;
  /** title, entity or vocabulary. */
  readonly source: string;
  /** The record that it comes from, where it comes from one. */
  readonly ref?: RecordRef | undefined;
}

/** Completions, best first. */
export interface SuggestAnswer {
  readonly suggestions: readonly Suggestion[];
}

/** One change of the catalog, or a sign of life. A client resumes at `position + 1`. */
export type WatchEvent =
  | { readonly type: "upserted"; readonly position: number; readonly record: RecordView }
  | { readonly type: "removed"; readonly position: number; readonly ref: RecordRef }
  | { readonly type: "caught_up"; readonly position: number };

/** Between a search's answer and its message. */
export const searchAnswerCodec: Codec<SearchAnswer, typeof SearchResponseSchema> = completeCodec<
  SearchAnswer,
  typeof SearchResponseSchema
>(SearchResponseSchema, viewOptions);

/** Between a comparison's answer and its message. */
export const similarAnswerCodec: Codec<SimilarAnswer, typeof SimilarResponseSchema> = completeCodec<
  SimilarAnswer,
  typeof SimilarResponseSchema
>(SimilarResponseSchema, viewOptions);

/** Between a record's answer and its message. */
export const getAnswerCodec: Codec<GetAnswer, typeof GetResponseSchema> = completeCodec<
  GetAnswer,
  typeof GetResponseSchema
>(GetResponseSchema, viewOptions);

/** Between a list's answer and its message. */
export const listAnswerCodec: Codec<ListAnswer, typeof ListResponseSchema> = completeCodec<
  ListAnswer,
  typeof ListResponseSchema
>(ListResponseSchema, viewOptions);

/** Between counts and their message. */
export const facetsAnswerCodec: Codec<FacetsAnswer, typeof FacetsResponseSchema> = completeCodec<
  FacetsAnswer,
  typeof FacetsResponseSchema
>(FacetsResponseSchema);

/** Between completions and their message. */
export const suggestAnswerCodec: Codec<SuggestAnswer, typeof SuggestResponseSchema> = completeCodec<
  SuggestAnswer,
  typeof SuggestResponseSchema
>(SuggestResponseSchema);

/** Between a change and its message. Decoding throws `ERR_MESSAGE_MALFORMED` if the message holds none. */
export const watchEventCodec: Codec<WatchEvent, typeof WatchResponseSchema> = {
  encode: (event) => {
    const position = BigInt(event.position);
    switch (event.type) {
      case "upserted": {
        const value = recordViewCodec.encode(event.record);
        return create(WatchResponseSchema, { position, change: { case: "upserted", value } });
      }
      case "removed": {
        const value = recordRefCodec.encode(event.ref);
        return create(WatchResponseSchema, { position, change: { case: "removed", value } });
      }
      case "caught_up":
        return create(WatchResponseSchema, { position, change: { case: "caughtUp", value: true } });
    }
  },
  decode: ({ position: at, change }) => {
    const position = Number(at);
    switch (change.case) {
      case "upserted":
        return { type: "upserted", position, record: recordViewCodec.decode(change.value) };
      case "removed":
        return { type: "removed", position, ref: recordRefCodec.decode(change.value) };
      case "caughtUp":
        return { type: "caught_up", position };
      case undefined:
        throw new TributaryError("ERR_MESSAGE_MALFORMED", "a watch response holds no change");
    }
  },
};
