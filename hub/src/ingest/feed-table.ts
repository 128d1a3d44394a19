/**
 * Where each feed of each center stands, and what that means for a batch: the sequence table of the protocol.
 *
 * The table is ahead of the disk by what waits to be written. It is kept in facts of the log, one a feed and one a
 * batch, written with the entry that changes them; a start reads the feeds, of which there are few, and never the log.
 *
 * @module
 */

import {
  type BatchHeaderValue,
  equalBytes,
  fromHex,
  fromUtf8,
  toHex,
  utf8,
  ZERO_HASH,
} from "@tributary/proto";
import { z } from "zod";

/** Where a feed stands. */
export interface FeedState {
  readonly centerId: string;
  /** 16 bytes. */
  readonly feedId: Uint8Array;
  /** The sequence that comes next. */
  readonly nextSeq: bigint;
  /** SHA-256 of the newest accepted header; zeros before the first. */
  readonly lastHash: Uint8Array;
  /** The record sequence that comes next. */
  readonly nextRecordSeq: bigint;
  /** Why it takes no batches until somebody decides; empty when it does. */
  readonly pausedCode: string;
  /** False when the center has opened a newer feed since. */
  readonly isOpen: boolean;
}

/** What a batch is to its feed. */
export type Placement =
  /** It comes next. `closes` is the feed that it replaces. */
  | { readonly type: "next"; readonly feed: FeedState; readonly closes: FeedState | undefined }
  /** A batch of this sequence was accepted before: this one, or another. */
  | { readonly type: "seen"; readonly feed: FeedState }
  /** It has the next sequence and does not follow the newest batch. */
  | { readonly type: "fork"; readonly feed: FeedState }
  | { readonly type: "gap"; readonly feed: FeedState }
  /** It has the next sequence and counts its records from another number. */
  | { readonly type: "miscounted"; readonly feed: FeedState }
  | { readonly type: "unknown" }
  | { readonly type: "other-feed-open" }
  | { readonly type: "closed" }
  | { readonly type: "paused"; readonly feed: FeedState };

/** Owned by the ingest of one hub. */
export class FeedTable {
  readonly #feeds = new Map<string, FeedState>();
  /** By center, the key of its open feed. */
  readonly #open = new Map<string, string>();

  /** Reads the table from the facts of the log. */
  static async load(
    facts: (prefix: string) => AsyncIterable<readonly [name: string, value: Uint8Array]>,
  ): Promise<FeedTable> {
    const table = new FeedTable();
    for await (const [name, value] of facts("feed/")) table.set(decodeFeed(name, value));
    return table;
  }

  /** The feed; the center's open one if `feedId` is left out. */
  get(centerId: string, feedId?: Uint8Array): FeedState | undefined {
    const key = feedId === undefined ? this.#open.get(centerId) : keyOf(centerId, feedId);
    return key === undefined ? undefined : this.#feeds.get(key);
  }

  /** Replaces a feed's state; returns how to take that back. Changes are taken back in reverse order. */
  set(feed: FeedState): () => void {
    const key = keyOf(feed.centerId, feed.feedId);
    const before = this.#feeds.get(key);
    const openBefore = this.#open.get(feed.centerId);
    this.#feeds.set(key, feed);
    if (feed.isOpen) this.#open.set(feed.centerId, key);
    else if (openBefore === key) this.#open.delete(feed.centerId);
    return () => {
      if (before === undefined) this.#feeds.delete(key);
      else this.#feeds.set(key, before);
      if (openBefore === undefined) this.#open.delete(feed.centerId);
      else this.#open.set(feed.centerId, openBefore);
    };
  }

