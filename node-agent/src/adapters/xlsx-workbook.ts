/**
 * Workbooks in the format of ECMA-376 (`.xlsx`, `.xlsm`), read in a stream: memory grows with the shared strings only.
 *
 * @module
 */

import { basename, posix } from "node:path";
import type { Cell } from "../ports/source.ts";
import type { Merges, RawRow } from "../sources/header.ts";
import { columnIndex, MergedCells, type MergedRange, parseRange } from "../sources/merged-cells.ts";
import { dateOfSerial, isBuiltInDate, isDateFormat } from "../sources/number-format.ts";
import { sourceUnreadable } from "../sources/source-error.ts";
import { MAX_STRING_BYTES, StringTable } from "./string-table.ts";
import {
  MAX_COLUMNS,
  MAX_MERGES,
  type OpenSheet,
  type RowOptions,
  type Workbook,
  type WorkbookSheet,
} from "./workbook.ts";
import { attributeOf, XmlError, type XmlHandler, XmlReader } from "./xml-tokens.ts";
import { damaged, openZip, type ZipFile } from "./zip-file.ts";

/** Longest text of a cell, in characters; what spreadsheets allow. */
const MAX_CELL_TEXT = 32_767;

interface Sheet extends WorkbookSheet {
  /** Member of the zip file. */
  readonly part: string;
}

/** @throws {TributaryError} `ERR_SOURCE_UNREADABLE`, `ERR_SOURCE_MISSING` */
export async function openXlsx(path: string, signal: AbortSignal): Promise<Workbook> {
  const zip = await openZip(path);
  try {
    return await XlsxWorkbook.open(zip, basename(path), signal);
  } catch (error) {
    await zip[Symbol.asyncDispose]();
    throw error;
  }
}

class XlsxWorkbook implements Workbook {
  readonly #zip: ZipFile;
  readonly #file: string;
  readonly #sheets: readonly Sheet[];
  readonly #folder: string;
  readonly #date1904: boolean;
  /** Strings and date styles, which all sheets share. */
  #shared: Promise<readonly [StringTable, ReadonlySet<number>]> | undefined;

  private constructor(zip: ZipFile, file: string, parts: Parts) {
    this.#zip = zip;
    this.#file = file;
    this.#sheets = parts.sheets;
    this.#folder = parts.folder;
    this.#date1904 = parts.date1904;
  }

  static async open(zip: ZipFile, file: string, signal: AbortSignal): Promise<XlsxWorkbook> {
    const parts = await readParts(zip, file, signal);
    return new XlsxWorkbook(zip, file, parts);
  }

  get sheets(): readonly WorkbookSheet[] {
    return this.#sheets;
  }

