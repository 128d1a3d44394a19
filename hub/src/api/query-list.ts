/**
 * Get and list: the catalog's rows in the order of (kind, center, key).
 *
 * @module
 */

import {
  type FieldFilter,
  type GetAnswer,
  isRecordKind,
  type ListAnswer,
  type ListQuery,
  RECORD_KINDS,
  type RecordRef,
  type RecordView,
  TributaryError,
  urnOf,
} from "@tributary/proto";
import { isShown } from "../catalog/verdict.ts";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { CatalogStore, RowRange } from "../ports/catalog-store.ts";
import type { Reader } from "../ports/search-index.ts";
import { type CoverageReader, coverageOf } from "./query-coverage.ts";
import { withEntities, withEntity } from "./query-entity.ts";
import { listPlace, pageTokenOf, placeOfPage } from "./query-page-token.ts";
import { currentFilters, isVisible, passes, shownRow, viewOf } from "./query-view.ts";

export interface ListOptions {
  readonly catalog: Pick<CatalogStore, "get" | "rows" | "factsNamed">;
  readonly catalogPosition: () => number;
  readonly coverage: CoverageReader;
}

/** Rows that one page looks at; a page that finds few among them is short, and has a next one. */
const MAX_SCANNED_ROWS = 5_000;
/** Bytes of bodies after which a page ends; below what one gRPC message may carry. */
const MAX_PAGE_BYTES = 2 ** 20;

/** The record's row, if it exists for the reader. @throws {TributaryError} `ERR_NOT_FOUND` if not. */
export async function requireRow(
  catalog: Pick<CatalogStore, "get">,
  ref: RecordRef,
  reader: Reader,
): Promise<CatalogRow> {
  const row = await catalog.get(ref);
  if (row !== undefined && isVisible(row, reader)) return row;
  throw new TributaryError("ERR_NOT_FOUND", `there is no record ${urnOf(ref)}`, {
    messageZh: `没有记录 ${urnOf(ref)}`,
  });
}

export async function get(
  { catalog, catalogPosition, coverage }: ListOptions,
  ref: RecordRef,
  reader: Reader,
): Promise<GetAnswer> {
  const logSize = catalogPosition();
  const row = await requireRow(catalog, ref, reader);
  const board = await coverage.board();
  return {
    record: await withEntity(
      catalog,
      viewOf(shownRow(row, board), board, { reader, withBody: true }),
    ),
    coverage: coverageOf(board, logSize),
  };
}

export async function list(
  { catalog, catalogPosition, coverage }: ListOptions,
  { filters, pageSize, pageToken }: ListQuery,
  reader: Reader,
  signal: AbortSignal,
): Promise<ListAnswer> {
  const order = { list: filters };
  const after = placeOfPage(pageToken, order, listPlace)?.ref;
  const logSize = catalogPosition();
  const board = await coverage.board();
  const wanted = statesOf(filters);
  const current = currentFilters(filters, board);
  const records: RecordView[] = [];
  let scanned = 0;
  let bytes = 0;
  for await (const row of rowsIn(catalog, filters, after)) {
    signal.throwIfAborted();
    scanned += 1;
    const isWanted = isShown(row) || wanted.has(row.verdict);
    const shown = isWanted && isVisible(row, reader) ? shownRow(row, board) : undefined;
    if (shown !== undefined && passes(shown, current)) {
      records.push(viewOf(shown, board, { reader, withBody: true }));
      bytes += row.body.length;
    }
    if (records.length >= pageSize || bytes >= MAX_PAGE_BYTES || scanned >= MAX_SCANNED_ROWS) {
      const nextPageToken = pageTokenOf({ ref: row.ref }, order);
      return {
        records: await withEntities(catalog, records),
        nextPageToken,
        coverage: coverageOf(board, logSize),
      };
    }
  }
  return {
    records: await withEntities(catalog, records),
    nextPageToken: "",
    coverage: coverageOf(board, logSize),
  };
}

/** States that are asked for by name; others than live and stale are listed only then. */
function statesOf(filters: readonly FieldFilter[]): ReadonlySet<string> {
  return new Set(filters.filter(({ field }) => field === "state").flatMap(({ values }) => values));
}

/** Rows in order, of the kinds and centers that the filters leave. */
async function* rowsIn(
  catalog: Pick<CatalogStore, "rows">,
  filters: readonly FieldFilter[],
  after: RecordRef | undefined,
): AsyncIterable<CatalogRow> {
  for (const range of rangesOf(filters)) {
    yield* catalog.rows({ ...range, after });
  }
}

/** Ranges in order that hold everything that the filters on kind and center keep. */
function rangesOf(filters: readonly FieldFilter[]): RowRange[] {
  const kinds = kept(filters, "kind")?.filter(isRecordKind);
  const centers = kept(filters, "center");
  if (kinds === undefined && centers === undefined) return [{}];
  if (centers === undefined) return (kinds ?? []).map((kind) => ({ kind }));
  return (kinds ?? RECORD_KINDS.toSorted()).flatMap((kind) =>
    centers.map((centerId) => ({ kind, centerId })),
  );
}

/** Values that every filter on the field keeps, ascending; undefined where there is no such filter. */
function kept(filters: readonly FieldFilter[], field: string): string[] | undefined {
  const lists = filters.filter((filter) => filter.field === field).map(({ values }) => values);
  const [first, ...others] = lists;
  if (first === undefined) return undefined;
  const values = first.filter((value) => others.every((list) => list.includes(value)));
  return [...new Set(values)].sort();
}
