/**
 * Segments that are asked while they are still read: a start serves at once, and what a question needs comes first.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto/base";
import { type ArrivingBlob, PART_BYTES, PartState } from "../../ports/index-store.ts";
import { headEndOf, PREFIX_BYTES, sectionsOf } from "./blob.ts";

/** What is most of a segment, and of which a question needs little: the sections that {@link readForOpening} leaves. */
const LATE: ReadonlySet<string> = new Set(["postings", "texts"]);

/** A part that is wanted is the next to be read: to wait longer would only hide that nobody reads. */
const WAIT_MS = 10_000;

/** Which bytes of a segment are here, for a thread that asks it. */
export class Arrival {
  readonly #parts: Int32Array<SharedArrayBuffer>;
  /** Parts before this one are here. */
  #next = 0;

  constructor(parts: Int32Array<SharedArrayBuffer>) {
    this.#parts = parts;
  }

  /** Whether everything is here. */
  get isOver(): boolean {
    const parts = this.#parts;
    while (this.#next < parts.length && Atomics.load(parts, this.#next) === PartState.here) {
      this.#next += 1;
    }
    return this.#next === parts.length;
  }

  /**
   * Blocks this thread until the bytes `from` to `to` (exclusive) are here. Never in the thread that reads them.
   *
   * @throws {TributaryError} `ERR_UNAVAILABLE` if they will not come, or nobody has brought them in ten seconds.
   */
  waitFor(from: number, to: number): void {
    const parts = this.#parts;
    const end = Math.ceil(to / PART_BYTES);
    for (let part = Math.floor(from / PART_BYTES); part < end; part++) {
      if (Atomics.load(parts, part) === PartState.here) continue;
      Atomics.compareExchange(parts, part, PartState.absent, PartState.wanted);
      const outcome = Atomics.wait(parts, part, PartState.wanted, WAIT_MS);
      if (outcome === "timed-out" || Atomics.load(parts, part) !== PartState.here) throw lost();
    }
  }
}

/** Reads all of a segment without which it cannot be opened. @throws {TributaryError} `ERR_STORE_DAMAGED` */
export async function readForOpening(blob: ArrivingBlob): Promise<void> {
  const { buffer } = blob;
  await blob.read(0, Math.min(PREFIX_BYTES, buffer.byteLength));
  await blob.read(0, headEndOf(buffer));
  const early = sectionsOf(buffer).filter(({ name }) => !LATE.has(name));
  await Promise.all(early.map(({ from, to }) => blob.read(from, to)));
}

function lost(): TributaryError {
  return new TributaryError(
    "ERR_UNAVAILABLE",
    "a part of the index cannot be read now; try again in a moment",
    { messageZh: "索引的一部分暂时无法读取，请稍后再试。" },
  );
}