  async openSheet(name: string, signal: AbortSignal): Promise<OpenSheet> {
    const part = (file: string) => `${this.#folder}/${file}`;
    const options = { file: this.#file, signal };
    this.#shared ??= Promise.all([
      readStrings(this.#zip, part("sharedStrings.xml"), options),
      readDateStyles(this.#zip, part("styles.xml"), options),
    ]);
    const [merges, [strings, dateStyles]] = await Promise.all([
      this.#merges(name, signal),
      this.#shared,
    ]);
    const context = { file: this.#file, strings, dateStyles, date1904: this.#date1904 };
    return { merges, rows: (rowOptions) => this.#rows(name, context, rowOptions) };
  }

  /** Merged ranges stand behind the rows, so they are looked for first, without reading the rows. */
  async #merges(sheet: string, signal: AbortSignal): Promise<Merges> {
    const ranges: MergedRange[] = [];
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of this.#zip.read(this.#partOf(sheet), signal)) {
      // Most chunks have none, and are not copied.
      const border = Buffer.concat([rest, chunk.subarray(0, MAX_MERGE_TAG)]);
      const isFree =
        chunk.length >= MAX_MERGE_TAG && !border.includes(MERGE_TAG) && !chunk.includes(MERGE_TAG);
      const bytes = isFree ? chunk : Buffer.concat([rest, chunk]);
      const last = isFree ? 0 : collectMerges(bytes.toString("latin1"), ranges);
      rest = bytes.subarray(Math.max(last, bytes.length - MAX_MERGE_TAG));
      if (ranges.length > MAX_MERGES) throw tooManyMerges(this.#file);
    }
    return new MergedCells(ranges);
  }

  async *#rows(
    sheet: string,
    context: SheetContext,
    { signal, onNote }: RowOptions,
  ): AsyncGenerator<readonly RawRow[]> {
    const reader = new SheetReader(context);
    const xml = new XmlReader(reader);
    for await (const chunk of this.#zip.read(this.#partOf(sheet), signal)) {
      readXml(this.#file, () => xml.write(chunk));
      yield reader.take();
      if (reader.isDone) break;
    }
    if (!reader.isDone) throw damaged(this.#file);
    if (reader.uncomputed > 0) {
      onNote?.(
        `${reader.uncomputed} formulas without a stored result / ${reader.uncomputed} 个公式没有保存结果`,
      );
    }
  }

  #partOf(sheet: string): string {
    const part = this.#sheets.find(({ name }) => name === sheet)?.part;
    if (part === undefined || !this.#zip.names.includes(part)) throw damaged(this.#file);
    return part;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#zip[Symbol.asyncDispose]();
  }
}

const MERGE_TAG = "mergeCell";
/** Longest tag of a merged range, in bytes; one that a chunk cuts is read with the next chunk. */
const MAX_MERGE_TAG = 200;

/** Adds the ranges of whole `mergeCell` tags; where the last one ended. */
function collectMerges(text: string, ranges: MergedRange[]): number {
  const tag = /<(?:\w+:)?mergeCell\s[^<>]*?ref=["']([^"'<>]{1,40})["'][^<>]*>/g;
  let end = 0;
  for (const found of text.matchAll(tag)) {
    const range = parseRange(found[1] ?? "");
    if (range !== undefined) ranges.push(range);
    end = found.index + found[0].length;
  }
  return end;
}

interface Parts {
  readonly sheets: readonly Sheet[];
  /** Folder of the workbook part, mostly `xl`. */
  readonly folder: string;
  readonly date1904: boolean;
}

async function readParts(zip: ZipFile, file: string, signal: AbortSignal): Promise<Parts> {
  const packageLinks = await readLinks(zip, "_rels/.rels", { file, signal });
  const main = [...packageLinks.values()].find(({ type }) =>
    /\/officeDocument$/.test(type),
  )?.target;
  const workbook = (main ?? "xl/workbook.xml").replace(/^\//, "");
  if (!zip.names.includes(workbook)) {
    throw sourceUnreadable(file, {
      why: "it is a zip file but no workbook",
      whyZh: "它是 zip 压缩文件，但不是 Excel 工作簿",
    });
  }
  const folder = posix.dirname(workbook);
  const links = await readLinks(zip, `${folder}/_rels/${posix.basename(workbook)}.rels`, {
    file,
    signal,
  });
  const sheets: Sheet[] = [];
  let date1904 = false;
  await readPart(zip, workbook, {
    file,
    signal,
    handler: onOpen((name, attributes) => {
      if (name === "workbookPr")
        date1904 = /^(?:1|true)$/.test(attributeOf(attributes, "date1904") ?? "");
      if (name !== "sheet") return;
      const target = links.get(attributeOf(attributes, "id") ?? "")?.target;
      const title = attributeOf(attributes, "name");
      if (target === undefined || title === undefined) return;
      sheets.push({
        name: title,
        isHidden: (attributeOf(attributes, "state") ?? "visible") !== "visible",
        part: target.startsWith("/") ? target.slice(1) : posix.normalize(`${folder}/${target}`),
      });
    }),
  });
  return { sheets, folder, date1904 };
}

interface PartOptions {
  readonly file: string;
  readonly signal: AbortSignal;
}

interface Link {
  readonly type: string;
  readonly target: string;
}

async function readLinks(
  zip: ZipFile,
  part: string,
  options: PartOptions,
): Promise<ReadonlyMap<string, Link>> {
  const links = new Map<string, Link>();
  const handler = onOpen((name, attributes) => {
    const id = attributeOf(attributes, "Id");
    const target = attributeOf(attributes, "Target");
    if (name !== "Relationship" || id === undefined || target === undefined) return;
    links.set(id, { type: attributeOf(attributes, "Type") ?? "", target });
  });
  await readPart(zip, part, { ...options, handler });
  return links;
}

function onOpen(open: XmlHandler["open"]): XmlHandler {
  return { open, close: () => undefined, text: () => undefined };
}

async function readPart(
  zip: ZipFile,
  part: string,
  { file, signal, handler }: PartOptions & { readonly handler: XmlHandler },
): Promise<void> {
  const xml = new XmlReader(handler);
  for await (const chunk of zip.read(part, signal)) readXml(file, () => xml.write(chunk));
  readXml(file, () => xml.end());
}

function readXml(file: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    throw error instanceof XmlError ? damaged(file, error) : error;
  }
}

/** Reads the texts of rich strings without their phonetic hints (ECMA-376 part 1, 18.4.8). */
async function readStrings(zip: ZipFile, part: string, options: PartOptions): Promise<StringTable> {
  const table = new StringTable();
  let text = "";
  let isText = false;
  let isPhonetic = false;
  const handler: XmlHandler = {
    open(name) {
      if (name === "si") text = "";
      else if (name === "t") isText = !isPhonetic;
      else if (name === "rPh") isPhonetic = true;
    },
    close(name) {
      if (name === "t") isText = false;
      else if (name === "rPh") isPhonetic = false;
      else if (name === "si" && !table.append(cellString(text))) throw tooMuchText(options.file);
    },
    text(piece) {
      if (isText && text.length < MAX_CELL_TEXT) text += piece;
    },
    element(xml, at) {
      PLAIN_STRING.lastIndex = at;
      const found = PLAIN_STRING.exec(xml);
      if (found === null) return -1;
      if (!table.append(cellString(found[1] as string))) throw tooMuchText(options.file);
      return PLAIN_STRING.lastIndex;
    },
  };
  await readPart(zip, part, { ...options, handler });
  return table;
}

/** Indexes of the cell styles that show dates. */
async function readDateStyles(
  zip: ZipFile,
  part: string,
  options: PartOptions,
): Promise<ReadonlySet<number>> {
  const formats = new Map<number, string>();
  const styles = new Set<number>();
  let isCellStyles = false;
  let count = 0;
  const handler: XmlHandler = {
    open(name, attributes) {
      if (name === "numFmt") {
        formats.set(
          Number(attributeOf(attributes, "numFmtId")),
          attributeOf(attributes, "formatCode") ?? "",
        );
      } else if (name === "cellXfs") {
        isCellStyles = true;
      } else if (name === "xf" && isCellStyles) {
        const id = Number(attributeOf(attributes, "numFmtId") ?? 0);
        const code = formats.get(id);
        if (code === undefined ? isBuiltInDate(id) : isDateFormat(code)) styles.add(count);
        count += 1;
      }
    },
    close(name) {
      if (name === "cellXfs") isCellStyles = false;
    },
    text: () => undefined,
  };
  await readPart(zip, part, { ...options, handler });
  return styles;
}

/** A text as its cell shows it: escapes such as _x000D_ resolved, line ends as \n. */
function cellString(text: string): string {
  const plain = text.includes("_x")
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text;
  return plain.includes("\r") ? plain.replace(/\r\n?/g, "\n") : plain;
}

interface SheetContext {
  readonly file: string;
  readonly strings: StringTable;
  readonly dateStyles: ReadonlySet<number>;
  readonly date1904: boolean;
}

/** A string without runs. */
const PLAIN_STRING = /<si><t(?: xml:space="preserve")?>([^<&]{0,32767})<\/t><\/si>/y;

interface PlainCell {
  /** Such as "AB12". */
  readonly address: string;
  readonly style: string | undefined;
  readonly type: string | undefined;
  readonly text: string;
  /** Where the element ends. */
  readonly end: number;
}

/** A cell without formula, as Excel and most libraries write it; undefined for any other, which is read by its tokens. */
function plainCellAt(xml: string, at: number): PlainCell | undefined {
  if (!xml.startsWith('<c r="', at)) return undefined;
  const begin = at + 6;
  let end = xml.indexOf('"', begin);
  const address = xml.slice(begin, end);
  let style: string | undefined;
  let type: string | undefined;
  if (xml.startsWith('" s="', end)) {
    const from = end + 5;
    end = xml.indexOf('"', from);
    style = xml.slice(from, end);
  }
  if (xml.startsWith('" t="', end)) {
    const from = end + 5;
    end = xml.indexOf('"', from);
    type = xml.slice(from, end);
  }
  if (end < 0 || end - at > MAX_PLAIN_CELL || !xml.startsWith('"><v>', end)) return undefined;
  const from = end + 5;
  const to = xml.indexOf("<", from);
  if (to - from > MAX_PLAIN_CELL || !xml.startsWith("</v></c>", to)) return undefined;
  const text = xml.slice(from, to);
  return text.includes("&") ? undefined : { address, style, type, text, end: to + 8 };
}

/** Longest attributes, and longest text, of a cell that is read at one look; more is read by its tokens. */
const MAX_PLAIN_CELL = 100;

/** Turns the tokens of a sheet into rows. */
class SheetReader implements XmlHandler {
  readonly #context: SheetContext;
  #rows: RawRow[] = [];
  #row = 0;
  #cells: Cell[] = [];
  #column = -1;
  #type = "";
  #style = 0;
  #text = "";
  #isValue = false;
  #isPhonetic = false;
  #hasFormula = false;
  /** True when the end of the rows was seen. */
  isDone = false;
  /** Formulas whose result was never stored. */
  uncomputed = 0;

  constructor(context: SheetContext) {
    this.#context = context;
  }

  /** Rows that became whole since the last call. */
  take(): readonly RawRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  open(name: string, attributes: string): void {
    switch (name) {
      case "row":
        this.#row = Number(attributeOf(attributes, "r") ?? this.#row + 1);
        if (!Number.isSafeInteger(this.#row)) throw damaged(this.#context.file);
        this.#cells = [];
        this.#column = -1;
        break;
      case "c":
        this.#openCell(attributes);
        break;
      case "v":
        this.#isValue = true;
        break;
      case "t":
        this.#isValue = this.#type === "inlineStr" && !this.#isPhonetic;
        break;
      case "rPh":
        this.#isPhonetic = true;
        break;
      case "f":
        this.#hasFormula = true;
        break;
    }
  }

  element(xml: string, at: number): number {
    const cell = plainCellAt(xml, at);
    if (cell === undefined) return -1;
    this.#beginCell(cell.address, cell.style, cell.type);
    this.#text = cell.text;
    this.#closeCell();
    return cell.end;
  }

  #openCell(attributes: string): void {
    const [address, style, type] = ["r", "s", "t"].map((name) => attributeOf(attributes, name));
    this.#beginCell(address, style, type);
  }

  /** @param address Undefined for the cell after the one before. */
  #beginCell(address: string | undefined, style = "0", type = "n"): void {
    const column = address === undefined ? -1 : columnIndex(address);
    this.#column = column >= 0 ? column : this.#column + 1;
    this.#type = type;
    this.#style = Number(style);
    this.#text = "";
    this.#hasFormula = false;
  }

  text(text: string): void {
    if (this.#isValue && this.#text.length < MAX_CELL_TEXT) this.#text += text;
  }

  close(name: string): void {
    switch (name) {
      case "v":
      case "t":
        this.#isValue = false;
        break;
      case "rPh":
        this.#isPhonetic = false;
        break;
      case "c":
        this.#closeCell();
        break;
      case "row":
        if (this.#cells.length > 0) this.#rows.push({ row: this.#row, cells: this.#cells });
        this.#cells = [];
        break;
      case "sheetData":
        this.isDone = true;
        break;
    }
  }

  #closeCell(): void {
    if (this.#text === "") {
      if (this.#hasFormula && this.#type !== "str") this.uncomputed += 1;
      return;
    }
    if (this.#column >= MAX_COLUMNS) throw tooManyColumns(this.#context.file);
    while (this.#cells.length < this.#column) this.#cells.push(null);
    this.#cells[this.#column] = this.#value();
  }

  #value(): Cell {
    const { strings, dateStyles, date1904, file } = this.#context;
    switch (this.#type) {
      case "s": {
        const text = strings.at(Number(this.#text));
        if (text === undefined) throw damaged(file);
        return text === "" ? null : text;
      }
      case "inlineStr":
      case "str":
        return cellString(this.#text);
      case "b":
        return this.#text === "1" || this.#text === "true";
      case "e":
        return this.#text;
      case "d": {
        const date = new Date(this.#text);
        return Number.isNaN(date.getTime()) ? this.#text : date;
      }
      default: {
        const number = Number(this.#text);
        if (Number.isNaN(number)) return this.#text;
        const date = dateStyles.has(this.#style) ? dateOfSerial(number, date1904) : undefined;
        return date ?? number;
      }
    }
  }
}

function tooManyColumns(file: string): Error {
  return sourceUnreadable(file, {
    why: `a row has values in more than ${MAX_COLUMNS} columns; remove stray cells at the far right`,
    whyZh: `有一行的数据超过 ${MAX_COLUMNS} 列；请删除最右侧的多余单元格`,
  });
}

function tooManyMerges(file: string): Error {
  return sourceUnreadable(file, {
    why: `a sheet has more than ${MAX_MERGES} merged ranges`,
    whyZh: `一个工作表中的合并单元格超过 ${MAX_MERGES} 处`,
  });
}

function tooMuchText(file: string): Error {
  return sourceUnreadable(file, {
    why: `it holds more than ${MAX_STRING_BYTES / 1_048_576} MiB of text; split it`,
    whyZh: `文本超过 ${MAX_STRING_BYTES / 1_048_576} MiB；请拆分文件`,
  });
}
