/**
 * Bad rows as sheets: the original columns and cells, what is wrong marked at the cell, in both languages.
 *
 * Pure: an adapter makes a workbook of it.
 *
 * @module
 */

import type { Cell } from "../ports/source.ts";
import type { BadRow, RowProblem } from "../sync/row-mapper.ts";
import { FORMULA } from "./formula.ts";

/** One sheet; one a table of the source. */
export interface BadRowSheet {
  /** Usable as the name of a worksheet: 1 to 31 characters, without `[]:*?/\`. Unique among the sheets. */
  readonly name: string;
  /** Titles: where the row stands, what is wrong, then the columns of the source. */
  readonly columns: readonly string[];
  readonly rows: readonly BadRowLine[];
}

export interface BadRowLine {
  /** As many as there are columns. Text that a spreadsheet could take for a formula is quoted. */
  readonly cells: readonly Cell[];
  /** Cells to mark, by index of the column. */
  readonly marks: readonly { readonly column: number; readonly comment: string }[];
}

/** Columns in front of those of the source. */
const PLACE_COLUMNS = ["文件 File", "行 Row", "问题 Problem"] as const;
const PROBLEM_COLUMN = 2;
const MAX_NAME_LENGTH = 31;

/** Makes one sheet a table, rows in the order in which they were read. */
export function badRowSheets(badRows: readonly BadRow[]): BadRowSheet[] {
  const tables = Map.groupBy(badRows, ({ row }) => row.table);
  const names = new Set<string>();
  return [...tables].map(([table, rows]) => {
    const titles = [...new Set(rows.flatMap(({ row }) => Object.keys(row.cells)))];
    return {
      name: uniqueName(table, names),
      columns: [...PLACE_COLUMNS, ...titles.map(quotedText)],
      rows: rows.map((bad) => lineOf(bad, titles)),
    };
  });
}

function lineOf({ row, problems }: BadRow, titles: readonly string[]): BadRowLine {
  const place: Cell[] = [row.file ?? null, row.row === 0 ? null : row.row];
  const summary = problems.map(({ messageZh, message }) => `${messageZh} ${message}`).join("\n");
  const byColumn = Map.groupBy(problems, ({ column }) => {
    const index = titles.indexOf(column);
    return index < 0 ? PROBLEM_COLUMN : PLACE_COLUMNS.length + index;
  });
  return {
    cells: [...place, summary, ...titles.map((title) => quoted(row.cells[title] ?? null))],
    marks: [...byColumn].map(([column, here]) => ({ column, comment: commentOf(here) })),
  };
}

function commentOf(problems: readonly RowProblem[]): string {
  return problems
    .map(({ rule, messageZh, message }) => `${messageZh}\n${message}\n[${rule}]`)
    .join("\n\n");
}

function quoted(cell: Cell): Cell {
  return typeof cell === "string" ? quotedText(cell) : cell;
}

function quotedText(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function uniqueName(table: string, taken: Set<string>): string {
  const base =
    table
      .replaceAll(/[[\]:*?/\\]/g, " ")
      .trim()
      .slice(0, MAX_NAME_LENGTH) || "数据";
  let name = base;
  // Names of worksheets are compared without case.
  for (let n = 2; taken.has(name.toLowerCase()); n++) {
    const suffix = ` (${n})`;
    name = base.slice(0, MAX_NAME_LENGTH - suffix.length) + suffix;
  }
  taken.add(name.toLowerCase());
  return name;
}
