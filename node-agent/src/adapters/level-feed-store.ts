/**
 * {@link FeedStore} in LevelDB.
 *
 * Keys start with a byte that names the table; numbers in keys are fixed-width and big-endian, so that they sort.
 * LevelDB does not detect damage for us (one flipped bit is returned as a value), so values that a signature or a
 * decision rests on carry the first 8 bytes of their SHA-256, and states of rows and records a CRC-32.
 *
 * @module
 */

import { deserialize, serialize } from "node:v8";
import { crc32 } from "node:zlib";
import {
  equalBytes,
  fromBase64,
  isTributaryError,
  RECORD_KINDS,
  type RecordKind,
  sha256,
  TributaryError,
  toBase64,
} from "@tributary/proto";
import { type BatchOperation, Level } from "level";
import { plus, type Tally } from "../feed/tally.ts";
import type {
  FeedChange,
  FeedState,
  FeedStore,
  KeptBatch,
  LocalRef,
  Outbox,
  RecordState,
  RowEntry,
  StagedChunk,
  StoredHeader,
  WaitingBatch,
} from "../ports/feed-store.ts";
import type { AgentState } from "../sync/agent-state.ts";
import type { SourceState } from "../sync/source-state.ts";
import { codeOf, isDiskFull, isLocked, reasonOf } from "./level-errors.ts";
import { damagedTableIn } from "./level-files.ts";

type Database = Level<Uint8Array, Uint8Array>;
type Operation = BatchOperation<Database, Uint8Array | string, Uint8Array | string>;

const TABLE = {
  feed: 0x01,
  header: 0x02,
  records: 0x03,
  outbox: 0x04,
  receipt: 0x05,
  row: 0x06,
  record: 0x07,
  source: 0x08,
  agent: 0x09,
  staged: 0x0a,
  kept: 0x0b,
} as const;

const CHECKSUM_BYTES = 8;
const SIGNATURE_BYTES = 64;
/** Row states are texts, and read as such: a Buffer for each of 100,000 keys costs more than all the rest. */
const TEXT = { keyEncoding: "utf8", valueEncoding: "utf8" } as const;
/** Entries that an iterator holds in memory at once. */
const SCAN_SIZE = 512;
/** Bytes of them that are read ahead. */
const SCAN_BYTES = 2 ** 17;

/**
 * Opens the store in `folder`, which is made if it is missing.
 *
 * @throws {TributaryError} `ERR_FOLDER_IN_USE` if another process has it open, `ERR_STORE_FULL`,
 * `ERR_STORE_DAMAGED` if one of its tables is damaged or LevelDB cannot open it.
 */
export async function openLevelFeedStore(folder: string): Promise<FeedStore> {
  const found = await damagedTableIn(folder);
  if (found !== undefined) throw damaged(`the database, ${found},`);
  const database: Database = new Level(folder, {
    keyEncoding: "view",
    valueEncoding: "view",
  });
  try {
    await database.open();
  } catch (error) {
    throw openError(error, folder);
  }
  return new LevelFeedStore(database);
}

class LevelFeedStore implements FeedStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async commit(change: FeedChange): Promise<void> {
    const operations: Operation[] = [];
    const { feed, batch } = change;
    if (feed !== undefined) {
      operations.push(put(feedKey(feed.ordinal), encodeFeed(feed)));
      if (batch === undefined) await this.#emptyOutboxesBefore(feed.ordinal, operations);
    }
    if (batch !== undefined) {
      if (feed === undefined) throw new TypeError("a batch needs the state of its feed");
      const { seq, header, signature, records, tally } = batch;
      const { ordinal } = feed;
      operations.push(
        put(batchKey(TABLE.header, ordinal, seq), checked(concat(signature, header))),
        put(batchKey(TABLE.records, ordinal, seq), checked(records)),
        put(
          batchKey(TABLE.outbox, ordinal, seq),
          checkedJson({ bytes: records.length, tally } satisfies WaitingBatch),
        ),
      );
    }
    if (change.receipt !== undefined) {
      const { feed: ordinal, seq, receipt } = change.receipt;
      operations.push(
        put(batchKey(TABLE.receipt, ordinal, seq), checked(receipt)),
        put(batchKey(TABLE.kept, ordinal, seq), checked(uint32(change.receipt.bytes))),
        del(batchKey(TABLE.outbox, ordinal, seq)),
      );
    }
    for (const { feed: ordinal, seq } of change.dropped ?? []) {
      operations.push(
        del(batchKey(TABLE.records, ordinal, seq)),
        del(batchKey(TABLE.kept, ordinal, seq)),
      );
    }
    if (change.forgetsStates) {
      const states = { gte: Uint8Array.of(TABLE.row), lt: Uint8Array.of(TABLE.record + 1) };
      for await (const key of this.#database.keys(states)) operations.push(del(key));
    }
    for (const { sourceId, rowHash, entry } of change.rows ?? []) {
      const key = rowKeyText(sourceId, rowHash);
      operations.push(
        entry === undefined ? delText(key) : putText(key, summed(key, encodeRow(entry))),
      );
    }
    for (const state of change.records ?? []) {
      const key = recordKeyText(state);
      operations.push(putText(key, summed(key, encodeRecordState(state))));
    }
    for (const state of change.sources ?? []) {
      operations.push(put(sourceKey(state.sourceId), checkedJson(state)));
    }
    if (change.agent !== undefined) {
      operations.push(put(Uint8Array.of(TABLE.agent), checkedJson(change.agent)));
    }
    await this.#write(operations, true);
  }

