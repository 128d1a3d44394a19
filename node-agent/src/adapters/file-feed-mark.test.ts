import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileFeedMark } from "./file-feed-mark.ts";

const newFile = () => join(mkdtempSync(join(tmpdir(), "tributary-mark-")), "data", "feed.mark");
const mark = { feedId: new Uint8Array(16).fill(0xab), seq: 2n ** 63n };

test("there is no mark before one is written", async () => {
  expect(await fileFeedMark(newFile()).read()).toBeUndefined();
});

test("reads back what was written last, and leaves no other file", async () => {
  const file = newFile();
  const marks = fileFeedMark(file);
  await marks.write({ ...mark, seq: 1n });
  await marks.write(mark);
  expect(await marks.read()).toEqual(mark);
  expect(readdirSync(join(file, ".."))).toEqual(["feed.mark"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("takes a text with any character changed or cut for no mark", async () => {
  const file = newFile();
  const marks = fileFeedMark(file);
  await marks.write(mark);
  const text = readFileSync(file, "utf8");
  for (let at = 0; at < text.length; at++) {
    const other = text[at] === "1" ? "2" : "1";
    writeFileSync(file, text.slice(0, at) + other + text.slice(at + 1));
    expect(await marks.read(), `character ${at}`).toBeUndefined();
    writeFileSync(file, text.slice(0, at));
    expect(await marks.read(), `cut at ${at}`).toBeUndefined();
  }
});
