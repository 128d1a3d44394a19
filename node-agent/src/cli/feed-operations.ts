/**
 * Looking at the feed: its batches, one of them, and the proof that all of them hold.
 *
 * @module
 */

import {
  decodeBatchHeader,
  decodeReceipt,
  decodeRecord,
  formatTlogProof,
  sha256,
  splitRecords,
  TributaryError,
  toHex,
  toJws,
  verifyReceipt,
} from "@tributary/proto";
import { verifyFeed } from "../feed/verify-feed.ts";
import type { FeedState, StoredHeader } from "../ports/feed-store.ts";
import type { Agent } from "../start.ts";
import type { Operation } from "./operations.ts";

const MAX_LISTED = 1_000;

/** A batch in a list. */
export interface BatchLine {
  readonly seq: string;
  readonly createdAtMs: number;
  readonly records: number;
  readonly snapshot: string;
  readonly headerHash: string;
  readonly state: "in-log" | "waiting";
  /** Position in the hub's log. */
  readonly position?: number;
}

export interface FeedListAnswer {
  readonly feeds: readonly {
    readonly ordinal: number;
    readonly id: string;
    readonly reason: string;
    readonly openedAtMs: number;
    readonly nextSeq: string;
  }[];
  /** Newest batches of the current feed, newest last. */
  readonly batches: readonly BatchLine[];
}

/** `{ limit? }`: the feeds, and the newest batches of the current one. */
export const feedList: Operation = async ({ agent }, args): Promise<FeedListAnswer> => {
  const { store, feed } = agent;
  const limit = Math.min(Number(args["limit"] ?? 20), MAX_LISTED);
  const { ordinal, nextSeq } = feed.state;
  const from = nextSeq > BigInt(limit) ? nextSeq - BigInt(limit) : 0n;
  const batches: BatchLine[] = [];
  for await (const header of store.headers(ordinal, from)) {
    batches.push(await batchLine(agent, header));
  }
  const feeds = await store.feeds();
  return {
    feeds: feeds.map(({ ordinal, feedId, reason, openedAtMs, nextSeq }) => ({
      ordinal,
      id: toHex(feedId),
      reason,
      openedAtMs,
      nextSeq: String(nextSeq),
    })),
    batches,
  };
};

/** One batch in full. */
export interface FeedShowAnswer extends BatchLine {
  /** Compact JWS of the header, for any JOSE tool. */
  readonly jws: string;
  /** Keys of its records, as long as these are kept. */
  readonly keys?: readonly string[];
  readonly recordsRoot: string;
  /** The hub's inclusion proof, as C2SP tlog-proof text. */
  readonly receipt?: string;
}

/** `{ seq }`: one batch of the current feed. */
export const feedShow: Operation = async ({ agent }, args): Promise<FeedShowAnswer> => {
  const { store, feed } = agent;
  const { ordinal } = feed.state;
  const seq = parseSeq(args["seq"]);
  const stored = await store.header(ordinal, seq);
  if (stored === undefined) throw noBatch(seq, feed.state);
  const { recordCount, recordsRoot } = decodeBatchHeader(stored.header);
  const records = await store.records(ordinal, seq);
  const receipt = await store.receipt(ordinal, seq);
  return {
    ...(await batchLine(agent, stored)),
    jws: toJws(stored.header, stored.signature),
    recordsRoot: toHex(recordsRoot),
    ...(records && {
      keys: splitRecords(records, recordCount)
        .map(decodeRecord)
        .map(({ kind, key, operation }) => `${operation} ${kind} ${key}`),
    }),
    ...(receipt && { receipt: formatTlogProof(decodeReceipt(receipt)) }),
  };
};

/** Checks all headers and receipts of the current feed. */
export const feedVerify: Operation = async ({ agent }) => {
  const { store, feed, hub } = agent;
  const verification = await verifyFeed(store, feed.state, {
    keys: await agent.verifyingKeys(),
    hubOrigin: hub.origin,
    hubVkey: hub.vkey,
  });
  return { feed: toHex(feed.state.feedId), waiting: feed.outbox.batches, ...verification };
};

/** Opens a new feed, in which every source is published once more. */
export const feedRenew: Operation = async ({ agent, look }) => {
  await agent.feed.renew("renewed");
  await agent.memo.updateAgent({ pause: undefined });
  for (const sourceId of agent.sourceIds) look(sourceId);
  return { feed: toHex(agent.feed.state.feedId), ordinal: agent.feed.state.ordinal };
};

async function batchLine(
  { store, feed, hub }: Agent,
  { seq, header }: StoredHeader,
): Promise<BatchLine> {
  const { createdAtMs, recordCount, snapshot } = decodeBatchHeader(header);
  const receipt = await store.receipt(feed.state.ordinal, seq);
  const verified =
    receipt && (await verifyReceipt(receipt, { origin: hub.origin, vkey: hub.vkey }));
  return {
    seq: String(seq),
    createdAtMs,
    records: recordCount,
    snapshot,
    headerHash: toHex(sha256(header)),
    state: verified === undefined ? "waiting" : "in-log",
    ...(verified && { position: verified.position }),
  };
}

function parseSeq(value: unknown): bigint {
  const text = String(value);
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  throw new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `${text} is not the sequence of a batch: 0, 1, 2, ...`,
    {
      messageZh: `${text} 不是批次序号（0、1、2……）`,
    },
  );
}

function noBatch(seq: bigint, { nextSeq }: FeedState): TributaryError {
  return new TributaryError(
    "ERR_NOT_FOUND",
    nextSeq === 0n
      ? "the feed has no batch yet"
      : `the feed has no batch ${seq}; it has 0 to ${nextSeq - 1n}`,
    {
      messageZh: nextSeq === 0n ? "发布序列尚无批次" : `没有批次 ${seq}；现有 0 至 ${nextSeq - 1n}`,
    },
  );
}
