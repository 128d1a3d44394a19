/**
 * JSON files: an array, an array somewhere inside, or one value a line (NDJSON).
 *
 * @module
 */

import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { TextDecoder } from "node:util";
import { isTributaryError } from "@tributary/proto";
import type {
  Cell,
  DiscoveredTable,
  Source,
  SourceCheck,
  SourceRow,
  SourceType,
} from "../ports/source.ts";
import { newCells } from "../sources/cells.ts";
import { TableSurvey } from "../sources/discovery.ts";
import { sourceUnreadable, tableMissing } from "../sources/source-error.ts";
import { type JsonConfig, jsonSpec } from "../sources/spec.ts";
import { assertUnchanged, fileError, findFiles, fingerprintOf, stateOf } from "./source-files.ts";

/** Largest file that is read as one value; larger ones have to be NDJSON, which streams. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;
/** Longest line of an NDJSON file, in characters. */
const MAX_LINE = 1_048_576;
/** Objects inside of objects become columns a.b down to this depth; deeper ones stay JSON text. */
const MAX_DEPTH = 3;

/** Sources of type `json`. All files of one source are one table without a name. */
export const jsonSourceType: SourceType<JsonConfig> = {
  type: "json",
  spec: jsonSpec,
  open: (config, folder) => new JsonSource(config, folder),
};

class JsonSource implements Source {
  readonly #config: JsonConfig;
  readonly #folder: string;

  constructor(config: JsonConfig, folder: string) {
    this.#config = config;
    this.#folder = folder;
  }

