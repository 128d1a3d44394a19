/**
 * The life of one call: ends by the deadline, by the caller's signal or by the client's end, whichever comes first,
 * and leaves no listener and no timer behind.
 *
 * @module
 */

import type { Clock } from "@tributary/proto";
import { ClientError } from "./errors.ts";

/** Longest deadline: 24 days, what one timer of a browser can count. */
export const MAX_DEADLINE_MS = 2 ** 31 - 1;

/** What may end a call. */
export interface CallScopeOptions {
  readonly clock: Clock;
  /** Ms from now; undefined for calls without an end. */
  readonly deadlineMs: number | undefined;
  /** The caller's, the client's, ... A reason that is a {@link ClientError} is what the call rejects with. */
  readonly signals: readonly (AbortSignal | undefined)[];
}

export class CallScope implements Disposable {
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #waiting = new Set<(error: ClientError) => void>();
  readonly #endsAtMs: number | undefined;
  readonly #signals: readonly AbortSignal[];
  #error: ClientError | undefined;

  /** @throws {TypeError} if the deadline is not above 0 and at most {@link MAX_DEADLINE_MS}. */
  constructor({ clock, deadlineMs, signals }: CallScopeOptions) {
    this.#clock = clock;
    this.#signals = signals.filter((signal) => signal !== undefined);
    if (deadlineMs !== undefined) {
      if (!(deadlineMs > 0 && deadlineMs <= MAX_DEADLINE_MS)) {
        throw new TypeError(`deadlineMs must be above 0 and at most ${MAX_DEADLINE_MS}`);
      }
      this.#endsAtMs = clock.now() + deadlineMs;
      clock.sleep(deadlineMs, this.signal).then(
        () => this.end(overdue(`no complete answer within ${deadlineMs} ms`)),
        () => {}, // the call was over before the deadline
      );
    }
    for (const signal of this.#signals) signal.addEventListener("abort", this.#onAbort);
    if (this.#signals.some((signal) => signal.aborted)) this.#onAbort();
  }

  readonly #onAbort = (): void => {
    const reason = this.#signals.find((signal) => signal.aborted)?.reason;
    this.end(
      reason instanceof ClientError
        ? new ClientError(reason.code, reason.message, { messageZh: reason.messageZh })
        : cancelled("the caller ended the call", reason),
    );
  };

  /** Aborted when the call is over, for whatever reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the call ended early; undefined while it goes on. */
  get error(): ClientError | undefined {
    return this.#error;
  }

  /** Whole ms until the deadline, at least 1; undefined without one. */
  get remainingMs(): number | undefined {
    return this.#endsAtMs === undefined
      ? undefined
      : Math.max(1, Math.ceil(this.#endsAtMs - this.#clock.now()));
  }

  /**
   * Settles as `work` does, or rejects as soon as the call ends, even where `work` never settles: a server that stalls
   * and a `fetch` that ignores its signal must not outlive the deadline.
   */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) {
        work.catch(() => {}); // the reason of the end is what the caller is told
        reject(this.#error);
        return;
      }
      this.#waiting.add(reject);
      work
        .then(resolve, (error) => reject(this.#error ?? error))
        .finally(() => {
          this.#waiting.delete(reject);
        });
    });
  }

  /** Ends the call early. The first reason counts. */
  end(error: ClientError): void {
    if (this.signal.aborted) return;
    this.#error = error;
    this.#controller.abort(error);
    this.#unlisten();
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  [Symbol.dispose](): void {
    this.#controller.abort(cancelled("the call is over", undefined));
    this.#unlisten();
  }

  #unlisten(): void {
    for (const signal of this.#signals) signal.removeEventListener("abort", this.#onAbort);
  }
}

/** The error of a call that somebody ended. */
export function cancelled(message: string, cause: unknown): ClientError {
  return new ClientError("ERR_CANCELLED", message, { cause, messageZh: "调用已取消" });
}

/** The error of a call that took too long. */
export function overdue(message: string): ClientError {
  return new ClientError("ERR_DEADLINE", message, { messageZh: "在规定时间内没有得到完整的响应" });
}
