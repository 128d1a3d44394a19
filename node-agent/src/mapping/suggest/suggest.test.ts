import { usccCheckDigit } from "@tributary/proto/vocabulary";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DiscoveredTable } from "../../ports/source.ts";
import { loadMapping } from "../mapping-file.ts";
import { writeMapping } from "../write-mapping.ts";
import { suggestMapping } from "./suggest.ts";
import type { TableSuggestion } from "./suggestion.ts";

/** A table as it is discovered, from its columns. */
function table(
  columns: Readonly<Record<string, readonly string[]>>,
  more: Partial<DiscoveredTable> = {},
): DiscoveredTable {
  const rowCount = Math.max(0, ...Object.values(columns).map(({ length }) => length));
  return {
    table: "",
    headerRow: 1,
    rowCount,
    notes: [],
    columns: Object.entries(columns).map(([title, values], index) => ({
      title,
      address: String.fromCharCode(65 + index),
      samples: values.filter((value) => value !== ""),
      emptyShare: 1 - values.filter((value) => value !== "").length / Math.max(1, rowCount),
    })),
    ...more,
  };
}

function codes(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const first = `913607000000${String(i).padStart(5, "0")}`;
    return first + usccCheckDigit(first);
  });
}

const times = (count: number, value: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => value(i));

function one(...tables: DiscoveredTable[]): TableSuggestion {
  const { tables: found } = suggestMapping(tables);
  expect(found).toHaveLength(1);
  return found[0] as TableSuggestion;
}

const columnOf = (suggestion: TableSuggestion, field: string) =>
  suggestion.fields.find((entry) => entry.field === field)?.column;

const PROVIDERS = {
  序号: times(20, String),
  企业名称: times(20, (i) => `江西甲${i}数字科技有限公司`),
  统一社会信用代码: codes(20),
  所在地: times(20, () => "赣州市"),
  联系电话: times(20, (i) => `1380000${String(i).padStart(4, "0")}`),
  系统类型: times(20, () => "MES、ERP"),
};

