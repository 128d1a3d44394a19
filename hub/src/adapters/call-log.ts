/**
 * What every transport does around a call: a name for it, a line in the log where it failed by our fault, and a count.
 *
 * @module
 */

import { refusalOf } from "@tributary/proto";
import type { HubEvents } from "../ports/hub-events.ts";
import type { Logger } from "./logger.ts";

export class CallLog {
  readonly #logger: Logger;
  readonly #events: HubEvents;

  constructor(logger: Logger, events: HubEvents) {
    this.#logger = logger;
    this.#events = events;
  }

  /** Runs a call and passes on what it gives or throws. */
  async observe<T>(
    rpc: string,
    requestId: string,
    run: (requestId: string) => Promise<T>,
  ): Promise<T> {
    const end = this.#begin(rpc, requestId);
    try {
      const result = await run(requestId);
      end();
      return result;
    } catch (error) {
      end(error);
      throw error;
    }
  }

  /** Runs a stream and passes on what it yields or throws. */
  async *observeStream<T>(
    rpc: string,
    requestId: string,
    run: (requestId: string) => AsyncIterable<T>,
  ): AsyncIterable<T> {
    const end = this.#begin(rpc, requestId);
    let error: unknown;
    try {
      yield* run(requestId);
    } catch (thrown) {
      error = thrown;
      throw thrown;
    } finally {
      // Also where the reader stops early.
      end(error);
    }
  }

  #begin(rpc: string, requestId: string): (error?: unknown) => void {
    const startedAtMs = performance.now();
    return (error) => {
      const code = error === undefined ? "" : refusalOf(error).code;
      this.#events.callEnded(rpc, code, performance.now() - startedAtMs);
      if (code === "ERR_INTERNAL") this.defect(rpc, requestId, error);
    };
  }

  /** Writes down a mistake of ours, of which the caller is told nothing. */
  defect(what: string, requestId: string, error: unknown): void {
    this.#logger.error({ event: "call_failed", what, requestId, err: error });
  }
}

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** The caller's name for its call if it is one, a new one otherwise. */
export function requestIdOf(given: string | undefined): string {
  return given !== undefined && REQUEST_ID.test(given) ? given : crypto.randomUUID();
}
