/**
 * One connection's worth of publishing: batches out in order, receipts in, signs of life, and a watchdog.
 *
 * A session begins at the first batch without a receipt and ends at the first thing that is not a receipt. The next one
 * begins there again, and batches that the hub has already are answered by the receipts that it kept: so there is
 * nothing to rewind inside a session, and no answer to a batch that was sent twice to be confused by.
 *
 * @module
 */

import {
  type Clock,
  equalBytes,
  formatNote,
  TributaryError,
  toBase64,
  type VerifiedReceipt,
} from "@tributary/proto";
import type { Feed } from "../feed/feed.ts";
import type { Steps } from "../feed/steps.ts";
import type { CourierSession, Heartbeat, Refusal } from "../ports/courier.ts";
import { type Memo, pauseInForce } from "../sync/memo.ts";
import { noteHeld } from "./held.ts";
import { abortable, together } from "./together.ts";
import { Window, type WindowLimits } from "./window.ts";

const HEARTBEAT_MS = 30_000;
const WATCH_MS = 5_000;
/**
 * Longest time in which no batch is answered while some wait. Answers to signs of life do not count: a batch or its answer
 * can be lost on the way while they pass, as where a message broker is between.
 */
const SILENCE_IN_FLIGHT_MS = 30_000;
/** Longest silence of a stream that the hub does not open. */
const SILENCE_UNOPENED_MS = 65_000;
const OWN_LIMITS: WindowLimits = { batches: 64, bytes: 4 * 2 ** 20 };

/** How a session ended when nothing failed. */
export type SessionEnd =
  /** The hub closed the stream: it restarts, or the connection is old. */
  | { readonly type: "closed" }
  | { readonly type: "refused"; readonly seq: bigint; readonly refusal: Refusal }
  /** A new feed was opened, or publication was paused or resumed. */
  | { readonly type: "changed" };

/** What a session needs. */
export interface SessionOptions {
  readonly session: CourierSession;
  readonly feed: Feed;
  readonly memo: Memo;
  readonly clock: Clock;
  readonly steps: Steps;
  readonly heartbeat: () => Heartbeat;
  /** Called when a batch is in the log. */
  readonly onReceipt: () => void;
}

