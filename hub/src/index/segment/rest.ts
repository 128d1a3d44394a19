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
  /** All of it is here, which may have been so before. */
  readonly onRead: (blob: ArrivingBlob) => void;
  /** What is not here of it is lost. */
  readonly onFailed: (blob: ArrivingBlob, error: unknown) => void;
}

/** Blobs that lack something, and the parts of each that are being read. */
type Remainder = Map<ArrivingBlob, Set<number>>;

/**
 * Reads all that is not here: first what is wanted, in whichever blob, then one blob after the other. Never rejects. What
 * is not here when it was told to stop is lost.
 */
export async function readRest(
  blobs: readonly ArrivingBlob[],
  signal: AbortSignal,
  { onRead, onFailed }: RestEvents,
): Promise<void> {
  const left: Remainder = new Map(blobs.map((blob) => [blob, new Set()]));
  const finish = (blob: ArrivingBlob) => {
    if (blob.parts.every((state) => state === PartState.here) && left.delete(blob)) onRead(blob);
  };
  const read = async (): Promise<void> => {
    for (let due = dueIn(left); due !== undefined && !signal.aborted; due = dueIn(left)) {
      const { blob, part, reading } = due;
      reading.add(part);
      try {
        await blob.read(part * PART_BYTES, part * PART_BYTES + 1);
      } catch (error) {
        if (!left.delete(blob)) continue;
        blob.lose();
        onFailed(blob, error);
      } finally {
        reading.delete(part);
      }
      finish(blob);
    }
  };
  // A small one was read whole when it was opened.
  for (const blob of blobs) finish(blob);
  await Promise.all(Array.from({ length: AT_ONCE }, read));
  for (const blob of left.keys()) blob.lose();
}

/** What is read next; undefined where all is here or being read. */
function dueIn(left: Remainder) {
  return (
    firstIn(left, (state) => state === PartState.wanted) ??
    firstIn(left, (state) => state !== PartState.here)
  );
}

function firstIn(left: Remainder, isDue: (state: number) => boolean) {
  for (const [blob, reading] of left) {
    const part = blob.parts.findIndex((state, part) => isDue(state) && !reading.has(part));
    if (part !== -1) return { blob, part, reading };
  }
  return undefined;
}
