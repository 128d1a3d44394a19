/**
 * Watch: the changes of the catalog from a log position on.
 *
 * What is sent is the newest state of each record that changed since, in the order of its newest change: who reads
 * from 0 gets the whole catalog, and who comes back gets what he missed, once. Memory is bounded by one page of rows;
 * a slow client holds up nobody.
 *
 * The position of an event is the last one up to which everything was sent, so that a client that breaks off among the
 * rows of one batch and goes on at `position + 1` misses none of the others.
 *
 * @module
 */

import {
  type Clock,
  type FieldFilter,
  type RecordRef,
  TributaryError,
  type WatchEvent,
  type WatchQuery,
} from "@tributary/proto";
import { couldRead, isShown, mayRead } from "../catalog/verdict.ts";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { Reader } from "../ports/search-index.ts";
import type { CenterBoard, CoverageReader } from "./query-coverage.ts";
import { withEntity } from "./query-entity.ts";
import { currentFilters, passes, shownRow, viewOf } from "./query-view.ts";

export interface WatchOptions {
  readonly catalog: Pick<CatalogStore, "changedRows" | "factsNamed">;
  readonly catalogPosition: () => number;
  /** Resolves when the catalog covers more than `position`; rejects when aborted. */
  readonly waitBeyond: (position: number, signal: AbortSignal) => Promise<unknown>;
  readonly logSize: () => number;
  readonly coverage: CoverageReader;
  readonly clock: Clock;
}

const PAGE_ROWS = 256;
/** At least this often a client hears something. */
const CAUGHT_UP_EVERY_MS = 15_000;

/** Place in the order of changes: rows of `position` up to `after` were handled, and everything before. */
interface Cursor {
  readonly position: number;
  readonly after: RecordRef | undefined;
}

export async function* watch(
  options: WatchOptions,
  { fromPosition, filters }: WatchQuery,
  reader: Reader,
  signal: AbortSignal,
): AsyncIterable<WatchEvent> {
  const { catalogPosition, logSize, coverage } = options;
  requirePast(fromPosition, logSize());
  /** Changes before it happened before the client asked. */
  const askedAt = catalogPosition();
  let cursor: Cursor = { position: fromPosition, after: undefined };
  for (;;) {
    signal.throwIfAborted();
    const covered = catalogPosition();
    const { rows, next } = await readChanges(options.catalog, cursor);
    const board = await coverage.board();
    const current = currentFilters(filters, board);
    for (const { row, isLastOfPosition } of rows) {
      const at = row.changePosition;
      const position = isLastOfPosition ? at : Math.max(0, at - 1);
      const isUnknown = row.firstPosition > fromPosition && at < askedAt;
      const event = eventOf(row, { filters: current, reader, board, isUnknown });
      if (event?.type === "upserted") {
        yield { ...event, record: await withEntity(options.catalog, event.record), position };
      } else if (event !== undefined) yield { ...event, position };
    }
    cursor = next;
    if (rows.length === 0) {
      cursor = { position: Math.max(cursor.position, covered), after: undefined };
      yield { type: "caught_up", position: Math.max(0, cursor.position - 1) };
      await changeOrTimeout(options, covered, signal);
    }
  }
}

/** What the client is told of a changed row; undefined where it is nothing to it. */
function eventOf(
  row: CatalogRow,
  to: {
    readonly filters: readonly FieldFilter[];
    readonly reader: Reader;
    readonly board: CenterBoard;
    /** True if the client cannot hold an earlier state of the row. */
    readonly isUnknown: boolean;
  },
):
  | { readonly type: "upserted"; readonly record: ReturnType<typeof viewOf> }
  | { readonly type: "removed"; readonly ref: RecordRef }
  | undefined {
  const { filters, reader, board, isUnknown } = to;
  if (!mayMatch(row, filters)) return undefined;
  if (isShown(row) && mayRead(row, reader)) {
    const shown = shownRow(row, board);
    if (passes(shown, filters)) {
      return { type: "upserted", record: viewOf(shown, board, { reader, withBody: true }) };
    }
  }
  const isNew = row.firstPosition === row.changePosition;
  return isNew || isUnknown || !couldRead(row, reader)
    ? undefined
    : { type: "removed", ref: row.ref };
}

/** False if no state of the record ever passed the filters: its kind and center do not change. */
function mayMatch({ ref }: CatalogRow, filters: readonly FieldFilter[]): boolean {
  return filters.every(
    ({ field, values }) =>
      (field !== "kind" || values.includes(ref.kind)) &&
      (field !== "center" || values.includes(ref.centerId)),
  );
}

/** One page of changes, and where the next begins. Holds no snapshot of the store afterwards. */
async function readChanges(
  catalog: Pick<CatalogStore, "changedRows">,
  cursor: Cursor,
): Promise<{
  readonly rows: readonly { readonly row: CatalogRow; readonly isLastOfPosition: boolean }[];
  readonly next: Cursor;
}> {
  const rows: CatalogRow[] = [];
  for await (const row of catalog.changedRows(cursor.position, cursor.after)) {
    rows.push(row);
    if (rows.length > PAGE_ROWS) break;
  }
  const page = rows.slice(0, PAGE_ROWS);
  const last = page.at(-1);
  return {
    rows: page.map((row, i) => ({
      row,
      isLastOfPosition: rows[i + 1]?.changePosition !== row.changePosition,
    })),
    next: last === undefined ? cursor : { position: last.changePosition, after: last.ref },
  };
}

async function changeOrTimeout(
  { waitBeyond, clock }: WatchOptions,
  covered: number,
  signal: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  try {
    await Promise.race([waitBeyond(covered, either), clock.sleep(CAUGHT_UP_EVERY_MS, either)]);
  } finally {
    done.abort();
  }
}

function requirePast(fromPosition: number, logSize: number): void {
  // Position 0 of a log is never a batch, so who has seen an empty log goes on at 1.
  if (fromPosition <= Math.max(1, logSize)) return;
  throw new TributaryError(
    "ERR_QUERY_INVALID",
    `from_position is ${fromPosition} and the log has ${logSize} entries; is this another hub?`,
    { messageZh: `from_position 为 ${fromPosition}，而日志只有 ${logSize} 条；是否连错了枢纽？` },
  );
}
