/**
 * Where a sheet's header is: below title rows, of one or several rows, with merged groups.
 *
 * @module
 */

import { fold, headerAliases, ignoredTitles, privateTitles } from "@tributary/proto/vocabulary";
import type { Cell } from "../ports/source.ts";
import type { TableSettings } from "./spec.ts";
import { titleText } from "./title.ts";

/** A row of a sheet before anybody knows what it means. */
export interface RawRow {
  /** Counted from 1. */
  readonly row: number;
  /** By column, counted from 0; null for an empty cell. */
  readonly cells: readonly Cell[];
}

/** Merged cells, by row and column counted from 1 and 0. */
export interface Merges {
  /** Top left corner of the merged range that the cell belongs to; undefined for a cell of its own. */
  cornerOf(
    row: number,
    column: number,
  ): { readonly row: number; readonly column: number } | undefined;
}

/** No merged cells at all. */
export const NO_MERGES: Merges = { cornerOf: () => undefined };

/** A header as found or configured. */
export interface Header {
  /** Rows of the header, counted from 1; both 0 where the table has none. */
  readonly firstRow: number;
  readonly lastRow: number;
  /** By column; empty where a column has no title. Parts of several rows are joined by "/". */
  readonly titles: readonly string[];
}

/** Rows at the start of a sheet among which the header is looked for. */
export const HEADER_SEARCH_ROWS = 40;
const MAX_HEADER_ROWS = 3;
const MAX_TITLE_LENGTH = 60;

/**
 * Finds the header among the first rows.
 *
 * A header row has texts only, short and mostly different, about as many as the table has columns; words that are known
 * as titles count most. Group rows above it and rows below it that belong to its merged cells are part of it.
 *
 * @param rows The first {@link HEADER_SEARCH_ROWS} rows that are not empty, in order.
 */
export function findHeader(
  rows: readonly RawRow[],
  merges: Merges = NO_MERGES,
  settings: TableSettings = {},
): Header {
  const first = settings.headerRow ?? topOf(rows, bestRow(rows, merges), merges);
  if (first === 0) return { firstRow: 0, lastRow: 0, titles: [] };
  const last = first + (settings.headerRows ?? depthOf(rows, first, merges)) - 1;
  const parts = rows.filter(({ row }) => row >= first && row <= last);
  return { firstRow: first, lastRow: last, titles: joinTitles(parts, merges) };
}

/** Row number of the likeliest first header row; 0 where no row looks like one. */
function bestRow(rows: readonly RawRow[], merges: Merges): number {
  const widest = Math.max(1, ...rows.map(filledCells));
  let best = { row: 0, score: 0 };
  for (const [index, row] of rows.entries()) {
    const score = headerScore(row, rows[index + 1], { merges, widest });
    if (score > best.score) best = { row: row.row, score };
  }
  return best.row;
}

/** The row where the header of `row` begins: titles merged down from above, or groups that lie over several titles. */
function topOf(rows: readonly RawRow[], row: number, merges: Merges): number {
  const at = rows.find((candidate) => candidate.row === row);
  const above = rows.find((candidate) => candidate.row === row - 1);
  if (at === undefined || above === undefined) return row;
  const corners = at.cells.map((_, column) => merges.cornerOf(row, column)?.row ?? row);
  const isMergedDown = corners.some((top) => top === row - 1);
  const isGroups = new Set(ownTexts(above, merges)).size > 1 && isGrouped(above, merges);
  return isMergedDown || isGroups ? topOf(rows, row - 1, merges) : row;
}

function isGrouped(row: RawRow, merges: Merges): boolean {
  return row.cells.some(
    (_, column) => (merges.cornerOf(row.row, column)?.column ?? column) < column,
  );
}

function headerScore(
  row: RawRow,
  next: RawRow | undefined,
  { merges, widest }: { readonly merges: Merges; readonly widest: number },
): number {
  const texts = ownTexts(row, merges);
  const filled = filledCells(row);
  if (texts.length === 0 || (texts.length === 1 && widest > 1)) return 0;
  const titles = new Set(texts);
  const looksLike = (cell: Cell) =>
    typeof cell === "string" && cell.trim().length <= MAX_TITLE_LENGTH;
  const share = row.cells.filter(looksLike).length / filled;
  if (share < 0.8 || titles.size < texts.length * 0.6) return 0;
  const known = texts.filter((text) => knownTitles().has(fold(text))).length;
  // Group titles above count with the titles that stand below them.
  const below = next === undefined ? 0 : countKnown(next);
  const coverage = filled / widest;
  return (
    1 +
    coverage * 3 +
    share * 2 +
    (known * 6) / texts.length +
    known * 0.5 +
    (known > 0 ? 0 : below * 0.3)
  );
}

function countKnown(row: RawRow): number {
  return row.cells.filter((cell) => typeof cell === "string" && knownTitles().has(fold(cell)))
    .length;
}

/** How many rows the header has, from its merged cells: a group across, or a title down. */
function depthOf(rows: readonly RawRow[], first: number, merges: Merges): number {
  let depth = 1;
  while (depth < MAX_HEADER_ROWS) {
    const row = first + depth;
    const at = rows.find((candidate) => candidate.row === row);
    const above = rows.find((candidate) => candidate.row === row - 1);
    if (above === undefined || !continuesHeader(above, at, merges)) return depth;
    depth += 1;
  }
  return depth;
}

function continuesHeader(above: RawRow, below: RawRow | undefined, merges: Merges): boolean {
  const isMergedDown = above.cells.some((_, column) => {
    const corner = merges.cornerOf(above.row + 1, column);
    return corner !== undefined && corner.row <= above.row;
  });
  if (isMergedDown) return true;
  const isText = below?.cells.every((cell) => cell === null || typeof cell === "string") === true;
  return isText && isGrouped(above, merges);
}

function joinTitles(rows: readonly RawRow[], merges: Merges): readonly string[] {
  const width = Math.max(0, ...rows.map(({ cells }) => cells.length));
  return Array.from({ length: width }, (_, column) => {
    const parts: string[] = [];
    for (const row of rows) {
      const corner = merges.cornerOf(row.row, column);
      const owner = corner === undefined ? row : rows.find((other) => other.row === corner.row);
      const text = cellTitle(owner?.cells[corner?.column ?? column] ?? null);
      if (text !== "" && parts.at(-1) !== text) parts.push(text);
    }
    return parts.join("/");
  });
}

function cellTitle(cell: Cell): string {
  if (cell === null) return "";
  return titleText(cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell));
}

/** Texts of cells that are not the inside of a merged range. */
function ownTexts(row: RawRow, merges: Merges): readonly string[] {
  return row.cells.flatMap((cell, column) => {
    const corner = merges.cornerOf(row.row, column);
    const isInside = corner !== undefined && (corner.column !== column || corner.row !== row.row);
    return typeof cell === "string" && cell.trim() !== "" && !isInside ? [titleText(cell)] : [];
  });
}

function filledCells({ cells }: RawRow): number {
  return cells.filter((cell) => cell !== null && cell !== "").length;
}

let known: ReadonlySet<string> | undefined;

function knownTitles(): ReadonlySet<string> {
  known ??= new Set(
    [
      ...headerAliases().flatMap(({ titles }) => titles),
      ...privateTitles().flatMap(([, titles]) => titles),
      ...ignoredTitles(),
    ].map(fold),
  );
  return known;
}
