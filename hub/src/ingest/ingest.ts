/**
 * From a frame to a place in the log.
 *
 * Checks come in the order of their cost, each before the next can cost anything: identity, size, strict parse,
 * center, audience, quota, key, sequence, signature, leaf hashes and root. Bodies and records are never decoded here:
 * a hostile body costs a worker its time limit, not the hub its event loop.
 *
 * Batches of one center are decided one after the other; centers do not wait for each other. What waits for the disk
 * does not hold up the decision about the next batch.
 *
 * @module
 */

import {
  assertAudience,
  type BatchHeaderValue,
  encodeRefusal,
  equalBytes,
  isTributaryError,
  type OpenedBatch,
  openBatch,
  type PublishAnswer,
  refusalOf,
  TributaryError,
  type VerifyingKey,
  verifyBatchSignature,
  verifyOpenedBatch,
} from "@tributary/proto";
import type { CommittedEntry, MerkleLog } from "../log/merkle-log.ts";
import type { OnStep } from "../log/steps.ts";
import type { HubEvents } from "../ports/hub-events.ts";
import {
  advanced,
  type BatchPlace,
  batchFactName,
  decodeBatchPlace,
  encodeBatchPlace,
  type FeedState,
  type FeedTable,
  feedFact,
  type Placement,
} from "./feed-table.ts";
import type { QuotaMeter } from "./quota.ts";

/** What the hub answers to one batch; feed and sequence are empty where the frame could not be read so far. */
export type BatchAnswer = Extract<PublishAnswer, { readonly type: "receipt" | "refusal" }>;

/** Finds the key with which a center may publish now. */
export interface PublisherKeys {
  /**
   * @throws {TributaryError} `ERR_MEMBER_UNKNOWN`, `ERR_MEMBER_STATE` if the center may not publish; `ERR_KEY_UNKNOWN` if
   * the key that the header names is not valid at its place.
   */
  requireKey(header: Pick<BatchHeaderValue, "centerId" | "keyId" | "feedId" | "seq">): VerifyingKey;
}

export interface IngestOptions {
  readonly log: MerkleLog;
  readonly feeds: FeedTable;
  readonly members: PublisherKeys;
  readonly quota: QuotaMeter;
  readonly events: HubEvents;
  /** Origin of this hub: the audience that batches must name. */
  readonly hubOrigin: string;
  readonly onStep: OnStep;
}

interface InFlight {
  readonly headerHash: Uint8Array;
  readonly committed: Promise<CommittedEntry>;
}

/** Takes batches. Safe to call concurrently. */
export class Ingest {
  readonly #log: MerkleLog;
  readonly #feeds: FeedTable;
  readonly #members: PublisherKeys;
  readonly #quota: QuotaMeter;
  readonly #events: HubEvents;
  readonly #hubOrigin: string;
  readonly #onStep: OnStep;
  /** By center: resolves when the decision before is made. */
  readonly #lanes = new Map<string, Promise<void>>();
  /** Accepted batches that wait for the disk, by the name of their fact. */
  readonly #inFlight = new Map<string, InFlight>();

  constructor(options: IngestOptions) {
    this.#log = options.log;
    this.#feeds = options.feeds;
    this.#members = options.members;
    this.#quota = options.quota;
    this.#events = options.events;
    this.#hubOrigin = options.hubOrigin;
    this.#onStep = options.onStep;
  }

