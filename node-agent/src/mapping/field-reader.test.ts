import { encodeBody } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import type { Cell } from "../ports/source.ts";
import type { RowMapper } from "../sync/row-mapper.ts";
import { compileMapping } from "./compile.ts";
import { loadMapping } from "./mapping-file.ts";

/** Maps one row with these cells, whose columns are theirs. @param fields Lines of YAML below `fields:`. */
function mapped(
  kind: string,
  fields: readonly string[],
  { cells, key = "编号" }: { readonly cells: Record<string, Cell>; readonly key?: string },
): ReturnType<RowMapper["map"]> {
  const text = [
    "source: { type: csv, path: a.csv }",
    "tables:",
    `  - kind: ${kind}`,
    `    key: [${key}]`,
    "    fields:",
    ...fields.map((line) => `      ${line}`),
  ].join("\n");
  const [mapper] = compileMapping(loadMapping(text, "m.yaml"));
  if (mapper === undefined) throw new Error("no mapper");
  const columns = Object.fromEntries(Object.keys(cells).map((title) => [title, "A"]));
  const row = { table: "", row: 2, columns, cells: Object.assign(Object.create(null), cells) };
  const result = mapper.map(row);
  expect(mapper.map(row)).toEqual(result);
  return result;
}

/** The body of a record and the rules of its remarks. */
function read(kind: string, fields: readonly string[], cells: Record<string, Cell>) {
  const names = kind === "provider" || kind === "center" ? "name: 名称" : "title: 名称";
  const row = mapped(kind, [names, ...fields], { cells: { 编号: "1", 名称: "甲", ...cells } });
  if (row.type === "bad") throw new Error(JSON.stringify(row.problems));
  const { name: _name, title: _title, ...value } = row.value as unknown as Record<string, unknown>;
  const rules = (row.remarks ?? []).map(({ column, rule }) => `${column} ${rule}`);
  return { value, rules };
}

describe("a field", () => {
  test("is left out where its cell says nothing", () => {
    const fields = ["nameEn: 英文", "aliases: 简称", "employees: 人数", "region: 地"];
    const cells = { 英文: " — ", 简称: "、", 人数: null, 地: "暂无" };
    expect(read("provider", fields, cells)).toEqual({ value: {}, rules: [] });
  });

  test("is left out with a remark at its cell where that cannot be read, and the record stays", () => {
    const { value, rules } = read("policy", ["issuedOn: 日期", "amountMax: 金额"], {
      日期: "见附件",
      金额: "若干",
    });
    expect(value).toEqual({});
    expect(rules).toEqual(["日期 date.unreadable", "金额 money.unreadable"]);
  });

  test("is left out with a remark where no record can have the value", () => {
    const { value, rules } = read("training", ["hours: 学时", "capacity: 人数"], {
      学时: -8,
      人数: 2 ** 32,
    });
    expect(value).toEqual({});
    expect(rules).toEqual(["学时 value.misfit", "人数 value.misfit"]);
  });

  test("tries its columns in turn and takes the first that says something", () => {
    const fields = ["nameEn: [英文, 外文]"];
    expect(read("provider", fields, { 英文: "—", 外文: "B" }).value).toEqual({ nameEn: "B" });
    expect(read("provider", fields, { 英文: "A", 外文: "B" }).value).toEqual({ nameEn: "A" });
    expect(read("provider", fields, { 外文: "B" }).value).toEqual({ nameEn: "B" });
  });

  test("joins its columns without those that say nothing", () => {
    const fields = ["selfDescription: { columns: [a, b, c], join: '；' }"];
    const { value } = read("provider", fields, { a: "一", b: "无", c: "三" });
    expect(value).toEqual({ selfDescription: "一；三" });
    expect(read("provider", fields, { a: "", b: null, c: "-" }).value).toEqual({});
  });

  test("reads a fixed value like a cell, in its unit", () => {
    const fields = ["region: { value: 江西省 }", "amountMax: { value: 100, unit: 万元 }"];
    expect(read("policy", fields, {}).value).toEqual({
      region: "360000",
      amountMax: { amount: 1_000_000, currency: "CNY" },
    });
  });

  test.each<[string, string, Cell, number | undefined]>([
    ["of its title", "上限（万元）", 50, 500_000],
    ["of its cell before that of its title", "上限（万元）", "50元", 50],
    ["of the mapping before that of its title", "{ column: 上限（万元）, unit: 元 }", 50, 50],
    ["of none", "{ column: 上限, optional: true }", 50, undefined],
  ])("reads an amount in the unit %s", (_, spec, cell, amount) => {
    const title = spec.includes("万元") ? "上限（万元）" : "上限";
    const { value } = read("policy", [`amountMax: ${spec}`], { [title]: cell });
    expect(value).toEqual(amount === undefined ? {} : { amountMax: { amount, currency: "CNY" } });
  });

  test("keeps the units of columns apart that are tried in turn, also for what it remembers", () => {
    const text = `
source: { type: csv, path: a.csv }
tables: [{ kind: policy, key: [n], fields: { title: n, amountMax: [上限（万元）, 上限（元）] } }]
`;
    const [mapper] = compileMapping(loadMapping(text, "m.yaml"));
    const columns = { n: "A", "上限（万元）": "B", "上限（元）": "C" };
    const amount = (tenThousands: string, yuan: string) =>
      mapper?.map({
        table: "",
        row: 2,
        columns,
        cells: { n: "a", "上限（万元）": tenThousands, "上限（元）": yuan },
      });
    expect(amount("50", "")).toMatchObject({ value: { amountMax: { amount: 500_000 } } });
    expect(amount("", "50")).toMatchObject({ value: { amountMax: { amount: 50 } } });
  });

  test("of a client stands in it, and there is no client where nothing is said of one", () => {
    const fields = ["client.region: 地区", "client.industry: 行业"];
    expect(read("case", fields, { 地区: "赣州", 行业: "汽车制造业" }).value).toEqual({
      client: { region: "360700", industry: "36" },
    });
    expect(read("case", fields, { 地区: "", 行业: "" }).value).toEqual({});
  });

  test("of each item is put into all of them, and told back where there is none", () => {
    const fields = ["products: 产品", "products.priceBand: 价格（万元）"];
    expect(read("provider", fields, { 产品: "A、B", "价格（万元）": "2-9" }).value).toEqual({
      products: [
        { name: "A", priceBand: "2-9万元" },
        { name: "B", priceBand: "2-9万元" },
      ],
    });
    expect(read("provider", fields, { 产品: "", "价格（万元）": "2-9" })).toEqual({
      value: {},
      rules: ["价格（万元） list.unequal"],
    });
  });
});

