/**
 * CSV and JSON files of any content: rows, or one of the codes of a source. Never another error, never a column that a file does not have.
 */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import type { Source, SourceRow } from "../ports/source.ts";
import { csvSourceType } from "./csv-source.ts";
import { jsonSourceType } from "./json-source.ts";

const signal = AbortSignal.timeout(120_000);

const SOURCES = [
  ["CSV", (folder: string) => csvSourceType.open({ type: "csv", path: "list" }, folder)],
  ["JSON", (folder: string) => jsonSourceType.open({ type: "json", path: "list" }, folder)],
  [
    "JSON lines",
    (folder: string) => jsonSourceType.open({ type: "json", path: "list", lines: true }, folder),
  ],
] as const;

const GOOD: Readonly<Record<string, string>> = {
  CSV: '名称,数量,备注\n甲,1,"a,""b"""\n乙,2,"多\n行"\n',
  JSON: '[{"名称":"甲","数量":1},{"名称":"乙","备注":{"a":["b"]}}]',
  "JSON lines": '{"名称":"甲","数量":1}\n{"名称":"乙"}\n',
};

/** Names that plain objects have without being given them. */
const INHERITED = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];

async function outcomeOf(source: Source): Promise<readonly SourceRow[] | string> {
  try {
    await source.check(signal);
    return await Array.fromAsync(source.read("", signal));
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
}

function expectRowsOrCode(outcome: readonly SourceRow[] | string): void {
  if (typeof outcome === "string") {
    expect(outcome).toMatch(/^ERR_SOURCE_(UNREADABLE|TABLE|EMPTY)$/);
    return;
  }
  for (const { cells } of outcome) {
    const foreign = INHERITED.filter((name) => name in cells && !Object.hasOwn(cells, name));
    expect(foreign).toEqual([]);
  }
}

describe.each(SOURCES)("a file that is to be %s", (name, open) => {
  test("is rows or a code, of any bytes", async () => {
    await using folder = await temporaryFolder();
    const text = fc
      .string({
        unit: fc.constantFrom(..."{}[]:,;\"'\n\r\t\0 a1甲=-\uFEFF\u2028\\"),
        maxLength: 60,
      })
      .map((noise) => Buffer.from(noise));
    const bytes = fc.uint8Array({ maxLength: 60 }).map((noise) => Buffer.from(noise));
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, bytes), async (content) => {
        await writeFile(join(folder.path, "list"), content);
        expectRowsOrCode(await outcomeOf(open(folder.path)));
      }),
      { numRuns: 300 },
    );
  });

  test("is rows or a code, near a good file", async () => {
    await using folder = await temporaryFolder();
    const good = Buffer.from(GOOD[name] as string);
    const cut = fc.tuple(fc.nat(good.length), fc.nat(8), fc.uint8Array({ maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(cut, async ([at, without, put]) => {
        const content = Buffer.concat([good.subarray(0, at), put, good.subarray(at + without)]);
        await writeFile(join(folder.path, "list"), content);
        expectRowsOrCode(await outcomeOf(open(folder.path)));
      }),
      { numRuns: 300 },
    );
  });

  test("may have columns that are named like members of an object", async () => {
    await using folder = await temporaryFolder();
    const row = `{${INHERITED.map((key) => `"${key}":"x"`).join(",")}}`;
    const content = name === "CSV" ? `${INHERITED.join()}\nx,x,x,x,x\n` : row;
    await writeFile(join(folder.path, "list"), name === "JSON" ? `[${content}]` : content);
    const rows = await Array.fromAsync(open(folder.path).read("", signal));
    expect(rows.map(({ cells }) => Object.entries(cells))).toEqual([
      INHERITED.map((key) => [key, "x"]),
    ]);
    expect(({} as { readonly x?: string }).x).toBeUndefined();
  });
});
