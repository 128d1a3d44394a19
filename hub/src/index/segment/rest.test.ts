import { expect, test } from "vitest";
import { PartwiseBlob } from "../../adapters/partwise-blob.ts";
import { type ArrivingBlob, PART_BYTES, PartState } from "../../ports/index-store.ts";
import { readRest } from "./rest.ts";

const NEVER = new AbortController().signal;
const { here, wanted, lost } = PartState;

/** Blobs of some parts each, and which of their parts were read in which order. */
function watchedBlobs(
  counts: readonly number[],
  onPart: (name: string) => Promise<void> = async () => undefined,
) {
  const order: string[] = [];
  const blobs = counts.map(
    (parts, blob) =>
      new PartwiseBlob(parts * PART_BYTES, async (part) => {
        order.push(`${blob}/${part}`);
        await onPart(`${blob}/${part}`);
        return new Uint8Array(PART_BYTES).fill(part);
      }),
  );
  return { blobs, order };
}

/** Reads the rest, and says what became of each blob. */
async function read(blobs: readonly ArrivingBlob[], signal = NEVER) {
  const outcomes: unknown[] = blobs.map(() => undefined);
  await readRest(blobs, signal, {
    onRead: (blob) => {
      outcomes[blobs.indexOf(blob)] = "read";
    },
    onFailed: (blob, error) => {
      outcomes[blobs.indexOf(blob)] = error;
    },
  });
  return outcomes;
}

test("one blob is read after the other, each part once, but for those that are here", async () => {
  const { blobs, order } = watchedBlobs([4, 1, 3]);
  await blobs[0]?.read(PART_BYTES, 2 * PART_BYTES);
  expect(await read(blobs)).toEqual(["read", "read", "read"]);
  expect(order).toEqual(["0/1", "0/0", "0/2", "0/3", "1/0", "2/0", "2/1", "2/2"]);
  for (const { parts, buffer } of blobs) {
    expect(parts.every((state) => state === here)).toBe(true);
    expect(new Uint8Array(buffer).at(-1)).toBe(parts.length - 1);
  }
});

test("one that was read whole before is told at once, with nothing read", async () => {
  const { blobs, order } = watchedBlobs([1, 2]);
  for (const blob of blobs) await blob.read(0, blob.buffer.byteLength);
  expect(await read(blobs)).toEqual(["read", "read"]);
  expect(order).toHaveLength(3);
});

test("what is wanted is read next, in whichever blob it is", async () => {
  const { blobs, order } = watchedBlobs([20, 20, 20], async (name) => {
    if (name === "0/4") Atomics.store((blobs[2] as ArrivingBlob).parts, 17, wanted);
  });
  await read(blobs);
  expect(order.indexOf("2/17")).toBeLessThan(8);
  expect(new Set(order).size).toBe(60);
});

test("a part that cannot be read loses what is left of its blob, and no other", async () => {
  const damage = new Error("bad sector");
  const { blobs, order } = watchedBlobs([30, 5], async (name) => {
    if (name === "0/3") throw damage;
  });
  expect(await read(blobs)).toEqual([damage, "read"]);
  expect(order.filter((name) => name.startsWith("0/")).length).toBeLessThan(8);
  expect([0, 3, 29].map((part) => blobs[0]?.parts[part])).toEqual([here, lost, lost]);
});

test("what is not here when it is told to stop is lost", async () => {
  const stopping = new AbortController();
  const { blobs } = watchedBlobs([3, 2], async (name) => {
    if (name === "0/1") stopping.abort();
  });
  expect(await read(blobs, stopping.signal)).toEqual([undefined, undefined]);
  expect(blobs.map(({ parts }) => [...parts])).toEqual([
    [here, here, lost],
    [lost, lost],
  ]);
});
