/**
 * {@link CatalogStore} over LevelDB.
 *
 * ```text
 * r <kind> 0 <center> 0 <key>             row
 * c <position> <kind> 0 <center> 0 <key>  the row changed last at this position; the value is only a checksum
 * f <name>                                fact
 * w <number>                              a write happened
 * h                                       position, number of the newest write, number of the newest write not in w
 * ```
 *
 * Positions and numbers are 8 bytes, big-endian. No kind, center id or key has a zero byte, so keys sort like refs.
 * Each value is CRC-32(key || content) || content: against accidents, not against somebody who can write the files.
 *
 * Writes are not synced. A crash loses a tail, which is folded again; but damage of LevelDB's own log can lose a write
 * in the middle, silently. That is what the keys `w` are for: `check` finds them dense or refuses the store.
 *
 * Several threads of one process may open one folder; the first to open must be the last to close.
 *
 * @module
 */

import { rm } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { isTributaryError, RECORD_KINDS, type RecordRef, TributaryError } from "@tributary/proto";
import { Level } from "level";
import { type CatalogRow, decodeRow, encodeRow } from "../ports/catalog-row.ts";
import type { CatalogChange, CatalogStore, RowRange } from "../ports/catalog-store.ts";
import type { Compactable } from "./compactable.ts";
import { hasCode, isMarkedDamaged, isUnreadable, markDamaged, readable } from "./level-damage.ts";
import { damagedFilesOf } from "./level-files.ts";

type Db = Level<Uint8Array, Uint8Array>;
type Snapshot = ReturnType<Db["snapshot"]>;
type Operation =
  | { type: "put"; key: Uint8Array; value: Uint8Array }
  | { type: "del"; key: Uint8Array };

/** Where the store stands. */
interface Head {
  /** Log size that is covered. */
  readonly position: number;
  /** Writes so far. */
  readonly writes: number;
  /** Writes that are certain to be in tables, and whose `w` keys are gone. */
  readonly settled: number;
}

const NEW: Head = { position: 0, writes: 0, settled: 0 };
const KINDS = RECORD_KINDS.toSorted();
const SETTLE_AFTER_WRITES = 4096;
const READ_AHEAD_ROWS = 256;
const READ_AHEAD_BYTES = 2 ** 20;
const BUFFER_BYTES = 32 * 2 ** 20;

/**
 * Opens the store in `folder`, which is made when missing. A store that LevelDB finds damaged is deleted and begun
 * anew, since all of it can be folded from the log.
 *
 * @throws {TributaryError} `ERR_FOLDER_IN_USE` if another process holds it; `ERR_STORE_FAILED` if LevelDB cannot open it.
 */
export async function openLevelCatalogStore(folder: string): Promise<CatalogStore> {
  try {
    return new LevelCatalogStore(await openLevel(folder), folder);
  } catch (cause) {
    if (!isUnreadable(cause)) throw openError(folder, cause);
  }
  await rm(folder, { recursive: true, force: true });
  try {
    return new LevelCatalogStore(await openLevel(folder), folder);
  } catch (cause) {
    throw openError(folder, cause);
  }
}

async function openLevel(folder: string): Promise<Db> {
  const db: Db = new Level(folder, {
    keyEncoding: "view",
    valueEncoding: "view",
    multithreading: true,
    writeBufferSize: BUFFER_BYTES,
    cacheSize: BUFFER_BYTES,
    maxFileSize: 32 * 2 ** 20,
  });
  await db.open();
  return db;
}

class LevelCatalogStore implements CatalogStore {
  readonly #db: Db;
  /** Owned by `write` and `clear`, of which one runs at a time. Undefined until `write` has read it. */
  #head: Head | undefined;

  readonly #folder: string;

  constructor(db: Db, folder: string) {
    this.#db = db;
    this.#folder = folder;
  }

