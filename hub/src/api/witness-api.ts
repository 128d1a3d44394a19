/**
 * Witnesses: who is one, and the stream on which each is asked.
 *
 * @module
 */

import { TributaryError, type WitnessAnswer } from "@tributary/proto";
import { type Cosigning, notNamed, type WitnessLink } from "../log/cosigning.ts";
import type { WitnessList } from "../log/witness-list.ts";
import type { MemberRegistry } from "../members/registry.ts";
import { AnswerQueue } from "./answer-queue.ts";
import { actorOf } from "./principal.ts";
import type { CallContext } from "./rpc.ts";

/** A witness's answer to the request `id`. */
interface AnswerMessage extends WitnessAnswer {
  readonly id: number;
}

interface AskMessage {
  readonly id: number;
  readonly addCheckpoint: string;
}

export interface WitnessApiOptions {
  readonly witnesses: WitnessList;
  readonly cosigning: Cosigning;
  readonly registry: Pick<MemberRegistry, "get">;
}

const MAX_ANSWER_LENGTH = 64 * 1024;

export function createWitnessApi({ witnesses, cosigning, registry }: WitnessApiOptions) {
  return {
    /** @throws {TributaryError} what {@link WitnessList.set} throws; `ERR_MEMBER_UNKNOWN` for a center that is none. */
    async setWitness(
      { centerId, vkey }: { readonly centerId: string; readonly vkey: string },
      { principal }: CallContext,
    ) {
      if (vkey !== "" && registry.get(centerId) === undefined) {
        throw new TributaryError("ERR_MEMBER_UNKNOWN", `${centerId} is not a member`, {
          messageZh: `${centerId} 不是成员`,
        });
      }
      return { position: await witnesses.set(centerId, vkey, actorOf(principal)) };
    },

    async listWitnesses(_request: object) {
      return {
        witnesses: witnesses.list().map((witness) => {
          const { centerId, vkey } = witness;
          return { centerId, vkey, ...cosigning.standingOf(witness) };
        }),
      };
    },

    /**
     * Asks the calling center until one side ends the stream.
     *
     * @throws {TributaryError} `ERR_MEMBER_STATE` if it is no witness; `ERR_DEADLINE` if it does not answer; `ERR_PROTOCOL`
     * if it answers what was not asked.
     */
    async *witness(
      answers: AsyncIterable<AnswerMessage>,
      { principal, signal }: CallContext,
    ): AsyncIterable<AskMessage> {
      if (principal.type !== "center") throw new TypeError("a witness without a center");
      const { centerId } = principal;
      if (!witnesses.has(centerId)) throw notNamed(centerId);
      const stream = new WitnessStream();
      const onAbort = () => stream.close(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      const detach = cosigning.attach(centerId, stream);
      stream.take(answers);
      try {
        yield* stream.asks;
      } finally {
        detach();
        signal.removeEventListener("abort", onAbort);
        stream.close(new TributaryError("ERR_CANCELLED", "the stream has ended"));
      }
    },
  };
}

/** One stream of one witness: at most one question is on its way. */
class WitnessStream implements WitnessLink {
  readonly asks = new AnswerQueue<AskMessage>();
  #lastId = 0;
  #waiting: PromiseWithResolvers<WitnessAnswer> | undefined;
  #closed: Error | undefined;

  async ask(addCheckpoint: string, signal: AbortSignal): Promise<WitnessAnswer> {
    if (this.#closed !== undefined) throw this.#closed;
    signal.throwIfAborted();
    const waiting = Promise.withResolvers<WitnessAnswer>();
    this.#waiting = waiting;
    this.#lastId += 1;
    this.asks.push({ id: this.#lastId, addCheckpoint });
    const onAbort = () => waiting.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await waiting.promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#waiting = undefined;
    }
  }

  close(reason: Error): void {
    this.#closed ??= reason;
    this.#waiting?.reject(this.#closed);
    this.asks.fail(this.#closed);
  }

  /** Reads answers until the other side ends; then the stream is over. */
  take(answers: AsyncIterable<AnswerMessage>): void {
    const read = async () => {
      for await (const { id, status, body } of answers) {
        if (this.#waiting === undefined || id !== this.#lastId) throw unasked(id);
        if (body.length > MAX_ANSWER_LENGTH) throw tooLong(body.length);
        this.#waiting.resolve({ status, body });
      }
      this.asks.close();
    };
    read().catch((error) => this.close(error));
  }
}

function unasked(id: number): TributaryError {
  return new TributaryError("ERR_PROTOCOL", `answer ${id} is to nothing that was asked`, {
    messageZh: `应答 ${id} 没有对应的请求`,
  });
}

function tooLong(length: number): TributaryError {
  return new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `an answer has ${length} characters; it may have ${MAX_ANSWER_LENGTH}`,
    {
      messageZh: `应答长 ${length} 字符，上限 ${MAX_ANSWER_LENGTH}`,
      details: { limitName: "witness_answer", limitValue: MAX_ANSWER_LENGTH },
    },
  );
}