  /**
   * Takes one batch of the center that the transport has identified.
   *
   * Batches of one center are decided in the order of calls. A refusal is an answer; what is thrown is a defect.
   *
   * @param frame Attacker-controlled; must not change until the answer is there.
   */
  async accept(centerId: string, frame: Uint8Array): Promise<BatchAnswer> {
    this.#onStep("receive");
    const place: { feedId: Uint8Array; seq: bigint } = { feedId: EMPTY, seq: 0n };
    try {
      const batch = openBatch(frame);
      place.feedId = batch.header.feedId;
      place.seq = batch.header.seq;
      // The decision is what takes its turn; its outcome is waited for outside of the lane.
      const { outcome } = await this.#inLane(centerId, () =>
        this.#decide(centerId, batch, frame.length),
      );
      return { ...place, type: "receipt", receipt: await outcome };
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      this.#events.batchRefused(centerId, error.code);
      return { ...place, type: "refusal", refusal: refusalOf(error) };
    }
  }

  /** Where a feed stands; the center's open one if `feedId` is left out. Undefined when the hub knows none. */
  feedHead(centerId: string, feedId?: Uint8Array): FeedState | undefined {
    return this.#feeds.get(centerId, feedId);
  }

  async #decide(
    centerId: string,
    batch: OpenedBatch,
    bytes: number,
  ): Promise<{ readonly outcome: Promise<Uint8Array> }> {
    const { header } = batch;
    if (header.centerId !== centerId) throw wrongCenter(header.centerId, centerId);
    assertAudience(header, this.#hubOrigin);
    this.#quota.take(centerId, header.recordCount, bytes);
    const key = this.#members.requireKey(header);
    const placement = this.#feeds.place(header);
    switch (placement.type) {
      case "seen":
        return { outcome: this.#answerSeen(batch, key, placement.feed) };
      case "fork":
        await verifyBatchSignature(batch.headerBytes, batch.signature, key);
        throw await this.#pause(batch, placement.feed, forked(placement.feed));
      case "next":
        await verifyOpenedBatch(batch, { hubOrigin: this.#hubOrigin, key });
        this.#onStep("verify");
        return { outcome: this.#append(batch) };
      default:
        throw notNext(placement, batch);
    }
  }

  /** Appends a verified batch, unless a member's state or a feed's pause has changed while it was verified. */
  #append(batch: OpenedBatch): Promise<Uint8Array> {
    const { header, headerBytes, headerHash, signature, records } = batch;
    this.#members.requireKey(header);
    const placement = this.#feeds.place(header);
    if (placement.type !== "next") throw notNext(placement, batch);
    const { feed, closes } = placement;
    const changed = [
      ...(closes === undefined ? [] : [{ ...closes, isOpen: false }]),
      advanced(feed, header, headerHash),
    ];
    const undo: (() => void)[] = [];
    const name = batchFactName(header.centerId, header.feedId, header.seq);
    const committed = this.#log.append({
      type: "batch",
      statement: headerBytes,
      signature,
      records,
      facts: (position) => [
        ...changed.map(feedFact),
        [name, encodeBatchPlace({ position, headerHash })],
      ],
      abandon: () => {
        for (const undoOne of undo.reverse()) undoOne();
      },
    });
    for (const state of changed) undo.push(this.#feeds.set(state));
    this.#inFlight.set(name, { headerHash, committed });
    const forget = () => this.#inFlight.delete(name);
    committed.then(forget, forget);
    return committed.then(({ receipt }) => {
      this.#events.batchAccepted(header.centerId, header.recordCount, records.length);
      return receipt;
    });
  }

  /** A sequence that was accepted before: the same batch has its receipt, another is proof of two histories. */
  async #answerSeen(batch: OpenedBatch, key: VerifyingKey, feed: FeedState): Promise<Uint8Array> {
    const { header, headerHash } = batch;
    const name = batchFactName(header.centerId, header.feedId, header.seq);
    const waiting = this.#inFlight.get(name);
    const accepted = waiting ?? (await this.#placeOf(name));
    if (equalBytes(accepted.headerHash, headerHash)) {
      this.#events.batchRepeated(header.centerId);
      return "committed" in accepted
        ? (await accepted.committed).receipt
        : this.#log.issuedReceipt(accepted.position);
    }
    await verifyBatchSignature(batch.headerBytes, batch.signature, key);
    throw await this.#pause(
      batch,
      this.#feeds.get(header.centerId, header.feedId) ?? feed,
      equivocated(header.seq),
    );
  }

  async #placeOf(name: string): Promise<BatchPlace> {
    const fact = await this.#log.fact(name);
    if (fact === undefined) {
      throw new TributaryError(
        "ERR_LOG_DAMAGED",
        `the hub does not find a batch that it accepted (${name}); run: tributary-hub fsck`,
        { messageZh: `枢纽找不到已接收的批次（${name}），请运行：tributary-hub fsck` },
      );
    }
    return decodeBatchPlace(fact);
  }

  /** Keeps the signed header as evidence and pauses the feed, once; resolves to the error to answer. */
  async #pause(
    batch: OpenedBatch,
    feed: FeedState,
    error: TributaryError,
  ): Promise<TributaryError> {
    if (feed.pausedCode !== "") return error;
    const paused = { ...feed, pausedCode: error.code };
    let undo = () => {};
    const committed = this.#log.append({
      type: "refusal",
      statement: batch.headerBytes,
      signature: batch.signature,
      detail: encodeRefusal(refusalOf(error)),
      facts: () => [feedFact(paused)],
      abandon: () => undo(),
    });
    undo = this.#feeds.set(paused);
    await committed;
    this.#events.feedPaused(feed.centerId, error.code);
    return error;
  }

  #inLane<T>(centerId: string, decide: () => Promise<T>): Promise<T> {
    const before = this.#lanes.get(centerId) ?? Promise.resolve();
    const result = before.then(decide);
    const done = result.then(
      () => undefined,
      () => undefined,
    );
    this.#lanes.set(centerId, done);
    // An empty lane is forgotten, so that there are never more lanes than centers that send.
    done.then(() => {
      if (this.#lanes.get(centerId) === done) this.#lanes.delete(centerId);
    });
    return result;
  }
}