  async feeds(): Promise<readonly FeedState[]> {
    const feeds: FeedState[] = [];
    for await (const [, value] of this.#scan(prefixRange(Uint8Array.of(TABLE.feed)))) {
      const feed = decodeFeed(value);
      feeds.push({ ...feed, live: feed.live ?? (await this.#signed()) });
    }
    return feeds;
  }

  /** Live records by source that were signed. A folder of an earlier version did not count those that were accepted. */
  async #signed(): Promise<FeedState["live"]> {
    const sources = [...(await this.sources()).values()];
    return Object.fromEntries(sources.map(({ sourceId, liveRecords }) => [sourceId, liveRecords]));
  }

  async header(ordinal: number, seq: bigint): Promise<StoredHeader | undefined> {
    const value = await this.#database.get(batchKey(TABLE.header, ordinal, seq));
    return value === undefined ? undefined : decodeHeader(seq, value);
  }

  async *headers(ordinal: number, from: bigint): AsyncIterable<StoredHeader> {
    const end = batchKey(TABLE.header, ordinal + 1, 0n);
    for await (const [key, value] of this.#scan({
      gte: batchKey(TABLE.header, ordinal, from),
      lt: end,
    })) {
      yield decodeHeader(seqOf(key), value);
    }
  }

  async records(ordinal: number, seq: bigint): Promise<Uint8Array | undefined> {
    return this.#getChecked(batchKey(TABLE.records, ordinal, seq), "the records of a batch");
  }

  async *kept(): AsyncIterable<KeptBatch> {
    for await (const [key, value] of this.#scan(prefixRange(Uint8Array.of(TABLE.kept)))) {
      const feed = new DataView(key.buffer, key.byteOffset).getUint32(1);
      yield { feed, seq: seqOf(key), bytes: sizeOrNothing(value) };
    }
  }

  async receipt(ordinal: number, seq: bigint): Promise<Uint8Array | undefined> {
    return this.#getChecked(batchKey(TABLE.receipt, ordinal, seq), "a receipt");
  }

  async outbox(ordinal: number): Promise<Outbox> {
    let firstSeq: bigint | undefined;
    let batches = 0;
    let bytes = 0;
    let tally: Tally = {};
    for await (const [key, value] of this.#scan(outboxRange(ordinal, ordinal + 1))) {
      const waiting = decodeWaiting(value);
      firstSeq ??= seqOf(key);
      batches += 1;
      bytes += waiting.bytes;
      tally = plus(tally, waiting.tally);
    }
    return { firstSeq, batches, bytes, tally };
  }

  async waiting(ordinal: number, seq: bigint): Promise<WaitingBatch | undefined> {
    const value = await this.#database.get(batchKey(TABLE.outbox, ordinal, seq));
    return value === undefined ? undefined : decodeWaiting(value);
  }

