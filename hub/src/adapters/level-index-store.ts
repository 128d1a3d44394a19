/**
 * {@link IndexStore} over LevelDB.
 *
 * ```text
 * b <name> 0 <chunk>   a chunk of a blob; chunk numbers are 4 bytes, big-endian
 * h <name>             number of chunks and size of a blob: without it the chunks are leftovers of a crash
 * m                    the manifest
 * ```
 *
 * Each value is CRC-32(key || content) || content. Chunks are written and synced first; heads, removals and the manifest
 * follow in one synced batch.
 *
 * @module
 */

import { rm } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { TributaryError } from "@tributary/proto/base";
import { Level } from "level";
import {
  type ArrivingBlob,
  type IndexStore,
  type IndexStoreChange,
  PART_BYTES,
} from "../ports/index-store.ts";
import { discardDamaged, hasCode, isUnreadable, markDamaged } from "./level-damage.ts";
import { PartwiseBlob } from "./partwise-blob.ts";

type Db = Level<Uint8Array, Uint8Array>;

/** A chunk is what is read at once. */
const CHUNK_BYTES = PART_BYTES;
/** Chunks that are written at once. */
const CHUNKS_AT_ONCE = 32;
const CRC_BYTES = 4;
const MANIFEST_KEY = Buffer.from("m");

/**
 * Opens the store in `folder`, which is made when missing. One that LevelDB finds damaged is deleted and begun anew.
 *
 * @throws {TributaryError} `ERR_FOLDER_IN_USE` if another process holds it; `ERR_STORE_FAILED` if LevelDB cannot open it.
 */
export async function openLevelIndexStore(folder: string): Promise<IndexStore> {
  await discardDamaged(folder);
  try {
    return await LevelIndexStore.open(folder);
  } catch (cause) {
    if (!isUnreadable(cause)) throw openError(folder, cause);
  }
  await rm(folder, { recursive: true, force: true });
  try {
    return await LevelIndexStore.open(folder);
  } catch (cause) {
    throw openError(folder, cause);
  }
}

class LevelIndexStore implements IndexStore {
  readonly #db: Db;
  readonly #folder: string;

  constructor(db: Db, folder: string) {
    this.#db = db;
    this.#folder = folder;
  }

  static async open(folder: string): Promise<LevelIndexStore> {
    const db: Db = new Level(folder, {
      keyEncoding: "view",
      valueEncoding: "view",
      // Blobs are large, read once and as compact as they get.
      compression: false,
      writeBufferSize: CHUNKS_AT_ONCE * 4 * CHUNK_BYTES,
      maxFileSize: CHUNKS_AT_ONCE * 8 * CHUNK_BYTES,
      cacheSize: CHUNK_BYTES,
    });
    await db.open();
    const store = new LevelIndexStore(db, folder);
    try {
      await store.#deleteLeftovers();
    } catch (error) {
      await db.close();
      throw error;
    }
    return store;
  }

  async readManifest(): Promise<Uint8Array | undefined> {
    const value = await this.#get(MANIFEST_KEY);
    return value === undefined ? undefined : contentOf(MANIFEST_KEY, value);
  }

  async readBlob(name: string): Promise<SharedArrayBuffer> {
    const blob = await this.openBlob(name);
    await blob.read(0, blob.buffer.byteLength);
    return blob.buffer;
  }

  async openBlob(name: string): Promise<ArrivingBlob> {
    const key = headKey(name);
    const head = await this.#get(key);
    if (head === undefined) throw damaged(key, "is missing");
    const size = sizeIn(contentOf(key, head));
    return new PartwiseBlob(size, async (part) => {
      const chunk = chunkKey(name, part);
      const value = await this.#get(chunk);
      if (value === undefined) throw damaged(chunk, "is missing");
      return contentOf(chunk, value);
    });
  }

