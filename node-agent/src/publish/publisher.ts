/**
 * Publishes the feed for as long as the agent runs: connects, publishes, waits, and connects again.
 *
 * It never gives up, and every state in which it waits says since when, for whom, and what ends it.
 *
 * @module
 */

import { type Clock, isTributaryError, type TributaryError } from "@tributary/proto";
import type { Feed } from "../feed/feed.ts";
import type { Steps } from "../feed/steps.ts";
import type { Courier, CourierSession, Heartbeat, Refusal } from "../ports/courier.ts";
import type { FeedStore } from "../ports/feed-store.ts";
import { type Memo, pauseInForce } from "../sync/memo.ts";
import { type Pause, problemOf } from "../sync/problem.ts";
import { backOffMs } from "./back-off.ts";
import { heldIn } from "./held.ts";
import { standingOf } from "./reconcile.ts";
import { publishOver, type SessionEnd } from "./session.ts";
import { abortable, together } from "./together.ts";

/** How often the hub is asked whether a person there decided. */
const ASK_AGAIN_MS = 5_000;
/** A feed that replaced a restored one and is doubted again within this time needs a person. */
const RENEWAL_INTERVAL_MS = 3_600_000;

/** Pauses that the hub ends itself, so that it is asked now and then. */
const ENDED_BY_HUB: ReadonlySet<string> = new Set([
  "ERR_FEED_PAUSED",
  "ERR_MASS_CHANGE",
  "ERR_BATCH_EQUIVOCATION",
  "ERR_BATCH_FORK",
]);

/**
 * Refusals of a batch that overtook the one before it: the next session asks where the feed stands and goes on from
 * there, or finds out what is really wrong.
 */
const ENDED_BY_ASKING: ReadonlySet<string> = new Set(["ERR_BATCH_GAP", "ERR_FEED_UNKNOWN"]);

/** What a publisher needs. */
export interface PublisherOptions {
  readonly courier: Courier;
  readonly feed: Feed;
  readonly store: FeedStore;
  readonly memo: Memo;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly steps: Steps;
  readonly heartbeat: () => Heartbeat;
}

/** Why there is nothing left to do for now. */
export type Outcome =
  /** Everything that was signed is in the hub's log. */
  | "published"
  /** A person or the hub paused publication. */
  | "paused"
  /** The operator has not approved the membership, or ended it. */
  | "not-a-member"
  /** Several tries in a row failed. */
  | "unreachable";

const TRIES_BEFORE_UNREACHABLE = 4;

/** Publishes one feed. */
export class Publisher {
  readonly #options: PublisherOptions;
  /** Ordinal of the feed that the hub agreed about, in this process; 0 before. */
  #agreedFeed = 0;
  /** Whether the hub said in this process how the membership and the feed stand. */
  #hasHeard = false;
  /** Failures since the last receipt or other good answer. */
  #failures = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Publishes until aborted; rejects with the signal's reason then, and with an error of the store if that fails. */
  async run(signal: AbortSignal): Promise<never> {
    for (;;) {
      signal.throwIfAborted();
      await this.#wait(await this.#try(signal), signal);
    }
  }

