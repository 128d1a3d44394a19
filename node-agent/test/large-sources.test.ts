import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "./temporary-folder.ts";
import { workbookMembers, zipOf } from "./workbooks.ts";

const run = promisify(execFile);
const script = fileURLToPath(new URL("count-rows.ts", import.meta.url));

const ROWS = 100_000;
const COLUMNS = 12;
/** Whole agent: 250 MB. The reader alone, with the modules that it loads, has to leave room for the rest. */
const MAX_RSS_MB = 220;

/** Counts rows in a process whose heap is too small to hold them. */
async function countRows(type: string, path: string, table: string) {
  const { stdout } = await run(process.execPath, [
    ...["--conditions=source", "--max-old-space-size=64"],
    ...[script, type, path, table],
  ]);
  return JSON.parse(stdout) as { rows: number; rssMb: number };
}

describe("100,000 rows of 12 columns are read in bounded memory", () => {
  test("from a workbook with a shared string for each cell", { timeout: 120_000 }, async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "large.xlsx");
    const strings: string[] = [];
    const rows: string[] = [];
    for (let row = 0; row <= ROWS; row += 1) {
      let cells = "";
      for (let column = 0; column < COLUMNS; column += 1) {
        const isText = column < 4 || row === 0;
        if (isText)
          strings.push(
            `<si><t>${row === 0 ? "列" : "江西某数字科技有限公司"}${row}-${column}</t></si>`,
          );
        const address = `${String.fromCharCode(65 + column)}${row + 1}`;
        cells += isText
          ? `<c r="${address}" t="s"><v>${strings.length - 1}</v></c>`
          : `<c r="${address}"><v>${row * column}</v></c>`;
      }
      rows.push(`<row r="${row + 1}">${cells}</row>`);
    }
    const members = workbookMembers({
      sheet: `<sheetData>${rows.join("")}</sheetData>`,
      sharedStrings: strings.join(""),
    });
    await writeFile(path, zipOf(members));
    const counted = await countRows("excel", path, "清单");
    expect(counted.rows).toBe(ROWS);
    expect(counted.rssMb).toBeLessThan(MAX_RSS_MB);
  });

  test.each([
    [
      "csv",
      "large.csv",
      (row: number) => Array.from({ length: COLUMNS }, (_, i) => `值${row}-${i}`).join(","),
    ],
    [
      "json",
      "large.ndjson",
      (row: number) =>
        JSON.stringify(
          Object.fromEntries(
            Array.from({ length: COLUMNS }, (_, i) => [`列${i}`, `值${row}-${i}`]),
          ),
        ),
    ],
  ])("from a file of type %s", { timeout: 120_000 }, async (type, name, line) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, name);
    const header =
      type === "csv" ? [Array.from({ length: COLUMNS }, (_, i) => `列${i}`).join(",")] : [];
    const lines = Array.from({ length: ROWS }, (_, row) => line(row));
    await writeFile(path, [...header, ...lines, ""].join("\n"));
    const counted = await countRows(type, path, "");
    expect(counted.rows).toBe(ROWS);
    expect(counted.rssMb).toBeLessThan(MAX_RSS_MB);
  });
});
