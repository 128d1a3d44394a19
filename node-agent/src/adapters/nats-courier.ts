/**
 * {@link Courier} over NATS: batches into the center's stream, answers from the center's subject.
 *
 * What the broker says is worth nothing: a batch is delivered when its receipt is there and verifies. The broker may
 * deliver a batch twice or late, so that answers come twice or late too: only the first answer to a batch of this session
 * is passed on.
 *
 * @module
 */

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type JetStreamClient, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import {
  type Clock,
  decodeRefusal,
  errorOfRefusal,
  heartbeatCodec,
  MAX_NATS_FRAME_BYTES,
  type NatsNames,
  natsNamesOf,
  openBatch,
  plainView,
  type SigningKey,
  signCallerToken,
  TributaryError,
  toHex,
} from "@tributary/proto";
import {
  NatsAnswerSchema,
  type NatsAsk,
  NatsAskSchema,
  PublishResponseSchema,
  RefusalSchema,
} from "@tributary/proto/wire";
import type { Answer, Courier, CourierSession, FeedHead, Heartbeat } from "../ports/courier.ts";
import { abortable } from "../publish/together.ts";
import type { MembershipState } from "../sync/agent-state.ts";
import { AnswerQueue } from "./answer-queue.ts";
import { answerOf, feedHeadOf, membershipOf } from "./hub-messages.ts";
import { connectNats, frameTooLarge, natsError } from "./nats-connection.ts";

const CALL_TIMEOUT_MS = 15_000;
/** For the broker's acknowledgement: what it takes longer for is lost, as where a cluster changes its leader. */
const PUBLISH_TIMEOUT_MS = 5_000;
/** How long a batch that was refused for a gap may wait for the answer to another copy of it. */
const GAP_MS = 2_000;

/** Who connects, and to which hub behind which server. */
export interface NatsCourierOptions {
  /** `nats://` or `tls://` addresses of one server or of the servers of one cluster. */
  readonly servers: readonly string[];
  readonly hubOrigin: string;
  readonly centerId: string;
  readonly key: SigningKey;
  readonly clock: Clock;
}

export function natsCourier(options: NatsCourierOptions): Courier {
  const ids = { areUsed: true };
  return { connect: () => new NatsCourierSession(options, ids) };
}

/** Whether batches carry a message id. Shared by the sessions of a courier. */
interface MessageIds {
  areUsed: boolean;
}

class NatsCourierSession implements CourierSession {
  readonly #options: NatsCourierOptions;
  readonly #ids: MessageIds;
  readonly #names: NatsNames;
  readonly #answers = new AnswerQueue<Answer>();
  /** Batches of this session without an answer, by feed and sequence. */
  readonly #unanswered = new Set<string>();
  #connection: Promise<NatsConnection> | undefined;
  #jetstream: JetStreamClient | undefined;
  readonly #end = new AbortController();

  constructor(options: NatsCourierOptions, ids: MessageIds) {
    this.#options = options;
    this.#ids = ids;
    this.#names = natsNamesOf(options.centerId);
  }

  async membership(signal: AbortSignal): Promise<MembershipState> {
    const { centerId } = this.#options;
    const { answer } = await this.#ask({ case: "status", value: { centerId } as never }, signal);
    if (answer.case !== "status") throw strangeAnswer(answer.case);
    return membershipOf(answer.value);
  }

  async feedHead(feedId: Uint8Array, signal: AbortSignal): Promise<FeedHead | undefined> {
    const { centerId } = this.#options;
    const value = { centerId, feedId } as never;
    const { answer } = await this.#ask({ case: "feedHead", value }, signal);
    if (answer.case !== "feedHead") throw strangeAnswer(answer.case);
    return feedHeadOf(answer.value);
  }

  async *answers(signal: AbortSignal): AsyncIterable<Answer> {
    const connection = await abortable(this.#connect(), signal);
    connection.subscribe(this.#names.receipt, {
      callback: (error, { data }) => {
        if (error === null) this.#receive(data);
        else this.#answers.fail(natsError(error, this.#options.servers));
      },
    });
    await abortable(connection.flush(), signal).catch((error) => {
      signal.throwIfAborted();
      throw natsError(error, this.#options.servers);
    });
    this.#jetstream = jetstream(connection, { timeout: PUBLISH_TIMEOUT_MS });
    await this.#askForCredit({ case: "window", value: {} as never }, signal);
    yield* this.#answers.until(signal);
  }

  /** The window bounds what is in flight, here as over gRPC; that the broker has a batch is not waited for. */
  async send(frame: Uint8Array): Promise<void> {
    if (this.#jetstream === undefined) throw new TypeError("the stream is not open");
    if (frame.length > MAX_NATS_FRAME_BYTES) throw frameTooLarge();
    const { header, headerHash } = openBatch(frame);
    this.#unanswered.add(nameOf(header.feedId, header.seq));
    const options = this.#ids.areUsed ? { msgID: toHex(headerHash) } : {};
    this.#jetstream.publish(this.#names.batch, frame, options).then(
      ({ duplicate }) => {
        if (duplicate) this.#onDuplicate();
      },
      (error) => this.#answers.fail(natsError(error, this.#options.servers)),
    );
  }

  /** A hub asks for batches over gRPC only. */
  async giveBack(): Promise<void> {
    throw new TributaryError("ERR_UNSUPPORTED", "batches are given back over gRPC only", {
      messageZh: "仅支持经 gRPC 归还批次",
    });
  }

  async beat(heartbeat: Heartbeat): Promise<void> {
    const value = heartbeatCodec.encode(heartbeat);
    await this.#askForCredit({ case: "heartbeat", value }, NEVER);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    this.#answers.fail(closed());
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.close();
  }

  #connect(): Promise<NatsConnection> {
    const { servers } = this.#options;
    this.#connection ??= connectNats(this.#options).then(
      (connection) => {
        connection.closed().then((error) => {
          this.#answers.fail(error instanceof Error ? natsError(error, servers) : closed());
        });
        if (this.#end.signal.aborted) connection.close();
        return connection;
      },
      (error) => {
        throw natsError(error, servers);
      },
    );
    return this.#connection;
  }

