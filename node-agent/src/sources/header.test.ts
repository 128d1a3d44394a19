import { describe, expect, test } from "vitest";
import type { Cell } from "../ports/source.ts";
import { findHeader, type RawRow } from "./header.ts";
import { columnIndex, MergedCells, parseRange } from "./merged-cells.ts";
import { dateOfSerial, isDateFormat } from "./number-format.ts";
import { columnLetters, findTitle, titleParts, titleText, uniqueTitles } from "./title.ts";

const rows = (...cells: Cell[][]): RawRow[] => cells.map((row, i) => ({ row: i + 1, cells: row }));
const merges = (...ranges: string[]) =>
  new MergedCells(ranges.flatMap((range) => parseRange(range) ?? []));

describe("findHeader", () => {
  test.each<[string, RawRow[], number, string[]]>([
    ["the first row", rows(["名称", "数量"], ["甲", 1]), 1, ["名称", "数量"]],
    [
      "the row below a title and a line about the form",
      rows(
        ["某某名录", null, null],
        ["填报单位：某中心", null, "2025年"],
        ["序号", "企业名称", "地址"],
        [1, "甲", "赣州"],
      ),
      3,
      ["序号", "企业名称", "地址"],
    ],
    [
      "English titles that nobody knows",
      rows(["Alpha", "Beta", "Gamma"], ["some text", 1, 2], ["other text", 3, 4]),
      1,
      ["Alpha", "Beta", "Gamma"],
    ],
    ["a single column", rows(["企业名称"], ["甲公司"], ["乙公司"]), 1, ["企业名称"]],
    [
      "known titles rather than the first texts",
      rows(
        ["甲公司", "赣州", "机械"],
        ["企业名称", "所在地", "所属行业"],
        ["乙公司", "南昌", "食品"],
      ),
      2,
      ["企业名称", "所在地", "所属行业"],
    ],
  ])("takes %s", (_, given, row, titles) => {
    expect(findHeader(given)).toEqual({ firstRow: row, lastRow: row, titles });
  });

  test("finds none among numbers", () => {
    expect(findHeader(rows([1, 2], [3, 4]))).toEqual({ firstRow: 0, lastRow: 0, titles: [] });
  });

  test("joins groups with the titles below them, and a title merged down only once", () => {
    const given = rows(
      ["台账", null, null, null],
      ["序号", "基本信息", null, "备注"],
      [null, "企业名称", "所在地", null],
      [1, "甲", "赣州", null],
    );
    const header = findHeader(given, merges("A1:D1", "A2:A3", "B2:C2", "D2:D3"));
    expect(header).toEqual({
      firstRow: 2,
      lastRow: 3,
      titles: ["序号", "基本信息/企业名称", "基本信息/所在地", "备注"],
    });
  });

  test("joins groups without any title merged down", () => {
    const given = rows(
      ["基本", null, "规模", null],
      ["企业名称", "所在地", "人数", "注册资本"],
      ["甲", "赣州", 1, 2],
    );
    expect(findHeader(given, merges("A1:B1", "C1:D1"))).toMatchObject({
      firstRow: 1,
      lastRow: 2,
      titles: ["基本/企业名称", "基本/所在地", "规模/人数", "规模/注册资本"],
    });
  });
});

describe("titles", () => {
  test.each([
    ["统一社会\n信用代码", "统一社会信用代码"],
    ["  企 业 名 称 ", "企业名称"],
    ["Company\r\nname", "Company name"],
    ["\ufeff名称", "名称"],
  ])("%j reads %s", (text, title) => {
    expect(titleText(text)).toBe(title);
  });

  test("are made unique", () => {
    expect(uniqueTitles(["a", "a", "a (2)", "", "__proto__"])).toEqual([
      "a",
      "a (2)",
      "a (2) (2)",
      "D",
      "__proto__",
    ]);
  });

  test.each([
    ["企业名称", "基本/企业名称"],
    ["基本/企业名称", "基本/企业名称"],
    ["注册资本(万元)", "注册资本（万元）"],
    ["EDIH name", "EDIH Name"],
    ["收费", undefined],
    ["所在地", undefined],
    ["不存在", undefined],
  ])("%s means %s", (wanted, found) => {
    const titles = ["基本/企业名称", "注册资本（万元）", "EDIH Name", "甲/所在地", "乙/所在地"];
    expect(findTitle(titles, wanted)).toBe(found);
  });
});

test("parts of a title are not parted inside of brackets", () => {
  expect(titleParts("费用/收费（元/人）")).toEqual(["费用", "收费（元/人）"]);
  expect(titleParts("名称")).toEqual(["名称"]);
  expect(titleParts("")).toEqual([""]);
});

test.each([
  [0, "A"],
  [25, "Z"],
  [26, "AA"],
  [701, "ZZ"],
  [702, "AAA"],
  [16_383, "XFD"],
])("column %i is %s and back", (index, letters) => {
  expect(columnLetters(index)).toBe(letters);
  expect(columnIndex(letters)).toBe(index);
});

test("a merged cell has the corner of its range, low or tall; others have none", () => {
  const cells = merges("B2:C3", "E1:E1000");
  expect(cells.cornerOf(3, 2)).toEqual({ row: 2, column: 1 });
  expect(cells.cornerOf(3, 3)).toBeUndefined();
  expect(cells.cornerOf(1000, 4)).toEqual({ row: 1, column: 4 });
  expect(cells.cornerOf(1001, 4)).toBeUndefined();
  expect(cells.cornerOf(2, 1)).toEqual({ row: 2, column: 1 });
});

test.each([
  ["yyyy-mm-dd", true],
  ["h:mm", true],
  ["0.00", false],
  ["[h]:mm", false],
  ["General", false],
  ['"dmy"0', false],
  ["[Red]0", false],
  ["@", false],
  // Longer than Excel writes: read to its limit, and not for as long as its square.
  [`${"[".repeat(255)}yyyy`, false],
])("the format %s shows a date: %s", (code, isDate) => {
  expect(isDateFormat(code)).toBe(isDate);
});

test.each([
  [45352, false, "2024-03-01T00:00:00.000Z"],
  [45352.5625, false, "2024-03-01T13:30:00.000Z"],
  [43890, true, "2024-03-01T00:00:00.000Z"],
  [61, false, "1900-03-01T00:00:00.000Z"],
])("serial %d is %s %s", (serial, date1904, iso) => {
  expect(dateOfSerial(serial, date1904)?.toISOString()).toBe(iso);
});

test.each([0.5, -1, Number.NaN, 3_000_000])("serial %d is no date", (serial) => {
  expect(dateOfSerial(serial, false)).toBeUndefined();
});
