/**
 * What every transport does around a call: a name for it, a line in the log where it failed by our fault, and a count.
 *
 * @module
 */

import { isTributaryError, refusalOf } from "@tributary/proto";
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
    const startedAtMs = performance.now();
    try {
      const result = await run(requestId);
      this.#events.callEnded(rpc, "", performance.now() - startedAtMs);
      return result;
    } catch (error) {
      const { code } = refusalOf(error);
      this.#events.callEnded(rpc, code, performance.now() - startedAtMs);
      if (!isTributaryError(error) || code === "ERR_INTERNAL") {
        this.#logger.error({ event: "call_failed", rpc, requestId, err: error });
      }
      throw error;
    }
  }
}

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** The caller's name for its call if it is one, a new one otherwise. */
export function requestIdOf(given: string | undefined): string {
  return given !== undefined && REQUEST_ID.test(given) ? given : crypto.randomUUID();
}
