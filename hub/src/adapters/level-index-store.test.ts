import { Level } from "level";
import { expect, test } from "vitest";
import { temporaryPath } from "../../test/support/temporary-folder.ts";
import { describeIndexStore } from "../ports/index-store.contract.ts";
import { openLevelIndexStore } from "./level-index-store.ts";

describeIndexStore("LevelIndexStore", () => openLevelIndexStore(temporaryPath("index")));

test("deletes the chunks that a commit without an end left, and keeps all others", async () => {
  const folder = temporaryPath("index");
  const big = shared(2.5 * 2 ** 20);
  const small = shared(3);
  {
    await using store = await openLevelIndexStore(folder);
    const blobs = new Map([
      ["segment/2", big],
      ["segment/4", small],
    ]);
    await store.commit({ blobs, removed: [], manifest: Uint8Array.of(1) });
  }
  const whole = await withRawStore(folder, async (db) => {
    const keys = await db.keys().all();
    for (const name of ["segment/1", "segment/20", "segment/3", "segment/5"]) {
      for (const chunk of [0, 1]) {
        await db.put(Buffer.from(`b${name}\0\0\0\0${String.fromCharCode(chunk)}`), small);
      }
    }
    return texts(keys);
  });
  {
    await using store = await openLevelIndexStore(folder);
    expect(new Uint8Array(await store.readBlob("segment/2"))).toEqual(big);
    expect(new Uint8Array(await store.readBlob("segment/4"))).toEqual(small);
    expect([...((await store.readManifest()) ?? [])]).toEqual([1]);
  }
  expect(await withRawStore(folder, async (db) => texts(await db.keys().all()))).toEqual(whole);
});

function texts(keys: readonly Uint8Array[]): string[] {
  return keys.map((key) => Buffer.from(key).toString("latin1"));
}

function shared(size: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(size)).fill(7);
}

type Db = Level<Uint8Array, Uint8Array>;

async function withRawStore<T>(folder: string, use: (db: Db) => Promise<T>): Promise<T> {
  const db: Db = new Level(folder, { keyEncoding: "view", valueEncoding: "view" });
  await db.open();
  try {
    return await use(db);
  } finally {
    await db.close();
  }
}