describe("words that are in no list", () => {
  test("are remarks where the record has no place for them", () => {
    expect(read("policy", ["targetIndustries: 行业"], { 行业: "占星" })).toEqual({
      value: {},
      rules: ["行业 word.unknown"],
    });
  });

  test("are kept up to what a record takes, in number and length", () => {
    const words = Array.from({ length: 600 }, (_, i) => `占星${String.fromCodePoint(0x5000 + i)}`);
    const { value } = read("provider", ["industries: 行业"], { 行业: words.join("、") });
    expect(value["unmapped"]).toHaveLength(500);
    const long = read("provider", ["industries: 行业"], { 行业: "占".repeat(2_000) }).value;
    const body = { name: "甲", ...long };
    expect(() => encodeBody("provider", body as never)).not.toThrow();
  });
});

describe("the statement about a credit code", () => {
  test.each<[string, Cell, object]>([
    ["a wrong check digit", "91360700000000000E", { usccCheck: "invalid" }],
    ["nothing", null, { usccCheck: "missing" }],
    ["a dash", "-", { usccCheck: "missing" }],
    ["an old number", "360700210012345", { usccCheck: "malformed", uscc: "360700210012345" }],
  ])("of %s stands in the record", (_, code, value) => {
    expect(read("provider", ["uscc: 代码"], { 代码: code }).value).toMatchObject(value);
  });

  test("stands nowhere where the kind has no place for it", () => {
    const fields = ["operatorUscc: 代码"];
    expect(read("center", fields, { 代码: "" }).value).toEqual({});
    expect(Object.keys(read("center", fields, { 代码: "91360700000000000E" }).value)).toEqual([
      "operatorUscc",
    ]);
  });
});

describe("a key", () => {
  test("is the same whatever brackets and spaces it is written with", () => {
    const written = ["甲（示例）公司", "甲(示例)公司", " 甲（示例）公司\u200b"];
    const keys = written.map(
      (name) => mapped("provider", ["name: 名称"], { cells: { 名称: name }, key: "名称" }).key,
    );
    expect(keys).toEqual(Array(3).fill("甲(示例)公司"));
  });

  test.each(["", "—", "无", null])("is not made of %o", (cell) => {
    const row = mapped("provider", ["name: 名称"], { cells: { 编号: cell, 名称: "甲" } });
    expect(row).toMatchObject({ type: "bad", problems: [{ column: "编号", rule: "key.missing" }] });
    expect(row).not.toHaveProperty("key");
  });
});

test("effects in columns are added to those that a text states", () => {
  const text = `
source: { type: csv, path: a.csv }
tables:
  - kind: case
    key: [n]
    indicators: { name: 指标, before: 前, after: 后 }
    fields: { title: n, outcomes: 成效 }
`;
  const [mapper] = compileMapping(loadMapping(text, "m.yaml"));
  const cells = { n: "案", 成效: "不良率降低2个百分点", 指标: "准时交付率", 前: 80, 后: 95 };
  const columns = { n: "A", 成效: "B", 指标: "C", 前: "D", 后: "E" };
  const row = mapper?.map({ table: "", row: 2, columns, cells });
  if (row?.type !== "record") throw new Error("no record");
  const claims = (row.value as { outcomes?: readonly { kpi: string }[] }).outcomes ?? [];
  expect(claims).toHaveLength(2);
  expect(claims[1]).toMatchObject({ kpi: "ON_TIME_DELIVERY", before: 80, after: 95 });
});
