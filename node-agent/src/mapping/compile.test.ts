import { type HubTerm, HubTerms } from "@tributary/proto/vocabulary";
import { describe, expect, test } from "vitest";
import type { Cell, SourceRow } from "../ports/source.ts";
import { compileMapping } from "./compile.ts";
import { loadMapping } from "./mapping-file.ts";

/** The mapper of the first table, from the lines below it. */
function mapperOf(kind: string, lines: string, head = "") {
  const text = `source: { type: csv, path: a.csv }\n${head}tables:\n  - kind: ${kind}\n${lines
    .trim()
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n")}`;
  const [mapper] = compileMapping(loadMapping(text, "m.yaml"));
  if (mapper === undefined) throw new Error("no mapper");
  return mapper;
}

/** A row of a table with fixed columns: those of the cells. */
function rowOf(cells: Readonly<Record<string, Cell>>): SourceRow {
  const columns = Object.assign(
    Object.create(null),
    Object.fromEntries(Object.keys(cells).map((title) => [title, "A"])),
  );
  return { table: "", row: 2, columns, cells: Object.assign(Object.create(null), cells) };
}

describe("a compiled mapping", () => {
  const provider = mapperOf(
    "provider",
    `
key: [名称]
fields:
  uscc: 信用代码
  name: 名称
  registeredCapital: 注册资本（万元）
  products: 产品
  products.priceBand: [参考单价（万元）, 报价（元）]`,
  );
  const usual = { 名称: "甲公司", 信用代码: "91360102DEM0000308", "注册资本（万元）": 500 };

  test("makes a record with its key and envelope, and no remark where nothing is wrong", () => {
    expect(provider.map(rowOf({ ...usual, 产品: "云", "参考单价（万元）": "3-9" }))).toEqual({
      type: "record",
      key: "甲公司",
      value: {
        uscc: "91360102DEM0000308",
        usccCheck: "valid",
        name: "甲公司",
        registeredCapital: { amount: 5_000_000, currency: "CNY" },
        products: [{ name: "云", priceBand: "3-9万元" }],
      },
      license: "CC-BY-4.0",
      visibility: "public",
      visibleTo: [],
    });
  });

  test("withholds what a column says that must not leave, also where it is meant by the last part of its title", () => {
    const demand = mapperOf(
      "demand",
      "key: [题目]\nnever: [联系电话, 企业]\nfields:\n  title: 题目",
    );
    const cells = { 题目: "求助", "企业信息/联系电话": "0791-88888888", "企业信息/企业": "甲厂" };
    expect(demand.map(rowOf(cells))).toMatchObject({ withheld: ["0791-88888888", "甲厂"] });
  });

  test("takes the unit from the title that each file has", () => {
    const mapped = provider.map(rowOf({ ...usual, 产品: "云", "报价（元）": "30000" }));
    expect(mapped).toMatchObject({ value: { products: [{ priceBand: "30000元" }] } });
  });

  test("finds a title in another width, and the last part of one in several rows", () => {
    const mapped = provider.map(
      rowOf({
        "基本信息/名称": "甲公司",
        "基本信息/信用代码": null,
        "注册资本(万元)": 5,
        产品: null,
        "报价(元)": null,
      }),
    );
    expect(mapped).toMatchObject({
      key: "甲公司",
      value: { usccCheck: "missing", registeredCapital: { amount: 50_000 } },
    });
  });

  test("finds the columns again when they change from one file to the next", () => {
    const first = rowOf({ ...usual, 产品: "云", "参考单价（万元）": "3" });
    const second = rowOf({ ...usual, 产品: "云", "报价（元）": "3" });
    const price = (row: SourceRow) => provider.map(row) as { value: { products: unknown } };
    expect(price(first).value.products).toEqual([{ name: "云", priceBand: "3万元" }]);
    expect(price(second).value.products).toEqual([{ name: "云", priceBand: "3元" }]);
    expect(price(first).value.products).toEqual([{ name: "云", priceBand: "3万元" }]);
  });

  test("stops at columns that are gone, names all of them and what was perhaps meant", () => {
    const row = rowOf({ 名称: "甲", 信用代码号: "", 产品: "", "报价（元）": "" });
    expect(() => provider.map(row)).toThrow(
      expect.objectContaining({
        code: "ERR_SOURCE_COLUMN",
        message: expect.stringMatching(/信用代码 \(did you mean 信用代码号\?\), 注册资本（万元）/),
        messageZh: expect.stringContaining("未撤回任何记录"),
      }),
    );
  });

  test("goes on without a column that is optional", () => {
    const mapper = mapperOf(
      "provider",
      "key: [名称]\nfields: { name: 名称, website: { column: 网址, optional: true } }",
    );
    expect(mapper.map(rowOf({ 名称: "甲" }))).toMatchObject({ type: "record", key: "甲" });
  });

  test("refuses a row without a name, and keeps its key so that its record stays", () => {
    const mapper = mapperOf("provider", "key: [编号]\nfields: { name: 名称 }");
    expect(mapper.map(rowOf({ 编号: "P1", 名称: null }))).toMatchObject({
      type: "bad",
      key: "P1",
      problems: [{ column: "名称", rule: "field.missing" }],
    });
    expect(mapper.map(rowOf({ 编号: null, 名称: "甲" }))).toMatchObject({
      type: "bad",
      problems: [{ column: "编号", rule: "key.missing" }],
    });
  });

  test("refuses a row whose code lost its digits, and flags one whose check digit fails", () => {
    expect(
      provider.map(rowOf({ ...usual, 信用代码: 9.13601e17, 产品: "", "报价（元）": "" })),
    ).toMatchObject({
      type: "bad",
      key: "甲公司",
      problems: [{ column: "信用代码", rule: "uscc.digits_lost" }],
    });
    expect(
      provider.map(rowOf({ ...usual, 信用代码: "91360102DEM0000309", 产品: "", "报价（元）": "" })),
    ).toMatchObject({
      type: "record",
      value: { uscc: "91360102DEM0000309", usccCheck: "invalid" },
      remarks: [{ column: "信用代码", rule: "uscc.check_digit" }],
    });
  });

  test("keeps words that are in no list with the record where it has a place for them", () => {
    const kept = mapperOf("provider", "key: [名称]\nfields: { name: 名称, systems: 系统 }");
    expect(kept.map(rowOf({ 名称: "甲", 系统: "MES、声学检测" }))).toMatchObject({
      value: { systems: ["mes"], unmapped: ["systems: 声学检测"] },
    });
    const told = mapperOf("policy", "key: [名称]\nfields: { title: 名称, status: 有效性 }");
    expect(told.map(rowOf({ 名称: "甲", 有效性: "看情况" }))).toMatchObject({
      type: "record",
      remarks: [{ column: "有效性", rule: "word.unknown" }],
    });
  });

  test("gives each credit code to the provider beside it, and none where the numbers differ", () => {
    const mapper = mapperOf(
      "case",
      "key: [名称]\nfields: { title: 名称, providers: 服务商, providers.uscc: 代码 }",
    );
    const cells = { 名称: "案", 服务商: "甲公司、乙公司" };
    expect(mapper.map(rowOf({ ...cells, 代码: "91360102DEM0000308、办理中" }))).toMatchObject({
      value: {
        providers: [
          { name: "甲公司", uscc: "91360102DEM0000308", role: "lead" },
          { name: "乙公司", role: "sub" },
        ],
      },
    });
    const unequal = mapper.map(rowOf({ ...cells, 代码: "91360102DEM0000308" }));
    expect(unequal).toMatchObject({ remarks: [{ column: "代码", rule: "list.unequal" }] });
    expect(JSON.stringify(unequal)).not.toContain('uscc":');
  });

  test("lets a table have an audience of its own", () => {
    const mapper = mapperOf(
      "demand",
      "key: [名称]\nvisibility: centers\nvisibleTo: [smes, copper]\nlicense: internal\nfields: { title: 名称 }",
      "visibility: public\n",
    );
    expect(mapper.map(rowOf({ 名称: "需" }))).toMatchObject({
      visibility: "centers",
      visibleTo: ["copper", "smes"],
      license: "internal",
    });
  });

  test("has another id as soon as anything of the table's mapping differs", () => {
    const ids = [
      "key: [名称]\nfields: { name: 名称 }",
      "key: [编号]\nfields: { name: 名称 }",
      "key: [名称]\nfields: { name: { column: 名称, optional: true } }",
      "key: [名称]\nlicense: x\nfields: { name: 名称 }",
    ].map((lines) => mapperOf("provider", lines).mappingId.join());
    expect(new Set(ids).size).toBe(ids.length);
    expect(mapperOf("provider", "key: [名称]\nfields: { name: 名称 }").mappingId.join()).toBe(
      ids[0],
    );
    expect(mapperOf("provider", "key: [名称]\nfields: { name: 名称 }").mappingId).toHaveLength(8);
  });
});

