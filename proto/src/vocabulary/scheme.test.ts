import { describe, expect, test } from "vitest";
import { ancestorsOf, matchTerm } from "./match.ts";
import { conceptOf, isSchemeName, labelOf, SCHEME_NAMES, scheme } from "./scheme.ts";

describe("schemes", () => {
  test.each(SCHEME_NAMES)("%s has unique codes and both labels", (name) => {
    const { concepts } = scheme(name);
    expect(concepts.length).toBeGreaterThan(1);
    expect(new Set(concepts.map((concept) => concept.code)).size).toBe(concepts.length);
    for (const { code, zh, en } of concepts) {
      expect(code).toMatch(/^[\w-]+$/);
      expect(zh).not.toBe("");
      expect(en).not.toBe("");
    }
  });

  test.each(SCHEME_NAMES)("every wider concept of %s is itself listed", (name) => {
    for (const { broader } of scheme(name).concepts) {
      const wider = name === "scenario" ? "scenarioStage" : name;
      if (broader !== undefined) expect(conceptOf(wider, broader)?.code).toBe(broader);
    }
  });

  // Counts of the standards and lists that SOURCES.md names.
  test.each([
    ["region", 34 + 333 + 2975 + 1 + 246],
    ["industry", 20 + 97 + 473 + 1381],
    ["scenario", 40],
    ["scenarioStage", 8],
    ["kpi", 34],
    ["centerType", 4],
  ] as const)("%s has %d concepts", (name, count) => {
    expect(scheme(name).concepts).toHaveLength(count);
  });

  test("manufacturing is labelled in English down to groups", () => {
    const unlabelled = scheme("industry").concepts.filter(
      ({ code, zh, en }) => /^(?:1[3-9]|[23]\d|4[0-3])\d?$/.test(code) && zh === en,
    );
    expect(unlabelled).toEqual([]);
  });

  test("every scheme but cities, counties and classes is labelled in English", () => {
    for (const name of SCHEME_NAMES) {
      if (name === "region" || name === "industry") continue;
      for (const { en } of scheme(name).concepts) expect(en).not.toMatch(/\p{Script=Han}/u);
    }
  });

  test.each([
    ["region", "360000", "en", "Jiangxi"],
    ["region", "360700", "zh", "赣州市"],
    ["region", "360782", "zh", "赣州市 (360782)"],
    ["region", "ES", "zh", "西班牙"],
    ["industry", "38", "en", "Manufacture of electrical machinery and apparatus"],
    ["industry", "3821", "en", "Power transmission, distribution and control equipment (3821)"],
    ["industry", "3821", "zh", "变压器、整流器和电感器制造"],
    ["scenario", "S09", "en", "Intelligent shop-floor scheduling"],
    ["serviceType", "quantum consulting", "en", "quantum consulting"],
  ] as const)("%s %s reads in %s as %s", (name, code, language, label) => {
    expect(labelOf(name, code, language)).toBe(label);
  });

  test("a name that is no scheme is none, whatever objects inherit", () => {
    for (const name of ["__proto__", "constructor", "_meta", "toString", ""]) {
      expect(isSchemeName(name)).toBe(false);
    }
  });
});

describe("matchTerm", () => {
  test.each(SCHEME_NAMES)("finds every concept of %s by its own code", (name) => {
    if (name === "region" || name === "industry") return;
    for (const { code } of scheme(name).concepts) {
      expect(matchTerm(name, code)).toMatchObject({ code, confidence: 1 });
    }
  });

  test.each(SCHEME_NAMES)("finds every concept of %s by its Chinese label", (name) => {
    if (name === "region" || name === "industry") return;
    for (const { code, zh } of scheme(name).concepts) expect(matchTerm(name, zh)?.code).toBe(code);
  });

  test.each([
    ["centerType", "行业", "industry"],
    ["centerType", "区域综合型", "region"],
    ["centerTier", "省", "provincial"],
    ["providerType", "“小快轻准”产品型服务商", "light_product"],
    ["providerType", "系统集成商", "integrator"],
    ["serviceType", "诊断咨询", "diagnosis"],
    ["systemType", "MES系统", "mes"],
    ["systemType", "用友ERP", "erp"],
    ["scenario", "生产作业—在线智能检测—外观检测", "S24"],
    ["scenario", "predictive maintenance", "S28"],
    ["kpi", "交货率", "ON_TIME_DELIVERY"],
    ["cmmm", "四级(全流程智能化)", "4"],
    ["sizeBand", "中型企业", "medium"],
    ["sizeBand", "Ｌ", "large"],
    ["attendanceMode", "线上+线下", "hybrid"],
    ["policyStatus", "已废止", "expired"],
  ] as const)("reads in %s %s as %s", (name, text, code) => {
    expect(matchTerm(name, text)?.code).toBe(code);
  });

  test.each([
    ["systemType", ""],
    ["systemType", "   "],
    ["systemType", "theme park"],
    ["systemType", "MES/ERP一体化"],
    ["centerType", "其他"],
    ["kpi", "员工数量"],
  ] as const)("finds nothing in %s for %j", (name, text) => {
    expect(matchTerm(name, text)).toBeUndefined();
  });
});

describe("ancestorsOf", () => {
  test.each([
    ["region", "360702", ["360700", "360000"]],
    ["region", "360700", ["360000"]],
    ["region", "360000", []],
    ["region", "110108", ["110000"]],
    ["region", "429004", ["420000"]],
    ["region", "210231", ["210200", "210000"]],
    ["region", "ES", []],
    ["region", "100000", []],
    ["region", "999999", []],
    ["industry", "3670", ["367", "36", "C"]],
    ["industry", "C", []],
    ["industry", "9999", []],
    ["scenario", "S09", ["D"]],
    ["scenario", "S99", []],
  ] as const)("of %s %s are %j", (name, code, expected) => {
    expect(ancestorsOf(name, code)).toEqual(expected);
  });
});
