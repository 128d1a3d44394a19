/**
 * {@link LogStore} over LevelDB.
 *
 * Keys are one byte for the class and then a fixed-width big-endian position, or UTF-8 text:
 *
 * ```text
 * e <position>  LogEntry        r <position>  records of a batch     p <position>  Receipt
 * h             head            t <path>      tile                   f <name>      fact
 * ```
 *
 * Each value is SHA-256(key || content) || key || content. LevelDB checks neither what it reads from a table nor, by default,
 * what it replays: a flipped bit comes back as a value like any other. `repair()` is never called, since it drops what
 * it does not understand and reports success.
 *
 * Several threads of one process may open one folder. The first to open must be the last to close: LevelDB's block
 * cache belongs to it.
 *
 * @module
 */

import { statfs } from "node:fs/promises";
import { equalBytes, sha256, TributaryError } from "@tributary/proto";
import { Level } from "level";
import type { LogStore, StoredEntry, StoredHead } from "../ports/log-store.ts";
import type { Compactable } from "./compactable.ts";
import { readable } from "./level-damage.ts";

export interface LevelLogStoreOptions {
  /**
   * Bytes of the disk that stay free; a write that would go below is refused with `ERR_STORE_FULL` before anything is
   * written. LevelDB needs room of its own to move its write buffer into tables. Default 256 MiB.
   */
  readonly reserveBytes?: number;
}

const HASH_BYTES = 32;
const WRITE_BUFFER_BYTES = 32 * 2 ** 20;
const READ_AHEAD_BYTES = 4 * 2 ** 20;
const READ_AHEAD_ENTRIES = 256;

type Operation =
  | { type: "put"; key: Uint8Array; value: Uint8Array }
  | { type: "del"; key: Uint8Array };

/**
 * Opens the store in `folder`, which is made when missing.
 *
 * @throws {TributaryError} `ERR_FOLDER_IN_USE` if another process holds it; `ERR_STORE_FAILED` if LevelDB cannot open it.
 */
export async function openLevelLogStore(
  folder: string,
  options: LevelLogStoreOptions = {},
): Promise<LogStore> {
  const db = new Level<Uint8Array, Uint8Array>(folder, {
    keyEncoding: "view",
    valueEncoding: "view",
    multithreading: true,
    writeBufferSize: WRITE_BUFFER_BYTES,
    cacheSize: WRITE_BUFFER_BYTES,
    maxFileSize: 32 * 2 ** 20,
  });
  try {
    await db.open();
  } catch (cause) {
    throw openError(folder, cause);
  }
  return new LevelLogStore(db, folder, options.reserveBytes ?? 256 * 2 ** 20);
}

class LevelLogStore implements LogStore {
  readonly #db: Level<Uint8Array, Uint8Array>;
  readonly #folder: string;
  readonly #reserveBytes: number;
  /** Why the store writes no more; set by the first write that failed. */
  #failure: TributaryError | undefined;
  /** Serializes the check of positions with the write that it allows. */
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(db: Level<Uint8Array, Uint8Array>, folder: string, reserveBytes: number) {
    this.#db = db;
    this.#folder = folder;
    this.#reserveBytes = reserveBytes;
  }

  async entryCount(): Promise<number> {
    const newest = this.#db.keys({ ...rangeOf("e"), reverse: true, limit: 1 });
    const [key] = await readable(newest.all(), damaged);
    return key === undefined ? 0 : positionOf(key) + 1;
  }

