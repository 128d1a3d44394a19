/**
 * The signed feed of a center, with its outbox.
 *
 * A batch is signed, then written together with the row states that it stands for in one synced write, and only then
 * may it be sent. So there is never a second header for one (feed, sequence): whatever left the machine is on disk, and
 * a start goes on behind it. A database that went back in time is found by the mark file or by the hub, and a new feed
 * is opened instead of signing over what was sent.
 *
 * @module
 */

import {
  buildBatch,
  type Clock,
  encodeRecord,
  encodeSignedBatch,
  equalBytes,
  isTributaryError,
  parseSignedBatch,
  type SigningKey,
  sha256,
  TributaryError,
  type VerifiedReceipt,
  verifyReceipt,
} from "@tributary/proto";
import type { FeedMark } from "../ports/feed-mark.ts";
import type {
  FeedReason,
  FeedState,
  FeedStore,
  KeptBatch,
  Outbox,
  RecordState,
  RowChange,
  StoredHeader,
  WaitingBatch,
} from "../ports/feed-store.ts";
import { Notifier } from "./notifier.ts";
import type { RecordDraft } from "./record-draft.ts";
import type { Steps } from "./steps.ts";
import { grown, minus, plus, tallyOf } from "./tally.ts";

const SALT_BYTES = 16;
const FEED_ID_BYTES = 16;
const HASH_BYTES = 32;
const EMPTY_OUTBOX: Outbox = { firstSeq: undefined, batches: 0, bytes: 0, tally: {} };

/** What a feed needs. */
export interface FeedOptions {
  readonly store: FeedStore;
  readonly mark: FeedMark;
  /** Signs until {@link Feed.changeKey}. */
  readonly key: SigningKey;
  readonly centerId: string;
  /** The hub that it is for, as in its checkpoints. */
  readonly hubOrigin: string;
  /** C2SP verifier key of the hub. */
  readonly hubVkey: string;
  /** Most bytes of records that wait for receipts. */
  readonly maxOutboxBytes: number;
  /** Most bytes of records that are kept after their receipts, for a hub that loses its own; the oldest go first. */
  readonly maxKeptBytes: number;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly steps: Steps;
}

/** What one batch is made of. */
export interface FeedAppend {
  /** Ordinal of the feed that the drafts were made for. */
  readonly feed: number;
  /** At most 4096. */
  readonly drafts: readonly RecordDraft[];
  readonly rows: readonly RowChange[];
}

/** A batch that waits for its receipt, ready to send. */
export interface PendingBatch {
  readonly seq: bigint;
  /** Bytes of a SignedBatch. */
  readonly frame: Uint8Array;
}

/** What the hub has of a source, and what it does not have yet. */
export interface SourceStanding {
  /** Records that are live by the batches of this feed that the hub has accepted. */
  readonly published: number;
  /** Records of batches in the outbox: new ones, new revisions and withdrawals. */
  readonly waiting: number;
}

/**
 * Opens the current feed of a store, or a new one if there is none or the store went back in time.
 *
 * @throws {TributaryError} `ERR_STORE_FULL`, `ERR_STORE_DAMAGED`.
 */
export async function openFeed(options: FeedOptions): Promise<Feed> {
  const { store, mark } = options;
  const feeds = await store.feeds();
  const current = feeds.at(-1);
  const marked = await mark.read();
  const lostFeed = marked !== undefined && !feeds.some((f) => equalBytes(f.feedId, marked.feedId));
  if (current === undefined) return beginFeed(options, 1, lostFeed ? "restored" : "first");

  // A mark of an earlier feed says nothing of this one: it was renewed, and nothing of it has left yet.
  const markedSeq =
    marked !== undefined && equalBytes(current.feedId, marked.feedId) ? marked.seq : undefined;
  const isBehindMark = lostFeed || (markedSeq !== undefined && markedSeq >= current.nextSeq);
  if (isBehindMark) return beginFeed(options, current.ordinal + 1, "restored");
  const outbox = await checkedOutbox(store, current);
  if (outbox === undefined) return beginFeed(options, current.ordinal + 1, "damaged");
  return new Feed(options, current, outbox, await keptBytesOf(store), markedSeq);
}

