/**
 * Bad rows as `.xlsx` workbooks in one folder, `<source>.xlsx`.
 *
 * @module
 */

import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TributaryError } from "@tributary/proto";
import type excel from "exceljs";
import type { BadRowBook } from "../ports/bad-row-book.ts";
import type { Cell } from "../ports/source.ts";
import type { BadRowSheet } from "../report/bad-row-sheet.ts";

const MARK = { type: "pattern", pattern: "solid", fgColor: { argb: "FFFFC7CE" } } as const;
const HEADER = { type: "pattern", pattern: "solid", fgColor: { argb: "FFE7ECF3" } } as const;
const WIDEST_COLUMN = 40;

export class ExcelBadRowBook implements BadRowBook {
  readonly #folder: string;

  /** @param folder Made when the first workbook is written. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(sourceId: string, sheets: readonly BadRowSheet[]): Promise<void> {
    const file = join(this.#folder, `${sourceId}.xlsx`);
    if (sheets.length === 0) {
      await rm(file, { force: true });
      return;
    }
    const bytes = await badRowWorkbook(sheets);
    // Beside and renamed: whoever has the earlier workbook open, or reads it, never meets half of one.
    const unfinished = `${file}.tmp`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(unfinished, bytes, { mode: 0o600 });
      await rename(unfinished, file);
    } catch (cause) {
      await rm(unfinished, { force: true });
      throw isDiskFull(cause) ? diskFull(file, cause) : cause;
    }
  }
}

/** The bytes of a workbook. */
export async function badRowWorkbook(sheets: readonly BadRowSheet[]): Promise<Uint8Array> {
  // Loaded when it is needed: most passes have no bad rows, and it takes 10 MB.
  const { default: exceljs } = await import("exceljs");
  const book = new exceljs.Workbook();
  for (const sheet of sheets) addSheet(book, sheet);
  return new Uint8Array(await book.xlsx.writeBuffer());
}

function addSheet(book: excel.Workbook, sheet: BadRowSheet): void {
  const worksheet = book.addWorksheet(sheet.name, { views: [{ state: "frozen", ySplit: 1 }] });
  const header = worksheet.addRow([...sheet.columns]);
  header.font = { bold: true };
  header.fill = HEADER;
  for (const line of sheet.rows) {
    const row = worksheet.addRow(line.cells.map(cellValue));
    row.alignment = { vertical: "top", wrapText: true };
    for (const { column, comment } of line.marks) {
      const cell = row.getCell(column + 1);
      cell.fill = MARK;
      cell.note = comment;
    }
  }
  sheet.columns.forEach((title, index) => {
    const widest = Math.max(...[title, ...sheet.rows.map(({ cells }) => cells[index])].map(width));
    worksheet.getColumn(index + 1).width = Math.min(widest + 2, WIDEST_COLUMN);
  });
}

/** A spreadsheet has no 64-bit integers: as a number it would lose digits. */
function cellValue(cell: Cell): excel.CellValue {
  return typeof cell === "bigint" ? String(cell) : cell;
}

/** Width in characters of half width, of the longest line. */
function width(cell: Cell | undefined): number {
  const lines = String(cell ?? "").split("\n");
  return Math.max(...lines.map((line) => line.replaceAll(/[\u0300-\uffff]/g, "00").length));
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}

function diskFull(file: string, cause: unknown): TributaryError {
  return new TributaryError("ERR_STORE_FULL", `no space left to write ${file}; free some`, {
    messageZh: `磁盘已满，无法写入 ${file}，请先清理空间`,
    cause,
  });
}
