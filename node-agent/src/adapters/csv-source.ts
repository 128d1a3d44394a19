/**
 * Files of separated values: any of the encodings of Chinese offices, any usual delimiter, header not first.
 *
 * @module
 */

import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { isTributaryError, type TributaryError } from "@tributary/proto";
import papa, { type ParseResult } from "papaparse";
import type {
  DiscoveredTable,
  Source,
  SourceCheck,
  SourceRow,
  SourceType,
} from "../ports/source.ts";
import { TableSurvey } from "../sources/discovery.ts";
import type { RawRow } from "../sources/header.ts";
import { sourceUnreadable, tableMissing } from "../sources/source-error.ts";
import { type CsvConfig, csvSpec } from "../sources/spec.ts";
import { tableRows } from "../sources/table-rows.ts";
import { assertUnchanged, fileError, findFiles, fingerprintOf, stateOf } from "./source-files.ts";
import { detectEncoding, type Encoding } from "./text-encoding.ts";

/** Largest record, in characters; a quote that is never closed would swallow the file. */
const MAX_RECORD = 1_048_576;
const CHUNK_BYTES = 32_768;
const SNIFF_LINES = 50;
const SNIFF_CHARACTERS = 65_536;
const DELIMITERS = [",", ";", "\t", "|"] as const;

/** Sources of type `csv`. All files of one source are one table without a name. */
export const csvSourceType: SourceType<CsvConfig> = {
  type: "csv",
  spec: csvSpec,
  open: (config, folder) => new CsvSource(config, folder),
};

class CsvSource implements Source {
  readonly #config: CsvConfig;
  readonly #folder: string;

  constructor(config: CsvConfig, folder: string) {
    this.#config = config;
    this.#folder = folder;
  }

  async check(signal: AbortSignal): Promise<SourceCheck> {
    try {
      const files = await findFiles(this.#folder, this.#config.path);
      const found: string[] = [];
      for (const file of files) {
        found.push(`${basename(file)} (${await this.#encodingOf(file, signal)})`);
      }
      return {
        ok: true,
        message: `readable: ${found.join(", ")}`,
        messageZh: `可读取：${found.join("、")}`,
      };
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      return { ok: false, message: error.message, messageZh: error.messageZh };
    }
  }

  async *discover(signal: AbortSignal): AsyncGenerator<DiscoveredTable> {
    const files = await findFiles(this.#folder, this.#config.path);
    for (const file of files) {
      const survey = new TableSurvey();
      const encoding = await this.#encodingOf(file, signal);
      const notes = [`encoding ${encoding}`];
      let headerRow = 0;
      for await (const row of this.#readFile(file, {
        encoding,
        signal,
        isOneOfSeveral: files.length > 1,
        onNote: (note) => notes.push(note),
        onHeader: (row) => {
          headerRow = row;
        },
      })) {
        survey.add(row);
      }
      yield survey.result({
        table: "",
        headerRow,
        notes,
        ...(files.length > 1 && { file: basename(file) }),
      });
    }
  }

  async fingerprint(signal: AbortSignal): Promise<string> {
    const parts: string[] = [];
    for (const file of await findFiles(this.#folder, this.#config.path)) {
      parts.push(`${basename(file)}=${await fingerprintOf(file, signal)}`);
    }
    return parts.join("\n");
  }

  async *read(table: string, signal: AbortSignal): AsyncGenerator<SourceRow> {
    if (table !== "") throw tableMissing(this.#config.path, table, [""]);
    const files = await findFiles(this.#folder, this.#config.path);
    for (const file of files) {
      const encoding = await this.#encodingOf(file, signal);
      yield* this.#readFile(file, { encoding, signal, isOneOfSeveral: files.length > 1 });
    }
  }

  async #encodingOf(file: string, signal: AbortSignal): Promise<Encoding> {
    await stateOf(file);
    return this.#config.encoding ?? (await detectEncoding(file, signal));
  }

  async *#readFile(file: string, options: ReadOptions): AsyncGenerator<SourceRow> {
    const before = await stateOf(file);
    const rows = tableRows(records(file, this.#config, options), {
      table: "",
      settings: this.#config,
      file: options.isOneOfSeveral ? basename(file) : undefined,
      onNote: options.onNote,
      onHeader: ({ lastRow }) => options.onHeader?.(lastRow),
    });
    for await (const some of rows) {
      for (const row of some) {
        options.signal.throwIfAborted();
        yield row;
      }
    }
    options.signal.throwIfAborted();
    await assertUnchanged(file, before);
  }
}

interface ReadOptions {
  readonly encoding: Encoding;
  readonly signal: AbortSignal;
  readonly isOneOfSeveral: boolean;
  readonly onNote?: (note: string) => void;
  readonly onHeader?: (row: number) => void;
}

/** Records as rows, some at a time; a record is one row of a spreadsheet, however many lines it takes. */
async function* records(
  file: string,
  config: CsvConfig,
  { encoding, signal }: ReadOptions,
): AsyncGenerator<readonly RawRow[]> {
  let parser: RecordParser | undefined;
  let row = 0;
  for await (const { text, isLast } of pieces(decoded(file, encoding, signal))) {
    parser ??= new RecordParser(file, config.delimiter ?? sniffDelimiter(text));
    yield parser.take(text, isLast).map((record) => {
      row += 1;
      return { row, cells: record.map((cell) => (cell === "" ? null : cell)) };
    });
  }
}

/** Records of a text that comes in pieces. */
class RecordParser {
  readonly #file: string;
  readonly #parser: papa.Parser;
  /** The record that the next piece goes on with. */
  #rest = "";
  /** Line in which the rest begins. */
  #line = 1;

