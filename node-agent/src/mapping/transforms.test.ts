import { usccCheckDigit } from "@tributary/proto/vocabulary";
import { describe, expect, test } from "vitest";
import type { Cell } from "../ports/source.ts";
import type { Transformed, TransformOptions } from "./transform.ts";
import { fits, shapeOf, TRANSFORM_NAMES, type TransformName, transformOf } from "./transforms.ts";

const read = (
  name: TransformName,
  cell: NonNullable<Cell>,
  options: TransformOptions = {},
): Transformed => transformOf(name)(cell, options);

const rulesOf = ({ problems = [] }: Transformed) => problems.map(({ rule }) => rule);

const WAN = { factor: 10_000, currency: "CNY" };
const CODE = `9136070000000000${"X"}`.slice(0, 17);
const VALID = CODE + usccCheckDigit(CODE);
const INVALID = CODE + (usccCheckDigit(CODE) === "0" ? "1" : "0");

describe("a transform", () => {
  test.each<[TransformName, NonNullable<Cell>, unknown]>([
    ["text", "  甲\n公司（示例）\u200b ", "甲 公司（示例）"],
    ["text", 42, "42"],
    ["text", new Date(Date.UTC(2024, 2, 5)), "2024-03-05"],
    ["text", true, "是"],
    ["text", "a\u0000b\ud800", "ab\ufffd"],
    ["prose", "一\r\n二\n\n\n\n三", "一\n二\n\n三"],
    ["list", "1. 甲；2. 乙、甲", ["甲", "乙"]],
    ["names", "排产云/质检站", [{ name: "排产云" }, { name: "质检站" }]],
    [
      "documents",
      "赣工信字[2024]001号；口头",
      [{ docNo: "赣工信字〔2024〕1号" }, { docNo: "口头" }],
    ],
    ["region", "江西省赣州市", "360700"],
    ["region", 360700, "360700"],
    ["regions", "赣州市、南昌市", ["360700", "360100"]],
    ["industry", "汽车制造业", "36"],
    ["date", "2024.3", "2024-03"],
    ["date", 45352, "2024-03-01"],
    ["first_date", "2025年6月10日-12日", "2025-06-10"],
    ["last_date", "2025年6月10日-12日", "2025-06-12"],
    ["quarter", "2024年5月", "2024Q2"],
    ["money", "120万元", { amount: 1_200_000, currency: "CNY" }],
    ["cny", "300", 300],
    ["number", "1,200.5", 1200.5],
    ["number", "1.2万人", 12_000],
    ["number", "3千", 3_000],
    ["number", "5 k", 5_000],
    ["number", 16n, 16],
    ["integer", "约300人", 300],
    ["integer", "2万", 20_000],
    ["integer", 12.6, 13],
    ["share", "30%", 0.3],
    ["share", "30％", 0.3],
    ["share", "1%", 0.01],
    ["share", "0.5%", 0.005],
    ["share", 0.3, 0.3],
    ["share", 30, 0.3],
    ["share", 1, 1],
    ["yes_no", "√", true],
    ["yes_no", "否", false],
    ["yes_no", 1, true],
    ["url", "www.a.example/x", "https://www.a.example/x"],
    ["price", "2.4-9", "2.4-9"],
  ])("%s reads %s as %o", (name, cell, value) => {
    expect(read(name, cell)).toMatchObject({ value });
    expect(read(name, cell).problems ?? []).toEqual([]);
  });

  test.each<[TransformName, NonNullable<Cell>, string]>([
    ["text", "x".repeat(501), "text.too_long"],
    ["prose", "x".repeat(20_001), "text.too_long"],
    ["names", `a、${"x".repeat(501)}`, "text.too_long"],
    ["uscc", true, "uscc.unreadable"],
    ["date", "见合同", "date.unreadable"],
    ["date", "2024-02-30", "date.unreadable"],
    ["date", true, "date.unreadable"],
    ["date", 12n, "date.unreadable"],
    ["first_date", "待定", "date.unreadable"],
    ["last_date", "待定", "date.unreadable"],
    ["quarter", "待定", "date.unreadable"],
    ["money", "300", "money.unreadable"],
    ["money", "面议", "money.unreadable"],
    ["cny", "300美元", "money.unreadable"],
    ["number", "若干", "number.unreadable"],
    ["number", "3天", "number.unreadable"],
    ["number", Number.NaN, "number.unreadable"],
    ["number", true, "number.unreadable"],
    ["integer", -5, "number.unreadable"],
    ["share", "130%", "number.unreadable"],
    ["share", -0.1, "number.unreadable"],
    ["yes_no", "也许", "yes_no.unreadable"],
    ["url", "见附件", "url.unreadable"],
    ["url", "javascript:alert(1)", "url.unreadable"],
  ])("%s leaves %o out, with a remark in both languages", (name, cell, rule) => {
    const result = read(name, cell);
    expect(result.value).toBeUndefined();
    expect(rulesOf(result)).toEqual([rule]);
    expect(result.problems?.[0]?.isFatal).toBeUndefined();
    expect(result.problems?.[0]?.messageZh).toMatch(/\p{Script=Han}/u);
  });

  test.each<[TransformName, NonNullable<Cell>, TransformOptions, Transformed]>([
    ["region", "月球", {}, { unmapped: ["月球"] }],
    ["regions", "赣州、月球", {}, { value: ["360700"], unmapped: ["月球"] }],
    ["industry", "占星", {}, { unmapped: ["占星"] }],
    ["term", "某某型", { scheme: "centerType" }, { unmapped: ["某某型"] }],
    ["terms", "MES、占星台", { scheme: "systemType" }, { value: ["mes"], unmapped: ["占星台"] }],
  ])("%s tells words of %o that no list has", (name, cell, options, result) => {
    expect(read(name, cell, options)).toMatchObject(result);
  });

  test("takes all industries that an everyday word stands for", () => {
    expect((read("industries", "装备制造").value as unknown[]).length).toBeGreaterThan(1);
  });

  test("takes own words before the vocabulary", () => {
    const map = new Map([["铜箔", "3251"]]);
    expect(read("industries", "铜箔、铜箔", { map })).toEqual({ value: ["3251"] });
    expect(read("industry", "铜箔", { map })).toEqual({ value: "3251" });
  });

  test("parts a list at the signs that it is told", () => {
    expect(read("list", "a,b；c", { separator: "；" }).value).toEqual(["a,b", "c"]);
  });

  test("takes the unit of an amount from the title, and the cell's own before it", () => {
    expect(read("money", 120, { unit: WAN }).value).toEqual({ amount: 1_200_000, currency: "CNY" });
    expect(read("money", "3亿元", { unit: WAN }).value).toEqual({
      amount: 300_000_000,
      currency: "CNY",
    });
    expect(read("price", "2.4-9", { unitText: "万元" }).value).toBe("2.4-9万元");
  });

  test("reads effects, and tells figures that it does not understand", () => {
    const { value, unmapped } = read("outcomes", "准时交付率提高15个百分点；刀具费用下降14%");
    expect(value).toMatchObject([{ kpi: "ON_TIME_DELIVERY", value: 15, unit: "pp" }]);
    expect(unmapped).toEqual(["刀具费用下降14%"]);
  });

  test("keeps the number of a document as it was written beside its normal form", () => {
    expect(read("policy_number", "辽工信明电[2026]003号")).toEqual({
      value: "辽工信明电〔2026〕3号",
      also: "辽工信明电[2026]003号",
    });
    expect(read("policy_number", "内部文件")).toEqual({ also: "内部文件" });
  });

  test("reads packed services with their intensity, and keeps a service that no list has", () => {
    const { value } = read("pairs", "占星服务 - 4、占星服务 - 2", { scheme: "serviceType" });
    expect(value).toEqual([{ service: "占星服务", intensity: 4 }]);
  });

  test("gives the first provider of a case the lead, and knows codes among names", () => {
    expect(read("case_providers", `甲公司、乙公司 ${VALID}、${VALID}`).value).toEqual([
      { name: "甲公司", role: "lead" },
      { name: "乙公司", uscc: VALID, role: "sub" },
      { uscc: VALID, role: "sub" },
    ]);
  });

  test("keeps the places of credit codes that stand beside names", () => {
    expect(read("usccs", `${VALID}、不详`).value).toEqual([VALID, undefined]);
  });

  test.each<[string, string | number, string | undefined, string | undefined, readonly string[]]>([
    ["valid", VALID, VALID, "valid", []],
    ["valid in small letters with a space", ` ${VALID.toLowerCase()}`, VALID, "valid", []],
    ["one with a wrong check digit", INVALID, INVALID, "invalid", ["uscc.check_digit"]],
    ["an old number", "360700210012345", "360700210012345", "malformed", ["uscc.old_number"]],
    ["too short", "9136070000", "9136070000", "malformed", ["uscc.malformed"]],
    ["no code at all", "办理中", undefined, "missing", ["uscc.malformed"]],
    ["a word for nothing", "不详", undefined, "missing", []],
    ["what a spreadsheet leaves of it", 9.13607e17, undefined, undefined, ["uscc.digits_lost"]],
  ])("tells of a credit code that it is %s", (_, cell, value, also, rules) => {
    const result = read("uscc", cell);
    expect([result.value, result.also]).toEqual([value, also]);
    expect(rulesOf(result)).toEqual(rules);
  });

  test("refuses the row only for a code that lost its digits", () => {
    const isFatal = (cell: string) => read("uscc", cell).problems?.some((one) => one.isFatal);
    expect(isFatal("9.1361E+17")).toBe(true);
    expect(isFatal(INVALID)).toBe(false);
  });

  test("tells the code that was probably meant", () => {
    const first = "91360700000000000";
    const code = first + usccCheckDigit(first);
    const { problems } = read("uscc", code.replace("0", "O"));
    expect(problems?.[0]?.message).toContain(code);
    expect(problems?.[0]?.messageZh).toContain(code);
  });
});

describe("fits", () => {
  test("lets codes and dates into texts, and never the other way round", () => {
    expect(fits(shapeOf("region"), shapeOf("text"))).toBe(true);
    expect(fits(shapeOf("terms"), shapeOf("list"))).toBe(true);
    expect(fits(shapeOf("text"), shapeOf("region"))).toBe(false);
    expect(fits(shapeOf("list"), shapeOf("text"))).toBe(false);
  });

  test.each(TRANSFORM_NAMES)("lets %s fill the field that it is made for", (name) => {
    expect(fits(shapeOf(name), shapeOf(name))).toBe(true);
  });
});
