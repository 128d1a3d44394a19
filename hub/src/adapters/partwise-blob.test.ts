import { expect, test } from "vitest";
import { PART_BYTES, PartState } from "../ports/index-store.ts";
import { PartwiseBlob } from "./partwise-blob.ts";

test("each part is read once, whoever asks for it at the same time", async () => {
  const order: number[] = [];
  const blob = new PartwiseBlob(6 * PART_BYTES, async (part) => {
    order.push(part);
    return new Uint8Array(PART_BYTES);
  });
  await Promise.all([
    blob.read(0, 3 * PART_BYTES),
    blob.read(2 * PART_BYTES, 4 * PART_BYTES),
    blob.read(3 * PART_BYTES, 6 * PART_BYTES),
  ]);
  expect(order.sort()).toEqual([0, 1, 2, 3, 4, 5]);
});

test("who waits for a part is woken when it is here, and when it is lost", async () => {
  const blob = new PartwiseBlob(2 * PART_BYTES, async () => new Uint8Array(PART_BYTES));
  blob.parts.fill(PartState.wanted);
  const woken = [0, 1].map((part) => Atomics.waitAsync(blob.parts, part, PartState.wanted).value);
  await blob.read(0, 1);
  blob.lose();
  expect(await Promise.all(woken)).toEqual(["ok", "ok"]);
  expect([...blob.parts]).toEqual([PartState.here, PartState.lost]);
});