async function beginFeed(options: FeedOptions, ordinal: number, reason: FeedReason): Promise<Feed> {
  const feed = await writeNewFeed(options, ordinal, reason);
  return new Feed(options, feed, EMPTY_OUTBOX, await keptBytesOf(options.store), undefined);
}

async function keptBytesOf(store: FeedStore): Promise<number> {
  let sum = 0;
  for await (const { bytes } of store.kept()) sum += bytes;
  return sum;
}

async function writeNewFeed(
  { store, clock, random }: FeedOptions,
  ordinal: number,
  reason: FeedReason,
  forgetsStates = false,
): Promise<FeedState> {
  const feed: FeedState = {
    ordinal,
    feedId: random(FEED_ID_BYTES),
    reason,
    openedAtMs: clock.now(),
    nextSeq: 0n,
    lastHash: new Uint8Array(HASH_BYTES),
    nextRecordSeq: 0n,
    isSnapshotOpen: true,
    live: {},
  };
  await store.commit({ feed, forgetsStates });
  return feed;
}

/** The outbox of a feed; undefined if the newest header is not the one that the feed names, or a batch is missing. */
async function checkedOutbox(store: FeedStore, feed: FeedState): Promise<Outbox | undefined> {
  try {
    if (feed.nextSeq > 0n) {
      const newest = await store.header(feed.ordinal, feed.nextSeq - 1n);
      if (newest === undefined || !equalBytes(sha256(newest.header), feed.lastHash)) {
        return undefined;
      }
    }
    const outbox = await store.outbox(feed.ordinal);
    const { firstSeq, batches } = outbox;
    const isDense = firstSeq === undefined || firstSeq + BigInt(batches) === feed.nextSeq;
    return isDense ? outbox : undefined;
  } catch (error) {
    if (isTributaryError(error, "ERR_STORE_DAMAGED")) return undefined;
    throw error;
  }
}

/** An open feed. Its methods may be called concurrently: writes happen one after the other. */
export class Feed {
  readonly #options: FeedOptions;
  #key: SigningKey;
  #state: FeedState;
  /** Owner: `append`, `acknowledge`, `renew`, all inside {@link Feed.#exclusively}. */
  #outbox: Outbox;
  /** Bytes of records with receipts. */
  #keptBytes: number;
  /** Highest sequence that the mark file holds for the current feed. */
  #markedSeq: bigint | undefined;
  /** Set when it is unknown whether a write happened: only opening the store again tells. */
  #failure: unknown;
  #lastWrite: Promise<unknown> = Promise.resolve();
  readonly #changes = new Notifier();

  /** Use {@link openFeed}. */
  constructor(
    options: FeedOptions,
    state: FeedState,
    outbox: Outbox,
    keptBytes: number,
    markedSeq: bigint | undefined,
  ) {
    this.#options = options;
    this.#key = options.key;
    this.#state = state;
    this.#outbox = outbox;
    this.#keptBytes = keptBytes;
    this.#markedSeq = markedSeq;
  }

  /** The key that signs now. */
  get key(): SigningKey {
    return this.#key;
  }

  get state(): FeedState {
    return this.#state;
  }

  get outbox(): Outbox {
    return this.#outbox;
  }

