import { expect, test } from "vitest";
import { PART_BYTES, PartState } from "../ports/index-store.ts";
import { PartwiseBlob } from "./partwise-blob.ts";

const NEVER = new AbortController().signal;

/** A blob of `parts` parts, and which were read in which order. */
function watchedBlob(parts: number, readPart: (part: number) => Promise<void> = async () => {}) {
  const order: number[] = [];
  const blob = new PartwiseBlob(parts * PART_BYTES, async (part) => {
    order.push(part);
    await readPart(part);
    return new Uint8Array(PART_BYTES).fill(part);
  });
  return { blob, order };
}

test("what is wanted is read before what is not, once those are done that were begun", async () => {
  const { blob, order } = watchedBlob(20, async (part) => {
    if (part === 4) Atomics.store(blob.parts, 17, PartState.wanted);
  });
  await blob.readRest(NEVER);
  expect(order.indexOf(17)).toBeLessThan(8);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

test("each part is read once, whoever asks for it at the same time", async () => {
  const { blob, order } = watchedBlob(6);
  await Promise.all([
    blob.read(0, 3 * PART_BYTES),
    blob.read(2 * PART_BYTES, 4 * PART_BYTES),
    blob.readRest(NEVER),
  ]);
  expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5]);
});

test("a part that cannot be read ends the reading, and what is not here then is lost", async () => {
  const { blob, order } = watchedBlob(30, async (part) => {
    if (part === 3) throw new Error("bad sector");
  });
  await expect(blob.readRest(NEVER)).rejects.toThrow("bad sector");
  expect(order.length).toBeLessThan(8);
  expect(blob.parts[0]).toBe(PartState.here);
  expect(blob.parts[3]).toBe(PartState.lost);
  expect(blob.parts[29]).toBe(PartState.lost);
});

test("who waits for a part is woken when it is here, and when it is lost", async () => {
  const { blob } = watchedBlob(2, async (part) => {
    if (part === 1) throw new Error("bad sector");
  });
  blob.parts.fill(PartState.wanted);
  const woken = [0, 1].map((part) => Atomics.waitAsync(blob.parts, part, PartState.wanted).value);
  await blob.readRest(NEVER).catch(() => undefined);
  expect(await Promise.all(woken)).toEqual(["ok", "ok"]);
});
