import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { sheetData, workbookMembers, zipOf } from "../../test/workbooks.ts";
import type { SourceRow } from "../ports/source.ts";
import { excelSourceType } from "./excel-source.ts";

const signal = AbortSignal.timeout(120_000);
const SMALL = sheetData([
  ["名称", "数量"],
  ["甲", 1],
  ["乙", 2],
]);

async function read(content: Buffer | string, table = "清单"): Promise<readonly SourceRow[]> {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "list.xlsx"), content);
  const source = excelSourceType.open({ type: "excel", path: "list.xlsx" }, folder.path);
  return await Array.fromAsync(source.read(table, signal));
}

const refused = {
  code: "ERR_SOURCE_UNREADABLE",
  messageZh: expect.stringMatching(/\p{Script=Han}/u),
};

describe("refuses with a sentence", () => {
  test.each([
    ["an empty file", ""],
    ["a text", "名称,数量\n甲,1\n"],
    ["a picture", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
    ["a zip file that is no workbook", zipOf([{ name: "a.txt", content: "a" }])],
    [
      "a zip file without its directory",
      zipOf(workbookMembers({ sheet: SMALL })).subarray(0, -200),
    ],
    [
      "a compound file that is no workbook",
      Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(2000)]),
    ],
    [
      "an encrypted member",
      zipOf(
        workbookMembers({ sheet: SMALL }).map((m) =>
          m.name.includes("sheet1") ? { ...m, isEncrypted: true } : m,
        ),
      ),
    ],
    [
      "a sheet that ends in the middle of a row",
      zipOf(
        workbookMembers({ sheet: SMALL }).map((m) =>
          m.name.includes("sheet1") ? { ...m, content: String(m.content).slice(0, 200) } : m,
        ),
      ),
    ],
    [
      "a reference to a text that is not there",
      zipOf(
        workbookMembers({
          sheet: '<sheetData><row r="1"><c r="A1" t="s"><v>7</v></c></row></sheetData>',
          sharedStrings: "<si><t>x</t></si>",
        }),
      ),
    ],
    [
      "a row without a number",
      zipOf(
        workbookMembers({
          sheet: '<sheetData><row r="x"><c r="A1"><v>7</v></c></row></sheetData>',
        }),
      ),
    ],
    [
      "values in the last column",
      zipOf(
        workbookMembers({
          sheet: '<sheetData><row r="1"><c r="XFD1"><v>7</v></c></row></sheetData>',
        }),
      ),
    ],
    [
      "a tag of megabytes",
      zipOf(workbookMembers({ sheet: `<sheetData><row r="1" ${'a="b" '.repeat(400_000)}` })),
    ],
    [
      "more merged cells than a sheet can have",
      zipOf(
        workbookMembers({
          sheet: `${SMALL}<mergeCells>${'<mergeCell ref="A1:B2"/>'.repeat(100_001)}</mergeCells>`,
        }),
      ),
    ],
  ])("%s", async (_, content) => {
    await expect(read(content)).rejects.toMatchObject(refused);
  });

  test("a sheet that unpacks to hundreds of times its size", async () => {
    const bomb = `<sheetData><row r="1"><c r="A1" t="str"><v>名称</v></c></row>${" ".repeat(300 * 1024 * 1024)}</sheetData>`;
    await expect(read(zipOf(workbookMembers({ sheet: bomb })))).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining("unpacks"),
    });
  });
});

describe("reads on, in bounded time and memory,", () => {
  test("when one merged range covers the whole sheet", async () => {
    const rows = await read(
      zipOf(
        workbookMembers({
          sheet: `${SMALL}<mergeCells><mergeCell ref="D2:XFD1048576"/></mergeCells>`,
        }),
      ),
    );
    expect(rows.map(({ cells }) => cells["名称"])).toEqual(["甲", "乙"]);
  });

  test("when entities would expand each other", async () => {
    const laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>';
    const members = workbookMembers({ sheet: sheetData([["名称"], ["&b;&amp;"]]) });
    const rows = await read(
      zipOf(
        members.map((m) => (m.name.includes("sheet1") ? { ...m, content: laughs + m.content } : m)),
      ),
    );
    expect(rows[0]?.cells["名称"]).toBe("&b;&");
  });

  test("when a cell has more text than a cell can have", async () => {
    const rows = await read(
      zipOf(workbookMembers({ sheet: sheetData([["名称"], ["x".repeat(5_000_000)]]) })),
    );
    expect(String(rows[0]?.cells["名称"]).length).toBeLessThan(200_000);
  });

  test("when member names are paths out of the folder", async () => {
    const rows = await read(
      zipOf(workbookMembers({ sheet: SMALL, more: [{ name: "../../evil.txt", content: "x" }] })),
    );
    expect(rows).toHaveLength(2);
  });
});

test("either refuses a workbook with changed bytes by its code, or reads it; never anything else", async () => {
  const whole = zipOf(workbookMembers({ sheet: SMALL, sharedStrings: "<si><t>x</t></si>" }));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, flip) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ flip;
        const outcome = await read(changed).then(
          () => "read",
          (error: { code?: string }) => error.code ?? String(error),
        );
        expect(["read", "ERR_SOURCE_UNREADABLE", "ERR_SOURCE_TABLE"]).toContain(outcome);
      },
    ),
    { numRuns: 300 },
  );
});

test("refuses every cut of a workbook", async () => {
  const whole = zipOf(workbookMembers({ sheet: SMALL }));
  for (let length = 0; length < whole.length; length += 7) {
    await expect(read(whole.subarray(0, length))).rejects.toMatchObject({
      code: "ERR_SOURCE_UNREADABLE",
    });
  }
});
