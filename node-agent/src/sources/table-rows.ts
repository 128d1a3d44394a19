/**
 * From the raw rows of a sheet to the rows of a table: header found, merged cells unfolded, totals and foot notes out.
 *
 * @module
 */

import { fold } from "@tributary/proto/vocabulary";
import type { Cell, ColumnAddresses, SourceRow } from "../ports/source.ts";
import { newCells } from "./cells.ts";
import {
  findHeader,
  HEADER_SEARCH_ROWS,
  type Header,
  type Merges,
  NO_MERGES,
  type RawRow,
} from "./header.ts";
import type { TableSettings } from "./spec.ts";
import { columnLetters, uniqueTitles } from "./title.ts";

/** Options of {@link tableRows}. */
export interface TableOptions {
  readonly table: string;
  readonly file?: string | undefined;
  readonly settings?: TableSettings | undefined;
  readonly merges?: Merges | undefined;
  /** Told about rows that are left out, in both languages; at most {@link MAX_NOTES} times. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** Told the header as soon as it is known. */
  readonly onHeader?: ((header: Header) => void) | undefined;
}

/** Most notes about one table. */
export const MAX_NOTES = 20;

const TOTAL =
  /^(?:合计|总计|小计|共计|累计|本页合计|合计数|总数|汇总|total|totals|subtotal|grandtotal|sum)$/;
/** What all of those have, before they are folded: most cells need no more than this look. */
const MAY_BE_TOTAL = /[计計总總汇匯tsｔｓＴＳ]/iu;
const FOOT_NOTE =
  /^\s*(?:注|备注|说明|填表人|填报人|制表人?|审核人?|填报单位|数据来源|note|source)\s*[:：]/i;

/** Rows of the table in order, empty ones left out; some at a time, as the raw rows come. */
export async function* tableRows(
  raw: AsyncIterable<readonly RawRow[]>,
  options: TableOptions,
): AsyncGenerator<readonly SourceRow[]> {
  const { merges = NO_MERGES, settings = {} } = options;
  const rowOptions = { ...options, merges, note: limited(options.onNote) };
  let head: RawRow[] = [];
  let layout: Layout | undefined;
  for await (const some of raw) {
    const rows = some.filter(({ cells }) => !isBlank(cells));
    if (layout !== undefined) {
      yield dataRows(rows, layout, rowOptions);
      continue;
    }
    head = head.concat(rows);
    const top = topOf(head, settings);
    if (top === undefined) continue;
    layout = layoutOf(top, rowOptions);
    yield dataRows(head, layout, rowOptions);
    head = [];
  }
  if (head.length > 0) yield dataRows(head, layoutOf(head, rowOptions), rowOptions);
}

/** The rows in which the header is looked for; undefined as long as they are not all there. */
function topOf(rows: readonly RawRow[], settings: TableSettings): readonly RawRow[] | undefined {
  const headerEnd = (settings.headerRow ?? 0) + (settings.headerRows ?? 3);
  const last = rows.findIndex(({ row }, i) => i + 1 >= HEADER_SEARCH_ROWS && row > headerEnd);
  return last < 0 ? undefined : rows.slice(0, last + 1);
}

interface Layout {
  readonly header: Header;
  readonly titles: readonly string[];
  readonly columns: ColumnAddresses;
  /** Values at the corners of merged ranges that reach further down. */
  readonly corners: Map<string, Cell>;
}

function layoutOf(head: readonly RawRow[], { merges, settings, onHeader }: RowOptions): Layout {
  const header = findHeader(head, merges, settings);
  const width = Math.max(header.titles.length, ...head.map(({ cells }) => cells.length));
  const titles = uniqueTitles(Array.from({ length: width }, (_, i) => header.titles[i] ?? ""));
  const columns: Record<string, string> = Object.create(null);
  for (const [index, title] of titles.entries()) columns[title] = columnLetters(index);
  onHeader?.({ ...header, titles });
  return { header, titles, columns, corners: new Map() };
}

type RowOptions = TableOptions & {
  readonly merges: Merges;
  readonly note: (note: string) => void;
};

function dataRows(
  rows: readonly RawRow[],
  layout: Layout,
  options: RowOptions,
): readonly SourceRow[] {
  const found: SourceRow[] = [];
  for (const row of rows) {
    const data = dataRow(row, layout, options);
    if (data !== undefined) found.push(data);
  }
  return found;
}

/** Undefined for a row above the data, a total and a foot note. */
function dataRow(raw: RawRow, layout: Layout, options: RowOptions): SourceRow | undefined {
  const { merges, note, settings, table, file } = options;
  if (raw.row <= layout.header.lastRow) return undefined;
  if (settings?.totals !== "keep" && isTotal(raw.cells)) {
    note(`total row ${raw.row} left out / 略去合计行 ${raw.row}`);
    return undefined;
  }
  if (isFootNote(raw.cells)) {
    note(`note in row ${raw.row} left out / 略去注释行 ${raw.row}`);
    return undefined;
  }
  const cells = newCells();
  for (const [column, title] of layout.titles.entries()) {
    cells[title] = unfolded(raw, column, { merges, corners: layout.corners });
  }
  return {
    table,
    row: raw.row,
    ...(file !== undefined && { file }),
    cells,
    columns: layout.columns,
  };
}

/** The value of a cell, or of the corner of the merged range that it lies in. */
function unfolded(
  raw: RawRow,
  column: number,
  { merges, corners }: { readonly merges: Merges; readonly corners: Map<string, Cell> },
): Cell {
  const own = raw.cells[column] ?? null;
  const corner = merges.cornerOf(raw.row, column);
  if (corner === undefined) return own;
  if (corner.row === raw.row) {
    const value = corner.column === column ? own : (raw.cells[corner.column] ?? null);
    corners.set(`${corner.row} ${corner.column}`, value);
    return value;
  }
  return corners.get(`${corner.row} ${corner.column}`) ?? null;
}

function isBlank(cells: readonly Cell[]): boolean {
  return cells.every((cell) => cell === null || (typeof cell === "string" && cell.trim() === ""));
}

/** The first cell that is not empty, or one of the two first, says 合计 or the like. */
function isTotal(cells: readonly Cell[]): boolean {
  let seen = 0;
  for (const cell of cells) {
    if (cell === null || cell === "") continue;
    if (typeof cell === "string" && MAY_BE_TOTAL.test(cell) && TOTAL.test(fold(cell))) return true;
    seen += 1;
    if (seen === 2) return false;
  }
  return false;
}

function isFootNote(cells: readonly Cell[]): boolean {
  let only: Cell = null;
  for (const cell of cells) {
    if (cell === null || cell === "") continue;
    if (only !== null) return false;
    only = cell;
  }
  return typeof only === "string" && FOOT_NOTE.test(only);
}

function limited(onNote: TableOptions["onNote"]): (note: string) => void {
  let count = 0;
  return (note) => {
    count += 1;
    if (count <= MAX_NOTES) onNote?.(note);
  };
}
