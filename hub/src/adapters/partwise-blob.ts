/**
 * {@link ArrivingBlob} over anything that reads one part at a time.
 *
 * @module
 */

import { type ArrivingBlob, PART_BYTES, PartState } from "../ports/index-store.ts";

/** Parts of a range that are read at once. */
const PARTS_AT_ONCE = 8;

/** Begins with nothing. */
export class PartwiseBlob implements ArrivingBlob {
  readonly buffer: SharedArrayBuffer;
  readonly parts: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Uint8Array;
  readonly #readPart: (part: number) => Promise<Uint8Array>;
  readonly #reading = new Map<number, Promise<void>>();

  /** @param readPart Resolves with the bytes of a part, or rejects. */
  constructor(size: number, readPart: (part: number) => Promise<Uint8Array>) {
    this.buffer = new SharedArrayBuffer(size);
    this.parts = new Int32Array(new SharedArrayBuffer(4 * Math.ceil(size / PART_BYTES)));
    this.#bytes = new Uint8Array(this.buffer);
    this.#readPart = readPart;
  }

  async read(from: number, to: number): Promise<void> {
    let next = Math.floor(from / PART_BYTES);
    const end = Math.ceil(to / PART_BYTES);
    await atOnce(PARTS_AT_ONCE, async () => {
      while (next < end) await this.#arrived(next++);
    });
  }

  lose(): void {
    for (const [part, state] of this.parts.entries()) {
      if (state !== PartState.here) this.#tell(part, PartState.lost);
    }
  }

  #arrived(part: number): Promise<void> {
    if (part >= this.parts.length || this.parts[part] === PartState.here) return Promise.resolve();
    let reading = this.#reading.get(part);
    if (reading === undefined) {
      reading = this.#fetch(part).finally(() => this.#reading.delete(part));
      this.#reading.set(part, reading);
    }
    return reading;
  }

  async #fetch(part: number): Promise<void> {
    this.#bytes.set(await this.#readPart(part), part * PART_BYTES);
    this.#tell(part, PartState.here);
  }

  #tell(part: number, state: number): void {
    Atomics.store(this.parts, part, state);
    Atomics.notify(this.parts, part);
  }
}

/** Runs several at once; waits for all of them, then throws the first error. */
async function atOnce(times: number, run: () => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(Array.from({ length: times }, run));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