  async commit({ blobs, removed, manifest }: IndexStoreChange): Promise<void> {
    const last: Operation[] = [];
    for (const [name, bytes] of blobs) {
      const chunks = Math.ceil(bytes.length / CHUNK_BYTES);
      for (let chunk = 0; chunk < chunks; chunk += CHUNKS_AT_ONCE) {
        const operations: Operation[] = [];
        for (let i = chunk; i < Math.min(chunk + CHUNKS_AT_ONCE, chunks); i++) {
          const content = bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES);
          operations.push(put(chunkKey(name, i), content));
        }
        await this.#batch(operations);
      }
      last.push(put(headKey(name), encodeHead({ chunks, size: bytes.length })));
    }
    for (const name of removed) last.push(...(await this.#removal(name)));
    last.push(put(MANIFEST_KEY, manifest));
    await this.#batch(last);
  }

  async clear(): Promise<void> {
    try {
      await this.#db.clear();
    } catch (cause) {
      if (!isUnreadable(cause)) throw failed(cause);
      await markDamaged(this.#folder);
      throw damaged(MANIFEST_KEY, "cannot be read", cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db.close();
  }

  async #removal(name: string): Promise<Operation[]> {
    const operations: Operation[] = [{ type: "del", key: headKey(name) }];
    for await (const key of this.#db.keys(chunkRange(name))) operations.push({ type: "del", key });
    return operations;
  }

  /**
   * Chunks without a head were written by a commit that did not come to its end. The chunks of a blob with a head are
   * passed over in one step: a key is read together with its value.
   */
  async #deleteLeftovers(): Promise<void> {
    const names = new Set<string>();
    for await (const key of this.#db.keys({ gte: Buffer.from("h"), lt: Buffer.from("i") })) {
      names.add(Buffer.from(key).toString("utf8", 1));
    }
    const operations: Operation[] = [];
    // One key at a time, or it would read ahead.
    const chunks = { gte: Buffer.from("b"), lt: Buffer.from("c"), highWaterMarkBytes: 1 };
    await using keys = this.#db.keys(chunks);
    for (let key = await keys.next(); key !== undefined; key = await keys.next()) {
      const name = Buffer.from(key).toString("utf8", 1, key.length - 5);
      if (names.has(name)) keys.seek(chunkRange(name).lt);
      else operations.push({ type: "del", key });
    }
    if (operations.length > 0) await this.#batch(operations);
  }

  async #get(key: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      return await this.#db.get(key);
    } catch (cause) {
      if (isUnreadable(cause)) throw damaged(key, "cannot be read", cause);
      throw failed(cause);
    }
  }

  async #batch(operations: Operation[]): Promise<void> {
    try {
      await this.#db.batch(operations, { sync: true });
    } catch (cause) {
      throw failed(cause);
    }
  }
}

type Operation =
  | { type: "put"; key: Uint8Array; value: Uint8Array }
  | { type: "del"; key: Uint8Array };

function headKey(name: string): Buffer {
  return Buffer.from(`h${name}`);
}

function chunkKey(name: string, chunk: number): Buffer {
  const key = Buffer.from(`b${name}\0\0\0\0\0`);
  key.writeUInt32BE(chunk, key.length - 4);
  return key;
}

function chunkRange(name: string) {
  return { gte: Buffer.from(`b${name}\0`), lt: Buffer.from(`b${name}\u0001`) };
}

function put(key: Uint8Array, content: Uint8Array): Operation {
  const value = Buffer.allocUnsafe(CRC_BYTES + content.length);
  value.set(content, CRC_BYTES);
  value.writeUInt32BE(crc32(value.subarray(CRC_BYTES), crc32(key)));
  return { type: "put", key, value };
}

/** The content of a value. @throws {TributaryError} `ERR_STORE_DAMAGED` */
function contentOf(key: Uint8Array, value: Uint8Array): Uint8Array {
  const content = value.subarray(CRC_BYTES);
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  if (value.length < CRC_BYTES || view.getUint32(0) !== crc32(content, crc32(key))) {
    throw damaged(key, "does not match its checksum");
  }
  return content;
}

interface BlobHead {
  readonly chunks: number;
  readonly size: number;
}

function encodeHead({ chunks, size }: BlobHead): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, chunks);
  view.setBigUint64(4, BigInt(size));
  return bytes;
}

/** The size that the head of a blob states; the number of chunks follows from it. */
function sizeIn(head: Uint8Array): number {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return Number(view.getBigUint64(4));
}

function damaged(key: Uint8Array, what: string, cause?: unknown): TributaryError {
  const name = JSON.stringify(Buffer.from(key).toString("latin1"));
  return new TributaryError("ERR_STORE_DAMAGED", `the value ${name} of the index ${what}`, {
    cause,
  });
}

function failed(cause: unknown): TributaryError {
  return /no space left/iu.test(messagesOf(cause))
    ? new TributaryError("ERR_STORE_FULL", "the disk of the index is full; free some space", {
        messageZh: "索引所在磁盘已满，请释放空间。",
        cause,
      })
    : new TributaryError("ERR_STORE_FAILED", "the store of the index cannot be used", { cause });
}

function openError(folder: string, cause: unknown): TributaryError {
  return hasCode(cause, "LEVEL_LOCKED")
    ? new TributaryError("ERR_FOLDER_IN_USE", `another process uses ${folder}; stop it first`, {
        messageZh: `另一个进程正在使用 ${folder}，请先停止它。`,
        cause,
      })
    : new TributaryError("ERR_STORE_FAILED", `the index in ${folder} cannot be opened`, { cause });
}

function* chain(error: unknown): Generator<Error> {
  for (let at = error; at instanceof Error; at = at.cause) yield at;
}

function messagesOf(error: unknown): string {
  return [...chain(error)].map(({ message }) => message).join("; ");
}
