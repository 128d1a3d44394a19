/**
 * The contract of {@link IndexStore}, as tests. That a commit survives a crash whole or not at all is what the drills are for.
 *
 * @module
 */

import { describe, expect, test } from "vitest";
import { type IndexStore, type IndexStoreChange, PART_BYTES, PartState } from "./index-store.ts";

const { absent, here, lost } = PartState;

/** @param open Makes a new, empty store. Called once a test. */
export function describeIndexStore(name: string, open: () => Promise<IndexStore>): void {
  describe(`${name} is an IndexStore`, () => {
    test("starts without a manifest and without blobs", async () => {
      await using store = await open();
      expect(await store.readManifest()).toBeUndefined();
      const error = { code: "ERR_STORE_DAMAGED" };
      await expect(store.readBlob("segment/1")).rejects.toMatchObject(error);
      await expect(store.openBlob("segment/1")).rejects.toMatchObject(error);
    });

    test.each([0, 1, PART_BYTES, 2.5 * PART_BYTES])(
      "gives back a blob of %d bytes",
      async (size) => {
        await using store = await open();
        const bytes = numbered(size);
        await store.commit(change({ "segment/1": bytes }));
        expect(isSame(await store.readBlob("segment/1"), bytes)).toBe(true);
      },
    );

    test("replaces the manifest, keeps what was there, forgets what is removed", async () => {
      await using store = await open();
      await store.commit(change({ "segment/1": numbered(3), "segment/10": numbered(4) }, 1));
      await store.commit({ ...change({ "segment/2": numbered(5) }, 2), removed: ["segment/1"] });
      expect([...((await store.readManifest()) ?? [])]).toEqual([2]);
      expect(await sizeOf(store, "segment/10")).toBe(4);
      expect(await sizeOf(store, "segment/2")).toBe(5);
      await expect(store.readBlob("segment/1")).rejects.toThrow(/segment/);
    });

    test("is empty after a clear, and takes the same names again", async () => {
      await using store = await open();
      await store.commit(change({ "segment/1": numbered(2 * PART_BYTES) }));
      await store.clear();
      expect(await store.readManifest()).toBeUndefined();
      await expect(store.readBlob("segment/1")).rejects.toThrow(/segment/);
      await store.commit(change({ "segment/1": numbered(7) }));
      expect(await sizeOf(store, "segment/1")).toBe(7);
    });

    test("opens a blob of which nothing is here, and reads the parts of a range", async () => {
      await using store = await open();
      const bytes = numbered(4.5 * PART_BYTES);
      await store.commit(change({ "segment/1": bytes }));
      const blob = await store.openBlob("segment/1");
      expect(blob.buffer.byteLength).toBe(bytes.length);
      expect([...blob.parts]).toEqual([absent, absent, absent, absent, absent]);
      await blob.read(PART_BYTES + 1, 2 * PART_BYTES + 1);
      expect([...blob.parts]).toEqual([absent, here, here, absent, absent]);
      const range = [PART_BYTES, 3 * PART_BYTES] as const;
      expect(isSame(blob.buffer.slice(...range), bytes.subarray(...range))).toBe(true);
      await blob.read(0, bytes.length);
      expect([...blob.parts]).toEqual([here, here, here, here, here]);
      expect(isSame(blob.buffer, bytes)).toBe(true);
    });

    test("says of what it did not read that it is lost, when it is told so", async () => {
      await using store = await open();
      await store.commit(change({ "segment/1": numbered(3 * PART_BYTES) }));
      const blob = await store.openBlob("segment/1");
      await blob.read(0, 1);
      blob.lose();
      expect([...blob.parts]).toEqual([here, lost, lost]);
    });
  });
}

function change(
  blobs: Readonly<Record<string, Uint8Array<SharedArrayBuffer>>>,
  manifest = 0,
): IndexStoreChange {
  return {
    blobs: new Map(Object.entries(blobs)),
    removed: [],
    manifest: Uint8Array.of(manifest),
  };
}

async function sizeOf(store: IndexStore, name: string): Promise<number> {
  return (await store.readBlob(name)).byteLength;
}

function isSame(buffer: SharedArrayBuffer, bytes: Uint8Array): boolean {
  return Buffer.from(buffer).equals(bytes);
}

/** Bytes that differ between parts and within them. */
function numbered(size: number): Uint8Array<SharedArrayBuffer> {
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  for (let at = 0; at < size; at++) bytes[at] = at % 251;
  return bytes;
}
