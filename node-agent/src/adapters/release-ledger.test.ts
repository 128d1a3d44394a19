import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Level } from "level";
import { expect, test } from "vitest";
import { aPending, describeReleaseLedger } from "../ports/release-ledger.contract.ts";
import { openLevelReleaseLedger } from "./level-release-ledger.ts";
import { MemoryReleaseLedger } from "./memory-release-ledger.ts";

const newFolder = () => mkdtempSync(join(tmpdir(), "tributary-releases-"));

describeReleaseLedger("MemoryReleaseLedger", async () => new MemoryReleaseLedger());
describeReleaseLedger("LevelReleaseLedger", () => openLevelReleaseLedger(newFolder()));

test("what was committed is there after the ledger is opened again", async () => {
  const folder = newFolder();
  {
    await using ledger = await openLevelReleaseLedger(folder);
    await ledger.commit({ pending: [aPending("a")] });
  }
  await using ledger = await openLevelReleaseLedger(folder);
  expect(await Array.fromAsync(ledger.pending())).toEqual([aPending("a")]);
});

test("a ledger that is open refuses a second process", async () => {
  const folder = newFolder();
  await using _ledger = await openLevelReleaseLedger(folder);
  await expect(openLevelReleaseLedger(folder)).rejects.toMatchObject({
    code: "ERR_FOLDER_IN_USE",
  });
});

test("a value that changed on disk is not returned", async () => {
  const folder = newFolder();
  {
    await using ledger = await openLevelReleaseLedger(folder);
    await ledger.commit({
      pending: [aPending("a")],
      head: { openEpoch: 8100, nextSeq: 0, lastHash: new Uint8Array() },
    });
  }
  const database = new Level(folder);
  for await (const [key, value] of database.iterator()) {
    await database.put(key, value.replace("8100", "8104"));
  }
  await database.close();
  await using ledger = await openLevelReleaseLedger(folder);
  const damaged = { code: "ERR_STORE_DAMAGED" };
  await expect(ledger.head()).rejects.toMatchObject(damaged);
  await expect(Array.fromAsync(ledger.pending())).rejects.toMatchObject(damaged);
});
