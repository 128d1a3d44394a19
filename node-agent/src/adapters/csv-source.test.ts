import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { describeSource } from "../ports/source.contract.ts";
import type { Source, SourceRow } from "../ports/source.ts";
import type { CsvConfig } from "../sources/spec.ts";
import { csvSourceType, sniffDelimiter } from "./csv-source.ts";

const signal = AbortSignal.timeout(60_000);

describeSource("CsvSource", async () => {
  const folder = await temporaryFolder();
  const path = join(folder.path, "list.csv");
  await writeFile(path, "名称,数量,__proto__\n甲,1,x\n乙,2,y\n丙,,\n");
  return {
    source: csvSourceType.open({ type: "csv", path: "list.csv" }, folder.path),
    table: "",
    change: () => writeFile(path, "名称,数量,__proto__\n甲,9,x\n乙,2,y\n丙,,\n"),
    remove: () => rm(path),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

/** Bytes of "企业名称,简介\n江西甲数字科技有限公司,做仿真\n" in GBK, from a table of GB 2312 and not from this code. */
const GBK_HEX =
  "c6f3d2b5c3fbb3c62cbcf2bde90abdadcef7bcd7cafdd7d6bfc6bcbcd3d0cfdeb9abcbbe2cd7f6b7c2d5e60a";
const TEXT = "企业名称,简介\n江西甲数字科技有限公司,做仿真\n";

function utf16(text: string, isBig: boolean): Buffer {
  const bytes = Buffer.from(text, "utf16le");
  return isBig ? bytes.swap16() : bytes;
}

async function read(
  content: string | Buffer,
  config: Partial<CsvConfig> = {},
): Promise<readonly SourceRow[]> {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "list.csv"), content);
  const source = csvSourceType.open({ type: "csv", path: "list.csv", ...config }, folder.path);
  return await Array.fromAsync(source.read("", signal));
}

const cells = (rows: readonly SourceRow[]) => rows.map((row) => ({ ...row.cells }));
const where = (rows: readonly SourceRow[]) => rows.map(({ row }) => row);

describe("encodings", () => {
  test.each([
    ["GBK", Buffer.from(GBK_HEX, "hex")],
    ["UTF-8", Buffer.from(TEXT)],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${TEXT}`)],
    ["UTF-16LE with a mark", utf16(`\ufeff${TEXT}`, false)],
    ["UTF-16BE with a mark", utf16(`\ufeff${TEXT}`, true)],
    ["UTF-16LE without a mark", utf16(TEXT, false)],
    ["UTF-16BE without a mark", utf16(TEXT, true)],
  ])("reads %s", async (_, bytes) => {
    expect(cells(await read(bytes))).toEqual([
      { 企业名称: "江西甲数字科技有限公司", 简介: "做仿真" },
    ]);
  });

  test("reads a character that only GB18030 has", async () => {
    // U+20000 is 95 32 82 36 in GB18030-2005.
    const bytes = Buffer.concat([
      Buffer.from(GBK_HEX, "hex").subarray(0, -1),
      Buffer.from([0x95, 0x32, 0x82, 0x36, 0x0a]),
    ]);
    expect((await read(bytes))[0]?.cells["简介"]).toBe("做仿真\u{20000}");
  });

  test("finds the encoding of a file that is ASCII for a megabyte", async () => {
    const ascii = `name,about\n${"plain text,nothing\n".repeat(60_000)}`;
    const rows = await read(Buffer.concat([Buffer.from(ascii), Buffer.from(GBK_HEX, "hex")]));
    expect(Object.values(rows.at(-1)?.cells ?? {})).toEqual(["江西甲数字科技有限公司", "做仿真"]);
  });

  test.each([
    ["windows-1252", Buffer.from("name,city\nSociété générale,Besançon\n", "latin1")],
    ["Big5", Buffer.from("a657bad92cc2b2a4b60aa4a4a4e52cb4fab8d50a", "hex")],
    ["GBK cut in the middle of a character", Buffer.from(GBK_HEX.slice(0, -4), "hex")],
    ["UTF-8 cut in the middle of a character", Buffer.from(TEXT).subarray(0, -2)],
  ])("asks instead of guessing for %s", async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({
      code: "ERR_SOURCE_UNREADABLE",
      message: expect.stringContaining("encoding:"),
      messageZh: expect.stringContaining("encoding:"),
    });
  });

  test("believes a configured encoding, and says when the bytes contradict it", async () => {
    const latin = Buffer.from("name,city\nSociété,Besançon\n", "latin1");
    expect(cells(await read(latin, { encoding: "windows-1252" }))).toEqual([
      { name: "Société", city: "Besançon" },
    ]);
    await expect(read(latin, { encoding: "utf-8" })).rejects.toMatchObject({
      code: "ERR_SOURCE_UNREADABLE",
    });
  });
});

describe("layout", () => {
  test.each([
    [",", "企业名称,简介\n甲,a b\n"],
    [";", "企业名称;简介\n甲;a b\n"],
    ["\t", "企业名称\t简介\n甲\ta b\n"],
    ["|", "企业名称|简介\n甲|a b\n"],
  ])("finds the delimiter %j", async (_, text) => {
    expect(cells(await read(text))).toEqual([{ 企业名称: "甲", 简介: "a b" }]);
  });

  test("is not misled by delimiters inside of quotes", () => {
    expect(sniffDelimiter('a;b\n"1,2,3,4";x\n"5,6,7,8";y\n')).toBe(";");
    expect(sniffDelimiter("just one column\nno delimiter\n")).toBe(",");
  });

  test("counts rows as a spreadsheet does, whatever line breaks stand in cells", async () => {
    const rows = await read('名称,简介\r\n甲,"第一行\r\n第二行"\r\n\r\n乙,"a ""b"" c"\r\n');
    expect(where(rows)).toEqual([2, 4]);
    expect(cells(rows)).toEqual([
      { 名称: "甲", 简介: "第一行\n第二行" },
      { 名称: "乙", 简介: 'a "b" c' },
    ]);
  });

  test("finds the header below title rows, and leaves totals and foot notes out", async () => {
    const text =
      "2025年服务商名录,,\n填报单位：某中心,,\n序号,企业名称,所在地\n1,甲公司,赣州\n2,乙公司,南昌\n合计,2家,\n注：数据截至6月,,\n";
    const rows = await read(text);
    expect(where(rows)).toEqual([4, 5]);
    expect(cells(rows)[0]).toEqual({ 序号: "1", 企业名称: "甲公司", 所在地: "赣州" });
    expect(rows[0]?.columns).toEqual({ 序号: "A", 企业名称: "B", 所在地: "C" });
  });

  test("keeps totals when told to", async () => {
    const text = "名称,数量\n甲,1\n合计,1\n";
    expect(await read(text)).toHaveLength(1);
    expect(await read(text, { totals: "keep" })).toHaveLength(2);
  });

  test("takes the header where it is told to, of as many rows as it is told", async () => {
    const text = "x,y\nv,w\n基本,\n名称,数量\n甲,1\n";
    expect(cells(await read(text, { headerRow: 3, headerRows: 2 }))).toEqual([
      { "基本/名称": "甲", 数量: "1" },
    ]);
  });

  test("makes repeated and missing titles unique, and keeps rows that are longer than the header", async () => {
    const rows = await read("名称,金额,金额,\n甲,1,2,3,4\n");
    expect(cells(rows)).toEqual([{ 名称: "甲", 金额: "1", "金额 (2)": "2", D: "3", E: "4" }]);
  });

  test("gives nothing for a file with a header alone or without a byte", async () => {
    expect(await read("名称,数量\n")).toEqual([]);
    expect(await read("")).toEqual([]);
  });
});

describe("several files", () => {
  test("are one table in the order of their names, each row with its file, lock files left out", async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, "b.csv"), "名称,数量\n乙,2\n");
    await writeFile(join(folder.path, "a.csv"), "名称,数量\n甲,1\n");
    await writeFile(join(folder.path, "~$a.csv"), "名称,数量\n锁,0\n");
    await writeFile(join(folder.path, "a.txt"), "名称,数量\n他,0\n");
    const source = csvSourceType.open({ type: "csv", path: "*.csv" }, folder.path);
    const rows = await Array.fromAsync(source.read("", signal));
    expect(rows.map(({ file, cells }) => [file, cells["名称"]])).toEqual([
      ["a.csv", "甲"],
      ["b.csv", "乙"],
    ]);
    const before = await source.fingerprint(signal);
    await rename(join(folder.path, "b.csv"), join(folder.path, "c.csv"));
    expect(await source.fingerprint(signal)).not.toBe(before);
  });

  test("are missing when none fits", async () => {
    await using folder = await temporaryFolder();
    const source: Source = csvSourceType.open({ type: "csv", path: "*.csv" }, folder.path);
    await expect(Array.fromAsync(source.read("", signal))).rejects.toMatchObject({
      code: "ERR_SOURCE_MISSING",
    });
  });
});

describe("a file that is being written", () => {
  test("is refused when a quote never ends", async () => {
    await expect(read('名称,简介\n甲,"没有写完')).rejects.toMatchObject({
      code: "ERR_SOURCE_UNREADABLE",
      message: expect.stringContaining("line 2"),
    });
  });

  test("is refused at a cell of megabytes, which is what an open quote looks like in a large file", async () => {
    await expect(read(`名称,简介\n甲,"${"x".repeat(2_000_000)}"\n`)).rejects.toMatchObject({
      code: "ERR_SOURCE_UNREADABLE",
    });
  });

  test("is refused when it is replaced while it is read", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "list.csv");
    await writeFile(path, "名称,数量\n甲,1\n乙,2\n");
    const source = csvSourceType.open({ type: "csv", path }, folder.path);
    const reading = source.read("", signal)[Symbol.asyncIterator]();
    await reading.next();
    await writeFile(`${path}.new`, "名称,数量\n丙,3\n丁,4\n");
    await rename(`${path}.new`, path);
    const rest = Array.fromAsync({ [Symbol.asyncIterator]: () => reading });
    await expect(rest).rejects.toMatchObject({ code: "ERR_SOURCE_CHANGED" });
  });
});

test("says what was found in a check", async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "list.csv"), Buffer.from(GBK_HEX, "hex"));
  const source = csvSourceType.open({ type: "csv", path: "list.csv" }, folder.path);
  expect((await source.check(signal)).message).toBe("readable: list.csv (gb18030)");
});

test("does not call a file readable that ends in the middle of a character", async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "list.csv"), Buffer.from(TEXT).subarray(0, -2));
  const source = csvSourceType.open({ type: "csv", path: "list.csv" }, folder.path);
  expect(await source.check(signal)).toMatchObject({ ok: false });
});

test("has the same fingerprint when it was only touched", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "list.csv");
  await writeFile(path, "名称\n甲\n");
  const source = csvSourceType.open({ type: "csv", path: "list.csv" }, folder.path);
  const before = await source.fingerprint(signal);
  await writeFile(path, "名称\n甲\n");
  expect(await source.fingerprint(signal)).toBe(before);
});
