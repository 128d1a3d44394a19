import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Level } from "level";
import { expect, test } from "vitest";
import { describeBudgetLedger } from "../ports/budget-ledger.contract.ts";
import { openLevelBudgetLedger } from "./level-budget-ledger.ts";
import { MemoryBudgetLedger } from "./memory-budget-ledger.ts";

const newFolder = () => mkdtempSync(join(tmpdir(), "tributary-budget-"));
const bytes = (entries: readonly Uint8Array[]) => entries.map((entry) => [...entry]);

describeBudgetLedger("MemoryBudgetLedger", async () => new MemoryBudgetLedger());
describeBudgetLedger("LevelBudgetLedger", () => openLevelBudgetLedger(newFolder()));

test("what was appended is there after the ledger is opened again, and goes on from there", async () => {
  const folder = newFolder();
  {
    await using ledger = await openLevelBudgetLedger(folder);
    await ledger.append(0, Uint8Array.of(1));
  }
  await using ledger = await openLevelBudgetLedger(folder);
  await ledger.append(1, Uint8Array.of(2));
  expect(bytes(await ledger.entries())).toEqual([[1], [2]]);
});

test("a ledger that is open refuses a second process", async () => {
  const folder = newFolder();
  await using _ledger = await openLevelBudgetLedger(folder);
  await expect(openLevelBudgetLedger(folder)).rejects.toMatchObject({ code: "ERR_FOLDER_IN_USE" });
});

test("a ledger with a gap is damaged, not shorter", async () => {
  const folder = newFolder();
  {
    await using ledger = await openLevelBudgetLedger(folder);
    for (let position = 0; position < 3; position++) {
      await ledger.append(position, Uint8Array.of(position));
    }
  }
  const database = new Level<Uint8Array, Uint8Array>(folder, { keyEncoding: "view" });
  await database.del(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1));
  await database.close();
  await expect(openLevelBudgetLedger(folder)).rejects.toMatchObject({ code: "ERR_STORE_DAMAGED" });
});

test("after a write that failed nothing is appended until the ledger is opened again", async () => {
  const ledger = await openLevelBudgetLedger(newFolder());
  await ledger[Symbol.asyncDispose]();
  const failure = { code: "ERR_STORE_FAILED" };
  await expect(ledger.append(0, Uint8Array.of(1))).rejects.toMatchObject(failure);
  await expect(ledger.append(0, Uint8Array.of(1))).rejects.toMatchObject(failure);
  await expect(ledger.append(1, Uint8Array.of(1))).rejects.toMatchObject(failure);
});