describe("effects in columns of their own", () => {
  const mapper = mapperOf(
    "case",
    `
key: [名称]
group: [名称]
fields:
  title: 名称
  systems: 系统
  outcomes.evidence: { column: 核验, map: { 验收单: E2 } }
indicators: { name: 指标, before: 前, after: 后, unit: 单位, method: 测量 }`,
  );
  const columns = Object.assign(
    Object.create(null),
    Object.fromEntries(
      ["名称", "系统", "核验", "指标", "前", "后", "单位", "测量"].map((t) => [t, "A"]),
    ),
  );
  const map = (cells: Readonly<Record<string, Cell>>) =>
    mapper.map({
      table: "",
      row: 4,
      columns,
      cells: Object.assign(Object.create(null), { 名称: "案", ...cells }),
    });

  test("are read one a place, with the unit that all places share", () => {
    const mapped = map({
      核验: "验收单",
      指标: "准时交付率",
      前: 78,
      后: 85,
      单位: "%",
      测量: "中心核验",
      "指标 (2)": "产品不良品率",
      "前 (2)": "/",
      "后 (2)": "降低38",
      "测量 (2)": "系统直采",
    });
    expect(mapped).toMatchObject({
      value: {
        outcomes: [
          {
            kpi: "ON_TIME_DELIVERY",
            value: 7,
            unit: "pp",
            before: 78,
            after: 85,
            method: "center",
            evidence: "E2",
          },
          { kpi: "DEFECT_RATE", value: -38, unit: "pct", method: "system", evidence: "E2" },
        ],
      },
    });
    expect(mapped).not.toHaveProperty("remarks");
  });

  test("that the registry does not have are kept as words of the center", () => {
    expect(map({ 指标: "电流效率", 前: 95.6, 后: 97.3, 单位: "%" })).toMatchObject({
      value: { unmapped: ["outcomes: 电流效率 95.6 → 97.3 %"] },
    });
  });

  test("leave no empty list and no remark where there is none", () => {
    const mapped = map({ 指标: null, 核验: "验收单" });
    expect(mapped).toMatchObject({ type: "record", value: { title: "案" } });
    expect(mapped).not.toHaveProperty("remarks");
    expect(mapped).not.toHaveProperty(["value", "outcomes"]);
  });

  test("stand beside lists that go on in further rows", () => {
    expect(map({ 系统: "MES", "系统 (2)": "ERP、MES" })).toMatchObject({
      value: { systems: ["mes", "erp"] },
    });
  });
});