  async *rows(sourceId: string): AsyncIterable<readonly RowEntry[]> {
    const prefix = Buffer.from(rowKeyText(sourceId, ""));
    const iterator = this.#database.iterator<Buffer, Buffer>({
      gte: prefix,
      lt: Buffer.concat([prefix, Uint8Array.of(0x7f)]),
      keyEncoding: "buffer",
      valueEncoding: "buffer",
      highWaterMarkBytes: SCAN_BYTES,
    });
    for await (const entries of inChunks(iterator)) {
      yield entries.map(([key, value]) =>
        decodeRow(key.toString("latin1", prefix.length), unsummedBytes(key, value)),
      );
    }
  }

  async recordStates(refs: readonly LocalRef[]): Promise<readonly (RecordState | undefined)[]> {
    const keys = refs.map(recordKeyText);
    const values = await this.#database.getMany<string, string>(keys, TEXT);
    return values.map((value, index) =>
      value === undefined
        ? undefined
        : decodeRecordState(refs[index] as LocalRef, unsummed(keys[index] as string, value)),
    );
  }

  async sources(): Promise<ReadonlyMap<string, SourceState>> {
    const states = new Map<string, SourceState>();
    for await (const [, value] of this.#scan(prefixRange(Uint8Array.of(TABLE.source)))) {
      const state = uncheckedJson(value, "a source state") as SourceState;
      states.set(state.sourceId, state);
    }
    return states;
  }

  async agent(): Promise<AgentState> {
    const value = await this.#database.get(Uint8Array.of(TABLE.agent));
    return value === undefined ? {} : (uncheckedJson(value, "the agent state") as AgentState);
  }

  async stage(sourceId: string, chunk: StagedChunk): Promise<void> {
    const last = await this.#database
      .keys({ ...prefixRange(stagedKey(sourceId)), reverse: true, limit: 1 })
      .all();
    const index = last[0] === undefined ? 0 : readUint32(last[0].subarray(-4)) + 1;
    await this.#write([put(stagedKey(sourceId, index), checked(serialize(chunk)))], false);
  }

  async *staged(sourceId: string): AsyncIterable<StagedChunk> {
    for await (const [, value] of this.#scan(prefixRange(stagedKey(sourceId)), 1)) {
      yield deserialize(unchecked(value, "a chunk that was set aside")) as StagedChunk;
    }
  }

  async clearStaged(sourceId: string): Promise<void> {
    await this.#database.clear(prefixRange(stagedKey(sourceId)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database.close();
  }

  async #emptyOutboxesBefore(ordinal: number, operations: Operation[]): Promise<void> {
    for await (const key of this.#database.keys(outboxRange(0, ordinal))) {
      const records = Uint8Array.from(key);
      records[0] = TABLE.records;
      operations.push(del(key), del(records));
    }
  }

  async #getChecked(key: Uint8Array, what: string): Promise<Uint8Array | undefined> {
    const value = await this.#database.get(key);
    return value === undefined ? undefined : unchecked(value, what);
  }

  async *#scan(
    range: { readonly gte: Uint8Array; readonly lt: Uint8Array },
    size = SCAN_SIZE,
  ): AsyncGenerator<[Uint8Array, Uint8Array]> {
    for await (const entries of inChunks(this.#database.iterator(range), size)) yield* entries;
  }

  async #write(operations: Operation[], isSynced: boolean): Promise<void> {
    try {
      await this.#database.batch(operations, { sync: isSynced });
    } catch (error) {
      throw writeError(error);
    }
  }
}

/** Entries in chunks, since a promise for each of them costs more than the entry. */
async function* inChunks<Entry>(
  iterator: { nextv(size: number): Promise<Entry[]>; close(): Promise<void> },
  size = SCAN_SIZE,
): AsyncGenerator<readonly Entry[]> {
  try {
    let next = iterator.nextv(size);
    for (;;) {
      const entries = await next;
      if (entries.length === 0) return;
      // Read while the caller is busy with these; a failure is told when it is their turn.
      next = iterator.nextv(size);
      next.catch(() => {});
      yield entries;
    }
  } finally {
    await iterator.close();
  }
}

function put(key: Uint8Array, value: Uint8Array): Operation {
  return { type: "put", key, value };
}

function del(key: Uint8Array): Operation {
  return { type: "del", key };
}

function putText(key: string, value: string): Operation {
  return { type: "put", key, value, ...TEXT };
}

function delText(key: string): Operation {
  return { type: "del", key, ...TEXT };
}

// Keys.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

function feedKey(ordinal: number): Uint8Array {
  return concat(Uint8Array.of(TABLE.feed), uint32(ordinal));
}

function batchKey(table: number, ordinal: number, seq: bigint): Uint8Array {
  const key = new Uint8Array(13);
  const view = new DataView(key.buffer);
  key[0] = table;
  view.setUint32(1, ordinal);
  view.setBigUint64(5, seq);
  return key;
}

