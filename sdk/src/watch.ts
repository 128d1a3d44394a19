/**
 * Follows the catalog: a stream of changes that outlives its connections.
 *
 * @module
 */

import { type WatchEvent, watchEventCodec } from "@tributary/proto";
import { QueryService } from "@tributary/proto/wire";
import type { Calls, RetryEvent } from "./calls.ts";
import { ClientError } from "./errors.ts";
import { type Filters, fieldFilters } from "./filters.ts";
import { readAnswer } from "./read-answer.ts";
import { backOffMs } from "./retry.ts";

/** What to watch. */
export interface WatchOptions {
  /** `position` of an earlier watch; 0 (default) begins with the whole catalog. */
  readonly from?: number | undefined;
  readonly filters?: Filters | undefined;
  /** Ends the watch; it then throws `ERR_CANCELLED`. */
  readonly signal?: AbortSignal | undefined;
  /** Told when a connection is lost, before the next try. */
  readonly onReconnect?: ((event: RetryEvent) => void) | undefined;
}

/** The hub promises a sign of life each 15 s; three missed ones mean that the connection is dead. */
const SILENCE_MS = 45_000;

const RECONNECT_BACK_OFF = { firstMs: 500, maxMs: 30_000 };

/**
 * Changes in the order of the log, at least once each: after a lost connection, and for a client that begins at a
 * stored `position`, changes may come again. Apply them by name: the newest state wins.
 *
 * It tries again for ever, with back-off. It ends with `ERR_CANCELLED`, or with what trying again cannot cure.
 */
export class Watch implements AsyncIterable<WatchEvent> {
  readonly #calls: Calls;
  readonly #options: WatchOptions;
  #position: number;

  constructor(calls: Calls, options: WatchOptions) {
    this.#calls = calls;
    this.#options = options;
    this.#position = options.from ?? 0;
  }

  /**
   * Where to begin the next time: store it when an event has been handled. A batch has many changes at one position;
   * the hub counts a position as done with the last of them, so nothing is lost in between.
   */
  get position(): number {
    return this.#position;
  }

  /** Leaving the loop ends the watch. */
  async *[Symbol.asyncIterator](): AsyncGenerator<WatchEvent, void, undefined> {
    const { signal, onReconnect } = this.#options;
    for (let attempt = 0; ; attempt += 1) {
      let failure: ClientError;
      try {
        for await (const event of this.#connection()) {
          attempt = 0;
          this.#position = Math.max(this.#position, event.position + 1);
          yield event;
        }
        failure = new ClientError("ERR_UNAVAILABLE", "the hub ended the stream");
      } catch (error) {
        if (!(error instanceof ClientError) || !error.retryable) throw error;
        failure = error;
      }
      const delayMs =
        (failure.retryAfterMs ?? 0) + backOffMs(attempt, RECONNECT_BACK_OFF, this.#calls.random);
      onReconnect?.({ error: failure, delayMs, attempt: attempt + 1 });
      await this.#calls.pause(delayMs, signal);
    }
  }

  async *#connection(): AsyncGenerator<WatchEvent, void, undefined> {
    const { filters = {}, signal } = this.#options;
    const request = { fromPosition: BigInt(this.#position), filters: fieldFilters(filters) };
    const { watch } = QueryService.method;
    const messages = this.#calls.stream(watch, request, { signal, silenceMs: SILENCE_MS });
    for await (const message of messages) yield readAnswer(watchEventCodec, message);
  }
}
