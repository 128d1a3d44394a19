/**
 * Reads the stream of one center: one batch after the other to ingest, as many in flight as an agent is granted.
 *
 * A batch is acknowledged to the broker when the hub has answered it, which it does when its log is on disk. What a
 * crash leaves unacknowledged the broker delivers again, and ingest answers a repeated batch with its first receipt.
 *
 * @module
 */

import { toBinary } from "@bufbuild/protobuf";
import { createInbox, type Msg, type NatsConnection } from "@nats-io/transport-node";
import {
  type Clock,
  MAX_NATS_MESSAGE_BYTES,
  NATS_CONSUMER,
  natsNamesOf,
  plainView,
  publishAnswerCodec,
  TributaryError,
} from "@tributary/proto";
import { PublishResponseSchema } from "@tributary/proto/wire";
import type { ByteBudget } from "../api/byte-budget.ts";
import type { CourierApi } from "../api/courier-api.ts";
import { CREDIT, isOverQuota, OVER_QUOTA_PAUSE_MS } from "../api/ingest-api.ts";
import type { OnStep } from "../log/steps.ts";
import { HUB_INBOX } from "./nats-connection.ts";

export interface NatsLaneOptions {
  readonly connection: NatsConnection;
  readonly centerId: string;
  readonly courier: CourierApi;
  /** Shared by all streams of the hub, whatever their transport. */
  readonly budget: ByteBudget;
  readonly clock: Clock;
  readonly onStep: OnStep;
  /** A batch could not be answered because of a mistake of ours. */
  readonly onDefect: (centerId: string, error: unknown) => void;
}

/** For how long one request waits for a message at the server. */
const BELL_MS = 5_000;
/** How much longer than that the server's answer may take; then it was lost, as where a cluster changes its leader. */
const GRACE_MS = 2_000;
/** Status of the server's answer where nobody listens to a subject. */
const NO_RESPONDERS = 503;

/** Reads until aborted. Rejects with the signal's reason, or `ERR_UNAVAILABLE` if the stream or the server is gone. */
export async function runNatsLane(options: NatsLaneOptions, signal: AbortSignal): Promise<never> {
  const { connection, centerId, courier, budget, clock, onStep } = options;
  const names = natsNamesOf(centerId);
  const inFlight = new Set<Promise<void>>();
  let hasBeenOverQuota = false;
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${names.stream}.${NATS_CONSUMER}`;

  for (;;) {
    signal.throwIfAborted();
    await bell();
    while (await takeOne());
  }

  /**
   * Resolves when a message may wait. It asks for one of a single byte: the server says that there is one and that it
   * is larger (409), and sends nothing of it, so that idle centers take no memory.
   */
  async function bell(): Promise<void> {
    await request({ batch: 1, max_bytes: 1, expires: BELL_MS * 1e6 }, BELL_MS);
  }

  /** Takes a message if there is one. Room for it is there before it is asked for. */
  async function takeOne(): Promise<boolean> {
    while (inFlight.size >= CREDIT.batches) await orAborted(Promise.race(inFlight), signal);
    if (hasBeenOverQuota) await clock.sleep(OVER_QUOTA_PAUSE_MS, signal);
    hasBeenOverQuota = false;
    const giveBack = await budget.take(MAX_NATS_MESSAGE_BYTES, signal);
    let message: Msg | undefined;
    try {
      message = await request({ batch: 1, no_wait: true }, 0);
    } finally {
      giveBack(message === undefined ? undefined : MAX_NATS_MESSAGE_BYTES - message.data.length);
    }
    if (message === undefined) return false;
    const answered: Promise<void> = answer(message)
      .catch((error) => {
        // Not acknowledged: the broker delivers it again.
        if (!signal.aborted) options.onDefect(centerId, error);
      })
      .finally(() => {
        inFlight.delete(answered);
        giveBack();
      });
    inFlight.add(answered);
    return true;
  }

  async function answer({ data, reply }: Msg): Promise<void> {
    const answered = await courier.take(centerId, plainView(data));
    hasBeenOverQuota ||= isOverQuota(answered);
    if (connection.isClosed()) return;
    const response = publishAnswerCodec.encode(answered);
    connection.publish(names.receipt, toBinary(PublishResponseSchema, response));
    if (reply !== undefined) connection.publish(reply, "+ACK");
    if (answered.type === "receipt") onStep("ack");
  }

  /** One pull (NATS JetStream wire API); undefined where the server answers with a status instead of a message. */
  async function request(pull: object, waitMs: number): Promise<Msg | undefined> {
    signal.throwIfAborted();
    const pulled = firstAnswer(connection, subject, JSON.stringify(pull), waitMs + GRACE_MS);
    let response: Msg;
    try {
      // A request of a connection that is closed never ends.
      response = await orAborted(pulled, signal);
    } catch (cause) {
      signal.throwIfAborted();
      throw streamGone(names.stream, cause);
    }
    // Only what a stream holds can be acknowledged. A status in the headers proves nothing: a center can write one.
    if (response.reply) return response;
    if (response.headers?.code === NO_RESPONDERS) throw streamGone(names.stream, "no responders");
    return undefined;
  }
}

/**
 * Asks, and resolves to the first message that comes back, whatever it says. `request` of the library would take a message
 * that a center wrote for the server's word that nobody answers, and the lane would come to it again and again.
 */
function firstAnswer(
  connection: NatsConnection,
  subject: string,
  question: string,
  timeoutMs: number,
): Promise<Msg> {
  return new Promise((resolve, reject) => {
    // A message comes under its own subject: only a subscription of its own tells whose answer it is.
    const reply = createInbox(HUB_INBOX);
    connection.subscribe(reply, {
      max: 1,
      timeout: timeoutMs,
      callback: (error, message) => (error === null ? resolve(message) : reject(error)),
    });
    connection.publish(subject, question, { reply });
  });
}

/** Settles as `work` does, or rejects when aborted even where `work` never settles. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function streamGone(stream: string, cause: unknown): TributaryError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TributaryError(
    "ERR_UNAVAILABLE",
    `the stream ${stream} cannot be read (${why}); if it is missing, run: tributary-hub nats setup`,
    {
      messageZh: `无法读取流 ${stream}（${why}）；如该流不存在，请运行 tributary-hub nats setup`,
      cause,
    },
  );
}
