/**
 * The knowledge index as the rest of the hub sees it: one writer that follows the catalog, many readers.
 *
 * Visibility is a term of every query: a record that the reader may not see is not found, not counted, not suggested.
 *
 * @module
 */

import type { FieldFilter, RecordRef, SortOrder, Visibility } from "@tributary/proto";

/** Text fields, from the heaviest weight to the lightest. */
export type TextField = "title" | "tags" | "summary" | "body";

/** What the index knows of one record. */
export interface IndexDocument {
  readonly ref: RecordRef;
  /** Source texts; the same strings are highlighted. Titles in several languages are joined by " · ". */
  readonly text: Readonly<Record<TextField, string>>;
  /** Facet codes by field; hierarchical codes (region, industry) with all their ancestors. */
  readonly facets: Readonly<Record<string, readonly string[]>>;
  readonly visibility: Visibility;
  /** Center ids that may read it beside the publisher; only with visibility `centers`. */
  readonly visibleTo: readonly string[];
  /** When the hub received it; ms since the epoch. Sorts by `newest`. */
  readonly receivedAtMs: number;
  /** After this it is stale; ms since the epoch; undefined when it does not expire. See {@link IndexQuery.stale}. */
  readonly validUntilMs: number | undefined;
}

/** One consistent step of the index. */
export interface IndexChange {
  readonly upserts: readonly IndexDocument[];
  readonly deletes: readonly RecordRef[];
  /** Log size that the index covers afterwards. */
  readonly position: number;
}

/** Follows the catalog. One writer. */
export interface IndexWriter extends AsyncDisposable {
  /** Log size that is durable in the index; where to go on after a restart. */
  position(): Promise<number>;
  /** Searchable when it resolves; durable at the latest with the next `flush`. */
  apply(change: IndexChange): Promise<void>;
  /** Makes everything applied durable. */
  flush(): Promise<void>;
  /** Told when no change is expected for a while: time for work that nothing waits for. Resolves when it has begun. */
  rest(): Promise<void>;
  /** Deletes everything; position is 0 afterwards. */
  clear(): Promise<void>;
}

/** Who asks. */
export type Reader =
  | { readonly type: "public" }
  | { readonly type: "member"; readonly centerId: string }
  /** What all members may read, and nothing that is for some of them only. */
  | { readonly type: "members" }
  | { readonly type: "operator" };

export interface IndexQuery {
  /** As typed; parsed by the index. At most 1,024 characters. */
  readonly text: string;
  readonly filters: readonly FieldFilter[];
  readonly reader: Reader;
  /** 1 to 500. */
  readonly limit: number;
  /** Where the page before ended; undefined at the beginning. */
  readonly after: IndexCursor | undefined;
  readonly facets: readonly string[];
  /**
   * What makes a document stale now. The field `state` of filters and facets is computed from it at the time of the
   * query: `stale` when the document's center is one of `centers` or `validUntilMs` is before `atMs`, else `live`.
   * Documents carry no `state` facet, since time would change it without a log entry.
   */
  readonly stale: { readonly atMs: number; readonly centers: ReadonlySet<string> };
  readonly sort: SortOrder;
  readonly explain: boolean;
  /**
   * How matches are found: by words and meaning together unless it says otherwise. Where there is no semantic model, or
   * it knows nothing of the text, `hybrid` is `lexical` and `semantic` finds nothing. For operators and evaluation.
   */
  readonly channel?: "hybrid" | "lexical" | "semantic";
}

/** Asks for documents like a given one. */
export interface SimilarQuery {
  /** A document, or a text of at most `MAX_SIMILAR_LENGTH` characters. */
  readonly to: { readonly ref: RecordRef } | { readonly text: string };
  /** Without one on `kind`, documents of the kind of a given document are found. */
  readonly filters: readonly FieldFilter[];
  readonly reader: Reader;
  /** 1 to 100. */
  readonly limit: number;
  readonly stale: IndexQuery["stale"];
  readonly explain: boolean;
}

/** Documents like a given one. */
export interface SimilarResult {
  /** The nearest, with different ones and those of other centers drawn forward. */
  readonly hits: readonly IndexHit[];
  /** Log size that the answer rests on. */
  readonly position: number;
}

/** Place of a hit in the order of its query. */
export interface IndexCursor {
  readonly score: number;
  readonly receivedAtMs: number;
  readonly ref: RecordRef;
}

/** How a term was found: as written, by its sound, by a similar form, by meaning. */
export type IndexChannel = "原文" | "拼音" | "近形" | "语义";

/** A word that no document has, and the one that was searched instead. */
export interface Correction {
  readonly typed: string;
  readonly used: string;
  readonly channel: "拼音" | "近形";
}

export interface IndexHit {
  readonly ref: RecordRef;
  /** 0 when sorted by time. */
  readonly score: number;
  readonly receivedAtMs: number;
  readonly highlights: readonly IndexHighlight[];
  /** True when it does not match by its words but by its meaning alone. */
  readonly isByMeaning: boolean;
  /** Only with `explain`; sums to `score` up to rounding. */
  readonly terms: readonly {
    readonly term: string;
    readonly channel: IndexChannel;
    /** `all` for the channel 语义: what a text means, it says in all its fields. */
    readonly field: TextField | "all";
    readonly score: number;
  }[];
}

/** A window of a source text. Offsets are UTF-16 code units in `text`. */
export interface IndexHighlight {
  readonly field: TextField;
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

/** Most values that are counted out for a field. */
export const MAX_FACET_VALUES = 200;

export interface FacetCounts {
  readonly field: string;
  /** The most frequent, at most {@link MAX_FACET_VALUES}, by falling count, then by value. Disjunctive: the field's own filter does not apply. */
  readonly values: readonly { readonly value: string; readonly count: number }[];
}

export interface IndexResult {
  readonly hits: readonly IndexHit[];
  /** Exact number of matches. */
  readonly total: number;
  readonly facets: readonly FacetCounts[];
  /** What was searched instead of words that nothing has; only when the query as typed finds nothing. */
  readonly corrections: readonly Correction[];
  /** True when no document has all words of a short text, so that the hits have some of them. */
  readonly isPartial: boolean;
  /** Log size that the answer rests on. */
  readonly position: number;
}

export interface IndexSuggestion {
  readonly text: string;
  readonly source: "title" | "vocabulary";
  readonly ref: RecordRef | undefined;
}

/**
 * Answers queries. Safe to call concurrently; never blocks the caller's event loop for long.
 *
 * @throws {TributaryError} `ERR_QUERY_INVALID` with what is wrong; `ERR_OVERLOADED` when the queue is full.
 */
export interface IndexReader extends AsyncDisposable {
  search(query: IndexQuery, signal: AbortSignal): Promise<IndexResult>;
  /**
   * Documents that are like a document or a text, by words and, where there is a model, by meaning.
   *
   * @throws {TributaryError} `ERR_NOT_FOUND` if the reader may not see the document, or there is none.
   */
  similar(query: SimilarQuery, signal: AbortSignal): Promise<SimilarResult>;
  suggest(
    query: { readonly prefix: string; readonly limit: number; readonly reader: Reader },
    signal: AbortSignal,
  ): Promise<readonly IndexSuggestion[]>;
  /** Log size that answers rest on now. */
  readonly position: number;
}
