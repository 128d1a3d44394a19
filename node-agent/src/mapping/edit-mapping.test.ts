import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { AS_WRITTEN, type ColumnChoice, choiceOf, editMapping, NEVER } from "./edit-mapping.ts";
import { loadMapping } from "./mapping-file.ts";

const FILE = `# ours since 2024
source: { type: csv, path: 名录.csv } # the shared drive
license: CC-BY-4.0
tables:
  # 90 %: providers
  - kind: provider
    key: [编号]
    never:
      - 联系电话 # agreed with the manager
    fields:
      name: 企业名称 # 95 %: suggested
      region: 所在地 # checked by 王敏
      foundedOn: { column: 成立时间, as: date } # stays
      aliases: [简称, 曾用名]
      selfDescription: { columns: [简介, 备注], join: "；" }
    # Not mapped / 未映射: 序号
`;

const TITLES = [
  "编号",
  "企业名称",
  "所在地",
  "成立时间",
  "简称",
  "曾用名",
  "简介",
  "备注",
  "联系电话",
  "地址",
];

function edited(changes: Readonly<Record<string, Partial<ColumnChoice>>>, file = FILE) {
  const { tables } = loadMapping(file, "file");
  const choices = tables.map((table) => {
    const choice = choiceOf(table, TITLES);
    const columns = [...choice.columns].map(
      ([title, column]) => [title, { ...column, ...changes[title] }] as const,
    );
    return { ...choice, columns: new Map(columns) };
  });
  return editMapping(file, tables, choices);
}

describe("a mapping that is edited column by column", () => {
  test("is read as what its columns do", () => {
    const [table] = loadMapping(FILE, "file").tables;
    const { columns } = choiceOf(table as NonNullable<typeof table>, TITLES);
    const targets = Object.fromEntries([...columns].map(([title, { target }]) => [title, target]));
    expect(targets).toEqual({
      编号: "",
      企业名称: "name",
      所在地: "region",
      成立时间: "foundedOn",
      简称: AS_WRITTEN,
      曾用名: AS_WRITTEN,
      简介: AS_WRITTEN,
      备注: AS_WRITTEN,
      联系电话: NEVER,
      地址: "",
    });
    expect(columns.get("编号")?.isKey).toBe(true);
    expect(columns.get("成立时间")?.as).toBe("date");
  });

  test("stays as it is written where nothing is chosen otherwise", () => {
    expect(edited({})).toBe(FILE);
  });

  test("keeps comments and places; only a suggestion's reason goes with its column", () => {
    const text = edited({
      企业名称: { target: "" },
      简称: { target: "name" },
      所在地: { target: "" },
      地址: { target: "region" },
    });
    expect(text).toContain("# ours since 2024\n");
    expect(text).toContain("# the shared drive");
    expect(text).toContain("      name: 简称\n      region: 地址 # checked by 王敏\n");
    expect(text).not.toContain("95 %");
    expect(text).not.toContain("Not mapped");
    expect(loadMapping(text, "file").tables[0]?.fields["aliases"]).toEqual(["曾用名"]);
  });

  test("changes how a column is read, and its unit, in place", () => {
    const text = edited({ 成立时间: { target: "foundedOn", as: "first_date" } });
    expect(text).toContain("foundedOn: { column: 成立时间, as: first_date } # stays");
    const money = edited({ 地址: { target: "registeredCapital", unit: "万元" } });
    expect(loadMapping(money, "file").tables[0]?.fields["registeredCapital"]).toEqual({
      column: "地址",
      unit: "万元",
    });
  });

  test("moves columns into and out of what must not leave", () => {
    const text = edited({
      联系电话: { target: "" },
      企业名称: { target: "" },
      简称: { target: "name" },
      地址: { target: NEVER },
    });
    expect(loadMapping(text, "file").tables[0]?.never).toEqual(["地址"]);
    const none = edited({ 联系电话: { target: "" } });
    expect(parse(none).tables[0]).not.toHaveProperty("never");
  });

  test("takes keys on in their order", () => {
    const text = edited({ 企业名称: { isKey: true } });
    expect(loadMapping(text, "file").tables[0]?.key).toEqual(["编号", "企业名称"]);
    const other = edited({ 编号: { isKey: false }, 企业名称: { isKey: true } });
    expect(loadMapping(other, "file").tables[0]?.key).toEqual(["企业名称"]);
  });

  test("adds a table, removes one, and drops what another kind does not have", () => {
    const { tables } = loadMapping(FILE, "file");
    const column = (target: string, isKey = false) => ({ target, isKey });
    const added = editMapping(FILE, tables, [
      { table: "", kind: "", columns: new Map() },
      { table: "案例", kind: "case", columns: new Map([["标题", column("title", true)]]) },
    ]);
    expect(loadMapping(added, "file").tables).toEqual([
      { table: "案例", kind: "case", key: ["标题"], fields: { title: "标题" } },
    ]);
    const other = editMapping(FILE, tables, [
      {
        table: "",
        kind: "policy",
        columns: new Map([
          ["编号", column("", true)],
          ["企业名称", column("title")],
          ["所在地", column("")],
        ]),
      },
    ]);
    expect(loadMapping(other, "file").tables[0]?.fields).toEqual({ title: "企业名称" });
  });

  test("finds a column by the last part of its title, as mappings are read", () => {
    const { tables } = loadMapping(FILE, "file");
    const titles = ["基本信息/企业名称", "编号"];
    const { columns } = choiceOf(tables[0] as (typeof tables)[number], titles);
    expect(columns.get("基本信息/企业名称")?.target).toBe("name");
  });
});