  async position(): Promise<number> {
    return (await this.#readHead()).position;
  }

  async write({ rows, facts, position }: CatalogChange): Promise<void> {
    const { writes, settled } = this.#head ?? (await this.#readHead());
    const head = { position, writes: writes + 1, settled };
    const operations: Operation[] = [];
    for (const { row, previousChange } of rows) {
      const name = refBytes(row.ref);
      operations.push(put(rowKey(name), encodeRow(row)));
      if (previousChange === row.changePosition) continue;
      if (previousChange !== undefined) {
        operations.push({ type: "del", key: changeKey(previousChange, name) });
      }
      operations.push(put(changeKey(row.changePosition, name), EMPTY));
    }
    for (const [name, value] of facts) {
      const key = factKey(name);
      operations.push(value === undefined ? { type: "del", key } : put(key, value));
    }
    operations.push(put(writeKey(head.writes), EMPTY), put(HEAD_KEY, encodeHead(head)));
    await this.#db.batch(operations);
    this.#head = head;
    if (head.writes - head.settled >= SETTLE_AFTER_WRITES) await this.#settle(head);
  }

  async get(ref: RecordRef): Promise<CatalogRow | undefined> {
    const key = rowKey(refBytes(ref));
    const value = await readable(this.#db.get(key), damaged);
    return value && decodeRow(open(key, value));
  }

  async getMany(refs: readonly RecordRef[]): Promise<(CatalogRow | undefined)[]> {
    if (refs.length === 0) return [];
    const keys = refs.map((ref) => rowKey(refBytes(ref)));
    return rowsOf(keys, await readable(this.#db.getMany(keys), damaged));
  }

  async *rows(range: RowRange): AsyncIterable<CatalogRow> {
    const snapshot = this.#db.snapshot();
    try {
      for (const prefix of prefixesOf(range)) {
        const from = range.after && rowKey(refBytes(range.after));
        const end = afterPrefix(prefix);
        if (from !== undefined && compare(from, end) >= 0) continue;
        const start =
          from !== undefined && compare(from, prefix) >= 0 ? { gt: from } : { gte: prefix };
        for await (const [, content] of this.#scan({ ...start, lt: end }, snapshot)) {
          yield decodeRow(content);
        }
      }
    } finally {
      await snapshot.close();
    }
  }

  async *changedRows(from: number, after?: RecordRef): AsyncIterable<CatalogRow> {
    const snapshot = this.#db.snapshot();
    const lt = afterPrefix(bytesOf("c"));
    const start =
      after === undefined
        ? { gte: changeKey(from, EMPTY) }
        : { gt: changeKey(from, refBytes(after)) };
    const iterator = this.#db.iterator({ ...start, lt, snapshot });
    try {
      for (;;) {
        const changes = await readable(iterator.nextv(READ_AHEAD_ROWS), damaged);
        if (changes.length === 0) return;
        const keys = changes.map(([key, value]) => {
          open(key, value);
          return rowKey(key.subarray(1 + NUMBER_BYTES));
        });
        const rows = rowsOf(keys, await readable(this.#db.getMany(keys, { snapshot }), damaged));
        for (const [index, row] of rows.entries()) {
          const key = (changes[index] as [Uint8Array, Uint8Array])[0];
          if (row?.changePosition !== numberAt(key, 1)) {
            throw damaged("a change does not lead to its row");
          }
          yield row;
        }
      }
    } finally {
      await iterator.close();
      await snapshot.close();
    }
  }

  async fact(name: string): Promise<Uint8Array | undefined> {
    const key = factKey(name);
    const value = await readable(this.#db.get(key), damaged);
    return value && open(key, value);
  }

  async factsNamed(names: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    if (names.length === 0) return [];
    const keys = names.map(factKey);
    const values = await readable(this.#db.getMany(keys), damaged);
    return values.map((value, i) => value && open(keys[i] as Uint8Array, value));
  }

  async *facts(
    prefix: string,
    after?: string,
  ): AsyncIterable<readonly [name: string, value: Uint8Array]> {
    const gte = factKey(prefix);
    const snapshot = this.#db.snapshot();
    try {
      const lt = afterPrefix(gte);
      const range = after === undefined ? { gte, lt } : { gt: factKey(after), lt };
      for await (const [key, value] of this.#scan(range, snapshot)) {
        yield [decoder.decode(key.subarray(1)), value];
      }
    } finally {
      await snapshot.close();
    }
  }

  async check(): Promise<void> {
    const head = await this.#readHead();
    const numbers = this.#db.keys({ gte: bytesOf("w"), lt: bytesOf("x") });
    const writes = head.settled + (await readable(numbers.all(), damaged)).length;
    if (writes !== head.writes) throw damaged(`${writes} of ${head.writes} writes are there`);
  }

  async scrub(shouldStop: () => boolean): Promise<boolean> {
    // What can be read of a store that was found damaged is made anew, and its files at the next start.
    if (await isMarkedDamaged(this.#folder)) return true;
    const [found] = await damagedFilesOf(this.#folder, shouldStop);
    if (found === undefined) return !shouldStop();
    await markDamaged(this.#folder);
    throw damaged(`${found.name}: ${found.problem}`);
  }

  async clear(): Promise<void> {
    this.#head = undefined;
    try {
      await readable(this.#db.clear(), damaged);
    } catch (error) {
      if (isTributaryError(error, "ERR_STORE_DAMAGED")) await markDamaged(this.#folder);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db.close();
  }

  async #readHead(): Promise<Head> {
    const value = await readable(this.#db.get(HEAD_KEY), damaged);
    return value === undefined ? NEW : decodeHead(open(HEAD_KEY, value));
  }

  /** Moves all writes into tables, where none can vanish in the middle, and forgets their numbers. */
  async #settle(head: Head): Promise<void> {
    // LevelDB writes its memory to a table before it compacts, whatever the range.
    await (this.#db as unknown as Compactable).compactRange(bytesOf("w"), bytesOf("x"));
    const settled = { ...head, settled: head.writes };
    const operations: Operation[] = [put(HEAD_KEY, encodeHead(settled))];
    for (let number = head.settled + 1; number <= head.writes; number += 1) {
      operations.push({ type: "del", key: writeKey(number) });
    }
    await this.#db.batch(operations);
    this.#head = settled;
  }

  async *#scan(
    range: { gt?: Uint8Array; gte?: Uint8Array; lt: Uint8Array },
    snapshot: Snapshot,
  ): AsyncGenerator<readonly [key: Uint8Array, content: Uint8Array]> {
    const iterator = this.#db.iterator({
      ...range,
      snapshot,
      highWaterMarkBytes: READ_AHEAD_BYTES,
    });
    try {
      for (;;) {
        const entries = await readable(iterator.nextv(READ_AHEAD_ROWS), damaged);
        if (entries.length === 0) return;
        for (const [key, value] of entries) yield [key, open(key, value)];
      }
    } finally {
      await iterator.close();
    }
  }
}

const EMPTY = new Uint8Array();
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NUMBER_BYTES = 8;
const CHECKSUM_BYTES = 4;
const HEAD_KEY = bytesOf("h");

function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

function refBytes(ref: RecordRef): Uint8Array {
  return bytesOf(`${ref.kind}\0${ref.centerId}\0${ref.key}`);
}

function rowKey(name: Uint8Array): Uint8Array {
  const key = new Uint8Array(1 + name.length);
  key[0] = 0x72; // r
  key.set(name, 1);
  return key;
}

function changeKey(position: number, name: Uint8Array): Uint8Array {
  const key = new Uint8Array(1 + NUMBER_BYTES + name.length);
  key.set(numberKey("c", position));
  key.set(name, 1 + NUMBER_BYTES);
  return key;
}

function writeKey(number: number): Uint8Array {
  return numberKey("w", number);
}

function numberKey(letter: string, number: number): Uint8Array {
  const key = new Uint8Array(1 + NUMBER_BYTES);
  key[0] = letter.charCodeAt(0);
  new DataView(key.buffer).setBigUint64(1, BigInt(number));
  return key;
}

function numberAt(bytes: Uint8Array, offset: number): number {
  return Number(
    new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(offset),
  );
}

function factKey(name: string): Uint8Array {
  return bytesOf(`f${name}`);
}

/** Beginnings of the keys of a range, ascending. */
function prefixesOf({ kind, centerId }: RowRange): Uint8Array[] {
  if (kind === undefined && centerId === undefined) return [bytesOf("r")];
  const center = centerId === undefined ? "" : `${centerId}\0`;
  return (kind === undefined ? KINDS : [kind]).map((name) => bytesOf(`r${name}\0${center}`));
}

/** The first key that does not begin with `prefix`; its last byte is never 0xff, since keys begin with text. */
function afterPrefix(prefix: Uint8Array): Uint8Array {
  const end = prefix.slice();
  end[end.length - 1] = (end.at(-1) as number) + 1;
  return end;
}

function compare(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

function rowsOf(
  keys: readonly Uint8Array[],
  values: readonly (Uint8Array | undefined)[],
): (CatalogRow | undefined)[] {
  return values.map((value, i) => value && decodeRow(open(keys[i] as Uint8Array, value)));
}

function put(key: Uint8Array, content: Uint8Array): Operation {
  const value = new Uint8Array(CHECKSUM_BYTES + content.length);
  new DataView(value.buffer).setUint32(0, crc32(content, crc32(key)));
  value.set(content, CHECKSUM_BYTES);
  return { type: "put", key, value };
}

function open(key: Uint8Array, value: Uint8Array): Uint8Array {
  const content = value.subarray(CHECKSUM_BYTES);
  const checksum =
    value.length < CHECKSUM_BYTES
      ? undefined
      : new DataView(value.buffer, value.byteOffset, value.byteLength).getUint32(0);
  if (checksum !== crc32(content, crc32(key))) {
    throw damaged("a value does not match its checksum");
  }
  return content;
}

function encodeHead(head: Head): Uint8Array {
  return bytesOf(JSON.stringify([head.position, head.writes, head.settled]));
}

function decodeHead(content: Uint8Array): Head {
  const [position, writes, settled] = JSON.parse(decoder.decode(content)) as [
    number,
    number,
    number,
  ];
  return { position, writes, settled };
}

function damaged(what: string, cause?: unknown): TributaryError {
  return new TributaryError("ERR_STORE_DAMAGED", `the catalog's store is damaged: ${what}`, {
    messageZh: `目录存储已损坏：${what}`,
    cause,
  });
}

function openError(folder: string, cause: unknown): TributaryError {
  return hasCode(cause, "LEVEL_LOCKED")
    ? new TributaryError("ERR_FOLDER_IN_USE", `another process uses ${folder}; stop it first`, {
        messageZh: `${folder} 正被另一个进程使用，请先停止它`,
        cause,
      })
    : new TributaryError("ERR_STORE_FAILED", `the store in ${folder} cannot be opened`, {
        messageZh: `无法打开 ${folder} 中的存储`,
        cause,
      });
}