  /** What the batch is to its feed. Nothing is changed. */
  place(header: BatchHeaderValue): Placement {
    const feed = this.get(header.centerId, header.feedId);
    if (feed === undefined) return this.#placeFirst(header);
    if (header.seq < feed.nextSeq) return { type: "seen", feed };
    if (!feed.isOpen) return { type: "closed" };
    if (feed.pausedCode !== "") return { type: "paused", feed };
    if (header.seq > feed.nextSeq) return { type: "gap", feed };
    if (!equalBytes(header.prevHash, feed.lastHash)) return { type: "fork", feed };
    if (header.firstRecordSeq !== feed.nextRecordSeq) return { type: "miscounted", feed };
    return { type: "next", feed, closes: undefined };
  }

  #placeFirst(header: BatchHeaderValue): Placement {
    if (header.seq > 0n) return { type: "unknown" };
    const open = this.get(header.centerId);
    // A center whose feed is paused cannot step around the pause with a new one.
    if (open !== undefined && open.pausedCode !== "") return { type: "paused", feed: open };
    if (open !== undefined && header.snapshot === "none") return { type: "other-feed-open" };
    const feed: FeedState = {
      centerId: header.centerId,
      feedId: header.feedId,
      nextSeq: 0n,
      lastHash: ZERO_HASH,
      nextRecordSeq: 0n,
      pausedCode: "",
      isOpen: true,
    };
    return { type: "next", feed, closes: open };
  }
}

/** The feed after it accepted a batch. */
export function advanced(
  feed: FeedState,
  header: BatchHeaderValue,
  headerHash: Uint8Array,
): FeedState {
  return {
    ...feed,
    nextSeq: header.seq + 1n,
    lastHash: headerHash,
    nextRecordSeq: header.firstRecordSeq + BigInt(header.recordCount),
  };
}

/** The fact that keeps a feed's state. */
export function feedFact(feed: FeedState): readonly [name: string, value: Uint8Array] {
  const { centerId, feedId, nextSeq, lastHash, nextRecordSeq, pausedCode, isOpen } = feed;
  const stored: StoredFeed = {
    nextSeq: String(nextSeq),
    lastHash: toHex(lastHash),
    nextRecordSeq: String(nextRecordSeq),
    pausedCode,
    isOpen,
  };
  return [`feed/${centerId}/${toHex(feedId)}`, utf8(JSON.stringify(stored))];
}

/** Where an accepted batch is, and what its header hashes to. */
export interface BatchPlace {
  readonly position: number;
  readonly headerHash: Uint8Array;
}

/** Prefix of the facts that keep the places of a center's batches. */
export function batchFacts(centerId: string): string {
  return `batch/${centerId}/`;
}

/** Name of the fact that keeps a batch's place. */
export function batchFactName(centerId: string, feedId: Uint8Array, seq: bigint): string {
  return `${batchFacts(centerId)}${toHex(feedId)}/${seq.toString(16).padStart(16, "0")}`;
}

export function encodeBatchPlace({ position, headerHash }: BatchPlace): Uint8Array {
  const bytes = new Uint8Array(8 + headerHash.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(position));
  bytes.set(headerHash, 8);
  return bytes;
}

export function decodeBatchPlace(bytes: Uint8Array): BatchPlace {
  const position = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0));
  return { position, headerHash: bytes.slice(8) };
}

const storedFeed = z.strictObject({
  nextSeq: z.string(),
  lastHash: z.string(),
  nextRecordSeq: z.string(),
  pausedCode: z.string(),
  isOpen: z.boolean(),
});
type StoredFeed = z.infer<typeof storedFeed>;

function decodeFeed(name: string, value: Uint8Array): FeedState {
  const [, centerId = "", feedId = ""] = name.split("/");
  const stored = storedFeed.parse(JSON.parse(fromUtf8(value)));
  return {
    centerId,
    feedId: fromHex(feedId),
    nextSeq: BigInt(stored.nextSeq),
    lastHash: fromHex(stored.lastHash),
    nextRecordSeq: BigInt(stored.nextRecordSeq),
    pausedCode: stored.pausedCode,
    isOpen: stored.isOpen,
  };
}

function keyOf(centerId: string, feedId: Uint8Array): string {
  return `${centerId}/${toHex(feedId)}`;
}
