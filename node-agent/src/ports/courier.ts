/**
 * How batches travel to the hub and its answers come back. The bytes are the same over every courier.
 *
 * @module
 */

import type { ReturnedBatch, FeedHead as WholeFeedHead } from "@tributary/proto";
import type { MembershipState } from "../sync/agent-state.ts";

/** Where the hub says that a feed stands. */
export type FeedHead = Pick<WholeFeedHead, "nextSeq" | "lastHash" | "pausedCode" | "held">;

/** The hub's reasoned no. */
export interface Refusal {
  /** Stable code; may be one that this version does not know. */
  readonly code: string;
  readonly message: string;
  readonly messageZh: string;
  /** With a gap: the sequence that the hub expects. */
  readonly expectedSeq?: bigint;
  /** After how many ms sending again may help; undefined when it cannot. */
  readonly retryAfterMs?: number;
}

/** What the hub answers on a stream. */
export type Answer =
  /** The batch is in the log. The receipt is untrusted until it verifies. */
  | {
      readonly type: "receipt";
      readonly feedId: Uint8Array;
      readonly seq: bigint;
      readonly receipt: Uint8Array;
    }
  | {
      readonly type: "refusal";
      readonly feedId: Uint8Array;
      readonly seq: bigint;
      readonly refusal: Refusal;
    }
  /** The hub lost the records of this batch, which it gave a receipt for, and asks for it again. */
  | { readonly type: "wanted"; readonly feedId: Uint8Array; readonly seq: bigint }
  /** What may be in flight from now on. */
  | { readonly type: "credit"; readonly batches: number; readonly bytes: number };

/** A sign of life. */
export interface Heartbeat {
  readonly agentVersion: string;
  readonly outboxBatches: number;
  readonly rejectedRows: number;
  /** Empty when the center publishes. */
  readonly pausedReason: string;
}

/** One connection. Everything on it fails with `ERR_UNAVAILABLE` or what the hub says, and then it is of no more use. */
export interface CourierSession extends AsyncDisposable {
  /** State of the membership, as the hub sees it. */
  membership(signal: AbortSignal): Promise<MembershipState>;

  /** Where the feed stands; undefined when the hub does not know it. */
  feedHead(feedId: Uint8Array, signal: AbortSignal): Promise<FeedHead | undefined>;

  /** Opens the stream of batches. The hub's answers end when it closes the stream. */
  answers(signal: AbortSignal): AsyncIterable<Answer>;

  /** Sends a batch on the open stream; resolves when there is room for another. */
  send(frame: Uint8Array): Promise<void>;

  /** Answers that a batch is wanted. @throws {TributaryError} `ERR_UNSUPPORTED` where the courier never brings such an answer. */
  giveBack(returned: ReturnedBatch): Promise<void>;

  /** Sends a sign of life on the open stream. */
  beat(heartbeat: Heartbeat): Promise<void>;
}

/** Makes connections. */
export interface Courier {
  /** A new connection, which shares nothing with earlier ones: a dead one is never used again. */
  connect(): CourierSession;
}
