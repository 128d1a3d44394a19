import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { disclosureOf } from "./privacy-sheet.ts";

test("a source of several files tells of the columns of all of them", async () => {
  await using folder = await temporaryFolder();
  const put = async (name: string, text: string) => {
    await mkdir(join(folder.path, name, ".."), { recursive: true });
    await writeFile(join(folder.path, name), text);
  };
  await put("tributary-agent.yaml", "version: 1\n");
  await put(
    "mappings/lists.yaml",
    `source: { type: csv, path: lists/*.csv }
tables:
  - kind: provider
    key: [编号]
    fields: { name: 名称, website: { column: 网址, optional: true } }
`,
  );
  await put("lists/a.csv", "编号,名称\n1,甲\n");
  await put("lists/b.csv", "编号,名称,网址,联系人\n2,乙,http://b.example,王工\n");
  const { tables } = await disclosureOf(folder.path, new AbortController().signal);
  expect(tables.map(({ columns }) => columns.map(({ title }) => title))).toEqual([
    ["编号", "名称", "网址", "联系人"],
  ]);
});
