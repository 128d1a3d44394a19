/**
 * {@link Insights} computed in a thread of its own. A question that finds what was computed last to be old has it computed
 * again, and is answered with the old; so nothing is computed while nobody asks.
 *
 * @module
 */

import type { Clock, TributaryError } from "@tributary/proto";
import type { InsightSnapshot, Insights } from "../ports/insights.ts";
import { AskedThread } from "./asked-thread.ts";

/** What the thread is started with. */
export interface InsightSettings {
  /** Folder of the catalog's store, which this process has open already and closes later. */
  readonly catalogFolder: string;
}

/** To the thread, which answers with an {@link InsightSnapshot}. */
export interface InsightCommand {
  readonly type: "compute";
}

export interface WorkerInsightsOptions extends InsightSettings {
  readonly clock: Clock;
  /** Log size that the catalog covers now. */
  readonly catalogPosition: () => number;
  /** Ms after which a computation is old if the catalog has grown. Default one minute. */
  readonly maxAgeMs?: number;
  /** A computation failed, or the thread ended by itself and will be started again. */
  readonly onFailed?: (error: TributaryError) => void;
}

const MINUTE_MS = 60_000;

export class WorkerInsights implements Insights, AsyncDisposable {
  readonly #options: WorkerInsightsOptions;
  readonly #thread: AskedThread<InsightCommand>;
  readonly #ending = new AbortController();
  #latest: InsightSnapshot | undefined;
  #computing: Promise<InsightSnapshot> | undefined;

  constructor(options: WorkerInsightsOptions) {
    const { catalogFolder, clock, onFailed } = options;
    this.#options = options;
    this.#thread = new AskedThread({
      name: "insight",
      settings: { catalogFolder } satisfies InsightSettings,
      clock,
      // All who wait wait for the same.
      maxQueued: 1,
      task: { en: "insight", zh: "洞察" },
      onFailed,
    });
  }

  /** Starts the thread, as the first question would. */
  start(): void {
    this.#thread.start();
  }

  async snapshot(signal: AbortSignal): Promise<InsightSnapshot> {
    const latest = this.#latest;
    if (latest !== undefined && !this.#isOld(latest)) return latest;
    const computing = this.#compute();
    if (latest !== undefined) {
      // Whoever asks next gets it; what went wrong is told below.
      computing.catch(() => undefined);
      return latest;
    }
    return await untilAborted(computing, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#thread[Symbol.asyncDispose]();
  }

  #isOld({ position, computedAtMs }: InsightSnapshot): boolean {
    const { clock, catalogPosition, maxAgeMs = MINUTE_MS } = this.#options;
    // A catalog that went back was made anew.
    if (catalogPosition() < position) return true;
    return catalogPosition() > position && clock.now() - computedAtMs >= maxAgeMs;
  }

  #compute(): Promise<InsightSnapshot> {
    this.#computing ??= this.#thread
      .ask<InsightSnapshot>({ type: "compute" }, this.#ending.signal)
      .then(
        (snapshot) => {
          this.#computing = undefined;
          this.#latest = snapshot;
          return snapshot;
        },
        (error) => {
          this.#computing = undefined;
          if (!this.#ending.signal.aborted) this.#options.onFailed?.(error);
          throw error;
        },
      );
    return this.#computing;
  }
}

function untilAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
