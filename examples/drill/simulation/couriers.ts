/**
 * The two couriers of an agent over the simulated network: a stream to the hub, and the broker.
 *
 * @module
 */

import {
  type PublishAnswer,
  type PublishItem,
  publishAnswerCodec,
  TributaryError,
  toHex,
} from "@tributary/proto";
import { AnswerQueue as ItemQueue } from "../../../hub/src/api/answer-queue.ts";
import { AnswerQueue } from "../../../node-agent/src/adapters/answer-queue.ts";
import { answerOf } from "../../../node-agent/src/adapters/hub-messages.ts";
import type {
  Answer,
  Courier,
  CourierSession,
  FeedHead,
  Heartbeat,
} from "../../../node-agent/src/ports/courier.ts";
import { abortable } from "../../../node-agent/src/publish/together.ts";
import type { MembershipState } from "../../../node-agent/src/sync/agent-state.ts";
import type { History } from "./history.ts";
import { Line, type Network } from "./network.ts";
import type { Life } from "./scheduler.ts";
import type { RunningHub } from "./simulated-hub.ts";

const CALL_TIMEOUT_MS = 15_000;
/** After this long without an answer a transport gives up on a peer that is gone. */
const KEEPALIVE_MS = 80_000;

export interface CourierOptions {
  readonly centerId: string;
  /** The agent's. */
  readonly life: Life;
  readonly network: Network;
  readonly history: History;
  /** The hub's process, if one takes calls. */
  readonly hub: () => RunningHub | undefined;
}

/** Over a stream to the hub, as gRPC is. @param onOpen Hears how to break each stream that opens. */
export function streamCourier(
  options: CourierOptions,
  onOpen: (breakStream: () => void) => void,
): Courier {
  return { connect: () => new StreamSession(options, onOpen) };
}

/** Over the broker. */
export function brokerCourier(options: CourierOptions): Courier {
  return { connect: () => new BrokerSession(options) };
}

/** What both have: questions with answers. */
abstract class Session implements CourierSession {
  protected readonly options: CourierOptions;
  protected readonly received = new AnswerQueue<Answer>();
  protected readonly up: Line;
  protected readonly down: Line;
  protected isClosed = false;

  constructor(options: CourierOptions) {
    this.options = options;
    this.up = new Line(options.network, options.centerId);
    this.down = new Line(options.network, options.centerId);
  }

  membership(signal: AbortSignal): Promise<MembershipState> {
    const { centerId } = this.options;
    return this.ask(async ({ registry }) => {
      const { state, reason, sinceMs, actor } = registry.require(centerId);
      return { state, reason, sinceMs, actor };
    }, signal);
  }

  feedHead(feedId: Uint8Array, signal: AbortSignal): Promise<FeedHead | undefined> {
    const { centerId } = this.options;
    return this.ask(async ({ ingest }) => {
      const {
        feedId: known,
        nextSeq,
        lastHash,
        pausedCode,
        held,
      } = await ingest.feedHead({
        centerId,
        feedId,
      });
      return known.length === 0 ? undefined : { nextSeq, lastHash, pausedCode, held };
    }, signal);
  }

  /** The hubs of the simulation lose no records, so that they want none back. */
  async giveBack(): Promise<void> {
    throw new TypeError("no hub asked for a batch");
  }

  abstract answers(signal: AbortSignal): AsyncIterable<Answer>;
  abstract send(frame: Uint8Array): Promise<void>;
  abstract beat(heartbeat: Heartbeat): Promise<void>;

  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
    this.received.fail(unavailable("the session is closed"));
  }

  /** A call with a deadline. Whoever died meanwhile hears and says nothing. */
  protected ask<T>(call: (hub: RunningHub) => Promise<T>, signal: AbortSignal): Promise<T> {
    const { life, network, hub } = this.options;
    const asked = new Promise<T>((resolve, reject) => {
      const told = (tell: () => void) => {
        if (!life.isOver) tell();
      };
      network.scheduler.after(CALL_TIMEOUT_MS, () =>
        told(() => reject(unavailable("no answer in time"))),
      );
      this.up.send(() => {
        const running = hub();
        const answer = running?.life.isOver === false ? call(running) : undefined;
        if (running === undefined || answer === undefined) {
          this.down.send(() => told(() => reject(unavailable("nobody listens"))));
          return;
        }
        const reply = (tell: () => void) => {
          if (!running.life.isOver) this.down.send(() => told(tell));
        };
        answer.then(
          (value) => reply(() => resolve(value)),
          (error) => reply(() => reject(error)),
        );
      });
    });
    return abortable(asked, signal);
  }

  protected receive(answer: PublishAnswer): void {
    if (this.options.life.isOver || this.isClosed) return;
    const known = answerOf(publishAnswerCodec.encode(answer));
    if (known !== undefined) this.received.push(known);
  }

  protected fail(why: string): void {
    if (!this.options.life.isOver) this.received.fail(unavailable(why));
  }
}

