/**
 * What may be in flight: the hub's credit, and a bound of our own so that memory does not depend on the hub.
 *
 * @module
 */

import { Notifier } from "../feed/notifier.ts";

/** Most that is in flight, whatever the hub grants. */
export interface WindowLimits {
  readonly batches: number;
  readonly bytes: number;
}

/** Batches in flight against the credit. */
export class Window {
  readonly #limits: WindowLimits;
  /** Nothing may be sent before the hub granted credit. */
  #credit: WindowLimits = { batches: 0, bytes: 0 };
  readonly #inFlight = new Map<bigint, number>();
  #bytes = 0;
  readonly #changes = new Notifier();

  constructor(limits: WindowLimits) {
    this.#limits = limits;
  }

  /** Wakes who waits for room. */
  get changes(): Notifier {
    return this.#changes;
  }

  get batchesInFlight(): number {
    return this.#inFlight.size;
  }

  isInFlight(seq: bigint): boolean {
    return this.#inFlight.has(seq);
  }

  /** True once the hub granted anything. */
  get isOpen(): boolean {
    return this.#credit.batches > 0;
  }

  grant(credit: WindowLimits): void {
    this.#credit = credit;
    this.#changes.notify();
  }

  /** True if a batch of this size may be sent. One alone may be larger than the bytes granted, else it never could. */
  hasRoomFor(bytes: number): boolean {
    const most = {
      batches: Math.min(this.#credit.batches, this.#limits.batches),
      bytes: Math.min(this.#credit.bytes, this.#limits.bytes),
    };
    if (this.#inFlight.size >= most.batches) return false;
    return this.#inFlight.size === 0 || this.#bytes + bytes <= most.bytes;
  }

  sent(seq: bigint, bytes: number): void {
    this.#inFlight.set(seq, bytes);
    this.#bytes += bytes;
  }

  answered(seq: bigint): void {
    this.#bytes -= this.#inFlight.get(seq) ?? 0;
    this.#inFlight.delete(seq);
    this.#changes.notify();
  }
}
