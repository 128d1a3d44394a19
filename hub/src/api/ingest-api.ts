/**
 * The ingest service: one stream of batches in, one stream of answers out.
 *
 * @module
 */

import {
  type Clock,
  type Credit,
  type FeedHead,
  fromHex,
  type HeldSnapshot,
  type PublishAnswer,
  type PublishItem,
  TributaryError,
  ZERO_HASH,
} from "@tributary/proto";
import { heldSnapshotOf } from "../catalog/center-fact.ts";
import type { FeedState } from "../ingest/feed-table.ts";
import type { Ingest } from "../ingest/ingest.ts";
import type { OnStep } from "../log/steps.ts";
import type { PresenceBoard } from "../members/presence.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { AnswerQueue } from "./answer-queue.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { CallContext } from "./rpc.ts";

export interface FeedHeadRequest {
  readonly centerId: string;
  /** 16 bytes; empty asks for the open feed. */
  readonly feedId: Uint8Array;
}

export interface IngestApiOptions {
  readonly ingest: Ingest;
  readonly catalog: Pick<CatalogStore, "fact">;
  readonly presence: PresenceBoard;
  /** Shared by all streams of the hub. */
  readonly budget: ByteBudget;
  readonly clock: Clock;
  readonly onStep: OnStep;
}

/** What one stream is granted. The frames of all streams share the hub's byte budget. */
export const CREDIT: Credit = { batches: 32, bytes: 8 * 2 ** 20 };

/** Streams that one center may have open; an agent needs one, and a second while it reconnects. */
const MAX_STREAMS = 4;

/**
 * How long a stream is not read when a batch was beyond a quota of its center. A center that sends on regardless then waits
 * in its own stream: refusing thousands of batches a second would be paid for by the others. The answers keep their order,
 * and a window that was in flight is answered within two seconds.
 */
export const OVER_QUOTA_PAUSE_MS = 50;

/** True for the refusal of a batch that was beyond a quota of its center. */
export function isOverQuota(answer: PublishAnswer): boolean {
  return answer.type === "refusal" && answer.refusal.code === "ERR_QUOTA";
}

/** An agent shows a sign of life each 30 s; a stream that is silent for longer is ended. */
const SILENCE_MS = 300_000;