describe("a mapping for a hub that changed the vocabulary", () => {
  const label = { zh: "碳足迹核算", en: "Carbon footprint" };
  const plain = { label, aliases: [], into: "", isDeprecated: false, successor: "" };
  const retired = (scheme: string, code: string, successor: string): HubTerm => ({
    ...{ ...plain, scheme, code, successor, isDeprecated: true },
    label: { zh: `旧${code}`, en: `Old ${code}` },
  });
  const hub = new HubTerms([
    { ...plain, scheme: "scenario", code: "S41" },
    retired("scenario", "S12", "S41"),
    retired("kpi", "PRODUCTION_EFFICIENCY", ""),
  ]);
  const text = `source: { type: csv, path: a.csv }
tables:
  - kind: case
    key: [名称]
    fields:
      title: 名称
      scenarios: { column: 场景, map: { 碳: S41 } }
      outcomes: 成效`;

  const [mapper] = compileMapping(loadMapping(text, "m.yaml", hub), hub);
  const map = (cells: Readonly<Record<string, Cell>>) =>
    mapper?.map(rowOf({ 名称: "甲", 场景: "", 成效: "", ...cells }));

  test("takes new terms by their words, and by a map of the file", () => {
    for (const 场景 of ["S41", "碳足迹核算", "碳"]) {
      expect(map({ 场景 })).toMatchObject({ value: { scenarios: ["S41"] } });
      expect(map({ 场景 })).not.toHaveProperty("remarks");
    }
    expect(() => loadMapping(text, "m.yaml")).toThrow(/S41 is no code of scenario/);
  });

  test("takes deprecated ones, and says what follows them", () => {
    const result = map({ 场景: "S12", 成效: "生产效率提升 20%" });
    expect(result).toMatchObject({
      value: { scenarios: ["S12"], outcomes: [{ kpi: "PRODUCTION_EFFICIENCY" }] },
      remarks: [
        { column: "场景", rule: "word.retired", message: expect.stringContaining("S41") },
        { column: "成效", rule: "word.retired" },
      ],
    });
  });

  test("is another one, so that rows are mapped anew", () => {
    const plainText = text.replace(", map: { 碳: S41 }", "");
    const [before] = compileMapping(loadMapping(plainText, "m.yaml"));
    const [after] = compileMapping(loadMapping(plainText, "m.yaml"), hub);
    expect(after?.mappingId).not.toEqual(before?.mappingId);
  });
});
