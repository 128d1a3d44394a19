import { describe, expect, test } from "vitest";
import { industryTable } from "./industry-table.ts";
import { matchIndustry } from "./match-industry.ts";

describe("matchIndustry", () => {
  test.each([
    ["C38", "38"],
    ["38", "38"],
    ["382", "382"],
    ["C3821", "3821"],
    ["c", "C"],
    ["3670 汽车零部件及配件制造", "3670"],
    ["电气机械和器材制造业(C38)", "38"],
    ["电气机械和器材制造业", "38"],
    ["通用设备", "34"],
    ["汽车零部件", "367"],
    ["有色金属行业", "32"],
    ["清洁能源装备产业", "38"],
    ["软件和信息技术服务业", "65"],
    ["制糖业", "134"],
    ["Automotive", "36"],
    ["Manufacture of medicines", "27"],
  ])("reads %s as %s", (text, code) => {
    expect(matchIndustry(text)).toMatchObject({ code, codes: [code] });
  });

  test("an everyday word may mean several industries, and names the nearest that holds them", () => {
    expect(matchIndustry("装备制造")).toMatchObject({
      code: "C",
      codes: ["34", "35", "36", "37", "38", "39", "40"],
    });
    expect(matchIndustry("铜产业")).toMatchObject({ code: "32", codes: ["3211", "3251"] });
    expect(matchIndustry("Food and beverages")).toMatchObject({ codes: ["13", "14", "15"] });
  });

  test("a word inside a longer text counts less than the text itself", () => {
    const whole = matchIndustry("汽车零部件");
    const part = matchIndustry("赣南汽车零部件企业集群项目");
    expect(part?.code).toBe("367");
    expect(part?.confidence).toBeLessThan(whole?.confidence ?? 0);
  });

  test.each(["", "D38", "2024", "00", "9999", "xyz", "steam", "其他"])(
    "does not guess for %j",
    (text) => {
      expect(matchIndustry(text)).toBeUndefined();
    },
  );

  test("finds every industry by its code and every name", () => {
    for (const { code, zh } of industryTable().values()) {
      expect(matchIndustry(code)).toMatchObject({ code, confidence: 1 });
      const found = industryTable().get(matchIndustry(zh)?.code ?? "");
      expect(found?.zh).toBe(zh);
    }
  });
});