  writeEntries(
    entries: readonly StoredEntry[],
    facts: ReadonlyMap<string, Uint8Array>,
  ): Promise<void> {
    return this.#inTurn(async () => {
      const count = await this.entryCount();
      for (const [index, { position }] of entries.entries()) {
        if (position !== count + index) throw conflict(count + index, position);
      }
      const operations: Operation[] = [];
      for (const { position, entry, records } of entries) {
        operations.push(put(numberKey("e", position), entry));
        if (records.length > 0) operations.push(put(numberKey("r", position), records));
      }
      for (const [name, value] of facts) operations.push(put(textKey("f", name), value));
      await this.#requireRoom(operations);
      await this.#write(operations);
    });
  }

  writeHead(head: StoredHead): Promise<void> {
    return this.#inTurn(() => {
      const operations: Operation[] = [put(textKey("h", ""), encodeHead(head))];
      for (const [path, hashes] of head.tiles) operations.push(put(textKey("t", path), hashes));
      for (const { position, receipt } of head.receipts) {
        operations.push(put(numberKey("p", position), receipt));
      }
      return this.#write(operations);
    });
  }

  async readHead(): Promise<{ readonly size: number; readonly checkpoint: string } | undefined> {
    const value = await this.#read(textKey("h", ""));
    return value && decodeHead(value);
  }

  async readEntry(position: number): Promise<StoredEntry | undefined> {
    const keys = [numberKey("e", position), numberKey("r", position)];
    const [entry, records] = await readable(this.#db.getMany(keys), damaged);
    if (entry === undefined) return undefined;
    return {
      position,
      entry: open(keys[0] as Uint8Array, entry),
      records: records === undefined ? EMPTY : open(keys[1] as Uint8Array, records),
    };
  }

  readLeaf(position: number): Promise<Uint8Array | undefined> {
    return this.#read(numberKey("e", position));
  }

  readRecords(position: number): Promise<Uint8Array | undefined> {
    return this.#read(numberKey("r", position));
  }

  async *readEntries(from: number, to: number): AsyncIterable<StoredEntry> {
    if (from >= to) return;
    const snapshot = this.#db.snapshot();
    const range = (letter: string) => ({
      gte: numberKey(letter, from),
      lt: numberKey(letter, to),
      highWaterMarkBytes: READ_AHEAD_BYTES,
      snapshot,
    });
    const entries = this.#db.iterator(range("e"));
    const records = this.#db.iterator(range("r"));
    try {
      let expected = from;
      let nextRecords = await readable(records.next(), damaged);
      for (;;) {
        const run = await readable(entries.nextv(READ_AHEAD_ENTRIES), damaged);
        if (run.length === 0) return;
        for (const [key, value] of run) {
          const position = positionOf(key);
          if (position !== expected) throw missing(expected);
          let found: Uint8Array = EMPTY;
          if (nextRecords !== undefined && positionOf(nextRecords[0]) === position) {
            found = open(nextRecords[0], nextRecords[1]);
            nextRecords = await readable(records.next(), damaged);
          }
          yield { position, entry: open(key, value), records: found };
          expected += 1;
        }
      }
    } finally {
      await Promise.all([entries.close(), records.close()]);
      await snapshot.close();
    }
  }

  readTile(path: string): Promise<Uint8Array | undefined> {
    return this.#read(textKey("t", path));
  }

  readReceipt(position: number): Promise<Uint8Array | undefined> {
    return this.#read(numberKey("p", position));
  }

  readFact(name: string): Promise<Uint8Array | undefined> {
    return this.#read(textKey("f", name));
  }

  async *facts(prefix: string): AsyncIterable<readonly [name: string, value: Uint8Array]> {
    const gte = textKey("f", prefix);
    const facts = this.#db.iterator({ gte, lt: afterPrefix(gte) });
    try {
      for (;;) {
        const run = await readable(facts.nextv(READ_AHEAD_ENTRIES), damaged);
        if (run.length === 0) return;
        for (const [key, value] of run) {
          yield [decoder.decode(key.subarray(1)), open(key, value)];
        }
      }
    } finally {
      await facts.close();
    }
  }

  replaceFacts(facts: ReadonlyMap<string, Uint8Array>): Promise<void> {
    return this.#inTurn(async () => {
      const operations: Operation[] = [];
      for await (const key of this.#db.keys(rangeOf("f"))) operations.push({ type: "del", key });
      for (const [name, value] of facts) operations.push(put(textKey("f", name), value));
      await this.#requireRoom(operations);
      await this.#write(operations);
    });
  }

  replaceRecords(position: number, records: Uint8Array): Promise<void> {
    return this.#inTurn(() => this.#write([put(numberKey("r", position), records)]));
  }

  dropReplaced(): Promise<void> {
    const { gte, lt } = rangeOf("r");
    const db = this.#db as unknown as Compactable;
    return this.#inTurn(async () => {
      // A table that is written from memory keeps what was overwritten there, and one that is merged with others does
      // not: so there have to be others, which overlap it.
      await db.compactRange(gte, lt);
      await this.#write([
        { type: "del", key: gte },
        { type: "del", key: Uint8Array.of(...gte, ...new Array(9).fill(255)) },
      ]);
      await db.compactRange(gte, lt);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lastWrite;
    await this.#db.close();
  }

  async #read(key: Uint8Array): Promise<Uint8Array | undefined> {
    const value = await readable(this.#db.get(key), damaged);
    return value && open(key, value);
  }

  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const result = this.#lastWrite.then(write);
    this.#lastWrite = result.catch(() => undefined);
    return result;
  }

  async #requireRoom(operations: readonly Operation[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const bytes = operations.reduce((sum, o) => sum + (o.type === "put" ? o.value.length : 0), 0);
    const { bavail, bsize } = await statfs(this.#folder);
    const freeBytes = bavail * bsize;
    if (freeBytes < bytes + this.#reserveBytes) throw full(freeBytes, this.#reserveBytes);
  }

  async #write(operations: Operation[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      await this.#db.batch(operations, { sync: true });
    } catch (cause) {
      this.#failure = new TributaryError(
        "ERR_STORE_FAILED",
        `writing to ${this.#folder} failed; what was written is unknown until the store is opened again: ${messageOf(cause)}`,
        {
          messageZh: `写入 ${this.#folder} 失败，重新打开存储之前无法确定已写入的内容：${messageOf(cause)}`,
          cause,
        },
      );
      throw this.#failure;
    }
  }
}

