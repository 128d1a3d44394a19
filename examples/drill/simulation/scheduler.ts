/**
 * Simulated time: what happens next is the earliest event, and between two events everything that can go on does.
 *
 * Nothing in a simulation waits for anything else: no timer, no file, no thread. So a program that has no event left to
 * wait for stands still after one turn of the event loop, and the same seed gives the same order of everything.
 *
 * @module
 */

import type { Clock } from "@tributary/proto";
import type { SeededRandom } from "./seeded-random.ts";

const START_MS = Date.UTC(2026, 0, 1);

/** One life of a simulated process, from its start to its end: what it planned is forgotten with it. */
export class Life {
  #isOver = false;

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
  }
}

interface Event {
  readonly atMs: number;
  /** Decides between events of one time. */
  readonly order: number;
  readonly run: () => void;
}

/** The events of one simulation. */
export class Scheduler {
  readonly random: SeededRandom;
  #nowMs = START_MS;
  /** A binary heap, the earliest event first. */
  readonly #events: Event[] = [];

  constructor(random: SeededRandom) {
    this.random = random;
  }

  /** The true time, which no process sees; ms since the epoch. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Plans an event. @param delayMs 0 or more. */
  after(delayMs: number, run: () => void): void {
    this.#push({ atMs: this.#nowMs + delayMs, order: this.random.share(), run });
  }

  /** Runs what is planned for the next `ms`; returns early when `isDone` is true after an event. */
  async runFor(ms: number, isDone: () => boolean = () => false): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await turn();
    while (!isDone()) {
      const next = this.#events[0];
      if (next === undefined || next.atMs > untilMs) {
        this.#nowMs = untilMs;
        return;
      }
      this.#pop();
      this.#nowMs = next.atMs;
      next.run();
      await turn();
    }
  }

  /** The clock of one process, which may be wrong by `skewMs()`; sleeps end with its life. */
  clock(life: Life, skewMs: () => number): Clock {
    return {
      now: () => this.#nowMs + skewMs(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const onAbort = () => reject(signal?.reason);
          if (signal?.aborted) {
            onAbort();
            return;
          }
          signal?.addEventListener("abort", onAbort, { once: true });
          this.after(ms, () => {
            signal?.removeEventListener("abort", onAbort);
            if (!life.isOver) resolve();
          });
        }),
    };
  }

  #push(event: Event): void {
    const heap = this.#events;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent] as Event)) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#events;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Event)) child += 1;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Lets every promise that can go on do so. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
