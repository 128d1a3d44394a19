/**
 * {@link ReleaseLedger} in LevelDB: one synced write a change, each value behind a part of its SHA-256, since LevelDB
 * answers flipped bits as if they were what was written.
 *
 * @module
 */

import { fromBase64, sha256Text, TributaryError, toBase64, toHex } from "@tributary/proto";
import { type BatchOperation, Level } from "level";
import type {
  LedgerChange,
  LedgerHead,
  ReleaseLedger,
  StoredBucket,
  StoredPending,
  StoredRelease,
} from "../ports/release-ledger.ts";
import { isDiskFull, isLocked, reasonOf } from "./level-errors.ts";
import { damagedTableIn } from "./level-files.ts";

type Database = Level<string, string>;

const HEAD = "head";
const TABLE = { pending: "pending/", bucket: "bucket/", release: "release/" } as const;
const CHECKSUM_LENGTH = 16;
const SEQ_DIGITS = 12;
/** Bytes that a scan reads ahead. */
const SCAN_BYTES = 2 ** 20;

/**
 * Opens the ledger in `folder`, which is made if it is missing.
 *
 * @throws {TributaryError} `ERR_FOLDER_IN_USE` if another process has it open, `ERR_STORE_FULL`, `ERR_STORE_DAMAGED`
 * if a table is damaged or LevelDB cannot open it.
 */
export async function openLevelReleaseLedger(folder: string): Promise<ReleaseLedger> {
  const found = await damagedTableIn(folder);
  if (found !== undefined) throw damaged(found);
  const database: Database = new Level(folder);
  try {
    await database.open();
  } catch (error) {
    if (isLocked(error)) {
      throw new TributaryError("ERR_FOLDER_IN_USE", `another process is using ${folder}`, {
        messageZh: `另一个进程正在使用 ${folder}`,
        cause: error,
      });
    }
    throw writeError(reasonOf(error));
  }
  return new LevelReleaseLedger(database);
}

class LevelReleaseLedger implements ReleaseLedger {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async head(): Promise<LedgerHead | undefined> {
    const value = await this.#database.get(HEAD);
    if (value === undefined) return undefined;
    const head = decode<HeadJson>(value, "its head");
    return { ...head, lastHash: fromBase64(head.lastHash) };
  }

  pending(): AsyncIterable<StoredPending> {
    return this.#scan(TABLE.pending, "a record that waits");
  }

  buckets(): AsyncIterable<StoredBucket> {
    return this.#scan(TABLE.bucket, "a bucket");
  }

  async *releases(fromSeq: number): AsyncIterable<StoredRelease> {
    const scan = this.#scan<ReleaseJson>(TABLE.release, "a release", seqKey(fromSeq));
    for await (const release of scan) yield { ...release, body: fromBase64(release.body) };
  }

  async commit(change: LedgerChange): Promise<void> {
    const { head, pending = [], dropped = [], buckets = [], releases = [] } = change;
    const operations: BatchOperation<Database, string, string>[] = [
      ...pending.map((record) => put(`${TABLE.pending}${record.nullifier}`, record)),
      ...dropped.map((nullifier) => ({
        type: "del" as const,
        key: `${TABLE.pending}${nullifier}`,
      })),
      ...buckets.map((bucket) => put(`${TABLE.bucket}${bucket.bucketId}`, bucket)),
      ...releases.map((release) =>
        put(`${TABLE.release}${seqKey(release.seq)}`, {
          ...release,
          body: toBase64(release.body),
        } satisfies ReleaseJson),
      ),
    ];
    if (head !== undefined) {
      operations.push(put(HEAD, { ...head, lastHash: toBase64(head.lastHash) } satisfies HeadJson));
    }
    try {
      await this.#database.batch(operations, { sync: true });
    } catch (error) {
      throw writeError(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database.close();
  }

  async *#scan<Value>(table: string, what: string, from = ""): AsyncGenerator<Value> {
    const range = { gte: `${table}${from}`, lt: `${table}~`, highWaterMarkBytes: SCAN_BYTES };
    for await (const value of this.#database.values(range)) yield decode<Value>(value, what);
  }
}

type HeadJson = Omit<LedgerHead, "lastHash"> & { readonly lastHash: string };
type ReleaseJson = Omit<StoredRelease, "body"> & { readonly body: string };

function seqKey(seq: number): string {
  return String(seq).padStart(SEQ_DIGITS, "0");
}

function put(key: string, value: object) {
  const json = JSON.stringify(value);
  return { type: "put" as const, key, value: `${checksumOf(json)}${json}` };
}

function decode<Value>(value: string, what: string): Value {
  const json = value.slice(CHECKSUM_LENGTH);
  if (value.slice(0, CHECKSUM_LENGTH) !== checksumOf(json)) throw damaged(what);
  return JSON.parse(json) as Value;
}

function checksumOf(json: string): string {
  return toHex(sha256Text(json)).slice(0, CHECKSUM_LENGTH);
}

function writeError(error: unknown): TributaryError {
  if (!isDiskFull(error)) return damaged("the database", error);
  return new TributaryError(
    "ERR_STORE_FULL",
    "the disk with the ledger of outcome releases is full; free some space, the agent goes on by itself",
    { messageZh: "成效发布账本所在磁盘已满；请清理空间，之后会自动继续", cause: error },
  );
}

function damaged(what: string, cause?: unknown): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    `the ledger of outcome releases is damaged (${what}); restore its newest backup with: tributary-agent privacy restore FILE. Without it no outcomes are released, since it is not known which were used`,
    {
      messageZh: `成效发布账本已损坏（${what}）；请用 tributary-agent privacy restore 恢复最新备份。在此之前不会再发布成效数据，因为无法确定哪些记录已使用`,
      cause,
    },
  );
}