const EMPTY = new Uint8Array();
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function numberKey(letter: string, position: number): Uint8Array {
  const key = new Uint8Array(9);
  key[0] = letter.charCodeAt(0);
  new DataView(key.buffer).setBigUint64(1, BigInt(position));
  return key;
}

function textKey(letter: string, text: string): Uint8Array {
  return encoder.encode(letter + text);
}

function positionOf(key: Uint8Array): number {
  return Number(new DataView(key.buffer, key.byteOffset, key.length).getBigUint64(1));
}

function rangeOf(letter: string): { gte: Uint8Array; lt: Uint8Array } {
  const gte = encoder.encode(letter);
  return { gte, lt: afterPrefix(gte) };
}

/** The first key that does not begin with `prefix`; its last byte is never 0xff here, since keys are UTF-8. */
function afterPrefix(prefix: Uint8Array): Uint8Array {
  const end = prefix.slice();
  end[end.length - 1] = (end.at(-1) as number) + 1;
  return end;
}

function put(key: Uint8Array, content: Uint8Array): Operation {
  const value = new Uint8Array(HASH_BYTES + key.length + content.length);
  value.set(key, HASH_BYTES);
  value.set(content, HASH_BYTES + key.length);
  value.set(sha256(value.subarray(HASH_BYTES)));
  return { type: "put", key, value };
}

function open(key: Uint8Array, value: Uint8Array): Uint8Array {
  const hashed = value.subarray(HASH_BYTES);
  const isWhole =
    equalBytes(value.subarray(0, HASH_BYTES), sha256(hashed)) &&
    equalBytes(hashed.subarray(0, key.length), key);
  if (!isWhole) throw damaged(`the value of ${nameOf(key)} does not match its hash`);
  // Level answers Buffers, which behave differently in slice and comparison.
  const start = HASH_BYTES + key.length;
  return new Uint8Array(value.buffer, value.byteOffset + start, value.length - start);
}

function encodeHead(head: StoredHead): Uint8Array {
  return encoder.encode(JSON.stringify({ size: head.size, checkpoint: head.checkpoint }));
}

function decodeHead(value: Uint8Array): { size: number; checkpoint: string } {
  return JSON.parse(decoder.decode(value)) as { size: number; checkpoint: string };
}

function nameOf(key: Uint8Array): string {
  const letter = String.fromCharCode(key[0] as number);
  return "erp".includes(letter)
    ? `${letter}/${positionOf(key)}`
    : `${letter}/${decoder.decode(key.subarray(1))}`;
}

function conflict(expected: number, got: number): TributaryError {
  return new TributaryError(
    "ERR_LOG_CONFLICT",
    `the next position of the log is ${expected}, not ${got}`,
    { messageZh: `日志的下一个位置是 ${expected}，不是 ${got}`, details: { expected, got } },
  );
}

function missing(position: number): TributaryError {
  return damaged(`entry ${position} is missing while later entries are there`);
}

function damaged(what: string, cause?: unknown): TributaryError {
  return new TributaryError("ERR_STORE_DAMAGED", `the log's store is damaged: ${what}`, {
    messageZh: `日志存储已损坏：${what}`,
    cause,
  });
}

function full(freeBytes: number, reserveBytes: number): TributaryError {
  const mib = (bytes: number) => `${Math.floor(bytes / 2 ** 20)} MiB`;
  return new TributaryError(
    "ERR_STORE_FULL",
    `the hub's disk is full: ${mib(freeBytes)} are free and ${mib(reserveBytes)} must stay free; nothing was written`,
    {
      messageZh: `枢纽磁盘已满：剩余 ${mib(freeBytes)}，须保留 ${mib(reserveBytes)}；未写入任何内容`,
      details: { limitName: "disk_reserve_bytes", limitValue: reserveBytes, freeBytes },
    },
  );
}

function openError(folder: string, cause: unknown): TributaryError {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ("code" in error && error.code === "LEVEL_LOCKED") {
      return new TributaryError(
        "ERR_FOLDER_IN_USE",
        `another process uses ${folder}; stop it first`,
        { messageZh: `${folder} 正被另一个进程使用，请先停止它`, cause },
      );
    }
  }
  return new TributaryError(
    "ERR_STORE_FAILED",
    `the store in ${folder} cannot be opened: ${messageOf(cause)}`,
    { messageZh: `无法打开 ${folder} 中的存储：${messageOf(cause)}`, cause },
  );
}

/** Level wraps what LevelDB says; the innermost message is the one that helps. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}
