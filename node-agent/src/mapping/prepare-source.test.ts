import { describe, expect, test } from "vitest";
import type { Cell, Source, SourceRow } from "../ports/source.ts";
import { loadMapping } from "./mapping-file.ts";
import { preparedSource } from "./prepare-source.ts";

/** A source of one table. */
function sourceOf(titles: readonly string[], ...rows: readonly (readonly Cell[])[]): Source {
  const columns = Object.assign(
    Object.create(null),
    Object.fromEntries(titles.map((title, i) => [title, String.fromCharCode(65 + i)])),
  );
  return {
    check: async () => ({ ok: true, message: "", messageZh: "" }),
    async *discover() {},
    fingerprint: async () => "same",
    async *read(): AsyncGenerator<SourceRow> {
      for (const [index, values] of rows.entries()) {
        const cells = Object.assign(
          Object.create(null),
          Object.fromEntries(titles.map((title, i) => [title, values[i] ?? null])),
        );
        yield { table: "", row: index + 2, cells, columns };
      }
    },
  };
}

function mappingWith(more: string) {
  return loadMapping(
    `source: { type: csv, path: a.csv }\ntables: [{ kind: provider, key: [名称], fields: { name: 名称 }${more} }]`,
    "m.yaml",
  );
}

async function rowsRead(source: Source): Promise<number[]> {
  const rows = await Array.fromAsync(source.read("", AbortSignal.timeout(5_000)));
  return rows.map(({ row }) => row);
}

describe("preparedSource", () => {
  const source = sourceOf(
    ["名称", "是否公开"],
    ["甲", "是"],
    ["乙", "否"],
    ["丙", null],
    ["丁", true],
  );

  test("is the source itself where nothing is to be done", () => {
    expect(preparedSource(source, mappingWith(""))).toBe(source);
  });

  test("hands on only rows with one of the values; an empty cell is none of them", async () => {
    expect(
      await rowsRead(preparedSource(source, mappingWith(", only: { 是否公开: [是] }"))),
    ).toEqual([2, 5]);
  });

  test("compares numbers and truth values as people read them", async () => {
    const numbers = sourceOf(["名称", "状态"], ["甲", 1], ["乙", "1"], ["丙", 2]);
    expect(await rowsRead(preparedSource(numbers, mappingWith(", only: { 状态: [1] }")))).toEqual([
      2, 3,
    ]);
  });

  test("stops if the column that decides is gone, so that nothing leaves by mistake", async () => {
    const renamed = sourceOf(["名称", "可否公开"], ["甲", "否"]);
    const prepared = preparedSource(renamed, mappingWith(", only: { 是否公开: [是] }"));
    await expect(rowsRead(prepared)).rejects.toMatchObject({ code: "ERR_SOURCE_COLUMN" });
  });

  test("chooses rows before it puts them together", async () => {
    const rows = sourceOf(
      ["名称", "是否公开"],
      ["甲", "是"],
      ["甲", "否"],
      ["甲", "是"],
      ["乙", "是"],
    );
    const mapping = mappingWith(", only: { 是否公开: [是] }, group: [名称]");
    expect(await rowsRead(preparedSource(rows, mapping))).toEqual([2, 5]);
  });

  test("passes the fingerprint on, so that an unchanged source stays unchanged", async () => {
    const prepared = preparedSource(source, mappingWith(", group: [名称]"));
    expect(await prepared.fingerprint(AbortSignal.timeout(5_000))).toBe("same");
  });
});
