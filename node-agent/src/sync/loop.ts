/**
 * Keeps all sources up to date, one at a time: when their files change, when their schedule says so, when a person asks,
 * and now and then in any case, since watchers miss what happens on network drives.
 *
 * @module
 */

import { isTributaryError } from "@tributary/proto";
import { Notifier } from "../feed/notifier.ts";
import { backOffMs } from "../publish/back-off.ts";
import { together } from "../publish/together.ts";
import { problemOf } from "./problem.ts";
import { nextRunMs } from "./schedule.ts";
import { type SourcePlan, type SyncOptions, type SyncOutcome, syncSource } from "./sync-source.ts";

/** How often a source is looked at when nothing else happens. */
const LOOK_MS = 60_000;
/** What passes by itself in a moment: another program finishes writing, the hub answers. */
const PASSING: ReadonlySet<string> = new Set([
  "ERR_SOURCE_LOCKED",
  "ERR_SOURCE_CHANGED",
  "ERR_FEED_RENEWED",
  "ERR_OUTBOX_FULL",
  "ERR_UNAVAILABLE",
]);

/** A source and when it is read. */
export interface ScheduledPlan extends SourcePlan {
  /** Cron pattern; undefined for a look once a minute. */
  readonly schedule: string | undefined;
}

export interface SyncLoopOptions extends SyncOptions {
  readonly plans: readonly ScheduledPlan[];
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Called after each look at a source, before the opening snapshot of a feed may end. */
  readonly afterLook?: (
    sourceId: string,
    outcome: SyncOutcome,
    signal: AbortSignal,
  ) => Promise<unknown>;
  /** Called with what came of each look at a source. */
  readonly onOutcome: (sourceId: string, outcome: SyncOutcome) => void;
}

/** When a source is looked at next, and when that was decided; ms since the epoch. */
interface Due {
  readonly atMs: number;
  readonly plannedAtMs: number;
}

/** Synchronises the sources of one agent. */
export class SyncLoop {
  readonly #options: SyncLoopOptions;
  readonly #due = new Map<string, Due>();
  readonly #failures = new Map<string, number>();
  readonly #requests = new Notifier();

  constructor(options: SyncLoopOptions) {
    this.#options = options;
  }

  /** Asks for a look at a source, in `delayMs` or sooner if one is due before. */
  request(sourceId: string, delayMs = 0): void {
    const plannedAtMs = this.#options.clock.now();
    const atMs = plannedAtMs + delayMs;
    const due = this.#due.get(sourceId);
    if (due === undefined || atMs < due.atMs) this.#due.set(sourceId, { atMs, plannedAtMs });
    this.#requests.notify();
  }

  /**
   * Looks at every source once, in their order.
   *
   * @throws {TributaryError} `ERR_STORE_FULL`, `ERR_STORE_DAMAGED`; the signal's reason when aborted.
   */
  async runOnce(signal: AbortSignal): Promise<ReadonlyMap<string, SyncOutcome>> {
    const outcomes = new Map<string, SyncOutcome>();
    for (const plan of this.#options.plans) {
      outcomes.set(plan.sourceId, await this.#sync(plan, signal));
    }
    return outcomes;
  }

  /** Keeps the sources up to date until aborted; throws as {@link SyncLoop.runOnce}. */
  async run(signal: AbortSignal): Promise<never> {
    const { plans, clock } = this.#options;
    for (const { sourceId } of plans) this.request(sourceId);
    for (;;) {
      const requests = this.#requests.count;
      const [plan, dueAtMs] = this.#next();
      const waitMs = dueAtMs - clock.now();
      if (plan === undefined || waitMs > 0) {
        await together(signal, [
          (signal) => clock.sleep(Math.max(0, waitMs), signal),
          (signal) => this.#requests.wait(requests, signal),
        ]);
        continue;
      }
      // Forgotten first: a change while the source is being read asks for another look.
      this.#due.delete(plan.sourceId);
      const outcome = await this.#sync(plan, signal);
      this.request(plan.sourceId, this.#delayMs(plan, outcome));
    }
  }

  #next(): [plan: ScheduledPlan | undefined, dueAtMs: number] {
    let first: ScheduledPlan | undefined;
    const nowMs = this.#options.clock.now();
    let firstAtMs = nowMs + LOOK_MS;
    for (const plan of this.#options.plans) {
      const due = this.#due.get(plan.sourceId);
      if (due === undefined) continue;
      // A clock that was set back since says nothing of how long to wait.
      const atMs = due.plannedAtMs - nowMs > LOOK_MS ? nowMs : due.atMs;
      if (atMs < firstAtMs) [first, firstAtMs] = [plan, atMs];
    }
    return [first, firstAtMs];
  }

  async #sync(plan: ScheduledPlan, signal: AbortSignal): Promise<SyncOutcome> {
    signal.throwIfAborted();
    const looked = await syncSource(plan, this.#options, signal);
    const outcome = await this.#afterLook(plan.sourceId, looked, signal);
    this.#options.onOutcome(plan.sourceId, outcome);
    if (outcome.type === "complete" || outcome.type === "unchanged") await this.#endSnapshot();
    return outcome;
  }

  /** The outcome; a failed one, to be tried again, if what comes after the look could not be done now. */
  async #afterLook(
    sourceId: string,
    outcome: SyncOutcome,
    signal: AbortSignal,
  ): Promise<SyncOutcome> {
    try {
      await this.#options.afterLook?.(sourceId, outcome, signal);
      return outcome;
    } catch (error) {
      if (!isTributaryError(error) || !PASSING.has(error.code)) throw error;
      return { type: "failed", problem: problemOf(error, this.#options.clock.now(), undefined) };
    }
  }

  /** Ends the opening snapshot of a feed when every source that has records was read completely in it. */
  async #endSnapshot(): Promise<void> {
    const { feed, memo, plans } = this.#options;
    const { ordinal, isSnapshotOpen } = feed.state;
    if (!isSnapshotOpen) return;
    const isComplete = (sourceId: string) => memo.source(sourceId).completeInFeed === ordinal;
    const configured = plans.every(({ sourceId }) => isComplete(sourceId));
    // A source that left the configuration keeps its records until a person decides about them.
    const orphaned = [...memo.sources.values()].every(
      ({ sourceId, liveRecords }) => liveRecords === 0 || isComplete(sourceId),
    );
    if (configured && orphaned) await feed.endSnapshot(ordinal);
  }

  #delayMs({ sourceId, schedule }: ScheduledPlan, outcome: SyncOutcome): number {
    const { clock, random } = this.#options;
    if (outcome.type === "failed" && PASSING.has(outcome.problem.code)) {
      const failures = (this.#failures.get(sourceId) ?? 0) + 1;
      this.#failures.set(sourceId, failures);
      return Math.max(100, backOffMs(failures, random));
    }
    this.#failures.delete(sourceId);
    if (schedule === undefined) return LOOK_MS;
    const nowMs = clock.now();
    return (nextRunMs(schedule, nowMs) ?? nowMs + LOOK_MS) - nowMs;
  }
}
