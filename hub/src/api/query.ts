/**
 * The query service: what developers and pages ask the knowledge index. Domain values in, domain values out.
 *
 * What a reader may not see does not exist: it is not found, listed, counted, suggested or told of. Every answer says
 * what it rests on.
 *
 * @module
 */

import type {
  Clock,
  FacetsAnswer,
  FacetsQuery,
  GetAnswer,
  ListAnswer,
  ListQuery,
  RecordRef,
  SearchAnswer,
  SearchQuery,
  SimilarAnswer,
  SimilarQuery,
  SuggestAnswer,
  SuggestQuery,
  WatchEvent,
  WatchQuery,
} from "@tributary/proto";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { IndexReader, Reader } from "../ports/search-index.ts";
import { CoverageReader } from "./query-coverage.ts";
import { evidence, type LogProofs } from "./query-evidence.ts";
import { get, list } from "./query-list.ts";
import { facets, search, similar, suggest } from "./query-search.ts";
import { watch } from "./query-watch.ts";

export interface QueryApiOptions {
  readonly catalog: CatalogStore;
  readonly index: IndexReader;
  readonly log: LogProofs & { readonly size: number };
  /** Log size that the catalog covers now. */
  readonly catalogPosition: () => number;
  /** Resolves when the catalog covers more than `position`; rejects when aborted. */
  readonly waitBeyond: (position: number, signal: AbortSignal) => Promise<unknown>;
  /** When a center's agent was last heard from; ms since the epoch; undefined when not since the hub started. */
  readonly lastHeardMs: (centerId: string) => number | undefined;
  readonly clock: Clock;
  /** For how long a center may be silent before its records are shown as stale. Default 24 h. */
  readonly staleAfterMs?: number | undefined;
}

/** Queries were parsed; readers were identified. Safe to call concurrently. */
export interface QueryApi {
  /** @throws {TributaryError} `ERR_QUERY_INVALID`, `ERR_PAGE_TOKEN`, `ERR_OVERLOADED`. */
  search(query: SearchQuery, reader: Reader, signal: AbortSignal): Promise<SearchAnswer>;
  /** @throws {TributaryError} `ERR_NOT_FOUND`. */
  get(ref: RecordRef, reader: Reader): Promise<GetAnswer>;
  /** A page may be short and still have a next one. @throws {TributaryError} `ERR_PAGE_TOKEN`. */
  list(query: ListQuery, reader: Reader, signal: AbortSignal): Promise<ListAnswer>;
  /** @throws {TributaryError} `ERR_QUERY_INVALID`, `ERR_OVERLOADED`. */
  facets(query: FacetsQuery, reader: Reader, signal: AbortSignal): Promise<FacetsAnswer>;
  /** @throws {TributaryError} `ERR_QUERY_INVALID`, `ERR_NOT_FOUND`, `ERR_OVERLOADED`. */
  similar(query: SimilarQuery, reader: Reader, signal: AbortSignal): Promise<SimilarAnswer>;
  /** @throws {TributaryError} `ERR_OVERLOADED`. */
  suggest(query: SuggestQuery, reader: Reader, signal: AbortSignal): Promise<SuggestAnswer>;
  /** Ends only when aborted. @throws {TributaryError} `ERR_QUERY_INVALID` if it begins beyond the log. */
  watch(query: WatchQuery, reader: Reader, signal: AbortSignal): AsyncIterable<WatchEvent>;
  /** The bytes of an Evidence message. @throws {TributaryError} `ERR_NOT_FOUND`, `ERR_LOG_DAMAGED`. */
  evidence(ref: RecordRef, reader: Reader): Promise<Uint8Array>;
}

export function createQueryApi(options: QueryApiOptions): QueryApi {
  const coverage = new CoverageReader(options);
  const parts = { ...options, coverage, logSize: () => options.log.size };
  return {
    search: (query, reader, signal) => search(parts, query, reader, signal),
    get: (ref, reader) => get(parts, ref, reader),
    list: (query, reader, signal) => list(parts, query, reader, signal),
    facets: (query, reader, signal) => facets(parts, query, reader, signal),
    similar: (query, reader, signal) => similar(parts, query, reader, signal),
    suggest: (query, reader, signal) => suggest(parts, query, reader, signal),
    watch: (query, reader, signal) => watch(parts, query, reader, signal),
    evidence: (ref, reader) => evidence(parts, ref, reader),
  };
}
