/**
 * Search, similar records, facets and suggestions: questions to the index, answered with what the catalog says now.
 *
 * @module
 */

import {
  FACET_FIELDS,
  type Facet,
  type FacetsAnswer,
  type FacetsQuery,
  type Hit,
  type SearchAnswer,
  type SearchQuery,
  type SimilarAnswer,
  type SimilarQuery,
  type SuggestAnswer,
  type SuggestQuery,
} from "@tributary/proto";
import { facetLabel, isFacetField } from "../catalog/facet.ts";
import { isShown, mayRead } from "../catalog/verdict.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { FacetCounts, IndexHit, IndexReader, Reader } from "../ports/search-index.ts";
import { type CenterBoard, type CoverageReader, coverageOf } from "./query-coverage.ts";
import { withEntities } from "./query-entity.ts";
import { pageTokenOf, placeOfPage, searchPlace } from "./query-page-token.ts";
import { currentFilters, currentText, shownRow, viewOf } from "./query-view.ts";

export interface SearchOptions {
  readonly catalog: Pick<CatalogStore, "getMany" | "factsNamed">;
  readonly index: Pick<IndexReader, "search" | "similar" | "suggest">;
  readonly coverage: CoverageReader;
}

export async function search(
  { catalog, index, coverage }: SearchOptions,
  query: SearchQuery,
  reader: Reader,
  signal: AbortSignal,
): Promise<SearchAnswer> {
  const { query: text, filters, pageSize, sort, explain, facets } = query;
  const order = { text, filters, sort };
  const after = placeOfPage(query.pageToken, order, searchPlace);
  const board = await coverage.board();
  const result = await index.search(
    {
      text: currentText(text, board),
      filters: currentFilters(filters, board),
      reader,
      // One more tells whether there is a next page.
      limit: pageSize + 1,
      after,
      facets,
      stale: { atMs: board.nowMs, centers: board.stale },
      sort,
      explain,
    },
    signal,
  );
  const page = result.hits.slice(0, pageSize);
  const last = page.at(-1);
  return {
    hits: await shownHits(catalog, page, reader, board),
    total: result.total,
    facets: result.facets.map((counts) => labelled(counts, board)),
    nextPageToken:
      last !== undefined && result.hits.length > pageSize
        ? pageTokenOf({ score: last.score, receivedAtMs: last.receivedAtMs, ref: last.ref }, order)
        : "",
    coverage: coverageOf(board, result.position),
    corrections: result.corrections,
    partial: result.isPartial,
  };
}

export async function similar(
  { catalog, index, coverage }: SearchOptions,
  { ref, text = "", filters, limit, explain }: SimilarQuery,
  reader: Reader,
  signal: AbortSignal,
): Promise<SimilarAnswer> {
  const board = await coverage.board();
  const to = ref === undefined ? { text } : { ref };
  const stale = { atMs: board.nowMs, centers: board.stale };
  const asked = { to, filters: currentFilters(filters, board), reader, limit, stale, explain };
  const result = await index.similar(asked, signal);
  return {
    hits: await shownHits(catalog, result.hits, reader, board),
    coverage: coverageOf(board, result.position),
  };
}

/** Hits with what the catalog says of them now: the index may be a moment behind. */
async function shownHits(
  catalog: SearchOptions["catalog"],
  found: readonly IndexHit[],
  reader: Reader,
  board: CenterBoard,
): Promise<Hit[]> {
  const rows = await catalog.getMany(found.map(({ ref }) => ref));
  const hits = found.flatMap(({ score, highlights, terms, isByMeaning }, i) => {
    const row = rows[i];
    if (row === undefined || !isShown(row) || !mayRead(row, reader)) return [];
    const record = viewOf(shownRow(row, board), board, { reader, withBody: false });
    return [{ record, score, highlights, terms, byMeaning: isByMeaning }];
  });
  const records = await withEntities(
    catalog,
    hits.map(({ record }) => record),
  );
  return hits.map((hit, i) => ({ ...hit, record: records[i] ?? hit.record }));
}

export async function facets(
  { index, coverage }: SearchOptions,
  { query: text, filters, fields }: FacetsQuery,
  reader: Reader,
  signal: AbortSignal,
): Promise<FacetsAnswer> {
  const board = await coverage.board();
  const result = await index.search(
    {
      text: currentText(text, board),
      filters: currentFilters(filters, board),
      reader,
      limit: 1,
      after: undefined,
      facets: fields.length > 0 ? fields : FACET_FIELDS,
      stale: { atMs: board.nowMs, centers: board.stale },
      sort: "newest",
      explain: false,
    },
    signal,
  );
  return {
    facets: result.facets.map((counts) => labelled(counts, board)),
    coverage: coverageOf(board, result.position),
  };
}

export async function suggest(
  { catalog, index }: SearchOptions,
  { prefix, limit }: SuggestQuery,
  reader: Reader,
  signal: AbortSignal,
): Promise<SuggestAnswer> {
  const found = await index.suggest({ prefix, limit, reader }, signal);
  const refs = found.flatMap(({ ref }) => (ref === undefined ? [] : [ref]));
  const rows = (await catalog.getMany(refs)).values();
  const suggestions = found.filter(({ ref }) => {
    if (ref === undefined) return true;
    const row = rows.next().value;
    return row !== undefined && isShown(row) && mayRead(row, reader);
  });
  return { suggestions: suggestions.map(({ text, source, ref }) => ({ text, source, ref })) };
}

function labelled({ field, values }: FacetCounts, board: CenterBoard): Facet {
  return {
    field,
    values: values.map(({ value, count }) => ({
      value,
      labelZh: labelOf(field, value, "zh", board),
      labelEn: labelOf(field, value, "en", board),
      count,
    })),
  };
}

function labelOf(field: string, value: string, language: "zh" | "en", board: CenterBoard): string {
  if (field === "center") return board.nameOf(value);
  return isFacetField(field) ? facetLabel(field, value, language, board.taxonomy) : value;
}