export function createIngestApi(options: IngestApiOptions) {
  const { ingest, catalog, presence, budget, clock, onStep } = options;
  const streams = new Map<string, number>();

  return {
    /** Where a feed stands, and what of the center's earlier feeds is held back. */
    async feedHead({ centerId, feedId }: FeedHeadRequest): Promise<FeedHead> {
      const held = await heldOf(catalog, centerId);
      const feed = ingest.feedHead(centerId, feedId.length === 0 ? undefined : feedId);
      return { ...feedHeadOf(feed), held };
    },

    /**
     * Takes batches until the caller ends its stream, and answers each.
     *
     * @throws {TributaryError} `ERR_CREDIT` if more is in flight than was granted; `ERR_OVERLOADED` if the center has too
     * many streams; `ERR_DEADLINE` if the stream was silent for 5 minutes.
     */
    async *publish(
      items: AsyncIterable<PublishItem>,
      { principal, signal }: CallContext,
    ): AsyncIterable<PublishAnswer> {
      if (principal.type !== "center") throw new TypeError("publish without a center");
      signal.throwIfAborted();
      const { centerId } = principal;
      const release = openStream(streams, centerId);
      const answers = new AnswerQueue<PublishAnswer>();
      const ended = new AbortController();
      const over = AbortSignal.any([signal, ended.signal]);
      over.addEventListener("abort", () => answers.fail(over.reason), { once: true });
      try {
        yield { type: "credit", credit: CREDIT };
        const session = { centerId, answers, signal: over, lastItemAtMs: clock.now() };
        takeAll(session, items).then(
          () => answers.close(),
          (error) => answers.fail(error),
        );
        watchSilence(session).catch((error) => answers.fail(error));
        for await (const answer of answers) {
          yield answer;
          // The transport asks for the next answer when it has sent this one.
          if (answer.type === "receipt") onStep("ack");
        }
      } finally {
        ended.abort(new TributaryError("ERR_CANCELLED", "the stream has ended"));
        release();
      }
    },
  };

  interface Session {
    readonly centerId: string;
    readonly answers: AnswerQueue<PublishAnswer>;
    readonly signal: AbortSignal;
    lastItemAtMs: number;
  }

  async function takeAll(session: Session, items: AsyncIterable<PublishItem>): Promise<void> {
    const { centerId, answers, signal } = session;
    const inFlight = new Set<Promise<void>>();
    let bytesInFlight = 0;
    let wasOverQuota = false;
    for await (const item of items) {
      if (wasOverQuota) await clock.sleep(OVER_QUOTA_PAUSE_MS, signal);
      wasOverQuota = false;
      session.lastItemAtMs = clock.now();
      if (item.type === "heartbeat") {
        presence.heard(centerId, item.heartbeat);
        continue;
      }
      if (item.type === "returned") throw unasked();
      presence.heard(centerId);
      const bytes = item.frame.length;
      if (inFlight.size >= CREDIT.batches || bytesInFlight + bytes > CREDIT.bytes) {
        throw creditExceeded(inFlight.size + 1, bytesInFlight + bytes);
      }
      bytesInFlight += bytes;
      // Until there is room the next item is not read, so the transport's window closes.
      const giveBack = await budget.take(bytes, signal);
      const answered = ingest
        .accept(centerId, item.frame)
        .then(
          (answer) => {
            wasOverQuota ||= isOverQuota(answer);
            answers.push(answer);
          },
          (error) => answers.fail(error),
        )
        .finally(() => {
          inFlight.delete(answered);
          bytesInFlight -= bytes;
          giveBack();
        });
      inFlight.add(answered);
    }
    await Promise.all(inFlight);
  }

  async function watchSilence(session: Session): Promise<void> {
    const { signal } = session;
    try {
      for (;;) {
        await clock.sleep(SILENCE_MS / 5, signal);
        // A clock that was set back since would hide any silence for as long.
        session.lastItemAtMs = Math.min(session.lastItemAtMs, clock.now());
        if (clock.now() - session.lastItemAtMs > SILENCE_MS) break;
      }
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    throw new TributaryError(
      "ERR_DEADLINE",
      `the stream was silent for ${SILENCE_MS / 1_000} s; agents send a heartbeat each 30 s`,
      { messageZh: `数据流已静默 ${SILENCE_MS / 1_000} 秒；代理应每 30 秒发送心跳` },
    );
  }
}

const EMPTY = new Uint8Array();

/** Where a feed stands, as it is answered, without what is held back; undefined for one that the hub does not know. */
export function feedHeadOf(feed: FeedState | undefined): FeedHead {
  return {
    feedId: feed?.feedId ?? EMPTY,
    nextSeq: feed?.nextSeq ?? 0n,
    lastHash: feed?.lastHash ?? ZERO_HASH,
    nextRecordSeq: feed?.nextRecordSeq ?? 0n,
    pausedCode: feed?.pausedCode ?? "",
    held: undefined,
  };
}

/** The snapshot of a center that waits, by what the catalog covers. */
async function heldOf(
  catalog: Pick<CatalogStore, "fact">,
  centerId: string,
): Promise<HeldSnapshot | undefined> {
  const held = await heldSnapshotOf(catalog, centerId);
  if (held === undefined) return undefined;
  const { feedId, position, omitted, kept, sinceMs } = held;
  return { feedId: fromHex(feedId), position, omitted, kept, sinceMs };
}

function unasked(): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", "the hub did not ask for a batch", {
    messageZh: "枢纽并未请求归还批次",
  });
}

function openStream(streams: Map<string, number>, centerId: string): () => void {
  const open = streams.get(centerId) ?? 0;
  if (open >= MAX_STREAMS) {
    throw new TributaryError(
      "ERR_OVERLOADED",
      `${centerId} has ${open} streams open and ${MAX_STREAMS} may; end one first`,
      {
        messageZh: `${centerId} 已打开 ${open} 条数据流，最多 ${MAX_STREAMS} 条`,
        details: { limitName: "streams", limitValue: MAX_STREAMS },
      },
    );
  }
  streams.set(centerId, open + 1);
  return () => {
    const left = (streams.get(centerId) ?? 1) - 1;
    if (left === 0) streams.delete(centerId);
    else streams.set(centerId, left);
  };
}

function creditExceeded(batches: number, bytes: number): TributaryError {
  const [limitName, limitValue] =
    batches > CREDIT.batches ? ["credit_batches", CREDIT.batches] : ["credit_bytes", CREDIT.bytes];
  return new TributaryError(
    "ERR_CREDIT",
    `${batches} batches of ${bytes} bytes are in flight; ${CREDIT.batches} of ${CREDIT.bytes} bytes were granted`,
    {
      messageZh: `在途 ${batches} 个批次共 ${bytes} 字节，超出授予的 ${CREDIT.batches} 个、${CREDIT.bytes} 字节`,
      details: { limitName, limitValue, batches, bytes },
    },
  );
}