  /** How the records of a source stand with the hub. */
  standing(sourceId: string): SourceStanding {
    const { records, growth } = this.#outbox.tally[sourceId] ?? { records: 0, growth: 0 };
    return { published: (this.#state.live[sourceId] ?? 0) - growth, waiting: records };
  }

  /** Counts appended batches and new feeds; wakes who waits for them. */
  get changes(): Notifier {
    return this.#changes;
  }

  /**
   * Signs a batch and writes it; durable on return.
   *
   * @throws {TributaryError} `ERR_OUTBOX_FULL` if the outbox has no room, then nothing happened; `ERR_FEED_RENEWED` if
   * another feed was opened since the drafts were made; `ERR_STORE_FULL` or `ERR_STORE_DAMAGED` if the write failed:
   * the feed is then unusable until it is opened again.
   */
  append(batch: FeedAppend): Promise<void> {
    return this.#exclusively(() => this.#append(batch, "none"));
  }

  /** Ends the opening snapshot: what the feed before held and this one does not repeat is withdrawn. */
  endSnapshot(feed: number): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#state.isSnapshotOpen) await this.#append({ feed, drafts: [], rows: [] }, "end");
    });
  }

  /** The first batch at or behind `from` that waits for a receipt; undefined if there is none. */
  async pendingFrom(from: bigint): Promise<PendingBatch | undefined> {
    const { ordinal, nextSeq } = this.#state;
    const first = this.#outbox.firstSeq;
    if (first === undefined) return undefined;
    const seq = from > first ? from : first;
    if (seq >= nextSeq) return undefined;
    const { store } = this.#options;
    const records = await store.records(ordinal, seq);
    const stored = await store.header(ordinal, seq);
    // Gone: acknowledged, or another feed was opened, while this read was under way.
    if (stored === undefined || records === undefined) return undefined;
    const { header, signature } = stored;
    return { seq, frame: encodeSignedBatch({ header, signature, records }) };
  }

  /** Call before a batch leaves: the mark file then names it or a later one, durably. */
  prepareToSend(seq: bigint): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#markedSeq !== undefined && this.#markedSeq >= seq) return;
      const { feedId, nextSeq } = this.#state;
      const newest = nextSeq - 1n;
      await this.#options.mark.write({ feedId, seq: newest });
      this.#markedSeq = newest;
      this.#options.steps("mark");
    });
  }

  /**
   * Verifies a receipt and lets the batch leave the outbox; its records are kept as long as there is room. Receipts come in the order of the batches; a receipt of a
   * batch that has one already changes nothing.
   *
   * @param receipt Untrusted until it verifies.
   * @throws {TributaryError} `ERR_RECEIPT_MISMATCH` if it proves another batch than the one that was sent, and what
   * `verifyReceipt` throws if it proves nothing.
   */
  acknowledge(seq: bigint, receipt: Uint8Array): Promise<VerifiedReceipt> {
    return this.#exclusively(async () => {
      const { store, hubOrigin, hubVkey, steps } = this.#options;
      const verified = await verifyReceipt(receipt, { origin: hubOrigin, vkey: hubVkey });
      const { ordinal } = this.#state;
      assertReceiptOf(await store.header(ordinal, seq), verified, seq);
      steps("receipt");
      if (this.#outbox.firstSeq !== seq) {
        if (this.#outbox.firstSeq !== undefined && seq > this.#outbox.firstSeq) {
          throw mismatch(seq, "an earlier batch has no receipt yet");
        }
        return verified;
      }
      const { bytes, tally } = await this.#waiting(seq);
      const dropped = await this.#tooMany({ feed: ordinal, seq, bytes });
      await this.#commit({ receipt: { feed: ordinal, seq, receipt, bytes }, dropped });
      this.#keptBytes += bytes - dropped.reduce((sum, batch) => sum + batch.bytes, 0);
      const batches = this.#outbox.batches - 1;
      this.#outbox = {
        firstSeq: batches === 0 ? undefined : seq + 1n,
        batches,
        bytes: this.#outbox.bytes - bytes,
        tally: minus(this.#outbox.tally, tally),
      };
      steps("truncate");
      return verified;
    });
  }

  /**
   * A batch that has a receipt, as it was sent: for a hub that lost its records.
   *
   * @returns Bytes of a SignedBatch; undefined where there is no such batch, or its records are gone or damaged.
   */
  async returned(feedId: Uint8Array, seq: bigint): Promise<Uint8Array | undefined> {
    const { store } = this.#options;
    try {
      const feed = (await store.feeds()).find((feed) => equalBytes(feed.feedId, feedId));
      if (feed === undefined || (await store.receipt(feed.ordinal, seq)) === undefined) return;
      const stored = await store.header(feed.ordinal, seq);
      const records = await store.records(feed.ordinal, seq);
      if (stored === undefined || records === undefined) return;
      const { header, signature } = stored;
      return encodeSignedBatch({ header, signature, records });
    } catch (error) {
      if (isTributaryError(error, "ERR_STORE_DAMAGED")) return;
      throw error;
    }
  }

  /**
   * Signs with another key from here on. Nothing is signed while `change` runs; if it throws, the key stays.
   *
   * @param change Told where the feed stands; resolves to the new key.
   */
  changeKey(change: (state: FeedState) => Promise<SigningKey>): Promise<void> {
    return this.#exclusively(async () => {
      this.#key = await change(this.#state);
    });
  }

  /**
   * Gives the current feed up and opens a new one, which begins with a snapshot of everything.
   *
   * @param options.forgetsStates Forgets in the same step what is remembered of rows and records, since it is damaged.
   */
  renew(reason: FeedReason, { forgetsStates = false } = {}): Promise<void> {
    return this.#exclusively(async () => {
      const feed = await this.#poisoning(() =>
        writeNewFeed(this.#options, this.#state.ordinal + 1, reason, forgetsStates),
      );
      this.#state = feed;
      this.#outbox = EMPTY_OUTBOX;
      this.#markedSeq = undefined;
      this.#changes.notify();
    });
  }

  async #append({ feed, drafts, rows }: FeedAppend, snapshot: "none" | "end"): Promise<void> {
    const { centerId, hubOrigin, clock, steps } = this.#options;
    const state = this.#state;
    if (feed !== state.ordinal) {
      throw new TributaryError(
        "ERR_FEED_RENEWED",
        "a new feed was opened while a source was being read; the source is read again",
        { messageZh: "读取数据源期间开启了新的发布序列，将重新读取该数据源" },
      );
    }
    const now = clock.now();
    const { records, states } = this.#envelopes(drafts, now);
    this.#assertRoom(records);
    steps("append");
    const built = await buildBatch(
      {
        hubOrigin,
        centerId,
        feedId: state.feedId,
        seq: state.nextSeq,
        prevHash: state.lastHash,
        firstRecordSeq: state.nextRecordSeq,
        createdAtMs: now,
        snapshot: snapshot === "none" && state.isSnapshotOpen ? "part" : snapshot,
        records,
      },
      this.#key,
    );
    steps("sign");
    const tally = tallyOf(drafts, state.ordinal);
    const next: FeedState = {
      ...state,
      nextSeq: state.nextSeq + 1n,
      lastHash: built.headerHash,
      nextRecordSeq: state.nextRecordSeq + BigInt(drafts.length),
      isSnapshotOpen: state.isSnapshotOpen && snapshot !== "end",
      live: grown(state.live, tally),
    };
    const parts = parseSignedBatch(built.frame);
    await this.#commit({
      feed: next,
      batch: { seq: state.nextSeq, ...parts, tally },
      rows,
      records: states,
    });
    steps("sync");
    this.#state = next;
    this.#outbox = {
      firstSeq: this.#outbox.firstSeq ?? state.nextSeq,
      batches: this.#outbox.batches + 1,
      bytes: this.#outbox.bytes + parts.records.length,
      tally: plus(this.#outbox.tally, tally),
    };
    this.#changes.notify();
  }

  /**
   * Records with their salts and revisions. A revision is the time in ms, or one more than the key's last where the
   * clock is behind it: so that it still increases when the database, and with it the last revision, was lost.
   */
  #envelopes(
    drafts: readonly RecordDraft[],
    nowMs: number,
  ): { readonly records: Uint8Array[]; readonly states: RecordState[] } {
    const salts = this.#options.random(SALT_BYTES * drafts.length);
    const records: Uint8Array[] = [];
    const states: RecordState[] = [];
    for (const [index, draft] of drafts.entries()) {
      const { kind, key, operation, visibility, visibleTo, license, validUntilMs, body } = draft;
      const following = (draft.previous?.revision ?? 0n) + 1n;
      const revision = following > BigInt(nowMs) ? following : BigInt(nowMs);
      records.push(
        encodeRecord({
          salt: salts.subarray(index * SALT_BYTES, (index + 1) * SALT_BYTES),
          kind,
          key,
          operation,
          revision,
          visibility,
          visibleTo,
          license,
          ...(validUntilMs !== undefined && { validUntilMs }),
          body,
          ...(draft.provenance !== undefined && { provenance: draft.provenance }),
        }),
      );
      states.push({
        kind,
        key,
        sourceId: draft.sourceId,
        revision,
        contentHash: draft.contentHash,
        feed: this.#state.ordinal,
        isLive: operation === "upsert",
      });
    }
    return { records, states };
  }

  /** Batches whose records have to go, the oldest first, so that those of another one can be kept. */
  async #tooMany(added: KeptBatch): Promise<KeptBatch[]> {
    let over = this.#keptBytes + added.bytes - this.#options.maxKeptBytes;
    const dropped: KeptBatch[] = [];
    if (over <= 0) return dropped;
    for await (const batch of this.#options.store.kept()) {
      dropped.push(batch);
      over -= batch.bytes;
      if (over <= 0) return dropped;
    }
    return [...dropped, added];
  }

  #assertRoom(records: readonly Uint8Array[]): void {
    const bytes = records.reduce((sum, record) => sum + record.length, 0);
    const { maxOutboxBytes } = this.#options;
    if (this.#outbox.batches === 0 || this.#outbox.bytes + bytes <= maxOutboxBytes) return;
    throw new TributaryError(
      "ERR_OUTBOX_FULL",
      `the outbox holds ${this.#outbox.bytes} bytes that wait for the hub, of at most ${maxOutboxBytes}; nothing was lost, publication goes on when the hub has answered`,
      {
        messageZh: `待发区已有 ${this.#outbox.bytes} 字节等待枢纽确认，上限 ${maxOutboxBytes} 字节；数据未丢失，枢纽确认后会继续发布`,
        details: { bytes: this.#outbox.bytes, limit: maxOutboxBytes },
      },
    );
  }

  #commit(change: Parameters<FeedStore["commit"]>[0]): Promise<void> {
    return this.#poisoning(() => this.#options.store.commit(change));
  }

  async #waiting(seq: bigint): Promise<WaitingBatch> {
    const waiting = await this.#options.store.waiting(this.#state.ordinal, seq);
    if (waiting === undefined) throw new TypeError(`batch ${seq} is not in the outbox`);
    return waiting;
  }

  /** After a failed write it is unknown what is on disk: nothing more is signed until the store is opened again. */
  async #poisoning<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastWrite.then(() => {
      if (this.#failure !== undefined) throw this.#failure;
      return work();
    });
    this.#lastWrite = result.catch(() => {});
    return result;
  }
}

/** Throws unless the receipt's log entry holds exactly what was signed here. */
function assertReceiptOf(
  sent: StoredHeader | undefined,
  { entry }: VerifiedReceipt,
  seq: bigint,
): void {
  if (sent === undefined) throw mismatch(seq, "no such batch was signed");
  if (entry.type !== "batch") throw mismatch(seq, `its entry is a ${entry.type}`);
  if (!equalBytes(entry.statement, sent.header)) throw mismatch(seq, "its header is another one");
  if (!equalBytes(entry.signature, sent.signature)) {
    throw mismatch(seq, "its signature is another one");
  }
}

function mismatch(seq: bigint, problem: string): TributaryError {
  return new TributaryError(
    "ERR_RECEIPT_MISMATCH",
    `the hub's receipt does not prove batch ${seq}: ${problem}; the batch stays in the outbox`,
    {
      messageZh: `枢纽的回执不能证明批次 ${seq} 已入账：该批次保留在待发区`,
      details: { seq },
    },
  );
}
