/**
 * Turns single attempts of a transport into calls: one deadline over everything, retries, silence watch.
 *
 * @module
 */

import type {
  DescMessage,
  DescMethodServerStreaming,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { type Clock, randomBytes, toHex } from "@tributary/proto";
import { CallScope, cancelled, overdue } from "./call-scope.ts";
import { ClientError } from "./errors.ts";
import { backOffMs, type Random, type RetryBudget } from "./retry.ts";
import type { Transport } from "./transport.ts";

/** Options of every call. */
export interface CallOptions {
  /** Ends the call; it then rejects with `ERR_CANCELLED`. No listener stays on it. */
  readonly signal?: AbortSignal | undefined;
  /** Time for the whole call, its body and its retries included; ms. Default: the client's. */
  readonly deadlineMs?: number | undefined;
}

/** Also ends with `leaving`: for calls made ahead for a loop that may be left. */
export interface InnerCallOptions extends CallOptions {
  readonly leaving?: AbortSignal | undefined;
}

/** A retry that is about to happen. */
export interface RetryEvent {
  /** Why. */
  readonly error: ClientError;
  /** How long the client waits before it. */
  readonly delayMs: number;
  /** 1 for the first retry. */
  readonly attempt: number;
}

export interface CallsOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: RetryBudget;
  readonly token: (() => string | Promise<string>) | undefined;
  readonly deadlineMs: number;
  /** Retries after the first attempt; 0 turns them off. */
  readonly maxRetries: number;
  readonly onRetry: ((event: RetryEvent) => void) | undefined;
}

/** Between retries of one call. */
const RETRY_BACK_OFF = { firstMs: 100, maxMs: 2_000 };

export class Calls implements Disposable {
  readonly #options: CallsOptions;
  readonly #closed = new AbortController();

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get random(): Random {
    return this.#options.random;
  }

  /** @throws {ClientError} with the hub's code, or `ERR_CANCELLED`, `ERR_DEADLINE`, `ERR_UNAVAILABLE`, `ERR_PROTOCOL`. */
  async unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    message: MessageInitShape<I>,
    { signal, leaving, deadlineMs = this.#options.deadlineMs }: InnerCallOptions,
  ): Promise<MessageShape<O>> {
    const { transport, budget, maxRetries, onRetry, clock, random } = this.#options;
    using scope = this.#scope(deadlineMs, signal, leaving);
    const requestId = newRequestId();
    for (let retries = 0; ; retries += 1) {
      try {
        const headers = await scope.race(this.#headers(requestId));
        const answer = await scope.race(
          transport.unary(method, message, {
            signal: scope.signal,
            timeoutMs: scope.remainingMs,
            headers,
          }),
        );
        budget.onSuccess();
        return answer;
      } catch (cause) {
        const error = clientError(scope.error ?? cause, requestId);
        if (!mayRetry(method, error) || !budget.trySpend() || retries === maxRetries) throw error;
        const delayMs = (error.retryAfterMs ?? 0) + backOffMs(retries, RETRY_BACK_OFF, random);
        // Waiting beyond the deadline would only replace the reason by a worse one.
        if (delayMs >= (scope.remainingMs ?? Number.POSITIVE_INFINITY)) throw error;
        onRetry?.({ error, delayMs, attempt: retries + 1 });
        await scope.race(clock.sleep(delayMs, scope.signal));
      }
    }
  }

  /**
   * One attempt of a stream. A hub that says nothing for `silenceMs` while it is being listened to ends it with
   * `ERR_DEADLINE`; a slow consumer does not. Leaving the loop ends the call.
   */
  async *stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    message: MessageInitShape<I>,
    { signal, silenceMs }: { readonly signal: AbortSignal | undefined; readonly silenceMs: number },
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    const { transport, clock } = this.#options;
    using scope = this.#scope(undefined, signal);
    const requestId = newRequestId();
    let waitingSinceMs: number | undefined;
    const watch = async () => {
      for (;;) {
        await clock.sleep(silenceMs / 3, scope.signal);
        if (waitingSinceMs !== undefined && clock.now() - waitingSinceMs >= silenceMs) {
          scope.end(overdue(`the hub said nothing for ${silenceMs} ms`));
        }
      }
    };
    watch().catch(() => {}); // ends with the scope
    try {
      const headers = await scope.race(this.#headers(requestId));
      const options = { signal: scope.signal, timeoutMs: undefined, headers };
      const messages = transport.stream(method, message, options)[Symbol.asyncIterator]();
      for (;;) {
        waitingSinceMs = clock.now();
        const result = await scope.race(messages.next());
        waitingSinceMs = undefined;
        if (result.done) return;
        yield result.value;
      }
    } catch (error) {
      throw clientError(scope.error ?? error, requestId);
    }
  }

  /** Waits; ends early with the client. @throws what `signal` was aborted with, as {@link ClientError}. */
  async pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    using scope = this.#scope(undefined, signal);
    await scope.race(this.clock.sleep(ms, scope.signal));
  }

  /** Ends all calls with `ERR_CANCELLED` and frees the connection. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(cancelled("the client is closed", undefined));
    this.#options.transport.close();
  }

  #scope(deadlineMs: number | undefined, ...signals: (AbortSignal | undefined)[]): CallScope {
    const { clock } = this.#options;
    return new CallScope({ clock, deadlineMs, signals: [this.#closed.signal, ...signals] });
  }

  async #headers(requestId: string): Promise<Readonly<Record<string, string>>> {
    const { token } = this.#options;
    return {
      "x-request-id": requestId,
      ...(token === undefined ? {} : { authorization: `Bearer ${await token()}` }),
    };
  }
}

/** A repeated read changes nothing; anything else might happen twice. */
function mayRetry(method: DescMethodUnary, error: ClientError): boolean {
  return (
    error.retryable &&
    error.code !== "ERR_DEADLINE" &&
    (method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS ||
      method.idempotency === MethodOptions_IdempotencyLevel.IDEMPOTENT)
  );
}

/** One name for all attempts of a call. */
function newRequestId(): string {
  return toHex(randomBytes(8));
}

/** Errors that are no {@link ClientError} are defects (a token function that throws, a bad option) and pass as they are. */
function clientError(error: unknown, requestId: string): ClientError {
  if (!(error instanceof ClientError)) throw error;
  error.requestId ??= requestId;
  return error;
}
