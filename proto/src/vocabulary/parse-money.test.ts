import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { moneyUnitOf, parseMoney } from "./parse-money.ts";
import { parseChineseNumber, parseNumber } from "./parse-number.ts";

describe("parseMoney", () => {
  test.each([
    ["120万", { amount: 1_200_000, currency: "CNY" }],
    ["1.2 million", { amount: 1_200_000, currency: "CNY" }],
    ["$1.2m", { amount: 1_200_000, currency: "USD" }],
    ["120-200万元", { amount: 1_200_000, amountMax: 2_000_000, currency: "CNY" }],
    ["10万～20万", { amount: 100_000, amountMax: 200_000, currency: "CNY" }],
    ["5000元至2万元", { amount: 5_000, amountMax: 20_000, currency: "CNY" }],
    ["500(万元人民币)", { amount: 5_000_000, currency: "CNY" }],
    ["500（万元）", { amount: 5_000_000, currency: "CNY" }],
    ["800万美元", { amount: 8_000_000, currency: "USD" }],
    ["3000(万港币)", { amount: 30_000_000, currency: "HKD" }],
    ["1,200,000元", { amount: 1_200_000, currency: "CNY" }],
    ["￥１２０", { amount: 120, currency: "CNY" }],
    ["€2.5 million", { amount: 2_500_000, currency: "EUR" }],
    ["三十万元", { amount: 300_000, currency: "CNY" }],
    ["一千万元", { amount: 10_000_000, currency: "CNY" }],
    ["2千万元", { amount: 20_000_000, currency: "CNY" }],
    ["1.5亿元", { amount: 150_000_000, currency: "CNY" }],
    ["约50万元", { amount: 500_000, currency: "CNY" }],
    ["最高100万元", { amount: 1_000_000, currency: "CNY" }],
    ["免费", { amount: 0, currency: "CNY" }],
  ])("reads %s", (text, money) => {
    expect(parseMoney(text)).toEqual(money);
  });

  test.each([
    ["30()", "注册资本（万元）", { amount: 300_000, currency: "CNY" }],
    [30, "投资额（万元）", { amount: 300_000, currency: "CNY" }],
    ["30", "金额(元)", { amount: 30, currency: "CNY" }],
    ["30元", "金额（万元）", { amount: 30, currency: "CNY" }],
    ["20-30", "预算（万元）", { amount: 200_000, amountMax: 300_000, currency: "CNY" }],
    [1.1, "cost (thousand EUR)", { amount: 1_100, currency: "EUR" }],
    [12, "investment_10k", { amount: 120_000, currency: "CNY" }],
    [12, "investment (10k USD)", { amount: 120_000, currency: "USD" }],
    [12, "amount_max_yuan", { amount: 12, currency: "CNY" }],
    ["10k", "amount_yuan", { amount: 10_000, currency: "CNY" }],
    ["2 million", "cost (EUR)", { amount: 2_000_000, currency: "EUR" }],
  ])("reads %j below the title %s", (value, title, money) => {
    expect(parseMoney(value, moneyUnitOf(title))).toEqual(money);
  });

  test.each([
    ["30"],
    [30],
    ["面议"],
    [""],
    ["-5万元"],
    ["200-120万元"],
    [Number.NaN],
    ["#(万元)"],
    ["1e9万元"],
  ])("does not guess for %j", (value) => {
    expect(parseMoney(value)).toBeUndefined();
  });

  test("does not take a count below a title of money for money", () => {
    expect(parseMoney("30人", moneyUnitOf("投资额（万元）"))).toBeUndefined();
  });

  test("agrees with the number for any amount of whole 万", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999 }), (n) => {
        const expected = { amount: n * 10_000, currency: "CNY" };
        for (const text of [`${n}万`, `${n} 万元`, `${n}(万元)`, `${n.toLocaleString("en")}万元`]) {
          expect(parseMoney(text)).toEqual(expected);
        }
      }),
    );
  });

  test("is quick on a long run of digits", () => {
    expect(parseMoney("1".repeat(1_000_000))).toBeUndefined();
  });
});

describe("parseNumber", () => {
  test.each([
    ["约300人", { value: 300, op: "approx", unit: "人" }],
    ["50-100人", { value: 50, valueMax: 100, op: "range", unit: "人" }],
    ["1,200", { value: 1200, op: "eq", unit: "" }],
    ["１２０", { value: 120, op: "eq", unit: "" }],
    ["200余家", { value: 200, op: "ge", unit: "家" }],
    ["≥30", { value: 30, op: "ge", unit: "" }],
    ["500以下", { value: 500, op: "le", unit: "" }],
    ["-3.5", { value: -3.5, op: "eq", unit: "" }],
  ])("reads %s", (text, number) => {
    expect(parseNumber(text)).toEqual(number);
  });

  test.each(["", "abc", "1,20,0", "1.2.3", "100-50", "--5"])("does not guess for %j", (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });
});

describe("parseChineseNumber", () => {
  test.each([
    ["十", 10],
    ["十二", 12],
    ["三百二十", 320],
    ["一千零五", 1005],
    ["二〇二四", 2024],
    ["两万三千", 23_000],
    ["一亿两千万", 120_000_000],
    ["壹佰贰拾万", 1_200_000],
  ])("reads %s as %d", (text, value) => {
    expect(parseChineseNumber(text)).toBe(value);
  });
});
