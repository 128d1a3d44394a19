/**
 * Reads what is left of segments that are used already.
 *
 * @module
 */

import { type ArrivingBlob, PART_BYTES, PartState } from "../../ports/index-store.ts";

/** Parts that are read at once, over all blobs: few, since one that is wanted waits for them. */
const AT_ONCE = 2;

/** What becomes of a blob. */
export interface RestEvents {
  readonly onRead: (blob: ArrivingBlob) => void;
  /** What is not here of it is lost. */
  readonly onFailed: (blob: ArrivingBlob, error: unknown) => void;
}

/**
 * Reads all that is not here: first what is wanted, in whichever blob, then one blob after the other. Never rejects. What
 * is not here when it was told to stop is lost.
 */
export async function readRest(
  blobs: readonly ArrivingBlob[],
  signal: AbortSignal,
  events: RestEvents,
): Promise<void> {
  const left = new Map(blobs.map((blob) => [blob, new Remainder(blob)]));
  const read = async (): Promise<void> => {
    for (;;) {
      const remainders = [...left.values()];
      const next =
        remainders.find((remainder) => remainder.wanted !== undefined) ??
        remainders.find((remainder) => remainder.next !== undefined);
      if (next === undefined || signal.aborted) return;
      const { blob } = next;
      try {
        await next.read();
        if (next.isOver && left.delete(blob)) events.onRead(blob);
      } catch (error) {
        if (!left.delete(blob)) continue;
        blob.lose();
        events.onFailed(blob, error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, read));
  for (const blob of left.keys()) blob.lose();
}

/** What is left of one blob. */
class Remainder {
  readonly blob: ArrivingBlob;
  readonly #reading = new Set<number>();

  constructor(blob: ArrivingBlob) {
    this.blob = blob;
  }

  /** A part that somebody waits for and nobody reads. */
  get wanted(): number | undefined {
    return this.#first((state) => state === PartState.wanted);
  }

  /** The first part that is not here and that nobody reads. */
  get next(): number | undefined {
    return this.#first((state) => state !== PartState.here);
  }

  get isOver(): boolean {
    return this.blob.parts.every((state) => state === PartState.here);
  }

  /** Reads the part that is due. */
  async read(): Promise<void> {
    const part = this.wanted ?? this.next;
    if (part === undefined) return;
    this.#reading.add(part);
    try {
      await this.blob.read(part * PART_BYTES, part * PART_BYTES + 1);
    } finally {
      this.#reading.delete(part);
    }
  }

  #first(isDue: (state: number) => boolean): number | undefined {
    const part = this.blob.parts.findIndex(
      (state, part) => isDue(state) && !this.#reading.has(part),
    );
    return part === -1 ? undefined : part;
  }
}
