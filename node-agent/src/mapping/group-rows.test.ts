import { describe, expect, test } from "vitest";
import type { Cell, SourceRow } from "../ports/source.ts";
import { groupRows, placeOf } from "./group-rows.ts";

const rowOf = (row: number, cells: Readonly<Record<string, Cell>>): SourceRow => ({
  table: "案例",
  row,
  cells: Object.assign(Object.create(null), cells),
});

async function* stream(...rows: readonly SourceRow[]): AsyncGenerator<SourceRow> {
  yield* rows;
}

async function grouped(...rows: readonly SourceRow[]) {
  const out = await Array.fromAsync(groupRows(stream(...rows), () => ["名称"]));
  return out.map(({ row, cells }) => ({ row, ...cells }));
}

describe("groupRows", () => {
  test("puts rows that follow each other with one name into the first of them", async () => {
    const rows = await grouped(
      rowOf(4, { 名称: "甲", 指标: "能耗", 单位: "%" }),
      rowOf(5, { 名称: "甲", 指标: "良率", 单位: "%" }),
      rowOf(6, { 名称: "乙", 指标: "交期", 单位: "天" }),
    );
    expect(rows).toEqual([
      { row: 4, 名称: "甲", 指标: "能耗", "指标 (2)": "良率", 单位: "%" },
      { row: 6, 名称: "乙", 指标: "交期", 单位: "天" },
    ]);
  });

  test("keeps an empty cell of a further row from being taken for the first row's", async () => {
    const [row] = await grouped(
      rowOf(4, { 名称: "甲", 改造前: 9, 指标: "能耗" }),
      rowOf(5, { 名称: "甲", 改造前: null, 指标: "良率" }),
    );
    expect(row).toMatchObject({ 改造前: 9, "改造前 (2)": null });
  });

  test("leaves rows of one name apart that do not follow each other", async () => {
    const rows = await grouped(
      rowOf(1, { 名称: "甲" }),
      rowOf(2, { 名称: "乙" }),
      rowOf(3, { 名称: "甲" }),
    );
    expect(rows.map(({ row }) => row)).toEqual([1, 2, 3]);
  });

  test("never groups rows without a name", async () => {
    const rows = await grouped(rowOf(1, { 名称: null }), rowOf(2, { 名称: " " }));
    expect(rows.map(({ row }) => row)).toEqual([1, 2]);
  });

  test("puts at most 50 rows into one", async () => {
    const many = Array.from({ length: 120 }, (_, i) => rowOf(i + 1, { 名称: "甲", 指标: i }));
    const rows = await grouped(...many);
    expect(rows.map(({ row }) => row)).toEqual([1, 51, 101]);
    expect(rows[0]).toHaveProperty([placeOf("指标", 50)], 49);
  });
});
