/**
 * {@link Matcher} in a thread of its own, so that the hub's event loop only passes messages.
 *
 * If the thread ends, the questions that it had are refused with `ERR_UNAVAILABLE` and it is started again after a pause.
 *
 * @module
 */

import type { Worker } from "node:worker_threads";
import { type Clock, TributaryError } from "@tributary/proto";
import type { Matches } from "../match/match.ts";
import type { Plans } from "../match/plan.ts";
import type { Question } from "../match/question.ts";
import type { Matcher, Rested } from "../ports/matcher.ts";
import { fromThreadError, startThread, type ThreadError, threadStops } from "./thread.ts";

/** What the thread is started with. */
export interface MatcherSettings {
  /** Folder of the catalog's store, which this process has open already and closes later. */
  readonly catalogFolder: string;
}

/** To the thread. */
export type MatcherCommand =
  | { readonly type: "advance" }
  | { readonly type: "reset" }
  | { readonly type: "stop" }
  | {
      readonly type: "match";
      readonly id: number;
      readonly question: Question;
      readonly limit: number;
    }
  | { readonly type: "plan"; readonly id: number; readonly question: Question };

/** From the thread. */
export type MatcherAnswer =
  | {
      readonly type: "answer";
      readonly id: number;
      readonly answer: Matches | Plans;
      readonly position: number;
    }
  | { readonly type: "refused"; readonly id: number; readonly error: ThreadError }
  /** The catalog could not be read; it is tried again when it has grown. */
  | { readonly type: "failed"; readonly error: ThreadError };

export interface WorkerMatcherOptions extends MatcherSettings {
  readonly clock: Clock;
  /** Questions that may wait before `ERR_OVERLOADED`. Default 64. */
  readonly maxQueued?: number;
  /** The thread could not read the catalog, or ended by itself and will be started again. */
  readonly onFailed?: (error: TributaryError) => void;
}

interface Task {
  readonly resolve: (rested: Rested<never>) => void;
  readonly reject: (error: unknown) => void;
}

const RESTART_MS = 5_000;
/** A question takes much less. */
const STOP_TIMEOUT_MS = 10_000;

export class WorkerMatcher implements Matcher, AsyncDisposable {
  readonly #options: WorkerMatcherOptions;
  readonly #ending = new AbortController();
  readonly #tasks = new Map<number, Task>();
  #worker: Worker | undefined;
  #ended: Promise<void> = Promise.resolve();
  #nextId = 1;

  constructor(options: WorkerMatcherOptions) {
    this.#options = options;
    this.#start();
  }

  /** Tells that the catalog has grown. */
  follow(): void {
    this.#send({ type: "advance" });
  }

  /** Tells that the catalog is made anew. */
  reset(): void {
    this.#send({ type: "reset" });
  }

  match(question: Question, limit: number, signal: AbortSignal): Promise<Rested<Matches>> {
    return this.#ask((id) => ({ type: "match", id, question, limit }), signal);
  }

  plan(question: Question, signal: AbortSignal): Promise<Rested<Plans>> {
    return this.#ask((id) => ({ type: "plan", id, question }), signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#refuseAll(new TributaryError("ERR_UNAVAILABLE", "the hub is stopping"));
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#send({ type: "stop" });
    const { clock } = this.#options;
    await threadStops(worker, this.#ended, { clock, timeoutMs: STOP_TIMEOUT_MS });
  }

  #ask<Answer>(
    commandOf: (id: number) => MatcherCommand,
    signal: AbortSignal,
  ): Promise<Rested<Answer>> {
    const { maxQueued = 64 } = this.#options;
    if (this.#worker === undefined) return Promise.reject(unavailable());
    if (this.#tasks.size >= maxQueued) return Promise.reject(overloaded(maxQueued));
    const id = this.#nextId++;
    return new Promise<Rested<Answer>>((resolve, reject) => {
      const onAbort = () => {
        this.#tasks.delete(id);
        reject(signal.reason);
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      const release = () => signal.removeEventListener("abort", onAbort);
      this.#tasks.set(id, {
        resolve: (rested) => {
          release();
          resolve(rested);
        },
        reject: (error) => {
          release();
          reject(error);
        },
      });
      this.#send(commandOf(id));
    });
  }

  #start(): void {
    const worker = startThread("matcher", {
      catalogFolder: this.#options.catalogFolder,
    } satisfies MatcherSettings);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#worker = worker;
    this.#ended = promise;
    let failure: TributaryError | undefined;
    worker.on("error", (cause) => {
      failure = new TributaryError("ERR_INTERNAL", String(cause), { cause });
    });
    worker.on("message", (message: MatcherAnswer) => this.#take(message));
    worker.on("exit", (code) => {
      this.#worker = undefined;
      resolve();
      if (this.#ending.signal.aborted) return;
      this.#refuseAll(unavailable());
      const ended = `the thread of matching ended with ${code}`;
      this.#options.onFailed?.(failure ?? new TributaryError("ERR_INTERNAL", ended));
      this.#options.clock
        .sleep(RESTART_MS, this.#ending.signal)
        .then(() => this.#start())
        // Closed meanwhile.
        .catch(() => undefined);
    });
  }

  #take(message: MatcherAnswer): void {
    if (message.type === "failed") {
      this.#options.onFailed?.(fromThreadError(message.error));
      return;
    }
    // The caller of one that is not there has left.
    const task = this.#tasks.get(message.id);
    this.#tasks.delete(message.id);
    if (message.type === "refused") task?.reject(fromThreadError(message.error));
    else task?.resolve({ answer: message.answer as never, position: message.position });
  }

  #refuseAll(error: TributaryError): void {
    for (const { reject } of this.#tasks.values()) reject(error);
    this.#tasks.clear();
  }

  #send(command: MatcherCommand): void {
    this.#worker?.postMessage(command);
  }
}

function unavailable(): TributaryError {
  return new TributaryError(
    "ERR_UNAVAILABLE",
    "matching is starting again; try again in a moment",
    {
      messageZh: "匹配服务正在重新启动，请稍后重试",
    },
  );
}

function overloaded(maxQueued: number): TributaryError {
  return new TributaryError(
    "ERR_OVERLOADED",
    `${maxQueued} questions are waiting already; try again in a moment`,
    { messageZh: `已有 ${maxQueued} 个匹配请求在等待，请稍后再试。`, details: { maxQueued } },
  );
}