  constructor(file: string, delimiter: string) {
    this.#file = file;
    this.#parser = new papa.Parser({ delimiter, newline: "\n" });
  }

  /**
   * @param piece Lines end with "\n".
   * @throws {TributaryError} `ERR_SOURCE_UNREADABLE` for a quotation mark that is never closed.
   */
  take(piece: string, isLast: boolean): string[][] {
    const text = this.#rest + piece;
    const { data, errors, meta } = this.#parser.parse(text, 0, !isLast) as ParseResult<string[]>;
    const open = errors.find(({ code }) => code === "MissingQuotes");
    if (open !== undefined) throw this.#neverClosed(text.slice(0, open.index));
    this.#rest = isLast ? "" : text.slice(meta.cursor);
    this.#line += linesIn(text.slice(0, meta.cursor));
    if (this.#rest.length > MAX_RECORD) throw this.#neverClosed(this.#beforeQuote());
    return data;
  }

  /** The rest up to the quotation mark that opens its last cell. */
  #beforeQuote(): string {
    const { errors } = this.#parser.parse(this.#rest, 0, false) as ParseResult<string[]>;
    return this.#rest.slice(0, errors.find(({ code }) => code === "MissingQuotes")?.index ?? 0);
  }

  #neverClosed(before: string): TributaryError {
    const line = this.#line + linesIn(before);
    return sourceUnreadable(basename(this.#file), {
      why: `a quotation mark that opens in line ${line} is never closed; the file may be half-written`,
      whyZh: `第 ${line} 行的引号没有结束，文件可能没有写完`,
    });
  }
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

/** The same text with lines that end with "\n"; the last piece is marked. */
async function* pieces(
  text: AsyncIterable<string>,
): AsyncGenerator<{ readonly text: string; readonly isLast: boolean }> {
  let lineEnd: RegExp | undefined;
  let held = "";
  for await (const piece of text) {
    const whole = held + piece;
    lineEnd ??= whole.includes("\n") ? /\r\n/g : /\r/g;
    // A line end may be cut in two, and only what comes last is the last.
    const end = whole.endsWith("\r") ? whole.length - 1 : whole.length;
    held = whole.slice(end);
    if (end > 0) yield { text: whole.slice(0, end).replace(lineEnd, "\n"), isLast: false };
  }
  yield { text: held.replace(/\r$/, "\n"), isLast: true };
}

/** The text of a file in pieces, the first of them large enough to sniff. */
async function* decoded(
  file: string,
  encoding: Encoding,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let held = "";
  let isHolding = true;
  try {
    for await (const chunk of createReadStream(file, { signal, highWaterMark: CHUNK_BYTES })) {
      const text = decoder.decode(chunk as Buffer, { stream: true });
      if (!isHolding) {
        yield text;
        continue;
      }
      held += text;
      if (held.length < SNIFF_CHARACTERS) continue;
      isHolding = false;
      yield held;
    }
    const last = decoder.decode();
    const rest = isHolding ? held + last : last;
    if (rest !== "") yield rest;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TypeError) {
      throw sourceUnreadable(basename(file), {
        why: `it has bytes that are not ${encoding}; it may be damaged, or \`encoding:\` is wrong`,
        whyZh: `文件中有不符合 ${encoding} 的字节，可能已损坏，或 encoding: 设置有误`,
        cause: error,
      });
    }
    throw fileError(file, error);
  }
}

/** The delimiter that most lines have, and the same number of times; a comma where nothing tells. */
export function sniffDelimiter(text: string): string {
  let best: { delimiter: string; score: number } = { delimiter: ",", score: 0 };
  for (const delimiter of DELIMITERS) {
    const counts = countsPerLine(text.slice(0, SNIFF_CHARACTERS), delimiter);
    const usual = mostFrequent(counts.filter((count) => count > 0));
    const agreeing = counts.filter((count) => count === usual && usual > 0).length;
    const score = agreeing * Math.min(usual, 10);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** How often the sign stands outside of quotes, by line. */
function countsPerLine(text: string, sign: string): readonly number[] {
  const counts: number[] = [];
  let count = 0;
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === sign) count += 1;
    else if (character === "\n") {
      counts.push(count);
      count = 0;
      if (counts.length === SNIFF_LINES) return counts;
    }
  }
  if (count > 0) counts.push(count);
  return counts;
}

function mostFrequent(counts: readonly number[]): number {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  let best = 0;
  for (const [count, n] of times) if (n > (times.get(best) ?? 0)) best = count;
  return best;
}
