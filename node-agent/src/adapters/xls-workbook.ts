/**
 * Workbooks of old formats, read at once: BIFF (`.xls`), and what web systems save under that name (HTML, XML 2003).
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type CellObject, read, SSF, type WorkBook, type WorkSheet } from "@e965/xlsx";
import type { Cell } from "../ports/source.ts";
import type { Merges, RawRow } from "../sources/header.ts";
import { MergedCells } from "../sources/merged-cells.ts";
import { dateOfSerial } from "../sources/number-format.ts";
import { sourceUnreadable } from "../sources/source-error.ts";
import { fileError, stateOf } from "./source-files.ts";
import {
  MAX_COLUMNS,
  MAX_MERGES,
  type OpenSheet,
  type RowOptions,
  type Workbook,
  type WorkbookSheet,
} from "./workbook.ts";
import { damaged, encrypted } from "./zip-file.ts";

/** Largest file; a sheet of this format has at most 65,536 rows, and all of it is held in memory. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** @throws {TributaryError} `ERR_SOURCE_UNREADABLE`, `ERR_SOURCE_MISSING` */
export async function openXls(path: string, signal: AbortSignal): Promise<Workbook> {
  const file = basename(path);
  const { size } = await stateOf(path);
  if (size > MAX_FILE_BYTES) {
    throw sourceUnreadable(file, {
      why: `it is larger than ${MAX_FILE_BYTES / 1_048_576} MiB in the old format; save it as .xlsx`,
      whyZh: `旧格式文件超过 ${MAX_FILE_BYTES / 1_048_576} MiB；请另存为 .xlsx`,
    });
  }
  const bytes = await readFile(path, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw fileError(path, error);
  });
  assertWorkbook(bytes, file);
  try {
    return new XlsWorkbook(read(bytes, { type: "buffer", dense: true, cellNF: true }), file);
  } catch (error) {
    const isProtected = error instanceof Error && /password|encrypt/i.test(error.message);
    throw isProtected ? encrypted(file, error) : damaged(file, error);
  }
}

/** The library reads any text as a sheet of one column, so what is no workbook is refused before. */
function assertWorkbook(bytes: Buffer, file: string): void {
  if (bytes.length === 0) throw damaged(file);
  const isCompound = bytes.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]));
  const isOldStream = bytes[0] === 0x09 && (bytes[1] ?? 1) <= 8;
  const start = bytes.subarray(0, 1024).toString("latin1");
  const isMarkup = /<(?:html|table|\?xml|!doctype html|workbook)/i.test(start);
  if (isCompound || isOldStream || isMarkup) return;
  throw sourceUnreadable(file, {
    why: "it is no workbook; if it is text with commas or tabs, use a source of type csv",
    whyZh: "它不是 Excel 工作簿；如果是逗号或制表符分隔的文本，请使用 csv 类型的数据源",
  });
}

class XlsWorkbook implements Workbook {
  readonly #book: WorkBook;
  readonly #file: string;
  readonly sheets: readonly WorkbookSheet[];

  constructor(book: WorkBook, file: string) {
    this.#book = book;
    this.#file = file;
    this.sheets = book.SheetNames.map((name, index) => ({
      name,
      isHidden: (book.Workbook?.Sheets?.[index]?.Hidden ?? 0) !== 0,
    }));
  }

  async openSheet(sheet: string): Promise<OpenSheet> {
    return { merges: this.#merges(sheet), rows: (options) => this.#rows(sheet, options) };
  }

  #merges(sheet: string): Merges {
    const merges = (this.#sheet(sheet)["!merges"] ?? []).slice(0, MAX_MERGES);
    return new MergedCells(
      merges.map(({ s, e }) => ({ top: s.r + 1, bottom: e.r + 1, left: s.c, right: e.c })),
    );
  }

  async *#rows(sheet: string, { signal }: RowOptions): AsyncGenerator<readonly RawRow[]> {
    const date1904 = this.#book.Workbook?.WBProps?.date1904 === true;
    const rows = (this.#sheet(sheet)["!data"] ?? []) as readonly (
      | readonly CellObject[]
      | undefined
    )[];
    for (let index = 0; index < rows.length; index += 1) {
      signal.throwIfAborted();
      const cells = rows[index];
      if (cells === undefined || cells.length === 0) continue;
      const values = Array.from(cells.slice(0, MAX_COLUMNS), (cell) => cellOf(cell, date1904));
      if (values.some((value) => value !== null)) yield [{ row: index + 1, cells: values }];
    }
  }

  #sheet(name: string): WorkSheet {
    const sheet = Object.hasOwn(this.#book.Sheets, name) ? this.#book.Sheets[name] : undefined;
    if (sheet === undefined) throw damaged(this.#file);
    return sheet;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is held open.
  }
}

function cellOf(cell: CellObject | undefined, date1904: boolean): Cell {
  if (cell?.v === undefined || cell.v === "") return null;
  switch (cell.t) {
    case "n": {
      const number = Number(cell.v);
      const isDate = typeof cell.z === "string" && SSF.is_date(cell.z);
      return (isDate ? dateOfSerial(number, date1904) : undefined) ?? number;
    }
    case "b":
      return cell.v === true;
    case "d":
      return cell.v instanceof Date ? cell.v : String(cell.v);
    case "e":
      return cell.w ?? "#ERROR";
    default:
      return String(cell.v).replace(/\r\n?/g, "\n");
  }
}