const EMPTY = new Uint8Array();

function wrongCenter(named: string, caller: string): TributaryError {
  return new TributaryError(
    "ERR_WRONG_CENTER",
    `the batch is of ${named} and the caller is ${caller}; a center publishes its own records only`,
    { messageZh: `批次属于 ${named}，而调用方是 ${caller}；中心只能发布自己的记录` },
  );
}

function equivocated(seq: bigint): TributaryError {
  return new TributaryError(
    "ERR_BATCH_EQUIVOCATION",
    `another batch was accepted under sequence ${seq}; both headers are kept and the feed is paused until an operator decides`,
    {
      messageZh: `序号 ${seq} 已接收过另一个批次；两个批次头均已留证，数据流暂停，等待运营人员处理`,
      details: { seq },
    },
  );
}

function forked(feed: FeedState): TributaryError {
  return new TributaryError(
    "ERR_BATCH_FORK",
    `batch ${feed.nextSeq} does not follow the newest accepted batch; the feed is paused until an operator decides`,
    {
      messageZh: `批次 ${feed.nextSeq} 与最近接收的批次不衔接；数据流暂停，等待运营人员处理`,
      details: { seq: feed.nextSeq },
    },
  );
}

function notNext(placement: Placement, { header }: OpenedBatch): TributaryError {
  switch (placement.type) {
    case "gap":
      return new TributaryError(
        "ERR_BATCH_GAP",
        `batch ${header.seq} came and ${placement.feed.nextSeq} is expected; send again from there`,
        {
          messageZh: `收到批次 ${header.seq}，应为 ${placement.feed.nextSeq}；请从该序号重新发送`,
          details: { expectedSeq: placement.feed.nextSeq },
        },
      );
    case "miscounted":
      return new TributaryError(
        "ERR_HEADER_MALFORMED",
        `first_record_seq is ${header.firstRecordSeq} and ${placement.feed.nextRecordSeq} is expected`,
        {
          messageZh: `first_record_seq 为 ${header.firstRecordSeq}，应为 ${placement.feed.nextRecordSeq}`,
          details: { field: "first_record_seq", got: header.firstRecordSeq },
        },
      );
    case "unknown":
      return new TributaryError(
        "ERR_FEED_UNKNOWN",
        `the hub does not know the feed and the batch is number ${header.seq}; open a new feed with a snapshot`,
        { messageZh: `枢纽不认识该数据流（批次序号 ${header.seq}），请以快照开启新的数据流` },
      );
    case "other-feed-open":
      return new TributaryError(
        "ERR_FEED_OPEN",
        "another feed of the center is open; a new one begins with a snapshot of all current records",
        { messageZh: "该中心已有打开的数据流；新的数据流须以全量快照开始" },
      );
    case "closed":
      return new TributaryError(
        "ERR_FEED_CLOSED",
        "the center has opened a newer feed; this one takes no more batches",
        { messageZh: "该中心已开启更新的数据流，此数据流不再接收批次" },
      );
    case "paused":
      return new TributaryError(
        "ERR_FEED_PAUSED",
        `the feed is paused (${placement.feed.pausedCode}) until an operator of the hub releases it`,
        {
          messageZh: `数据流已暂停（${placement.feed.pausedCode}），等待枢纽运营人员解除`,
          details: { pausedCode: placement.feed.pausedCode },
        },
      );
    default:
      // The table changed while the batch was verified; the agent's next try meets the new state.
      return new TributaryError("ERR_LOG_CONFLICT", "the feed changed meanwhile; send again", {
        messageZh: "数据流状态已变化，请重新发送",
      });
  }
}
