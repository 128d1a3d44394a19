import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BookType, utils, write } from "@e965/xlsx";
import ExcelJS from "exceljs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { sheetData, type WorkbookParts, workbookMembers, zipOf } from "../../test/workbooks.ts";
import { describeSource } from "../ports/source.contract.ts";
import type { Cell, DiscoveredTable, SourceRow } from "../ports/source.ts";
import type { ExcelConfig } from "../sources/spec.ts";
import { excelSourceType } from "./excel-source.ts";

const signal = AbortSignal.timeout(60_000);

function bookOf(rows: unknown[][], type: BookType): Buffer {
  const book = utils.book_new();
  utils.book_append_sheet(book, utils.aoa_to_sheet(rows), "清单");
  return write(book, { type: "buffer", bookType: type }) as Buffer;
}

for (const type of ["xlsx", "biff8"] as const) {
  describeSource(`ExcelSource of ${type}`, async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, "list.xls");
    const rows = (n: number) => [
      ["名称", "数量", "__proto__"],
      ["甲", n, "x"],
      ["乙", 2, "y"],
      ["丙", null, null],
    ];
    await writeFile(path, bookOf(rows(1), type));
    return {
      source: excelSourceType.open({ type: "excel", path: "list.xls" }, folder.path),
      table: "清单",
      change: () => writeFile(path, bookOf(rows(6), type)),
      remove: () => rm(path),
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  });
}

interface Opened {
  readonly tables: readonly DiscoveredTable[];
  readonly rows: readonly SourceRow[];
}

/** Discovers a workbook and reads one sheet of it. */
async function open(
  content: Buffer,
  table = "清单",
  config: Partial<ExcelConfig> = {},
): Promise<Opened> {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "list.xlsx"), content);
  const source = excelSourceType.open({ type: "excel", path: "list.xlsx", ...config }, folder.path);
  const tables = await Array.fromAsync(source.discover(signal));
  return { tables, rows: await Array.fromAsync(source.read(table, signal)) };
}

const byHand = (parts: WorkbookParts) => open(zipOf(workbookMembers(parts)));
const values = ({ rows }: Opened, title: string) => rows.map(({ cells }) => cells[title]);

async function written(
  fill: (sheet: ExcelJS.Worksheet, book: ExcelJS.Workbook) => void,
): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  fill(book.addWorksheet("清单"), book);
  return Buffer.from(await book.xlsx.writeBuffer());
}

