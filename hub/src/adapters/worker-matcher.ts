/**
 * {@link Matcher} in a thread of its own, so that the hub's event loop only passes messages.
 *
 * @module
 */

import type { Clock, TributaryError } from "@tributary/proto";
import type { Matches } from "../match/match.ts";
import type { Plans } from "../match/plan.ts";
import type { Question } from "../match/question.ts";
import type { Matcher, Rested } from "../ports/matcher.ts";
import { AskedThread } from "./asked-thread.ts";

/** What the thread is started with. */
export interface MatcherSettings {
  /** Folder of the catalog's store, which this process has open already and closes later. */
  readonly catalogFolder: string;
}

/** To the thread. */
export type MatcherCommand = { readonly type: "advance" } | { readonly type: "reset" } | MatcherAsk;

/** What it answers with {@link Rested}. */
export type MatcherAsk =
  | { readonly type: "match"; readonly question: Question; readonly limit: number }
  | { readonly type: "plan"; readonly question: Question };

export interface WorkerMatcherOptions extends MatcherSettings {
  readonly clock: Clock;
  /** Questions that may wait before `ERR_OVERLOADED`. Default 64. */
  readonly maxQueued?: number;
  /** The thread could not read the catalog, or ended by itself and will be started again. */
  readonly onFailed?: (error: TributaryError) => void;
}

export class WorkerMatcher implements Matcher, AsyncDisposable {
  readonly #thread: AskedThread<MatcherCommand>;

  constructor({ catalogFolder, clock, maxQueued = 64, onFailed }: WorkerMatcherOptions) {
    this.#thread = new AskedThread({
      name: "matcher",
      settings: { catalogFolder } satisfies MatcherSettings,
      clock,
      maxQueued,
      task: { en: "matching", zh: "匹配" },
      onFailed,
    });
  }

  /** Begins to read the catalog, as the first question would. */
  start(): void {
    this.#thread.start();
  }

  /** Tells that the catalog has grown. */
  follow(): void {
    this.#thread.tell({ type: "advance" });
  }

  /** Tells that the catalog is made anew. */
  reset(): void {
    this.#thread.tell({ type: "reset" });
  }

  match(question: Question, limit: number, signal: AbortSignal): Promise<Rested<Matches>> {
    return this.#thread.ask({ type: "match", question, limit }, signal);
  }

  plan(question: Question, signal: AbortSignal): Promise<Rested<Plans>> {
    return this.#thread.ask({ type: "plan", question }, signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#thread[Symbol.asyncDispose]();
  }
}