  /** Resolves when there is nothing left to do for now; {@link Publisher.run} must be running. */
  async outcome(signal: AbortSignal): Promise<Outcome> {
    const { feed, memo, clock } = this.#options;
    for (;;) {
      const [memoChanges, feedChanges] = [memo.changes.count, feed.changes.count];
      const pause = pauseInForce(memo.agent.pause, clock.now());
      if (pause !== undefined && pause.by !== "hub") return "paused";
      // What the hub said last time proves nothing, nor does an empty outbox: the feed may have been restored.
      if (this.#hasHeard) {
        if (this.#agreedFeed === feed.state.ordinal && feed.outbox.batches === 0) {
          return "published";
        }
        if (pause !== undefined) return "paused";
        if (memo.agent.membership?.state !== "approved") return "not-a-member";
      }
      if (this.#failures >= TRIES_BEFORE_UNREACHABLE) return "unreachable";
      await together(signal, [
        (signal) => memo.changes.wait(memoChanges, signal),
        (signal) => feed.changes.wait(feedChanges, signal),
      ]);
    }
  }

  /** One session. Resolves to the ms to wait before the next. */
  async #try(signal: AbortSignal): Promise<number> {
    const { courier, memo, clock, random } = this.#options;
    try {
      await using session = courier.connect();
      return await this.#over(session, signal);
    } catch (error) {
      signal.throwIfAborted();
      // The store's failures are the caller's: only opening it again tells what it holds.
      if (isStoreError(error)) throw error;
      const { connection } = memo.agent;
      this.#failures += 1;
      await memo.updateAgent({ connection: problemOf(error, clock.now(), connection) });
      return backOffMs(this.#failures - 1, random);
    }
  }

  async #over(session: CourierSession, signal: AbortSignal): Promise<number> {
    const { feed, store, memo, clock } = this.#options;
    const membership = await abortable(session.membership(signal), signal);
    const heardAtMs = clock.now();
    if (membership.state !== "approved") {
      this.#failures = 0;
      this.#hasHeard = true;
      await memo.updateAgent({ membership, heardAtMs, connection: undefined });
      return ASK_AGAIN_MS;
    }
    const head = await abortable(session.feedHead(feed.state.feedId, signal), signal);
    const standing = await standingOf(head, feed, store);
    const { pause } = memo.agent;
    const pausedCode = head?.pausedCode ?? "";
    // A hub that lost batches may get them back, from a newer backup; then there is nothing left to decide here.
    const isEnded =
      pause !== undefined &&
      (ENDED_BY_HUB.has(pause.code) || (pause.code === "ERR_FEED_LOST" && standing === "agrees"));
    const hasHubResumed = pause?.by === "hub" && pausedCode === "" && isEnded;
    this.#hasHeard = true;
    await memo.updateAgent({
      membership,
      heardAtMs,
      connection: undefined,
      ...heldIn(head),
      ...(hasHubResumed && { pause: undefined }),
    });
    if (standing === "hub-is-ahead") return this.#renew();
    if (standing === "hub-lost-batches") return this.#pause(lostPause(clock.now()));
    if (pausedCode !== "" && memo.agent.pause?.code !== pausedCode) {
      return this.#pause(pausedByHub(pausedCode, clock.now()));
    }
    if (memo.agent.pause?.by === "hub") return ASK_AGAIN_MS;
    this.#agreedFeed = feed.state.ordinal;
    memo.changes.notify();
    const end = await publishOver(
      { ...this.#options, session, onReceipt: () => this.#onReceipt() },
      signal,
    );
    return this.#after(end);
  }

  async #after(end: SessionEnd): Promise<number> {
    const { memo, clock, random } = this.#options;
    if (end.type === "changed") return 0;
    if (end.type === "closed") {
      // A hub that closes streams without a word is not a hub to hurry back to.
      this.#failures += 1;
      return backOffMs(this.#failures - 1, random);
    }
    const { code, message, messageZh, retryAfterMs } = end.refusal;
    if (retryAfterMs !== undefined || ENDED_BY_ASKING.has(code)) {
      this.#failures += 1;
      const sinceMs = clock.now();
      memo.noteAgent({ connection: { code, message, messageZh, sinceMs } });
      return (retryAfterMs ?? 0) + backOffMs(Math.min(this.#failures - 1, 3), random);
    }
    return this.#pause(refusedPause(end.refusal, clock.now()));
  }

  async #pause(pause: Pause): Promise<number> {
    await this.#options.memo.updateAgent({ pause });
    return ASK_AGAIN_MS;
  }

  /** Opens a new feed, unless that was done a moment ago and did not help. */
  async #renew(): Promise<number> {
    const { feed, clock } = this.#options;
    const { reason, openedAtMs } = feed.state;
    const nowMs = clock.now();
    if (reason === "restored" && nowMs - openedAtMs < RENEWAL_INTERVAL_MS && openedAtMs <= nowMs) {
      return this.#pause(lostPause(nowMs));
    }
    await feed.renew("restored");
    return 0;
  }

  #onReceipt(): void {
    this.#failures = 0;
    const { feed, memo } = this.#options;
    if (feed.outbox.batches === 0) memo.changes.notify();
  }

  /** Waits, or less if the memo changes: a person resumed, or asks for news. */
  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const { clock, memo } = this.#options;
    if (ms === 0) return;
    const seen = memo.changes.count;
    const { pause } = memo.agent;
    const isResumed = async (signal: AbortSignal) => {
      for (let count = seen; ; count = memo.changes.count) {
        await memo.changes.wait(count, signal);
        if (pause !== undefined && memo.agent.pause === undefined) return;
      }
    };
    await together(signal, [(signal) => clock.sleep(ms, signal), isResumed]);
  }
}

function refusedPause({ code, message, messageZh }: Refusal, sinceMs: number): Pause {
  return { by: "hub", code, message, messageZh, sinceMs };
}

function pausedByHub(code: string, sinceMs: number): Pause {
  return {
    by: "hub",
    code,
    message: `the hub paused the feed (${code}); its operator has to confirm or reset it, then the agent goes on by itself`,
    messageZh: `汇流枢纽已暂停本中心的发布（${code}），需枢纽管理员确认或重置，之后会自动继续`,
    sinceMs,
  };
}

function lostPause(sinceMs: number): Pause {
  return {
    by: "hub",
    code: "ERR_FEED_LOST",
    message:
      "the hub does not know batches that it gave receipts for; tell its operator, keep the receipts (tributary-agent feed verify), then publish everything in a new feed: tributary-agent feed renew",
    messageZh:
      "汇流枢纽缺少其已出具回执的批次；请告知枢纽管理员并保留回执（tributary-agent feed verify），然后用 tributary-agent feed renew 重新发布全部记录",
    sinceMs,
  };
}

function isStoreError(error: unknown): error is TributaryError {
  return isTributaryError(error) && ["ERR_STORE_FULL", "ERR_STORE_DAMAGED"].includes(error.code);
}
