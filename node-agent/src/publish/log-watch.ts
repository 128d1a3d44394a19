/**
 * Watches the hub's log: each period its newest checkpoint, and the largest that receipts brought, have to extend what
 * was seen before. A hub that contradicts itself gets no more records until a person has looked.
 *
 * @module
 */

import {
  type Clock,
  isTributaryError,
  type LogFollower,
  type Misbehaviour,
  MisbehaviourError,
  TributaryError,
} from "@tributary/proto";
import type { Memo } from "../sync/memo.ts";
import { problemOf } from "../sync/problem.ts";
import type { EpochWatch } from "./epoch-watch.ts";

/** How often the hub's log is looked at; ms. */
const CHECKPOINT_PERIOD_MS = 60_000;

/** After so many periods without another summary the hub is said to have broken its promise. */
const EPOCHS_OF_PATIENCE = 2;

/** What a watch needs. */
export interface LogWatchOptions {
  readonly follower: LogFollower;
  readonly epochs: EpochWatch;
  readonly memo: Memo;
  readonly clock: Clock;
  /** Writes the file that proves it; resolves to its path. */
  readonly report: (misbehaviour: Misbehaviour) => Promise<string>;
}

/** Looks at one log. Looks that are asked for together happen one after the other. */
export class LogWatch {
  readonly #options: LogWatchOptions;
  #lastLook: Promise<void> = Promise.resolve();

  constructor(options: LogWatchOptions) {
    this.#options = options;
  }

  /** Looks until aborted; rejects with the signal's reason then. */
  async run(signal: AbortSignal): Promise<never> {
    for (;;) {
      await this.look(signal);
      await this.#options.clock.sleep(CHECKPOINT_PERIOD_MS, signal);
    }
  }

  /** Looks once. What is wrong goes into the memo: as a pause if the log is not what it was, else as a problem. */
  async look(signal: AbortSignal): Promise<void> {
    await this.#telling(signal, () => this.#look(signal));
  }

  /**
   * As {@link LogWatch.look}, at a checkpoint that came another way.
   *
   * @returns Whether it is of the log that was seen before; if it is not, the memo says why.
   */
  check(note: string, signal: AbortSignal): Promise<boolean> {
    return this.#telling(signal, async () => {
      await this.#options.follower.compare(note, signal);
    });
  }

  /** One after the other: a follower takes one look at a time. Resolves to whether nothing was wrong. */
  #telling(signal: AbortSignal, look: () => Promise<void>): Promise<boolean> {
    const told = this.#lastLook.then(async () => {
      try {
        await look();
        return true;
      } catch (error) {
        await this.#tellOf(error, signal);
        return false;
      }
    });
    this.#lastLook = told.then(
      () => undefined,
      () => undefined,
    );
    return told;
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { follower, memo } = this.#options;
    const note = memo.agent.checkpoint?.note;
    if (note !== undefined) await follower.compare(note, signal);
    const { type } = await follower.look(signal);
    if (type === "behind") return await this.#tell(withheld());
    if (await this.#isEpochMissing(signal)) return;
    if (memo.agent.logProblem !== undefined) await memo.updateAgent({ logProblem: undefined });
  }

  async #tellOf(error: unknown, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (isTributaryError(error, "ERR_STORE_FULL")) throw error;
    if (error instanceof MisbehaviourError) return this.#accuse(error);
    // Of an entry below a checkpoint that the hub has signed.
    if (isTributaryError(error, "ERR_NOT_FOUND")) return this.#tell(withheld(error));
    if (!isTributaryError(error, "ERR_CHECKPOINT_INCONSISTENT")) return this.#tell(error);
    await this.#pause(error.code, error.message, error.messageZh);
  }

  /** True if the hub shows no summary where it showed or promised one; that is told then. */
  async #isEpochMissing(signal: AbortSignal): Promise<boolean> {
    const { epochs, follower, memo, clock } = this.#options;
    const known = memo.agent.epoch;
    const seen = await epochs.look(signal);
    if (seen === undefined || seen.epoch < (known?.epoch ?? 0)) {
      if (known !== undefined) await this.#tell(withheld());
      return known !== undefined;
    }
    await follower.compare(seen.note, signal);
    const { epoch, writtenAtMs, periodMs, note, receipt } = seen;
    const isNew = epoch !== known?.epoch;
    if (isNew) await memo.updateAgent({ epoch: { epoch, writtenAtMs, periodMs } });
    if (clock.now() <= writtenAtMs + EPOCHS_OF_PATIENCE * periodMs) return false;
    if (memo.agent.logProblem?.code === "ERR_EPOCH_OVERDUE") return true;
    const path = await this.#options.report({ kind: "overdue", first: note, second: receipt });
    await this.#tell(overdue(writtenAtMs, path));
    return true;
  }

  #tell(error: unknown): Promise<void> {
    const { memo, clock } = this.#options;
    const logProblem = problemOf(error, clock.now(), memo.agent.logProblem);
    return memo.updateAgent({ logProblem });
  }

  async #accuse({ misbehaviour, code, message, messageZh }: MisbehaviourError): Promise<void> {
    // Fresh receipts of what was found before would make another file each time.
    if (this.#options.memo.agent.pause?.code === code) return;
    const path = await this.#options.report(misbehaviour);
    await this.#pause(
      code,
      `${message}. The proof is ${path}; keep it and show it to others: tributary-agent verify-misbehaviour ${path}`,
      `${messageZh}。证据文件：${path}，请妥善保存并提供给他人核验：tributary-agent verify-misbehaviour ${path}`,
    );
  }

  async #pause(code: string, message: string, messageZh: string): Promise<void> {
    const { memo, clock } = this.#options;
    if (memo.agent.pause?.code === code) return;
    await memo.updateAgent({
      pause: { by: "hub", code, message, messageZh, sinceMs: clock.now() },
    });
  }
}

/** No pause: a hub that was restored from a backup says the same until it has the rest again. */
function withheld(cause?: unknown): TributaryError {
  return new TributaryError(
    "ERR_CHECKPOINT_INCONSISTENT",
    "the hub shows less of its log than it signed: it was restored from a backup, or it withholds entries; ask its operator",
    {
      messageZh: "枢纽展示的日志少于其已签署的内容：可能由备份恢复，或隐瞒了条目，请联系其管理员",
      cause,
    },
  );
}

/** No pause either: what the hub does not say proves nothing, and this clock may be wrong. */
function overdue(writtenAtMs: number, path: string): TributaryError {
  const since = new Date(writtenAtMs).toISOString();
  return new TributaryError(
    "ERR_EPOCH_OVERDUE",
    `the hub promised another epoch summary and has shown none since ${since}: it stands still, or it shows an old log; ask its operator. What was seen: ${path}`,
    {
      messageZh: `枢纽承诺按期发布周期摘要，但自 ${since} 起未见新的摘要：可能已停滞，或展示的是旧日志，请联系其管理员。所见内容：${path}`,
      details: { writtenAtMs },
    },
  );
}