describe("a sheet as people keep it", () => {
  const ledger = written((sheet) => {
    sheet.addRow(["服务商台账（截至2025年6月）"]);
    sheet.mergeCells("A1:E1");
    sheet.addRow(["序号", "企业基本信息", null, "规模", "联系人"]);
    sheet.mergeCells("A2:A3");
    sheet.mergeCells("B2:C2");
    sheet.mergeCells("E2:E3");
    sheet.getCell("B3").value = "企业名称";
    sheet.getCell("C3").value = "所在地";
    sheet.getCell("D3").value = "员工\n人数";
    sheet.addRow([1, "甲公司", "赣州", 10, "张"]);
    sheet.addRow([2, "乙公司", null, 20, "李"]);
    sheet.mergeCells("C4:C5");
    sheet.addRow([]);
    sheet.addRow([3, "丙公司", "南昌", 30, "王"]);
    sheet.addRow(["合  计", "3家", null, { formula: "SUM(D4:D7)", result: 60 }]);
    sheet.addRow(["注：以上为示例"]);
  });

  test("has its header below the title, in two rows joined by a slash", async () => {
    const { tables } = await open(await ledger);
    expect(tables[0]?.headerRow).toBe(3);
    expect(tables[0]?.columns.map(({ title, address }) => [address, title])).toEqual([
      ["A", "序号"],
      ["B", "企业基本信息/企业名称"],
      ["C", "企业基本信息/所在地"],
      ["D", "规模/员工 人数".replace(" ", "")],
      ["E", "联系人"],
    ]);
  });

  test("has its merged cells unfolded and its row numbers kept", async () => {
    const opened = await open(await ledger);
    expect(opened.rows.map(({ row }) => row)).toEqual([4, 5, 7]);
    expect(values(opened, "企业基本信息/所在地")).toEqual(["赣州", "赣州", "南昌"]);
  });

  test("leaves totals and foot notes out, and says so", async () => {
    const { tables } = await open(await ledger);
    expect(tables[0]?.notes).toEqual([
      "total row 8 left out / 略去合计行 8",
      "note in row 9 left out / 略去注释行 9",
    ]);
  });

  test("is read as configured where the configuration says", async () => {
    const { rows } = await open(await ledger, "清单", {
      sheets: { 清单: { headerRow: 3, headerRows: 1, totals: "keep" } },
    });
    expect(rows.map(({ row }) => row)).toEqual([4, 5, 7, 8]);
    expect(rows[0]?.columns).toMatchObject({ 企业名称: "B" });
  });

  test("shows hidden sheets as hidden", async () => {
    const { tables } = await open(
      await written((sheet, book) => {
        sheet.addRow(["名称"]);
        sheet.addRow(["甲"]);
        book.addWorksheet("说明", { state: "hidden" }).addRow(["内部"]);
      }),
    );
    expect(tables.map(({ table, notes }) => [table, notes])).toEqual([
      ["清单", []],
      ["说明", ["hidden sheet / 隐藏的工作表"]],
    ]);
  });

  test("finds a sheet whose name differs in spaces and width only", async () => {
    const content = await written((sheet) => {
      sheet.addRow(["名称"]);
      sheet.addRow(["甲"]);
    });
    const { rows } = await open(content, " 清单 ");
    expect(rows.map(({ table }) => table)).toEqual([" 清单 "]);
  });
});

