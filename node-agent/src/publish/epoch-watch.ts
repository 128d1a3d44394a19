/**
 * Looks at the hub's epoch summaries: whether the newest one tells of the batches that this center holds receipts for.
 *
 * @module
 */

import {
  decodeEpochSummary,
  decodeReceipt,
  isHidden,
  isInPart,
  isTributaryError,
  MisbehaviourError,
  TributaryError,
  type TrustedLog,
  verifyReceipt,
} from "@tributary/proto";
import type { FeedStore } from "../ports/feed-store.ts";
import { firstUnreceipted } from "./receipts.ts";

/** An epoch summary that was compared with what the center signed. */
export interface SeenEpoch {
  readonly epoch: number;
  /** When the hub wrote it; ms since the epoch. */
  readonly writtenAtMs: number;
  /** Within which the hub promised the next; ms. */
  readonly periodMs: number;
}

/** A summary with what proves it. */
export interface ProvenEpoch extends SeenEpoch {
  /** Receipt of its entry. */
  readonly receipt: Uint8Array;
  /** The checkpoint in the receipt, a signed note. */
  readonly note: string;
}

export interface EpochWatchOptions {
  readonly log: TrustedLog;
  readonly centerId: string;
  /** Where the receipts of the center's batches are. */
  readonly store: Pick<FeedStore, "feeds" | "receipt">;
  /** Receipt of the newest summary's part for the center. @throws {TributaryError} `ERR_NOT_FOUND` if there is none. */
  readonly ask: (signal: AbortSignal) => Promise<Uint8Array>;
}

/** Looks for one center at one log. */
export class EpochWatch {
  readonly #options: EpochWatchOptions;

  constructor(options: EpochWatchOptions) {
    this.#options = options;
  }

  /**
   * Compares the newest summary with the newest batch that it should tell of.
   *
   * @returns Undefined where the hub has written none yet, or is of a version that writes none.
   * @throws {MisbehaviourError} `ERR_LOG_MISBEHAVED` if it leaves the batch, or the center, out.
   * @throws {TributaryError} `ERR_PROTOCOL` if what the hub shows is no summary, or one that is not about the center;
   * what `verifyReceipt` and `decodeEpochSummary` throw; what asking throws.
   */
  async look(signal: AbortSignal): Promise<ProvenEpoch | undefined> {
    const bytes = await this.#ask(signal);
    if (bytes === undefined) return undefined;
    const { log, centerId } = this.#options;
    const receipt = await verifyReceipt(bytes, log);
    const { entry } = receipt;
    if (entry.type !== "epoch") throw unasked();
    const summary = decodeEpochSummary(entry.statement);
    if (!isInPart(summary, centerId)) throw unasked();
    const own = await this.#newestBatchBelow(summary.logSize);
    if (own !== undefined && isHidden(await verifyReceipt(own, log), receipt)) {
      throw new MisbehaviourError({ kind: "hidden", first: own, second: bytes });
    }
    return {
      epoch: summary.epoch,
      writtenAtMs: entry.receivedAtMs,
      periodMs: summary.periodMs,
      receipt: bytes,
      note: decodeReceipt(bytes).checkpoint,
    };
  }

  async #ask(signal: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      return await this.#options.ask(signal);
    } catch (error) {
      const isNone =
        isTributaryError(error, "ERR_NOT_FOUND") || isTributaryError(error, "ERR_UNSUPPORTED");
      if (isNone) return undefined;
      throw error;
    }
  }

  /** Receipt of the center's newest batch below a size of the log. */
  async #newestBatchBelow(logSize: number): Promise<Uint8Array | undefined> {
    const { store } = this.#options;
    const isBelow = (receipt: Uint8Array) => decodeReceipt(receipt).index < logSize;
    for (const feed of (await store.feeds()).toReversed()) {
      const end = await firstUnreceipted(store, feed, isBelow);
      if (end > 0n) return await store.receipt(feed.ordinal, end - 1n);
    }
    return undefined;
  }
}

function unasked(): TributaryError {
  return new TributaryError(
    "ERR_PROTOCOL",
    "the hub shows something else than the epoch summary with this center's row",
    { messageZh: "枢纽返回的内容不是包含本中心的周期摘要" },
  );
}