/** Publishes until the session ends; rejects when the connection fails or `signal` is aborted. */
export function publishOver(options: SessionOptions, signal: AbortSignal): Promise<SessionEnd> {
  const { session, feed, memo, clock, steps } = options;
  const window = new Window(OWN_LIMITS);
  const { ordinal, feedId } = feed.state;
  let heardAtMs = clock.now();
  /** When a batch was answered last, or sent while none was in flight. */
  let answeredAtMs = heardAtMs;

  /** Receipts that came before that of an earlier batch; as many as are in flight at most. */
  const early = new Map<bigint, Uint8Array>();

  const acknowledge = async (seq: bigint, receipt: Uint8Array): Promise<void> => {
    early.set(seq, receipt);
    for (let next = nextOf(early, feed); next !== undefined; next = nextOf(early, feed)) {
      const verified = await feed.acknowledge(...next);
      early.delete(next[0]);
      window.answered(next[0]);
      noteCheckpoint(memo, verified, heardAtMs);
      options.onReceipt();
    }
  };

  const receive = async (signal: AbortSignal): Promise<SessionEnd> => {
    for await (const answer of session.answers(signal)) {
      heardAtMs = clock.now();
      if (answer.type === "credit") {
        window.grant(answer);
      } else if (answer.type === "wanted") {
        const { feedId, seq } = answer;
        const frame = await feed.returned(feedId, seq);
        await abortable(session.giveBack({ feedId, seq, frame }), signal);
      } else if (feed.state.ordinal !== ordinal || !equalBytes(answer.feedId, feedId)) {
        return { type: "changed" };
      } else if (answer.type === "refusal") {
        return { type: "refused", seq: answer.seq, refusal: answer.refusal };
      } else {
        if (!window.isInFlight(answer.seq)) throw unasked(answer.seq);
        answeredAtMs = heardAtMs;
        await acknowledge(answer.seq, answer.receipt);
      }
    }
    return { type: "closed" };
  };

  const send = async (signal: AbortSignal): Promise<SessionEnd> => {
    let next = 0n;
    for (;;) {
      const [feedChanges, memoChanges] = [feed.changes.count, memo.changes.count];
      const windowChanges = window.changes.count;
      if (feed.state.ordinal !== ordinal) return { type: "changed" };
      if (pauseInForce(memo.agent.pause, clock.now()) !== undefined) {
        await waitForResume(memo, memoChanges, clock, signal);
        continue;
      }
      const batch = await feed.pendingFrom(next);
      if (batch === undefined) {
        await together(signal, [
          (signal) => feed.changes.wait(feedChanges, signal),
          (signal) => memo.changes.wait(memoChanges, signal),
        ]);
      } else if (!window.hasRoomFor(batch.frame.length)) {
        await window.changes.wait(windowChanges, signal);
      } else {
        await feed.prepareToSend(batch.seq);
        if (window.batchesInFlight === 0) answeredAtMs = clock.now();
        window.sent(batch.seq, batch.frame.length);
        await abortable(session.send(batch.frame), signal);
        steps("send");
        next = batch.seq + 1n;
      }
    }
  };

  const beat = async (signal: AbortSignal): Promise<never> => {
    while (!window.isOpen) await window.changes.wait(window.changes.count, signal);
    for (;;) {
      await abortable(session.beat(options.heartbeat()), signal);
      await clock.sleep(HEARTBEAT_MS, signal);
      if (window.batchesInFlight > 0) continue;
      // The hub's own sign of life on a stream that is idle. What it holds back it does not tell unasked.
      await noteHeld(memo, await abortable(session.feedHead(feedId, signal), signal));
    }
  };

  // grpc-js can keep waiting on a connection whose peer is gone (grpc/grpc-node issues 2785 and 2853).
  const watch = async (signal: AbortSignal): Promise<never> => {
    for (;;) {
      await clock.sleep(WATCH_MS, signal);
      const nowMs = clock.now();
      // A clock that was set back since would hide any silence for as long.
      heardAtMs = Math.min(heardAtMs, nowMs);
      answeredAtMs = Math.min(answeredAtMs, nowMs);
      if (window.batchesInFlight > 0) {
        const silentMs = nowMs - answeredAtMs;
        if (silentMs > SILENCE_IN_FLIGHT_MS) throw silent(silentMs);
      } else if (!window.isOpen) {
        const silentMs = nowMs - heardAtMs;
        if (silentMs > SILENCE_UNOPENED_MS) throw silent(silentMs);
      }
    }
  };

  return together<SessionEnd>(signal, [receive, send, beat, watch]);
}

/** Resolves when the memo changes or the pause ends by itself. */
async function waitForResume(
  memo: Memo,
  seen: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const untilMs = memo.agent.pause?.untilMs;
  await together(signal, [
    (signal) => memo.changes.wait(seen, signal),
    ...(untilMs === undefined
      ? []
      : [(signal: AbortSignal) => clock.sleep(Math.max(0, untilMs - clock.now()), signal)]),
  ]);
}

/** The receipt of the first batch that waits, if it is there. */
function nextOf(
  early: ReadonlyMap<bigint, Uint8Array>,
  feed: Feed,
): [seq: bigint, receipt: Uint8Array] | undefined {
  const { firstSeq } = feed.outbox;
  const receipt = firstSeq === undefined ? undefined : early.get(firstSeq);
  return firstSeq === undefined || receipt === undefined ? undefined : [firstSeq, receipt];
}

function unasked(seq: bigint): TributaryError {
  return new TributaryError(
    "ERR_RECEIPT_MISMATCH",
    `the hub answers batch ${seq}, which was not sent on this connection`,
    { messageZh: `汇流枢纽答复了本连接未发送的批次 ${seq}`, details: { seq } },
  );
}

function noteCheckpoint(memo: Memo, { checkpoint }: VerifiedReceipt, heardAtMs: number): void {
  const isLarger = checkpoint.size > (memo.agent.checkpoint?.size ?? 0);
  const { size, root, note } = checkpoint;
  const newest = { size, root: toBase64(root), note: formatNote(note) };
  memo.noteAgent({ heardAtMs, ...(isLarger && { checkpoint: newest }) });
}

function silent(silentMs: number): TributaryError {
  const seconds = Math.round(silentMs / 1000);
  return new TributaryError(
    "ERR_UNAVAILABLE",
    `the hub has not answered for ${seconds} s; the connection is made anew`,
    { messageZh: `汇流枢纽已 ${seconds} 秒没有答复，正在重新连接` },
  );
}
