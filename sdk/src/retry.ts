/**
 * When to try again, and when a client must stop making an overloaded hub worse.
 *
 * @module
 */

import { randomBytes } from "@tributary/proto";

/** A number from 0 (inclusive) to 1 (exclusive). */
export type Random = () => number;

/** The machine's random source. */
export const systemRandom: Random = () =>
  new DataView(randomBytes(4).buffer).getUint32(0) / 2 ** 32;

/** First and longest delay before a retry; ms. */
export interface BackOff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Clamped exponential back-off, then full jitter, so that clients that failed together do not come back together. */
export function backOffMs(attempt: number, { firstMs, maxMs }: BackOff, random: Random): number {
  return Math.ceil(Math.min(maxMs, firstMs * 2 ** attempt) * random());
}

const MAX_TOKENS = 100;
const TOKENS_PER_SUCCESS = 0.1;

/**
 * Bounds retries to about a tenth of the calls (gRFC A6, retry throttling): each failure that could be retried takes a
 * token, each success gives a tenth of one back, and below half of the tokens nothing is retried.
 */
export class RetryBudget {
  #tokens = MAX_TOKENS;

  /** Takes a token. True if a retry is affordable. */
  trySpend(): boolean {
    this.#tokens = Math.max(0, this.#tokens - 1);
    return this.#tokens > MAX_TOKENS / 2;
  }

  onSuccess(): void {
    this.#tokens = Math.min(MAX_TOKENS, this.#tokens + TOKENS_PER_SUCCESS);
  }
}

/** Shared by all clients of the process. */
export const processRetryBudget: RetryBudget = new RetryBudget();
