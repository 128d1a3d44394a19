import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { describeSource } from "../ports/source.contract.ts";
import type { SourceRow } from "../ports/source.ts";
import type { JsonConfig } from "../sources/spec.ts";
import { jsonSourceType } from "./json-source.ts";

const signal = AbortSignal.timeout(60_000);

const ROWS =
  '[{"名称":"甲","数量":1,"__proto__":"x"},{"名称":"乙","数量":2,"__proto__":"y"},{"名称":"丙","数量":null}]';

for (const [name, file, content] of [
  ["JsonSource of an array", "list.json", ROWS],
  ["JsonSource of lines", "list.ndjson", ROWS.slice(1, -1).replaceAll("},{", "}\n{")],
] as const) {
  describeSource(name, async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, file);
    await writeFile(path, content);
    return {
      source: jsonSourceType.open({ type: "json", path: file }, folder.path),
      table: "",
      change: () => writeFile(path, content.replace('"数量":1', '"数量":7')),
      remove: () => rm(path),
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  });
}

async function read(
  content: string | Buffer,
  config: Partial<JsonConfig> = {},
): Promise<readonly SourceRow[]> {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "list.json"), content);
  const source = jsonSourceType.open({ type: "json", path: "list.json", ...config }, folder.path);
  return await Array.fromAsync(source.read("", signal));
}

describe("JSON", () => {
  test("finds an array inside", async () => {
    const rows = await read('{"data":{"items":[{"a":1}]}}', { rows: "data.items" });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.cells["a"]).toBe(1);
  });

  test("makes inner objects columns, arrays lines, and what is deeper text", async () => {
    const [row] = await read(
      '[{"a":{"b":{"c":{"d":1}}},"list":["x","y"],"mixed":[{"z":1}],"ok":true}]',
    );
    expect({ ...row?.cells }).toEqual({
      "a.b.c": '{"d":1}',
      list: "x\ny",
      mixed: '[{"z":1}]',
      ok: true,
    });
  });

  test("keeps all digits of a code that was written as a number", async () => {
    const [row] = await read('[{"code":914403001922038216,"n":12}]');
    expect(row?.cells["code"]).toBe(914403001922038216n);
    expect(row?.cells["n"]).toBe(12);
  });

  test("counts lines, empty ones too", async () => {
    const rows = await read('{"a":1}\n\n{"a":2}\n', { lines: true });
    expect(rows.map(({ row }) => row)).toEqual([1, 3]);
  });

  test.each([
    ["an object where an array is wanted", '{"a":1}', {}],
    ["a path that leads nowhere", '{"a":[{}]}', { rows: "b.c" }],
    ["a path through what objects inherit", "{}", { rows: "constructor.prototype" }],
    ["a half-written document", '[{"a":1},{"a"', {}],
    ["a half-written last line", '{"a":1}\n{"a":', { lines: true }],
    ["an item that is no object", "[1,2]", {}],
    ["a line that is no object", "[1]\n", { lines: true }],
    ["bytes that are not UTF-8", Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), {}],
    ["a line of megabytes", `{"a":"${"x".repeat(2_000_000)}`, { lines: true }],
  ])("refuses %s", async (_, content, config) => {
    await expect(read(content, config)).rejects.toMatchObject({
      code: "ERR_SOURCE_UNREADABLE",
      messageZh: expect.stringMatching(/\p{Script=Han}/u),
    });
  });

  test("names the line that is wrong", async () => {
    await expect(read('{"a":1}\noops\n', { lines: true })).rejects.toThrow(/line 2/);
  });
});
