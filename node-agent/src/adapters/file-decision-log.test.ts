import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { decide } from "../privacy/decision.ts";
import { openDecisionBook } from "../privacy/decision-book.ts";
import { fileDecisionLog } from "./file-decision-log.ts";

const placed = { kind: "case", key: "k", field: "solution", text: "王总的厂" } as const;

test("what was decided is there after a restart, and the later decision counts", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "decisions.jsonl");
  const book = await openDecisionBook(fileDecisionLog(path));
  const before = book.revision;
  await book.add(decide(placed, { verdict: "rejected", by: "王敏", atMs: 1 }));
  await book.add(decide(placed, { verdict: "approved", by: "李强", atMs: 2 }));
  const again = await openDecisionBook(fileDecisionLog(path));
  expect(again.verdictOn(placed)).toBe("approved");
  expect(again.verdictOn({ ...placed, text: "王总的厂。" })).toBeUndefined();
  expect(again.revision).toBe(book.revision);
  expect(again.revision).not.toBe(before);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const text = await readFile(path, "utf8");
  expect(text).toContain("李强");
  expect(text).not.toContain(placed.text);
});

test("a line that is no decision is an error, and nothing is added behind it", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "decisions.jsonl");
  await writeFile(path, '{"id":"x"}\n');
  const log = fileDecisionLog(path);
  const damaged = expect.objectContaining({ code: "ERR_STORE_DAMAGED" });
  await expect(log.read()).rejects.toThrow(damaged);
  await expect(log.add(decide(placed, { verdict: "approved", by: "a", atMs: 1 }))).rejects.toThrow(
    damaged,
  );
  expect(await readFile(path, "utf8")).toBe('{"id":"x"}\n');
});