describe("suggestMapping", () => {
  test("gives each field its column, with a confidence and a reason in both languages", () => {
    const found = one(table(PROVIDERS));
    expect(found.kind).toBe("provider");
    const uscc = found.fields.find(({ field }) => field === "uscc");
    expect(uscc).toMatchObject({
      column: "统一社会信用代码",
      reason: "title 统一社会信用代码 + 100 % of the values pass the check digit of a credit code",
      reasonZh: "表头“统一社会信用代码” + 100 % 的值通过统一社会信用代码校验",
    });
    expect(uscc?.confidence).toBeGreaterThan(0.9);
    expect(found.unmapped).toEqual([]);
  });

  test("knows credit codes by their values alone", () => {
    const { 统一社会信用代码: values, ...others } = PROVIDERS;
    const found = one(table({ ...others, 编码栏: values }));
    expect(columnOf(found, "uscc")).toBe("编码栏");
    expect(found.fields.find(({ field }) => field === "uscc")?.reason).toBe(
      "100 % of the values pass the check digit of a credit code",
    );
  });

  test("gives a column to one field only", () => {
    const found = one(
      table({ 课程名称: ["排产课"], 学时: ["8"], 培训对象: ["技术骨干"], 计划人数: ["40"] }),
    );
    expect(columnOf(found, "capacity")).toBe("计划人数");
    const columns = found.fields.map(({ column }) => column);
    expect(new Set(columns).size).toBe(columns.length);
  });

  test("believes values more than a title that they contradict", () => {
    const found = one(table({ ...PROVIDERS, 成立时间: times(20, () => "见营业执照") }));
    expect(columnOf(found, "foundedOn")).toBeUndefined();
    expect(found.unmapped).toContain("成立时间");
  });

  test.each([
    [
      "telephone numbers below any title",
      "备用栏",
      times(20, (i) => `1380000${String(i).padStart(4, "0")}`),
    ],
    ["mail addresses", "栏目", times(20, (i) => `a${i}@b.example`)],
    [
      "numbers of identity cards",
      "栏目",
      times(20, (i) => `11010119900101${String(i).padStart(3, "0")}X`),
    ],
    ["a title of contacts", "企业联系人", times(20, () => "张**")],
    ["an English title of contacts", "Mobile", times(20, () => "see the card")],
  ])("keeps %s in the center", (_, title, values) => {
    const found = one(table({ ...PROVIDERS, [title]: values }));
    expect(found.never.map(({ column }) => column)).toEqual(["联系电话", title]);
    expect(found.fields.map(({ column }) => column)).not.toContain(title);
  });

  test("does not take prose that mentions a telephone number for a column of them", () => {
    const prose = times(
      20,
      (i) =>
        `做了很多事情，历时三个月，覆盖两条产线，由班组长带队完成现场改造与验收工作，联系 1380000${String(i).padStart(4, "0")}。后续还会继续推进其他产线。`,
    );
    expect(one(table({ ...PROVIDERS, 企业简介: prose })).never.map(({ column }) => column)).toEqual(
      ["联系电话"],
    );
  });

  test.each<[string, Record<string, string[]>]>([
    [
      "policy",
      {
        文件名称: ["某办法"],
        文号: ["赣工信字〔2024〕1号"],
        发文机关: ["某厅"],
        支持方式: ["奖补"],
      },
    ],
    [
      "training",
      {
        课程名称: ["排产课"],
        学时: ["8"],
        培训对象: ["技术骨干"],
        培训时间: ["2025年6月10日-12日"],
      },
    ],
    [
      "event",
      { 活动名称: ["对接会"], 活动类型: ["供需对接会"], 活动时间: ["2025.6.1"], 签约数: ["3"] },
    ],
    [
      "case",
      {
        案例名称: ["排产案例"],
        痛点: ["插单多"],
        解决方案: ["排产系统"],
        实施成效: ["生产效率提升20%"],
      },
    ],
    [
      "center",
      {
        中心名称: ["某促进中心"],
        中心类型: ["区域型"],
        运营模式: ["政府主导推动型"],
        主管部门: ["工信厅"],
      },
    ],
    ["provider", { name: ["Acme Ltd"], credit_code: codes(1), systems: ["MES"], products: ["X"] }],
  ])("tells a %s by its columns", (kind, columns) => {
    expect(one(table(columns)).kind).toBe(kind);
  });

  test("leaves alone what is none of a record, what is hidden, what is empty and what is only personal", () => {
    const { tables, left } = suggestMapping([
      table({ key: ["a"], value: ["b"] }, { table: "app_state" }),
      table(PROVIDERS, { table: "说明", notes: ["hidden sheet / 隐藏的工作表"] }),
      table({}, { table: "空表", rowCount: 0 }),
      table({ login: ["a"], phone: ["13800001234"], password_hash: ["x"] }, { table: "users" }),
    ]);
    expect(tables).toEqual([]);
    expect(left.map(({ table: name }) => name)).toEqual(["app_state", "说明", "空表", "users"]);
    expect(left[3]?.reason).toContain("personal data");
  });

  test("takes a title that was renamed in another file for the same field", () => {
    const { 企业名称: names, ...others } = PROVIDERS;
    const found = one(
      table(PROVIDERS, { file: "2025.xlsx" }),
      table({ ...others, 服务商名称: names }, { file: "2026.xlsx" }),
    );
    const name = found.fields.find(({ field }) => field === "name");
    expect([name?.column, name?.alternatives]).toEqual(["企业名称", ["服务商名称"]]);
    expect(found.key).toEqual(["企业名称", "服务商名称"]);
  });

  describe("the key", () => {
    test("is a column of identifiers if there is one", () => {
      expect(one(table({ ...PROVIDERS, 服务商编号: times(20, (i) => `P${i}`) })).key).toEqual([
        "服务商编号",
      ]);
    });

    test("gets a further column where that tells things of one name apart", () => {
      const columns = {
        活动名称: ["例会", "例会"],
        活动时间: ["2025-01-05", "2025-02-05"],
        活动类型: ["论坛", "论坛"],
        签约数: ["1", "2"],
      };
      expect(one(table(columns)).key).toEqual(["活动名称", "活动时间"]);
    });

    test("stays the name where gaps make it unknown which values stand in one row", () => {
      const found = one(
        table({
          活动名称: ["例会", "", "例会"],
          活动时间: ["2025-01-05", "2025-02-05", "2025-03-05"],
          活动类型: ["论坛", "论坛", "论坛"],
          签约数: ["1", "2", "3"],
        }),
      );
      expect(found.key).toEqual(["活动名称"]);
    });

    test("stays the name where the repeats are duplicates", () => {
      const twice = Object.fromEntries(
        Object.entries(PROVIDERS).map(([title, values]) => [
          title,
          [...values, ...values.slice(0, 1)],
        ]),
      );
      expect(one(table(twice)).key).toEqual(["企业名称"]);
    });

    test("names a group where rows that follow each other have one name", () => {
      const found = one(
        table({
          案例名称: ["甲", "甲", "乙", "丙"],
          痛点: ["x", "x", "y", "z"],
          解决方案: ["x", "x", "y", "z"],
          "成效/指标": ["生产效率", "不良率", "准时交付率", "换产时间"],
          "成效/改造前": ["1", "2", "3", "4"],
          "成效/改造后": ["2", "1", "4", "3"],
          "成效/单位": ["%", "%", "%", "分钟"],
        }),
      );
      expect(found.group).toEqual(["案例名称"]);
      expect(found.indicators).toEqual({
        name: "成效/指标",
        before: "成效/改造前",
        after: "成效/改造后",
        unit: "成效/单位",
      });
    });
  });

  test("is deterministic, and never throws, for any titles and values", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("企业名称", "__proto__", "constructor", "", "a: b # c", "1", "2024.3"),
    );
    const columns = fc.uniqueArray(fc.tuple(text, fc.array(text, { maxLength: 4 })), {
      selector: ([title]) => title,
      maxLength: 8,
    });
    fc.assert(
      fc.property(columns, (entries) => {
        const given = {
          ...table({}),
          rowCount: 4,
          columns: entries.map(([title, samples]) => ({
            title,
            address: "A",
            samples,
            emptyShare: 0,
          })),
        };
        expect(suggestMapping([given])).toEqual(suggestMapping([given]));
      }),
      { numRuns: 200 },
    );
  });
});

