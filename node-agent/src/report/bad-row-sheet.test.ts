import { describe, expect, test } from "vitest";
import type { Cell } from "../ports/source.ts";
import type { BadRow, RowProblem } from "../sync/row-mapper.ts";
import { badRowSheets } from "./bad-row-sheet.ts";

describe("badRowSheets", () => {
  test("keeps the original columns and says where the row stands", () => {
    const [sheet] = badRowSheets([aBadRow({ table: "服务商", row: 12, file: "台账.xlsx" })]);
    expect(sheet?.name).toBe("服务商");
    expect(sheet?.columns).toEqual(["文件 File", "行 Row", "问题 Problem", "名称", "信用代码"]);
    expect(sheet?.rows[0]?.cells).toEqual([
      "台账.xlsx",
      12,
      "信用代码丢失了数字 The code lost digits",
      "青禾智造",
      "9.13601E+17",
    ]);
  });

  test("marks the cell of the problem with the sentences and the rule", () => {
    const [sheet] = badRowSheets([aBadRow({})]);
    expect(sheet?.rows[0]?.marks).toEqual([
      { column: 4, comment: "信用代码丢失了数字\nThe code lost digits\n[uscc.digits_lost]" },
    ]);
  });

  test("marks the problem column when the problem is of the whole row or of a missing column", () => {
    const problems = [aProblem({ column: "" }), aProblem({ column: "没有这一列" })];
    const [sheet] = badRowSheets([aBadRow({ problems })]);
    expect(sheet?.rows[0]?.marks.map(({ column }) => column)).toEqual([2]);
  });

  test("does not mistake a column of the source for one of its own", () => {
    const cells = { "问题 Problem": "x" };
    const problems = [aProblem({ column: "问题 Problem" })];
    const [sheet] = badRowSheets([aBadRow({ cells, problems })]);
    expect(sheet?.rows[0]?.marks[0]?.column).toBe(3);
  });

  test("takes the columns of all rows of a table", () => {
    const [sheet] = badRowSheets([aBadRow({ cells: { a: 1 } }), aBadRow({ cells: { b: 2 } })]);
    expect(sheet?.columns.slice(3)).toEqual(["a", "b"]);
    expect(sheet?.rows.map(({ cells }) => cells.slice(3))).toEqual([
      [1, null],
      [null, 2],
    ]);
  });

  test.each([
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["@SUM(1)", "'@SUM(1)"],
    ["\tx", "'\tx"],
    ["\n=1+1", "'\n=1+1"],
    ["＝1+1", "'＝1+1"],
    ["-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"],
    ["-5%", "-5%"],
    ["+3.5", "+3.5"],
    [-5, -5],
  ])("quotes %j as %j", (cell, expected) => {
    const [sheet] = badRowSheets([aBadRow({ cells: { a: cell } })]);
    expect(sheet?.rows[0]?.cells[3]).toBe(expected);
  });

  test("gives each table a name that a workbook takes", () => {
    const long = "很长的表名".repeat(10);
    const sheets = badRowSheets(
      [`${long}甲`, `${long}乙`, "a/b:c", "A b c", ""].map((table) => aBadRow({ table })),
    );
    const names = sheets.map(({ name }) => name);
    expect(names.every((name) => name.length <= 31 && !/[[\]:*?/\\]/.test(name))).toBe(true);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(5);
  });
});

function aProblem(fields: Partial<RowProblem>): RowProblem {
  return {
    column: "信用代码",
    rule: "uscc.digits_lost",
    message: "The code lost digits",
    messageZh: "信用代码丢失了数字",
    ...fields,
  };
}

function aBadRow(fields: {
  table?: string;
  row?: number;
  file?: string;
  cells?: Record<string, Cell>;
  problems?: readonly RowProblem[];
}): BadRow {
  const { table = "", row = 2, file, problems = [aProblem({})] } = fields;
  const cells = fields.cells ?? { 名称: "青禾智造", 信用代码: "9.13601E+17" };
  return {
    sourceId: "providers",
    row: { table, row, cells, ...(file === undefined ? {} : { file }) },
    problems,
  };
}
