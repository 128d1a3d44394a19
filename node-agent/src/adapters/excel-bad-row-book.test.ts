import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import excel from "exceljs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ExcelBadRowBook } from "./excel-bad-row-book.ts";

describe("ExcelBadRowBook", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bad-rows-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const sheet = {
    name: "服务商",
    columns: ["文件 File", "行 Row", "问题 Problem", "编号"],
    rows: [
      {
        cells: [null, 12, "缺少名称", 9_007_199_254_740_993n],
        marks: [{ column: 3, comment: "缺少名称\nno name" }],
      },
    ],
  };

  test("writes a workbook whose bad cells are red and carry the comment", async () => {
    await new ExcelBadRowBook(join(folder, "reports")).write("providers", [sheet]);
    const book = new excel.Workbook();
    await book.xlsx.readFile(join(folder, "reports/providers.xlsx"));
    const cell = book.getWorksheet("服务商")?.getCell("D2");
    expect(cell?.value).toBe("9007199254740993");
    expect(cell?.note).toContain("缺少名称");
    expect(cell?.fill).toMatchObject({ fgColor: { argb: "FFFFC7CE" } });
    expect(book.getWorksheet("服务商")?.getCell("B2").value).toBe(12);
  });

  test("leaves nothing behind but the workbook", async () => {
    await new ExcelBadRowBook(folder).write("providers", [sheet]);
    expect(readdirSync(folder)).toEqual(["providers.xlsx"]);
  });

  test("removes the workbook when no row is bad any more", async () => {
    const book = new ExcelBadRowBook(folder);
    await book.write("providers", [sheet]);
    await book.write("providers", []);
    expect(existsSync(join(folder, "providers.xlsx"))).toBe(false);
    await book.write("providers", []);
  });
});