describe("writeMapping", () => {
  const source = { type: "csv", path: "a: b #.csv" } as const;
  const options = { schema: "../mapping.schema.json" };

  test("writes a file that loads, with the schema, the reasons and what is left out", () => {
    const text = writeMapping(
      source,
      suggestMapping([table({ ...PROVIDERS, 满意度: times(20, () => "96%") })]),
      options,
    );
    const mapping = loadMapping(text, "x.yaml");
    expect(mapping.source).toEqual(source);
    expect(mapping.tables[0]).toMatchObject({
      kind: "provider",
      key: ["企业名称"],
      never: ["联系电话"],
    });
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/mapping\.schema\.json\n/);
    expect(text).toContain("uscc: 统一社会信用代码 # ");
    expect(text).toContain("通过统一社会信用代码校验 / ");
    expect(text).toContain("# Not mapped / 未映射: 满意度");
  });

  test("marks what a person has to look at", () => {
    const text = writeMapping(
      source,
      suggestMapping([table({ ...PROVIDERS, 主要服务行业: times(20, () => "汽车零部件") })]),
      options,
    );
    expect(text).toMatch(/industries: 主要服务行业 # CHECK 请核对 \d\d %/);
  });

  test("keeps a title that looks like a number or a truth value a text", () => {
    const { 统一社会信用代码: values, ...others } = PROVIDERS;
    for (const title of ["2024", "true", "null", "1e5", "~"]) {
      const text = writeMapping(
        source,
        suggestMapping([table({ ...others, [title]: values })]),
        options,
      );
      expect(loadMapping(text, "x.yaml").tables[0]?.fields["uscc"]).toBe(title);
    }
  });

  test("never lets a title out of its comment or its string, for any title", () => {
    const title = fc.string({
      unit: fc.constantFrom(
        "名",
        "a",
        ":",
        "#",
        "\n",
        "\r",
        "\u2028",
        '"',
        "'",
        "{",
        "]",
        "-",
        " ",
        "&",
        "*",
        "!",
        "%",
        "@",
        "`",
        "\t",
      ),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.uniqueArray(title, { maxLength: 5 }), (titles) => {
        const odd = Object.fromEntries(
          titles.filter((one) => one.trim() !== "").map((one) => [`${one}联系人`, ["张**"]]),
        );
        const suggestions = suggestMapping([table({ ...PROVIDERS, ...odd })]);
        const mapping = loadMapping(writeMapping(source, suggestions, options), "x.yaml");
        expect(mapping.tables).toHaveLength(1);
        expect(mapping.tables[0]?.never).toEqual(
          suggestions.tables[0]?.never.map(({ column }) => column),
        );
        expect(Object.keys(mapping.tables[0]?.fields ?? {})).toEqual(
          suggestions.tables[0]?.fields.map(({ field }) => field),
        );
      }),
    );
  });
});