  /**
   * The broker took a batch for one that it had. It may be right, as after a broken session, or somebody used the id
   * for another message: so the next session sends what has no receipt again, and without ids from then on.
   */
  #onDuplicate(): void {
    this.#ids.areUsed = false;
    this.#answers.fail(
      new TributaryError(
        "ERR_UNAVAILABLE",
        "the NATS server takes a batch for one that it had; it is sent again without an id",
        { messageZh: "NATS 服务器将批次误认为重复；将不带标识重新发送" },
      ),
    );
  }

  /** Passes an answer on if it is the first to a batch of this session. Anything else on the subject means nothing. */
  #receive(data: Uint8Array): void {
    const answer = decodeAnswer(data);
    if (answer?.type !== "receipt" && answer?.type !== "refusal") return;
    const name = nameOf(answer.feedId, answer.seq);
    if (!this.#unanswered.has(name)) return;
    if (this.#isOfGap(answer)) {
      this.#awaitAnotherCopy(name);
    } else {
      this.#unanswered.delete(name);
      this.#answers.push(answer);
    }
  }

  /** True if the hub misses a batch before it that is in flight here, and has its own answer coming. */
  #isOfGap(answer: Answer): boolean {
    if (answer.type !== "refusal") return false;
    const { code, expectedSeq } = answer.refusal;
    const missing =
      code === "ERR_BATCH_GAP" ? expectedSeq : code === "ERR_FEED_UNKNOWN" ? 0n : undefined;
    return missing !== undefined && this.#unanswered.has(nameOf(answer.feedId, missing));
  }

  /**
   * A gap is nothing that the feed has: the copy that was refused is of an earlier session, and that of this one comes; or
   * the broker lost or delays what was before it, and the next session sends both again.
   */
  #awaitAnotherCopy(name: string): void {
    this.#options.clock.sleep(GAP_MS, this.#end.signal).then(
      () => {
        if (this.#unanswered.has(name)) this.#answers.fail(overtaken());
      },
      () => {}, // the session ended before
    );
  }

  async #askForCredit(question: NatsAsk["question"], signal: AbortSignal): Promise<void> {
    const { answer } = await this.#ask(question, signal);
    if (answer.case !== "credit") throw strangeAnswer(answer.case);
    const { batches, bytes } = answer.value;
    this.#answers.push({ type: "credit", batches, bytes });
  }

  /** Asks the hub. @throws {TributaryError} what the hub refuses with; `ERR_UNAVAILABLE`, `ERR_DEADLINE`. */
  async #ask(question: NatsAsk["question"], signal: AbortSignal) {
    const { servers, key, centerId, hubOrigin, clock } = this.#options;
    const connection = await abortable(this.#connect(), signal);
    const token = await signCallerToken(key, { centerId, audience: hubOrigin, nowMs: clock.now() });
    const ask = toBinary(NatsAskSchema, create(NatsAskSchema, { token, question }));
    const request = connection.request(this.#names.ask, ask, { timeout: CALL_TIMEOUT_MS });
    // A request of a connection that is closed may never end.
    const gone = connection.closed().then((error) => Promise.reject(error ?? closed()));
    const reply = await abortable(Promise.race([request, gone]), signal).catch((error) => {
      signal.throwIfAborted();
      throw natsError(error, servers);
    });
    const { answer } = fromBinary(NatsAnswerSchema, plainView(reply.data));
    if (answer.case !== "refusal") return { answer };
    throw errorOfRefusal(decodeRefusal(toBinary(RefusalSchema, answer.value)));
  }
}

const NEVER = new AbortController().signal;

function nameOf(feedId: Uint8Array, seq: bigint): string {
  return `${toHex(feedId)} ${seq}`;
}

/** Undefined for what is no answer: the subject carries what others make the broker write there. */
function decodeAnswer(data: Uint8Array): Answer | undefined {
  try {
    return answerOf(fromBinary(PublishResponseSchema, plainView(data)));
  } catch {
    return undefined;
  }
}

function closed(): TributaryError {
  return new TributaryError("ERR_UNAVAILABLE", "the connection to the NATS server is closed", {
    messageZh: "与 NATS 服务器的连接已关闭",
  });
}

function overtaken(): TributaryError {
  return new TributaryError(
    "ERR_UNAVAILABLE",
    "the NATS server lost or delays batches; they are sent again",
    { messageZh: "NATS 服务器丢失或延迟了批次；将重新发送" },
  );
}

function strangeAnswer(got: string | undefined): TributaryError {
  return new TributaryError(
    "ERR_MESSAGE_MALFORMED",
    `the hub answers another question than was asked (${got ?? "nothing"})`,
    { messageZh: "枢纽的答复与所问不符" },
  );
}
