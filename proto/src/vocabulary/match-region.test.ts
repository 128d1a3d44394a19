import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchRegion } from "./match-region.ts";
import { regionTable } from "./region-table.ts";

describe("matchRegion", () => {
  test.each([
    ["赣州", "360700", "alias"],
    ["赣州市", "360700", "label"],
    ["江西省赣州市章贡区", "360702", "label"],
    ["江西赣州", "360700", "alias"],
    ["江西省 / 赣州市", "360700", "label"],
    ["赣州章贡区红旗大道86号", "360702", "address"],
    ["赣州经开区", "360700", "address"],
    ["章贡区", "360702", "label"],
    ["北京海淀", "110108", "alias"],
    ["上海市浦东新区", "310115", "label"],
    ["湖北省仙桃市", "429004", "label"],
    ["恩施", "422800", "alias"],
    ["内蒙古", "150000", "alias"],
    ["全国", "100000", "label"],
    ["中国江西省", "360000", "label"],
    ["西班牙", "ES", "label"],
  ] as const)("reads %s as %s by its %s", (text, code, reason) => {
    expect(matchRegion(text)).toMatchObject({ code, reason });
  });

  test.each([
    ["360702", "360702", 1],
    ["36", "360000", 1],
    ["3607", "360700", 1],
    ["３６０７００", "360700", 1],
    ["110100", "110000", 1],
    ["429000", "420000", 1],
    ["360702001000", "360702", 1],
    ["210231", "210231", 0.5],
    ["320594", "320594", 0.5],
    ["CN-JX", "360000", 0.95],
    ["ES", "ES", 0.95],
  ] as const)("reads the code %s as %s with confidence %d", (text, code, confidence) => {
    expect(matchRegion(text)).toMatchObject({ code, confidence });
  });

  test.each([
    ["Ganzhou", "360700"],
    ["Ganzhou, Jiangxi", "360700"],
    ["Jiangxi Province", "360000"],
    ["Xi'an", "610100"],
    ["Urumqi", "650100"],
    ["Suzhou, Jiangsu", "320500"],
    ["Suzhou, Anhui, China", "341300"],
    ["Taizhou, Zhejiang", "331000"],
    ["Spain", "ES"],
    ["Turkey", "TR"],
    ["Türkiye", "TR"],
    ["Bosnia and Herzegovina", "BA"],
    ["China", "100000"],
  ] as const)("reads the English %s as %s", (text, code) => {
    expect(matchRegion(text)?.code).toBe(code);
  });

  test.each([
    ["吉林", "220000"],
    ["吉林市", "220200"],
    ["海南", "460000"],
    ["海南州", "632500"],
    ["朝阳", "211300"],
    ["江西南昌县", "360121"],
    ["江苏省鼓楼区", "320000"],
  ] as const)("decides %s for %s", (text, code) => {
    expect(matchRegion(text)?.code).toBe(code);
  });

  test.each([
    "",
    "  ",
    "鼓楼区",
    "朝阳区",
    "Suzhou",
    "Yulin",
    "990101",
    "12345",
    "华东",
    "装备制造",
    "abc",
  ])("does not guess for %j", (text) => {
    expect(matchRegion(text)).toBeUndefined();
  });

  test("finds every province and city by its full name and below its province", () => {
    for (const region of regionTable().values()) {
      if (region.level !== "province" && region.level !== "city") continue;
      expect(matchRegion(region.zh)?.code).toBe(region.code);
      const province = regionTable().get(region.broader ?? "");
      if (province !== undefined) {
        expect(matchRegion(province.zh + region.zh)?.code).toBe(region.code);
        expect(matchRegion(province.short + region.short)?.code).toBe(region.code);
      }
    }
  });

  test("finds every county below its province and city", () => {
    for (const region of regionTable().values()) {
      if (region.level !== "county") continue;
      const outer = regionTable().get(region.broader ?? "");
      const province = regionTable().get(`${region.code.slice(0, 2)}0000`);
      const city = outer === province ? "" : (outer?.zh ?? "");
      expect(matchRegion(`${province?.zh}${city}${region.zh}`)?.code).toBe(region.code);
    }
  });

  test("finds every country by both names", () => {
    for (const region of regionTable().values()) {
      if (region.level !== "country") continue;
      expect(matchRegion(region.zh)?.code).toBe(region.code);
      expect(matchRegion(region.en)?.code).toBe(region.code);
    }
  });

  test("never throws and gives only codes of the right form, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const match = matchRegion(text);
        if (match !== undefined) expect(match.code).toMatch(/^(?:\d{6}|[A-Z]{2})$/);
      }),
    );
  });
});