function seqOf(key: Uint8Array): bigint {
  return new DataView(key.buffer, key.byteOffset).getBigUint64(5);
}

function outboxRange(fromOrdinal: number, toOrdinal: number) {
  return {
    gte: batchKey(TABLE.outbox, fromOrdinal, 0n),
    lt: batchKey(TABLE.outbox, toOrdinal, 0n),
  };
}

function rowKeyText(sourceId: string, rowHash: string): string {
  return `${String.fromCharCode(TABLE.row)}${sourceId}\0${rowHash}`;
}

function recordKeyText({ kind, key }: LocalRef): string {
  return `${String.fromCharCode(TABLE.record)}${kind}\0${key}`;
}

function sourceKey(sourceId: string): Uint8Array {
  return concat(Uint8Array.of(TABLE.source), encoder.encode(sourceId));
}

function stagedKey(sourceId: string, index?: number): Uint8Array {
  const prefix = concat(Uint8Array.of(TABLE.staged), encoder.encode(`${sourceId}\0`));
  return index === undefined ? prefix : concat(prefix, uint32(index));
}

/** All keys that start with `prefix`, whose last byte is below 0xff. */
function prefixRange(prefix: Uint8Array) {
  const lt = prefix.slice();
  lt[lt.length - 1] = (prefix.at(-1) as number) + 1;
  return { gte: prefix, lt };
}

// Values.

interface FeedJson
  extends Omit<FeedState, "feedId" | "nextSeq" | "lastHash" | "nextRecordSeq" | "live"> {
  readonly live?: FeedState["live"];
  readonly feedId: string;
  readonly nextSeq: string;
  readonly lastHash: string;
  readonly nextRecordSeq: string;
}

function encodeFeed(feed: FeedState): Uint8Array {
  const json: FeedJson = {
    ...feed,
    feedId: toBase64(feed.feedId),
    nextSeq: String(feed.nextSeq),
    lastHash: toBase64(feed.lastHash),
    nextRecordSeq: String(feed.nextRecordSeq),
  };
  return checkedJson(json);
}

function decodeFeed(
  value: Uint8Array,
): Omit<FeedState, "live"> & { readonly live?: FeedState["live"] } {
  const json = uncheckedJson(value, "the state of the feed") as FeedJson;
  return {
    ...json,
    feedId: fromBase64(json.feedId),
    nextSeq: BigInt(json.nextSeq),
    lastHash: fromBase64(json.lastHash),
    nextRecordSeq: BigInt(json.nextRecordSeq),
  };
}

function decodeHeader(seq: bigint, value: Uint8Array): StoredHeader {
  const bytes = unchecked(value, "a batch header");
  return {
    seq,
    signature: bytes.slice(0, SIGNATURE_BYTES),
    header: bytes.slice(SIGNATURE_BYTES),
  };
}

function decodeWaiting(value: Uint8Array): WaitingBatch {
  const what = "what is known of a batch that waits";
  const bytes = unchecked(value, what);
  // An earlier version kept the size alone.
  if (bytes.length === 4) return { bytes: readUint32(bytes), tally: {} };
  return parseJson(decoder.decode(bytes), what) as WaitingBatch;
}

function encodeRow({ kind, key, feed, isRemarked }: RowEntry): string {
  return `${feed}\0${isRemarked ? "!" : ""}\0${kind}\0${key}`;
}

/** Reads the parts from the bytes: parts of a string would each keep the whole string in memory. */
function decodeRow(rowHash: string, value: Buffer): RowEntry {
  const mark = value.indexOf(0) + 1;
  const kind = value.indexOf(0, mark) + 1;
  const key = value.indexOf(0, kind) + 1;
  const kindName = KIND_NAMES.get(value.toString("latin1", kind, key - 1));
  if (mark === 0 || kind === 0 || key === 0 || kindName === undefined) throw damagedState();
  return {
    rowHash,
    feed: Number(value.toString("latin1", 0, mark - 1)),
    isRemarked: kind - mark > 1,
    kind: kindName,
    key: value.toString("utf8", key),
  };
}

/** One string for each kind, not one a row. */
const KIND_NAMES: ReadonlyMap<string, RecordKind> = new Map(
  RECORD_KINDS.map((kind) => [kind, kind]),
);

function encodeRecordState(state: RecordState): string {
  const { sourceId, revision, contentHash, feed, isLive } = state;
  return JSON.stringify([sourceId, String(revision), toBase64(contentHash), feed, isLive]);
}

