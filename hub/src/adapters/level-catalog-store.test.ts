import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Level } from "level";
import { afterEach, describe, expect, test } from "vitest";
import type { CatalogRow } from "../ports/catalog-row.ts";
import { aRow, describeCatalogStore } from "../ports/catalog-store.contract.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { openLevelCatalogStore } from "./level-catalog-store.ts";
import { discardDamaged } from "./level-damage.ts";

const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tributary-catalog-"));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

describeCatalogStore("the level store", async () => openLevelCatalogStore(await newFolder()));

describe("the level store", () => {
  test("holds after it is opened again what it held before", async () => {
    const folder = await newFolder();
    {
      await using store = await openLevelCatalogStore(folder);
      await writeRows(store, 3);
    }
    await using store = await openLevelCatalogStore(folder);
    await store.check();
    expect(await store.position()).toBe(3);
    expect((await Array.fromAsync(store.rows({}))).length).toBe(3);
    await writeRows(store, 5, 3);
    await store.check();
    expect((await Array.fromAsync(store.changedRows(0))).length).toBe(5);
  });

  test.each(["r", "c", "f", "h"])("finds a flipped bit in a value of class %s", async (letter) => {
    const folder = await newFolder();
    {
      await using store = await openLevelCatalogStore(folder);
      await writeRows(store, 2);
    }
    await tamper(folder, async (db) => {
      const [key, value] = (await first(db, letter)) as [Uint8Array, Uint8Array];
      const bad = value.slice();
      bad[bad.length - 1] = (bad.at(-1) as number) ^ 1;
      await db.put(key, bad);
    });
    await using store = await openLevelCatalogStore(folder);
    await expect(readAll(store)).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
  });

  test("finds a value under the key of another", async () => {
    const folder = await newFolder();
    {
      await using store = await openLevelCatalogStore(folder);
      await writeRows(store, 2);
    }
    await tamper(folder, async (db) => {
      const rows = await db.iterator({ gte: bytes("r"), lt: bytes("s") }).all();
      const [a, b] = rows as [[Uint8Array, Uint8Array], [Uint8Array, Uint8Array]];
      await db.batch([
        { type: "put", key: a[0], value: b[1] },
        { type: "put", key: b[0], value: a[1] },
      ]);
    });
    await using store = await openLevelCatalogStore(folder);
    await expect(readAll(store)).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
  });

  test("finds a write that vanished while later ones stayed", async () => {
    const folder = await newFolder();
    {
      await using store = await openLevelCatalogStore(folder);
      await writeRows(store, 3);
    }
    await tamper(folder, async (db) => {
      const keys = await db.keys({ gte: bytes("w"), lt: bytes("x") }).all();
      await db.del(keys[1] as Uint8Array);
    });
    await using store = await openLevelCatalogStore(folder);
    await expect(store.check()).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
  });

  test("finds the last write missing while its position is there", async () => {
    const folder = await newFolder();
    {
      await using store = await openLevelCatalogStore(folder);
      await writeRows(store, 3);
    }
    await tamper(folder, async (db) => {
      const keys = await db.keys({ gte: bytes("w"), lt: bytes("x") }).all();
      await db.del(keys.at(-1) as Uint8Array);
    });
    await using store = await openLevelCatalogStore(folder);
    await expect(store.check()).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
  });

  test("forgets the numbers of writes once there are 4096, and still finds one missing", async () => {
    const folder = await newFolder();
    {
      await using store = await openLevelCatalogStore(folder);
      await writeRows(store, 4098);
      await store.check();
    }
    await tamper(folder, async (db) => {
      const keys = await db.keys({ gte: bytes("w"), lt: bytes("x") }).all();
      expect(keys.length).toBe(2);
      await db.del(keys[0] as Uint8Array);
    });
    await using store = await openLevelCatalogStore(folder);
    await expect(store.check()).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
  });

  test("begins anew where LevelDB cannot read its own files", async () => {
    const folder = await newFolder();
    {
      await using store = await openLevelCatalogStore(folder);
      await writeRows(store, 3);
    }
    const manifest = (await readdir(folder)).find((name) => name.startsWith("MANIFEST"));
    await writeFile(join(folder, manifest as string), "not a manifest");
    await using store = await openLevelCatalogStore(folder);
    expect(await store.position()).toBe(0);
    await writeRows(store, 1);
    expect(await store.position()).toBe(1);
  });

  test("finds a table that makes values vanish, once, and is deleted at the next start", async () => {
    const folder = await newFolder();
    {
      await using store = await openLevelCatalogStore(folder);
      await writeRows(store, 3);
      expect(await store.scrub(never)).toBe(true);
    }
    // Opening moves what is in the journal into a table.
    await (await openLevelCatalogStore(folder))[Symbol.asyncDispose]();
    const table = (await readdir(folder)).find((name) => name.endsWith(".ldb")) as string;
    const content = await readFile(join(folder, table));
    content[5] = (content[5] as number) ^ 1;
    await writeFile(join(folder, table), content);
    {
      await using store = await openLevelCatalogStore(folder);
      expect(await store.scrub(() => true)).toBe(false);
      await expect(store.scrub(never)).rejects.toMatchObject({
        code: "ERR_STORE_DAMAGED",
        message: `the catalog's store is damaged: ${table}: its block at byte 0 is damaged`,
      });
      expect(await store.scrub(never)).toBe(true);
    }
    await discardDamaged(folder);
    await using store = await openLevelCatalogStore(folder);
    expect(await store.position()).toBe(0);
  });

  test("is read through a second handle while the first writes", async () => {
    const folder = await newFolder();
    await using reader = await openLevelCatalogStore(folder);
    await using writer = await openLevelCatalogStore(folder);
    await writeRows(writer, 2);
    expect(await reader.position()).toBe(2);
    expect((await Array.fromAsync(reader.rows({}))).length).toBe(2);
  });
});

const never = () => false;

type Db = Level<Uint8Array, Uint8Array>;

async function tamper(folder: string, change: (db: Db) => Promise<void>): Promise<void> {
  const db: Db = new Level(folder, { keyEncoding: "view", valueEncoding: "view" });
  await db.open();
  try {
    await change(db);
  } finally {
    await db.close();
  }
}

async function first(db: Db, letter: string) {
  const end = bytes(String.fromCharCode(letter.charCodeAt(0) + 1));
  return (await db.iterator({ gte: bytes(letter), lt: end, limit: 1 }).all())[0];
}

/** One write a row, up to `count` rows. */
async function writeRows(store: CatalogStore, count: number, from = 0): Promise<void> {
  for (let i = from; i < count; i += 1) {
    const row: CatalogRow = {
      ...aRow({ kind: "case", centerId: "aa", key: String(i) }),
      changePosition: i,
    };
    await store.write({
      rows: [{ row, previousChange: undefined }],
      facts: new Map([["x", Uint8Array.of(i)]]),
      position: i + 1,
    });
  }
}

async function readAll(store: CatalogStore): Promise<void> {
  await store.position();
  await Array.fromAsync(store.rows({}));
  await Array.fromAsync(store.changedRows(0));
  await Array.fromAsync(store.facts(""));
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
