import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bandOf } from "./claims.ts";
import { isNothingButMasks, maskClientText } from "./client-text.ts";

const TEXTS = readFileSync(
  fileURLToPath(new URL("free-text.corpus.jsonl", import.meta.url)),
  "utf8",
)
  .trim()
  .split("\n")
  .map((line) => (JSON.parse(line) as { readonly text: string }).text);

describe("maskClientText", () => {
  test.each([
    ["投入120万元", "投入100至200万元"],
    ["年产1.2万吨", "年产1至2万吨"],
    ["产值１．５亿元", "产值1至2亿元"],
    ["营收12,800万元", "营收10000至20000万元"],
    ["由100万元降到80万元", "由100至200万元降到50至100万元"],
    ["三百二十人的厂", "200至500人的厂"],
    ["投入300余万元", "投入200至500万元"],
    ["补贴100-200万元", "补贴100-200万元"],
    ["补贴100至200万元", "补贴100至200万元"],
    ["减到3人，加2台设备，第2台账", "减到3人，加2台设备，第2台账"],
    ["人均产值、3人次", "人均产值、3人次"],
  ])("writes the band of %j", (text, expected) => {
    expect(maskClientText(text).text).toBe(expected);
  });

  test.each([
    "省内首家智能工厂",
    "行业龙头企业",
    "国家级“小巨人”企业",
    "A股上市公司",
    "国内最大的铜箔基地",
  ])("takes the superlative out of %j", (text) => {
    expect(maskClientText(text).found).toContain("superlative");
    expect(maskClientText(text).text).toContain("〔称号〕");
  });

  test.each(["新品上市周期缩短", "最大压力2MPa", "三级保养", "首件检验"])("leaves %j", (text) => {
    expect(maskClientText(text)).toEqual({ text, found: [] });
  });

  test("a claim inside a name goes with the name", () => {
    expect(maskClientText("江西唯一科技有限公司投产").text).toBe("〔企业〕投产");
  });

  test("is done once: a masked text holds nothing more", () => {
    for (const text of TEXTS) {
      const once = maskClientText(text);
      expect(maskClientText(once.text), text).toEqual({ text: once.text, found: [] });
    }
  });
});

test("a band holds its value, and its ends are 1, 2, 5 or 10 times a power of ten", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1e9, noNaN: true }), (value) => {
      const [low, high] = bandOf(value);
      expect(low).toBeLessThanOrEqual(value * (1 + 1e-9));
      expect(high).toBeGreaterThan(value * (1 - 1e-9));
      expect(high / low).toBeLessThanOrEqual(2.5 + 1e-9);
    }),
  );
  expect([1, 2, 5, 10, 100, 120, 999].map((value) => bandOf(value).join("-"))).toEqual([
    "1-2",
    "2-5",
    "5-10",
    "10-20",
    "100-200",
    "100-200",
    "500-1000",
  ]);
});

test("a text of masks and signs says nothing", () => {
  expect(isNothingButMasks("〔企业〕（〔地址〕）")).toBe(true);
  expect(isNothingButMasks("〔企业〕换线")).toBe(false);
});
