import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseOutcomes } from "./parse-outcome.ts";

const claim = (text: string, code?: string) => parseOutcomes(text, code).claims[0];

describe("parseOutcomes", () => {
  test("keeps a percentage of a share as doubtful points", () => {
    expect(claim("交货率提高15%")).toEqual({
      kpi: "ON_TIME_DELIVERY",
      valueKind: "level_change",
      value: 15,
      unit: "pp",
      op: "eq",
      doubts: ["percent_or_points"],
    });
  });

  test("takes the direction from the effect where the verb contradicts it", () => {
    expect(claim("能源利用率降低10%以上")).toMatchObject({
      kpi: "ENERGY_UTILISATION",
      valueKind: "relative",
      value: 10,
      op: "ge",
      doubts: ["direction_contradicts"],
    });
  });

  test("computes the change between two levels", () => {
    expect(claim("订单交付周期由45天缩短至7天")).toMatchObject({
      kpi: "LEAD_TIME",
      valueKind: "relative",
      value: -84.44,
      unit: "pct",
      before: 45,
      after: 7,
    });
    expect(claim("一次合格率从95%提升到98.5%")).toMatchObject({
      valueKind: "level_change",
      value: 3.5,
      unit: "pp",
      before: 95,
      after: 98.5,
    });
  });

  test("believes a decline that levels show", () => {
    expect(claim("库存周转率由6次降至4次")).toMatchObject({ value: -33.33, doubts: [] });
  });

  test("needs to be told the effect where a column of its own names it", () => {
    expect(parseOutcomes("由45天缩短至7天")).toEqual({ claims: [], unparsed: ["由45天缩短至7天"] });
    expect(claim("由45天缩短至7天", "LEAD_TIME")).toMatchObject({
      kpi: "LEAD_TIME",
      value: -84.44,
    });
  });

  test("reads several effects of one cell", () => {
    const { claims, unparsed } = parseOutcomes(
      "生产效率提升30%，运营成本降低20%；研发周期由420天缩短至240天。年节约成本1,200万元",
    );
    expect(claims.map(({ kpi, value }) => [kpi, value])).toEqual([
      ["PRODUCTION_EFFICIENCY", 30],
      ["OPERATING_COST", -20],
      ["RND_CYCLE", -42.86],
      ["COST_SAVED", 1200],
    ]);
    expect(unparsed).toEqual([]);
  });

  test("adds levels in the next clause to the claim that they explain", () => {
    expect(parseOutcomes("订单交付周期缩短60%，由30天降至12天").claims).toEqual([
      {
        kpi: "LEAD_TIME",
        valueKind: "relative",
        value: -60,
        unit: "pct",
        op: "eq",
        before: 30,
        after: 12,
        doubts: ["outside_typical"],
      },
    ]);
  });

  test("trusts levels over a stated change that they contradict", () => {
    expect(claim("订单交付周期缩短60%，由30天降至20天")).toMatchObject({
      value: -33.33,
      doubts: expect.arrayContaining(["change_contradicts_levels"]),
    });
  });

  test("counts the enterprises that one figure is about", () => {
    expect(claim("带动200家企业交货率提高15%")).toMatchObject({ n: 200, value: 15 });
  });

  test.each([
    ["生产效率提高3倍", 300],
    ["生产效率提高到原来的3倍", 200],
  ])("reads the multiple in %s as plus %d percent", (text, value) => {
    expect(claim(text)).toMatchObject({ value, doubts: expect.arrayContaining(["multiple"]) });
  });

  test.each([
    ["设备联网率达到85%", "level", 85, "pct"],
    ["产能利用率提升至92%", "level", 92, "pct"],
    ["客户满意度98%", "level", 98, "pct"],
    ["CMMM达到三级", "level", 3, "level"],
    ["不良品率降低了0.5个百分点", "level_change", -0.5, "pp"],
    ["新增销售收入约2亿元", "absolute", 20_000, "cny_10k"],
  ])("reads %s as %s %d %s", (text, valueKind, value, unit) => {
    expect(claim(text)).toMatchObject({ valueKind, value, unit });
  });

  test.each([
    ["生产效率提升20%以上", "ge"],
    ["生产效率提升超过20%", "ge"],
    ["生产效率提升约20%", "approx"],
    ["能耗降低不超过20%", "le"],
    ["生产效率提升15%-20%", "range"],
  ])("reads how exact %s is: %s", (text, op) => {
    expect(claim(text)?.op).toBe(op);
  });

  test("reads English", () => {
    expect(
      parseOutcomes("Production efficiency increased by 20% and energy consumption cut by 8-10%")
        .claims,
    ).toMatchObject([
      { kpi: "PRODUCTION_EFFICIENCY", value: 20 },
      { kpi: "ENERGY_INTENSITY", value: -8, valueMax: -10, op: "range" },
    ]);
  });

  test("flags what is unusual and what cannot be", () => {
    expect(claim("劳动生产率提升300%")?.doubts).toEqual(["outside_typical"]);
    expect(claim("生产效率提升900%")?.doubts).toEqual(["outside_hard", "outside_typical"]);
  });

  test.each(["显著提升了效率", "2024年3月验收", "服务企业120家", ""])(
    "claims nothing in %j",
    (text) => {
      expect(parseOutcomes(text)).toEqual({ claims: [], unparsed: [] });
    },
  );

  test("shows a figure that it could not understand", () => {
    expect(parseOutcomes("品牌影响力提升40%").unparsed).toEqual(["品牌影响力提升40%"]);
  });

  test("never throws and is quick, for any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 400 }),
        (text) => void parseOutcomes(text),
      ),
    );
    const started = performance.now();
    for (const text of [
      "1".repeat(200_000),
      "由1".repeat(50_000),
      "1,1".repeat(50_000),
      "生产效率提升1%".repeat(20_000),
    ]) {
      parseOutcomes(text);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
