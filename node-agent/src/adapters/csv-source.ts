/**
 * Files of separated values: any of the encodings of Chinese offices, any usual delimiter, header not first.
 *
 * @module
 */

import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { isTributaryError } from "@tributary/proto";
import { CsvError, parse } from "csv-parse";
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
    for await (const row of rows) {
      options.signal.throwIfAborted();
      yield row;
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

/** Records as rows; a record is one row of a spreadsheet, however many lines it takes. */
async function* records(
  file: string,
  config: CsvConfig,
  { encoding, signal }: ReadOptions,
): AsyncGenerator<RawRow> {
  const text = decoded(file, encoding, signal);
  const first = await text.next();
  if (first.done) return;
  const delimiter = config.delimiter ?? sniffDelimiter(first.value);
  const parser = parse({
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_RECORD,
  });
  const input = Readable.from(rejoined(first.value, text), { highWaterMark: 1 });
  input.on("error", (error) => parser.destroy(error));
  input.pipe(parser);
  let row = 0;
  try {
    for await (const record of parser) {
      row += 1;
      yield { row, cells: (record as string[]).map((cell) => (cell === "" ? null : cell)) };
    }
  } catch (error) {
    signal.throwIfAborted();
    throw readError(file, error);
  } finally {
    input.destroy();
    parser.destroy();
  }
}

async function* rejoined(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
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

function readError(file: string, error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  // Where the quote opens, or else where the parser stood.
  const opening = /opening quote at line (\d+)/.exec(error.message)?.[1];
  const line = opening ?? String(error["lines"] ?? "?");
  const isQuote = error.code === "CSV_QUOTE_NOT_CLOSED" || error.code === "CSV_MAX_RECORD_SIZE";
  return sourceUnreadable(basename(file), {
    why: isQuote
      ? `a quotation mark that opens in line ${line} is never closed; the file may be half-written`
      : `line ${line} is not well-formed (${error.code})`,
    whyZh: isQuote
      ? `第 ${line} 行的引号没有结束，文件可能没有写完`
      : `第 ${line} 行格式有误（${error.code}）`,
    cause: error,
  });
}