  async check(signal: AbortSignal): Promise<SourceCheck> {
    try {
      let count = 0;
      for await (const _ of this.read("", signal)) {
        count += 1;
        if (count === 100) break;
      }
      const some = count === 100 ? "at least 100" : String(count);
      return {
        ok: true,
        message: `readable: ${some} rows`,
        messageZh: `可读取：${count === 100 ? "至少 100" : count} 行`,
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
      for await (const row of this.#readFile(file, files.length > 1, signal)) survey.add(row);
      yield survey.result({
        table: "",
        headerRow: 0,
        notes: [],
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
    for (const file of files) yield* this.#readFile(file, files.length > 1, signal);
  }

  async *#readFile(
    file: string,
    isOneOfSeveral: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<SourceRow> {
    const before = await stateOf(file);
    const isLines = this.#config.lines ?? /^\.(?:ndjson|jsonl)$/i.test(extname(file));
    const values = isLines
      ? lineValues(file, signal)
      : this.#documentValues(file, before.size, signal);
    for await (const { row, value } of values) {
      signal.throwIfAborted();
      yield {
        table: "",
        row,
        ...(isOneOfSeveral && { file: basename(file) }),
        cells: cellsOf(value),
      };
    }
    signal.throwIfAborted();
    await assertUnchanged(file, before);
  }

  async *#documentValues(file: string, size: number, signal: AbortSignal): AsyncGenerator<Value> {
    if (size > MAX_DOCUMENT_BYTES) {
      throw sourceUnreadable(basename(file), {
        why: `it is larger than ${MAX_DOCUMENT_BYTES / 1_048_576} MiB; write one value a line (NDJSON) instead`,
        whyZh: `文件超过 ${MAX_DOCUMENT_BYTES / 1_048_576} MiB；请改为每行一个值的 NDJSON`,
      });
    }
    const bytes = await readFile(file, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw fileError(file, error);
    });
    const rows = find(parseText(file, decodeUtf8(file, bytes)), this.#config.rows);
    if (!Array.isArray(rows)) throw noArray(file, this.#config.rows);
    for (const [index, value] of rows.entries()) {
      if (!isObject(value)) throw noObject(file, `item ${index + 1}`, `第 ${index + 1} 项`);
      yield { row: index + 1, value };
    }
  }
}

interface Value {
  readonly row: number;
  readonly value: Readonly<Record<string, unknown>>;
}

async function* lineValues(file: string, signal: AbortSignal): AsyncGenerator<Value> {
  let row = 0;
  for await (const line of linesOf(file, signal)) {
    row += 1;
    if (line.trim() === "") continue;
    const value = parseText(file, line, row);
    if (!isObject(value)) throw noObject(file, `line ${row}`, `第 ${row} 行`);
    yield { row, value };
  }
}

/** Lines of a UTF-8 file; a line longer than {@link MAX_LINE} is an error, so that memory stays bounded. */
async function* linesOf(file: string, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  try {
    for await (const chunk of createReadStream(file, { signal })) {
      rest += decoder.decode(chunk as Buffer, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
      if (rest.length > MAX_LINE) break;
    }
    rest += decoder.decode();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TypeError) throw notUtf8(file, error);
    throw fileError(file, error);
  }
  if (rest.length > MAX_LINE) {
    throw sourceUnreadable(basename(file), {
      why: `a line is longer than ${MAX_LINE} characters; is it really one value a line?`,
      whyZh: `有一行超过 ${MAX_LINE} 个字符；是否确为每行一个值？`,
    });
  }
  if (rest !== "") yield rest;
}

function decodeUtf8(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw notUtf8(file, cause);
  }
}

/** JSON with whole numbers beyond 2^53 kept in full, such as credit codes that somebody wrote as numbers. */
function parseText(file: string, text: string, line?: number): unknown {
  try {
    return JSON.parse(text, (_key: string, value: unknown, context?: { source?: string }) => {
      const source = context?.source;
      const isLarge = typeof value === "number" && !Number.isSafeInteger(value);
      return isLarge && source !== undefined && /^-?\d{16,30}$/.test(source)
        ? BigInt(source)
        : value;
    });
  } catch (cause) {
    const where = line === undefined ? "" : ` in line ${line}`;
    throw sourceUnreadable(basename(file), {
      why: `it is not valid JSON${where}; it may be half-written`,
      whyZh: `不是有效的 JSON${line === undefined ? "" : `（第 ${line} 行）`}，可能没有写完`,
      cause,
    });
  }
}

function find(value: unknown, path: string | undefined): unknown {
  let at = value;
  for (const name of path === undefined ? [] : path.split(".")) {
    at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function cellsOf(value: Readonly<Record<string, unknown>>): SourceRow["cells"] {
  const cells = newCells();
  flatten(value, "", MAX_DEPTH, cells);
  return cells;
}

function flatten(
  value: Readonly<Record<string, unknown>>,
  prefix: string,
  depth: number,
  cells: Record<string, Cell>,
): void {
  for (const [name, inner] of Object.entries(value)) {
    const title = prefix + name;
    if (isObject(inner) && depth > 1) flatten(inner, `${title}.`, depth - 1, cells);
    else cells[title] = cellOf(inner);
  }
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "object") {
    const isFlat = Array.isArray(value) && value.every((item) => typeof item !== "object");
    return isFlat ? value.map(String).join("\n") : JSON.stringify(value, bigintAsText);
  }
  return value as string | number | bigint | boolean;
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function notUtf8(file: string, cause: unknown): Error {
  return sourceUnreadable(basename(file), {
    why: "JSON has to be UTF-8 (RFC 8259), and it has bytes that are not",
    whyZh: "JSON 必须是 UTF-8 编码，文件中有不符合的字节",
    cause,
  });
}

function noArray(file: string, rows: string | undefined): Error {
  const where = rows === undefined ? "it is no array" : `there is no array at ${rows}`;
  return sourceUnreadable(basename(file), {
    why: `${where}; say with \`rows:\` where the array is, for example data.items`,
    whyZh: `${rows === undefined ? "内容不是数组" : `${rows} 处没有数组`}；请用 rows: 指明数组的位置，例如 data.items`,
  });
}

function noObject(file: string, where: string, whereZh: string): Error {
  return sourceUnreadable(basename(file), {
    why: `${where} is no object with named fields`,
    whyZh: `${whereZh}不是带字段名的对象`,
  });
}
