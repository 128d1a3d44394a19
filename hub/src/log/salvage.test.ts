import { formatVkey, generateSigningKey, ManualClock, utf8, verifyReceipt } from "@tributary/proto";
import { expect, test } from "vitest";
import { MemoryCheckpointAnchor } from "../adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../adapters/memory-log-store.ts";
import { createCheckpointSigner } from "./checkpoint-signer.ts";
import { MerkleLog } from "./merkle-log.ts";
import { remakeReceipts, Salvage } from "./salvage.ts";

const ORIGIN = "hub.example/log";

/** Commits of the given sizes. */
async function logOf(...commits: readonly number[]) {
  const key = await generateSigningKey();
  const store = new MemoryLogStore();
  const signer = createCheckpointSigner(ORIGIN, key);
  const anchor = new MemoryCheckpointAnchor();
  const log = await MerkleLog.open({ store, anchor, signer, clock: new ManualClock() });
  for (const size of commits) {
    await Promise.all(
      Array.from({ length: size }, () => log.append({ type: "policy", statement: utf8("{}") })),
    );
  }
  const trusted = { origin: ORIGIN, vkey: formatVkey(ORIGIN, key.publicKey) };
  const head = (await store.readHead()) as { size: number; checkpoint: string };
  return { store, head, trusted };
}

test("a receipt comes back byte for byte where one of its commit is left, and verifies where none is", async () => {
  const { store, head, trusted } = await logOf(4, 1, 3);
  const issued = await Promise.all(
    Array.from({ length: head.size }, (_, position) => store.readReceipt(position)),
  );
  // All of the first commit but its last, the whole second, and the end of the third.
  const lost = [0, 1, 2, 4, 6, 7];
  const empty = lost.map((position) => ({ position, receipt: new Uint8Array() }));
  await store.writeHead({ ...head, tiles: new Map(), receipts: empty });
  await remakeReceipts(store, lost, head);
  for (const position of lost) {
    const receipt = (await store.readReceipt(position)) as Uint8Array;
    expect((await verifyReceipt(receipt, trusted)).position).toBe(position);
    if (position !== 4) expect(receipt).toEqual(issued[position]);
  }
  expect(await store.readHead()).toEqual(head);
});

test("the largest checkpoint that verifies is gone by, whoever kept it, and others are passed over", async () => {
  const { store, head, trusted } = await logOf(1, 1);
  const salvage = new Salvage({ store, trusted, areRecords: () => true });
  const older = (await logOf(1)).head.checkpoint;
  expect(await salvage.head([])).toEqual({ ...head, published: 0 });
  // Of another key, and no note at all.
  expect(await salvage.head([older, "junk"])).toEqual({ ...head, published: 0 });
  expect(await salvage.head([head.checkpoint])).toEqual({ ...head, published: 1 });
  await store.writeHead({ ...head, checkpoint: "junk", tiles: new Map(), receipts: [] });
  expect(await salvage.head([head.checkpoint])).toEqual({ ...head, published: 1 });
  await expect(salvage.head([older])).rejects.toMatchObject({ code: "ERR_LOG_DAMAGED" });
});

test("whoever loses patience stops the reading", async () => {
  const { store, head, trusted } = await logOf(3);
  const salvage = new Salvage({ store, trusted, areRecords: () => true });
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(Array.fromAsync(salvage.covered(head.size, signal))).rejects.toThrow("enough");
  const whole = salvage.covered(head.size, new AbortController().signal);
  expect((await Array.fromAsync(whole)).map(({ position }) => position)).toEqual([0, 1, 2]);
});
