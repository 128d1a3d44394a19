/**
 * What is between agents and hub: latency, cuts, streams that break, and a broker that forgets.
 *
 * A line delivers in order, late, and not while its center is cut off. A stream over two lines may break: what was under
 * way is lost from some point on, and each side hears of it at once, later, or never. The broker keeps batches until the
 * hub acknowledges them; it delivers some twice, some late, and loses all of them at once.
 *
 * @module
 */

import type { PublishAnswer } from "@tributary/proto";
import type { Scheduler } from "./scheduler.ts";

/** One direction between a center and the hub, in order. */
export class Line {
  readonly #network: Network;
  readonly #centerId: string;
  readonly #queue: (() => void)[] = [];
  #lastMs = 0;

  constructor(network: Network, centerId: string) {
    this.#network = network;
    this.#centerId = centerId;
  }

  send(deliver: () => void): void {
    this.#queue.push(deliver);
    this.#plan(this.#network.latencyMs());
  }

  /** Loses what is under way, but for some of the oldest. */
  lose(): void {
    const kept = this.#network.scheduler.random.int(0, this.#queue.length);
    this.#queue.splice(kept);
  }

  #plan(delayMs: number): void {
    const { scheduler } = this.#network;
    this.#lastMs = Math.max(this.#lastMs, scheduler.nowMs + delayMs);
    scheduler.after(this.#lastMs - scheduler.nowMs, () => {
      const cutMs = this.#network.cutMs(this.#centerId);
      if (cutMs > 0) this.#plan(cutMs + this.#network.latencyMs());
      else this.#queue.shift()?.();
    });
  }
}

/** A message at the broker. */
interface Kept {
  readonly frame: Uint8Array;
  isInFlight: boolean;
}

/** What the hub does with a message: resolves when it has answered; never where it dies before. */
export type TakeBatch = (centerId: string, frame: Uint8Array) => Promise<unknown>;

/** A broker without memory for what matters. */
export class Broker {
  readonly #network: Network;
  readonly #kept = new Map<string, Kept[]>();
  readonly #listeners = new Map<string, (answer: PublishAnswer) => void>();
  #take: TakeBatch | undefined;

  constructor(network: Network) {
    this.#network = network;
  }

  /** Hears the answers to a center from now on, in the place of who heard them before. */
  listen(centerId: string, listener: (answer: PublishAnswer) => void): void {
    this.#listeners.set(centerId, listener);
  }

  /** Passes an answer on: once, twice, or never. */
  answer(centerId: string, answer: PublishAnswer): void {
    const { scheduler, isFaulty } = this.#network;
    const copies = !isFaulty || scheduler.random.chance(0.9) ? 1 : scheduler.random.int(0, 2);
    for (let copy = 0; copy < copies; copy += 1) {
      scheduler.after(this.#network.latencyMs(), () => this.#listeners.get(centerId)?.(answer));
    }
  }

  /** The hub reads from now on; what another hub had in flight is delivered again. */
  serve(take: TakeBatch | undefined): void {
    this.#take = take;
    for (const [centerId, kept] of this.#kept) {
      for (const message of kept) message.isInFlight = false;
      this.#pump(centerId);
    }
  }

  publish(centerId: string, frame: Uint8Array): void {
    const kept = this.#kept.get(centerId) ?? [];
    this.#kept.set(centerId, kept);
    kept.push({ frame, isInFlight: false });
    this.#pump(centerId);
  }

  /** Every stream is deleted and made anew. */
  forget(): void {
    this.#kept.clear();
  }

  #pump(centerId: string): void {
    const take = this.#take;
    if (take === undefined) return;
    for (const message of this.#kept.get(centerId) ?? []) {
      if (message.isInFlight) continue;
      message.isInFlight = true;
      this.#network.scheduler.after(this.#network.latencyMs(), () => {
        if (this.#take !== take) return;
        take(centerId, message.frame).then(() => this.#acknowledge(centerId, message));
      });
    }
  }

  #acknowledge(centerId: string, message: Kept): void {
    const { scheduler, isFaulty } = this.#network;
    if (isFaulty && scheduler.random.chance(0.05)) {
      // The acknowledgement is lost.
      scheduler.after(ACK_WAIT_MS, () => {
        message.isInFlight = false;
        this.#pump(centerId);
      });
      return;
    }
    const kept = this.#kept.get(centerId);
    const at = kept?.indexOf(message) ?? -1;
    if (at >= 0) kept?.splice(at, 1);
  }
}

const ACK_WAIT_MS = 60_000;

/** Lines between all centers and the hub. */
export class Network {
  readonly scheduler: Scheduler;
  readonly broker: Broker;
  /** False at the end of a simulation, when everything may settle. */
  isFaulty = true;
  readonly #cutUntilMs = new Map<string, number>();

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
    this.broker = new Broker(this);
  }

  cut(centerId: string, ms: number): void {
    this.#cutUntilMs.set(centerId, this.scheduler.nowMs + ms);
  }

  /** For how long a center stays cut off; 0 when it is not. */
  cutMs(centerId: string): number {
    return Math.max(0, (this.#cutUntilMs.get(centerId) ?? 0) - this.scheduler.nowMs);
  }

  latencyMs(): number {
    const { random } = this.scheduler;
    return this.isFaulty && random.chance(0.05) ? random.int(100, 8_000) : random.int(1, 60);
  }

  /** Ends every cut, and with them the faults. */
  heal(): void {
    this.isFaulty = false;
    this.#cutUntilMs.clear();
  }
}