class StreamSession extends Session {
  readonly #onOpen: (breakStream: () => void) => void;
  readonly #items = new ItemQueue<PublishItem>();
  readonly #ended = new AbortController();
  #isBroken = false;

  constructor(options: CourierOptions, onOpen: (breakStream: () => void) => void) {
    super(options);
    this.#onOpen = onOpen;
  }

  async *answers(signal: AbortSignal): AsyncIterable<Answer> {
    this.up.send(() => this.#accept());
    this.#onOpen(() => this.#break());
    yield* this.received.until(signal);
  }

  async send(frame: Uint8Array): Promise<void> {
    this.options.history.sent(this.options.centerId, frame);
    this.#write({ type: "batch", frame });
  }

  async beat(heartbeat: Heartbeat): Promise<void> {
    this.#write({ type: "heartbeat", heartbeat });
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    this.up.send(() => this.#ended.abort(unavailable("the agent has closed the stream")));
  }

  #write(item: PublishItem): void {
    if (this.options.life.isOver || this.#isBroken) return;
    this.up.send(() => this.#items.push(item));
  }

  /** The hub's end of the stream. */
  async #accept(): Promise<void> {
    const { centerId, hub, history, life } = this.options;
    const running = hub();
    if (running === undefined) {
      this.down.send(() => this.fail("nobody listens"));
      return;
    }
    const answers = running.ingest.publish(this.#items, {
      principal: { type: "center", centerId },
      requestId: "",
      signal: this.#ended.signal,
    });
    this.#watch(running);
    try {
      for await (const answer of answers) {
        if (running.life.isOver) return;
        history.answered(centerId, answer);
        this.down.send(() => this.receive(answer));
      }
      this.down.send(() => this.fail("the hub closed the stream"));
    } catch (error) {
      if (running.life.isOver) return;
      this.down.send(() => {
        if (!life.isOver) this.received.fail(error as Error);
      });
    }
  }

  /** Each side learns that the other is gone: soon where its machine says so, else when it has heard nothing for long. */
  #watch(running: RunningHub): void {
    const { life, network } = this.options;
    const { scheduler } = network;
    const look = () => {
      if (this.#ended.signal.aborted || this.isClosed) return;
      if (running.life.isOver) this.fail("the hub is gone");
      else if (life.isOver) this.#ended.abort(unavailable("the agent is gone"));
      else scheduler.after(scheduler.random.int(20, KEEPALIVE_MS), look);
    };
    look();
  }

  #break(): void {
    const { network } = this.options;
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.up.lose();
    this.down.lose();
    const { random } = network.scheduler;
    network.scheduler.after(random.int(0, KEEPALIVE_MS), () =>
      this.#ended.abort(unavailable("the stream broke")),
    );
    // Where nobody tells the agent, its own watchdog has to find out.
    if (random.chance(0.7)) {
      network.scheduler.after(random.int(0, 5_000), () => this.fail("the stream broke"));
    }
  }
}

class BrokerSession extends Session {
  /** Batches of this session without an answer, by feed and sequence. */
  readonly #unanswered = new Set<string>();

  async *answers(signal: AbortSignal): AsyncIterable<Answer> {
    const { network, centerId } = this.options;
    network.broker.listen(centerId, (answer) => this.#hear(answer));
    await this.#askForCredit(undefined, signal);
    yield* this.received.until(signal);
  }

  async send(frame: Uint8Array): Promise<void> {
    const { centerId, life, network, history } = this.options;
    if (life.isOver) return;
    const { feedId, seq } = history.sent(centerId, frame);
    this.#unanswered.add(`${toHex(feedId)} ${seq}`);
    this.up.send(() => network.broker.publish(centerId, frame));
  }

  beat(heartbeat: Heartbeat): Promise<void> {
    return this.#askForCredit(heartbeat, new AbortController().signal);
  }

  async #askForCredit(heartbeat: Heartbeat | undefined, signal: AbortSignal): Promise<void> {
    const { centerId } = this.options;
    const principal = { type: "center", centerId } as const;
    const credit = await this.ask(
      async ({ courier }) => courier.beat(principal, centerId, heartbeat),
      signal,
    );
    this.received.push({ type: "credit", ...credit });
  }

  #hear(answer: PublishAnswer): void {
    if (answer.type !== "receipt" && answer.type !== "refusal") return;
    const { history, centerId } = this.options;
    history.answered(centerId, answer);
    // The first answer to a batch of this session counts; others are of copies and of sessions before.
    if (this.#unanswered.delete(`${toHex(answer.feedId)} ${answer.seq}`)) this.receive(answer);
  }
}

function unavailable(why: string): TributaryError {
  return new TributaryError("ERR_UNAVAILABLE", why);
}