function decodeRecordState(ref: LocalRef, value: string): RecordState {
  const [sourceId, revision, contentHash, feed, isLive] = parseJson(value, "a record state") as [
    string,
    string,
    string,
    number,
    boolean,
  ];
  return {
    kind: ref.kind,
    key: ref.key,
    sourceId,
    revision: BigInt(revision),
    contentHash: fromBase64(contentHash),
    feed,
    isLive,
  };
}

const SUM_LENGTH = 8;

/** A state behind its CRC-32, over the key too: against accidents, and cheap enough for each of 100,000 rows. */
function summed(key: string, state: string): string {
  return hexOf(crc32(state, crc32(key))) + state;
}

/** The state behind its sum. @throws {TributaryError} `ERR_STORE_DAMAGED` of `states` if they do not match. */
function unsummed(key: string, value: string): string {
  const state = value.slice(SUM_LENGTH);
  if (value.slice(0, SUM_LENGTH) !== hexOf(crc32(state, crc32(key)))) throw damagedState();
  return state;
}

/** The same for bytes. */
function unsummedBytes(key: Buffer, value: Buffer): Buffer {
  const state = value.subarray(SUM_LENGTH);
  const sum = hexOf(crc32(state, crc32(key)));
  if (value.toString("latin1", 0, SUM_LENGTH) !== sum) throw damagedState();
  return state;
}

function hexOf(sum: number): string {
  return sum.toString(16).padStart(SUM_LENGTH, "0");
}

function checkedJson(value: object): Uint8Array {
  return checked(encoder.encode(JSON.stringify(value)));
}

function uncheckedJson(value: Uint8Array, what: string): unknown {
  return parseJson(decoder.decode(unchecked(value, what)), what);
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(what, cause);
  }
}

function checked(bytes: Uint8Array): Uint8Array {
  return concat(sha256(bytes).subarray(0, CHECKSUM_BYTES), bytes);
}

/** The bytes behind their checksum. @throws {TributaryError} `ERR_STORE_DAMAGED` if they do not match. */
function unchecked(value: Uint8Array, what: string): Uint8Array {
  // Level answers Buffers, whose slice() does not copy.
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.length).subarray(
    CHECKSUM_BYTES,
  );
  if (
    value.length < CHECKSUM_BYTES ||
    !equalBytes(sha256(bytes).subarray(0, CHECKSUM_BYTES), value.subarray(0, CHECKSUM_BYTES))
  ) {
    throw damaged(what);
  }
  return bytes;
}

/** A size that nothing but a budget rests on: damage of it is no reason to stop. */
function sizeOrNothing(value: Uint8Array): number {
  try {
    return readUint32(unchecked(value, "the size of a batch"));
  } catch (error) {
    if (isTributaryError(error, "ERR_STORE_DAMAGED")) return 0;
    throw error;
  }
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function readUint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

// Errors.

function openError(error: unknown, folder: string): unknown {
  if (isLocked(error)) {
    return new TributaryError(
      "ERR_FOLDER_IN_USE",
      `another process of the agent is using ${folder}; stop it, or use the commands that talk to it (status, pause, resume, feed)`,
      {
        messageZh: `另一个进程正在使用 ${folder}；请先停止它，或使用可与其通信的命令（status、pause、resume、feed）`,
        cause: error,
      },
    );
  }
  return writeError(reasonOf(error));
}

function writeError(error: unknown): unknown {
  if (isTributaryError(error) || codeOf(error) === undefined) return error;
  if (isDiskFull(error)) {
    return new TributaryError(
      "ERR_STORE_FULL",
      "the disk of the agent's folder is full; free some space, the agent goes on by itself",
      { messageZh: "本程序所在磁盘已满；请清理空间，之后会自动继续", cause: error },
    );
  }
  return damaged("the database", error);
}

function damagedState(): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    "what the agent remembers of rows is damaged on its disk; it opens a new feed and publishes everything once more",
    {
      messageZh: "磁盘上的行状态已损坏；程序将开启新的发布序列并重新发布全部记录",
      details: { what: "states" },
    },
  );
}

function damaged(what: string, cause?: unknown): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    `${what} in the agent's data folder is damaged; move the folder "data" away and start again: the agent opens a new feed and publishes everything once more`,
    {
      messageZh: `数据目录已损坏（${what}）；请移走 data 目录后重新启动，程序会开启新的发布序列并重新发布全部记录`,
      cause,
    },
  );
}
