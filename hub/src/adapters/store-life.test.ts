import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "@tributary/proto";
import { Level } from "level";
import { describe, expect, test } from "vitest";
import { temporaryPath } from "../../test/support/temporary-folder.ts";
import type { Compactable } from "./compactable.ts";
import { type DataFolder, initDataFolder } from "./data-folder.ts";
import { StoreLife } from "./store-life.ts";

describe("the life of a hub's stores", () => {
  test("begins as it is after a clean end, however many there were", async () => {
    const folder = await newFolder();
    await damagedStore(folder.catalogFolder);
    for (const _ of [1, 2, 3, 4]) {
      await using life = await StoreLife.open(folder);
      expect(await begun(life)).toEqual([]);
    }
  });

  test("deletes damaged stores that are made from the log after two ends without a word", async () => {
    const folder = await newFolder();
    await damagedStore(folder.catalogFolder);
    await damagedStore(`${folder.semanticFolder}-vectors`);
    expect(await begun(await StoreLife.open(folder))).toEqual([]);
    expect(await begun(await StoreLife.open(folder))).toEqual([]);
    expect(existsSync(folder.catalogFolder)).toBe(true);
    const reasons = await begun(await StoreLife.open(folder));
    expect(reasons).toEqual([
      expect.stringMatching(/^catalog\/\d+\.ldb: its block at byte 0 is damaged$/),
      expect.stringMatching(/^semantic-vectors\/\d+\.ldb: its block at byte 0 is damaged$/),
    ]);
    expect(existsSync(folder.catalogFolder)).toBe(false);
    // All was compared: the next end without a word is the first.
    await damagedStore(folder.catalogFolder);
    expect(await begun(await StoreLife.open(folder))).toEqual([]);
  });

  test("does not begin on a damaged log after two ends without a word", async () => {
    const folder = await newFolder();
    await damagedStore(folder.logFolder);
    await begun(await StoreLife.open(folder));
    await begun(await StoreLife.open(folder));
    await expect(StoreLife.open(folder)).rejects.toMatchObject({
      code: "ERR_STORE_DAMAGED",
      message: expect.stringMatching(/\.ldb: its block at byte 0 is damaged\. Keep a copy/),
    });
  });

  test("that never began, as beside a hub that runs, counts for nothing and ends nothing", async () => {
    const folder = await newFolder();
    await begun(await StoreLife.open(folder));
    for (const _ of [1, 2, 3]) {
      await using life = await StoreLife.open(folder);
      expect(life).toBeDefined();
    }
    await damagedStore(folder.logFolder);
    await begun(await StoreLife.open(folder));
    await expect(StoreLife.open(folder)).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
  });

  test("compares all where the count itself is damaged", async () => {
    const folder = await newFolder();
    await damagedStore(folder.logFolder);
    writeFileSync(join(folder.path, "unclean-ends"), "?");
    await expect(StoreLife.open(folder)).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
  });
});

function newFolder(): Promise<DataFolder> {
  return initDataFolder(temporaryPath("hub"), undefined);
}

async function begun(life: StoreLife): Promise<string[]> {
  const reasons: string[] = [];
  await life.begin((reason) => reasons.push(reason));
  return reasons;
}

/** A store with a table in which a bit has flipped. */
async function damagedStore(folder: string): Promise<void> {
  const db = new Level<Uint8Array, Uint8Array>(folder, {
    keyEncoding: "view",
    valueEncoding: "view",
  });
  await db.put(utf8("key"), utf8("value"));
  await (db as unknown as Compactable).compactRange(utf8("a"), utf8("z"));
  await db.close();
  const table = readdirSync(folder).find((name) => name.endsWith(".ldb")) as string;
  const bytes = readFileSync(join(folder, table));
  bytes[1] = (bytes[1] as number) ^ 1;
  writeFileSync(join(folder, table), bytes);
}