describe("cells", () => {
  test("keep dates, numbers, truth values, errors and stored results of formulas apart", async () => {
    const { rows } = await open(
      await written((sheet) => {
        sheet.addRow(["名称", "日期", "时间", "数", "真", "公式", "富文本", "链接"]);
        sheet.addRow([
          "甲",
          new Date(Date.UTC(2024, 2, 5)),
          new Date(Date.UTC(2024, 2, 5, 13, 30)),
          1.5,
          true,
          { formula: "1+1", result: 2 },
          { richText: [{ text: "重" }, { font: { bold: true }, text: "点" }] },
          { text: "官网", hyperlink: "https://a.example" },
        ]);
        sheet.getCell("B2").numFmt = 'yyyy"年"m"月"d"日"';
        sheet.getCell("C2").numFmt = "yyyy/m/d h:mm";
      }),
    );
    expect({ ...rows[0]?.cells }).toEqual({
      名称: "甲",
      日期: new Date(Date.UTC(2024, 2, 5)),
      时间: new Date(Date.UTC(2024, 2, 5, 13, 30)),
      数: 1.5,
      真: true,
      公式: 2,
      富文本: "重点",
      链接: "官网",
    });
  });

  test.each([
    [14, "", true],
    [57, "", true],
    [0, "", false],
    [2, "", false],
    [164, "[$-804]yyyy&quot;年&quot;m&quot;月&quot;", true],
    [164, "#,##0.00_ ;[Red]\\-#,##0.00\\ ", false],
    [164, "[h]:mm:ss", false],
    [164, "0.00&quot; days&quot;", false],
    [164, "General", false],
  ])("with format %i %j are a date: %s", async (id, code, isDate) => {
    const custom =
      code === "" ? "" : `<numFmts><numFmt numFmtId="${id}" formatCode="${code}"/></numFmts>`;
    const opened = await byHand({
      styles: `<styleSheet>${custom}<cellXfs><xf numFmtId="0"/><xf numFmtId="${id}"/></cellXfs></styleSheet>`,
      sheet:
        '<sheetData><row r="1"><c r="A1" t="str"><v>日期</v></c></row><row r="2"><c r="A2" s="1"><v>45352</v></c></row></sheetData>',
    });
    expect(values(opened, "日期")).toEqual([isDate ? new Date(Date.UTC(2024, 2, 1)) : 45352]);
  });

  test("count days from 1904 where the workbook does", async () => {
    const opened = await byHand({
      workbook:
        '<workbook><workbookPr date1904="1"/><sheets><sheet name="清单" r:id="r1"/></sheets></workbook>',
      styles: '<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>',
      sheet:
        '<sheetData><row r="1"><c r="A1" t="str"><v>日期</v></c></row><row r="2"><c r="A2" s="0"><v>43890</v></c></row></sheetData>',
    });
    expect(values(opened, "日期")).toEqual([new Date(Date.UTC(2024, 2, 1))]);
  });

  test("are read however programs write them", async () => {
    // Prefixed names, single quotes, no addresses, CDATA, entities, escapes, phonetic hints, comments.
    const opened = await byHand({
      sharedStrings:
        "<si><t>名称</t></si><si><r><t>江</t></r><r><t xml:space='preserve'>西 &amp; &#20013;</t></r><rPh sb='0' eb='1'><t>jiang</t></rPh></si><si><t/></si>",
      sheet:
        '<x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="str"><x:v>备注</x:v></x:c></x:row><!-- <row> --><x:row><x:c t=\'s\'><x:v>1</x:v></x:c><x:c t="inlineStr"><x:is><x:t><![CDATA[a<b]]>_x000D_\r\nc</x:t></x:is></x:c></x:row><x:row><x:c t="s"><x:v>2</x:v></x:c><x:c/></x:row></x:sheetData>',
    });
    expect(opened.rows.map(({ row, cells }) => [row, { ...cells }])).toEqual([
      [2, { 名称: "江西 & 中", 备注: "a<b\n\nc" }],
    ]);
  });

  test("are the same in the form that most programs write and in any other", async () => {
    const styles =
      '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>';
    const sharedStrings = (space: string) =>
      ["名称", "数", "日期", "对", " 江西_x000D_ "]
        .map((text) => `<si><t${space}>${text}</t></si>`)
        .join("");
    const rows = (cell: (at: string, type: string, style: string, value: string) => string) =>
      [
        ["s:0", "s:1", "s:2", "s:3"],
        ["s:4", "n:12.5", ":43890:1", "b:1"],
        ["str:x_x0041_", "e:#N/A", "n:7", ":1e3"],
      ]
        .map((cells, row) => {
          const written = cells.map((text, column) => {
            const [type = "", value = "", style = ""] = text.split(":");
            return cell(`${"ABCD"[column]}${row + 1}`, type, style, value);
          });
          return `<row r="${row + 1}">${written.join("")}</row>`;
        })
        .join("");
    const attribute = (name: string, value: string) => (value === "" ? "" : ` ${name}="${value}"`);
    const usual = await byHand({
      styles,
      sharedStrings: sharedStrings(' xml:space="preserve"'),
      sheet: `<sheetData>${rows((at, type, style, value) => `<c r="${at}"${attribute("s", style)}${attribute("t", type)}><v>${value}</v></c>`)}</sheetData>`,
    });
    const other = await byHand({
      styles,
      sharedStrings: sharedStrings(" xml:space='preserve'"),
      sheet: `<sheetData>${rows((at, type, style, value) => `<c${attribute("t", type)}${attribute("s", style)} r='${at}' ><v >${value}</v></c >`)}</sheetData>`,
    });
    expect(usual.rows).toEqual(other.rows);
    expect(values(usual, "日期")).toEqual([new Date(Date.UTC(2020, 1, 29)), 7]);
  });

  test("show that a code lost its digits", async () => {
    const opened = await byHand({ sheet: sheetData([["统一社会信用代码"], [913606030000000000]]) });
    expect(opened.tables[0]?.columns[0]?.samples).toEqual(["9.1360603E+17"]);
  });

  test("with formulas that were never computed are empty, and noted", async () => {
    const opened = await byHand({
      sheet:
        '<sheetData><row r="1"><c r="A1" t="str"><v>名称</v></c><c r="B1" t="str"><v>数</v></c></row><row r="2"><c r="A2" t="str"><v>甲</v></c><c r="B2"><f>1+1</f></c></row></sheetData>',
    });
    expect(values(opened, "数")).toEqual([null]);
    expect(opened.tables[0]?.notes).toEqual([
      "1 formulas without a stored result / 1 个公式没有保存结果",
    ]);
  });

  test("of any rows come back from both formats as they were written", async () => {
    const cell = fc.oneof(
      fc
        .string({
          unit: fc.constantFrom("甲", "乙", "a", "&", "<", '"', "'", " ", "_x", "\u{20000}", ">"),
          minLength: 1,
        })
        .map((text) => `x${text}x`),
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.integer({ min: -1e9, max: 1e9 }).map((n) => n / 1000),
      fc.boolean(),
      fc.constant(null),
    );
    const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom("xlsx" as const, "biff8" as const),
        async (rows, type) => {
          const content = bookOf([["名称", "数量", "备注"], ...rows], type);
          const opened = await open(content, "清单", {
            sheets: { 清单: { headerRow: 1, headerRows: 1, totals: "keep" } },
          });
          const expected = rows.filter((row) => row.some((value) => value !== null));
          expect(opened.rows.map(({ cells }) => Object.values(cells))).toEqual(
            expected.map((row) => row.map((value) => (Object.is(value, -0) ? 0 : value))),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("several workbooks", () => {
  test("are one table a sheet name, and lock files are none of them", async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, "2025.xlsx"), bookOf([["名称"], ["甲"]], "xlsx"));
    await writeFile(join(folder.path, "2026.xls"), bookOf([["名称"], ["乙"]], "biff8"));
    await writeFile(join(folder.path, "~$2026.xls"), "lock");
    const source = excelSourceType.open({ type: "excel", path: "20*.xls*" }, folder.path);
    const rows = await Array.fromAsync(source.read("清单", signal));
    expect(
      rows.map(({ file, cells }): [string | undefined, Cell | undefined] => [file, cells["名称"]]),
    ).toEqual([
      ["2025.xlsx", "甲"],
      ["2026.xls", "乙"],
    ]);
  });
});

describe("a workbook that is open in another program", () => {
  async function locked(content: Buffer) {
    const folder = await temporaryFolder();
    await writeFile(join(folder.path, "台账2025.xlsx"), content);
    await writeFile(join(folder.path, "~$台账2025.xlsx"), "lock");
    const source = excelSourceType.open({ type: "excel", path: "台账2025.xlsx" }, folder.path);
    return { source, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
  }

  test("is read as it was last saved, and a check says so", async () => {
    await using opened = await locked(bookOf([["名称"], ["甲"]], "xlsx"));
    expect(await Array.fromAsync(opened.source.read("清单", signal))).toHaveLength(1);
    expect((await opened.source.check(signal)).message).toContain("open in another program");
  });

  test("is locked, and not damaged, while it is half written", async () => {
    await using opened = await locked(bookOf([["名称"], ["甲"]], "xlsx").subarray(0, 2000));
    await expect(Array.fromAsync(opened.source.read("清单", signal))).rejects.toMatchObject({
      code: "ERR_SOURCE_LOCKED",
    });
  });

  test("cannot be named by its lock file", async () => {
    await using folder = await temporaryFolder();
    const source = excelSourceType.open({ type: "excel", path: "~$a.xlsx" }, folder.path);
    await expect(Array.fromAsync(source.read("清单", signal))).rejects.toMatchObject({
      code: "ERR_SOURCE_LOCKED",
    });
  });

  test("is refused when it is replaced in mid-read", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "a.xlsx");
    await writeFile(path, bookOf([["名称"], ["甲"], ["乙"]], "xlsx"));
    const source = excelSourceType.open({ type: "excel", path }, folder.path);
    const reading = source.read("清单", signal)[Symbol.asyncIterator]();
    await reading.next();
    await writeFile(`${path}.tmp`, bookOf([["名称"], ["丙"]], "xlsx"));
    await rename(`${path}.tmp`, path);
    await expect(Array.fromAsync({ [Symbol.asyncIterator]: () => reading })).rejects.toMatchObject({
      code: "ERR_SOURCE_CHANGED",
    });
  });
});
