import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { outcomeOf, parseOutcomes } from "./parse-outcome.ts";

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

  test("does not give a figure to the effect of the clause before, where its clause is about something else", () => {
    const { claims, unparsed } = parseOutcomes(
      "OEE由51%升至63%，刀具费用下降14%。线边库存下降46%，单班产出由62包增加到81包",
    );
    expect(claims.map(({ kpi, value }) => [kpi, value])).toEqual([
      ["OEE", 12],
      ["INVENTORY_CAPITAL", -46],
    ]);
    expect(unparsed).toEqual(["刀具费用下降14%", "单班产出由62包增加到81包"]);
  });

  test("goes on with the effect of the clause before, where its clause has no subject", () => {
    expect(parseOutcomes("换产时间大幅缩短，平均下降60%").claims).toMatchObject([
      { kpi: "CHANGEOVER_TIME", value: -60 },
    ]);
  });

  test("puts levels of different units of time into one, and refuses others", () => {
    expect(claim("订单响应时间由2小时降到30分钟")).toMatchObject({
      kpi: "ORDER_RESPONSE",
      value: -75,
      before: 120,
      after: 30,
    });
    expect(claim("库存由300吨降到20车")).toBeUndefined();
  });

  test("counts enterprises in words", () => {
    expect(claim("六家企业交货率提高15%")).toMatchObject({ n: 6 });
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

  test("takes no figure that is too large for a number", () => {
    const huge = "9".repeat(305);
    for (const text of [
      `交付周期缩短${huge}999999%`,
      `交付周期由0.01天增至${huge}天`,
      `能耗费用节约${huge}9亿元`,
      `交付周期缩短30%，由0.01天至${huge}天`,
    ]) {
      for (const { value, valueMax = 0, before = 0, after = 0 } of parseOutcomes(text).claims) {
        expect([value, valueMax, before, after].every(Number.isFinite), text).toBe(true);
      }
    }
    expect(outcomeOf({ kpi: "LEAD_TIME", before: 5e-324, after: 1 })).toBeUndefined();
    expect(
      outcomeOf({ kpi: "LEAD_TIME", before: 1, after: Number.POSITIVE_INFINITY }),
    ).toBeUndefined();
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

describe("outcomeOf", () => {
  test.each([
    [{ kpi: "准时交付率", before: 84, after: "94", unit: "%" }, "level_change", 10, "pp", []],
    [{ kpi: "产品不良品率", before: 11, after: 4.5, unit: "%" }, "relative", -59.09, "pct", []],
    [{ kpi: "换产时间", before: 120, after: 60, unit: "分钟" }, "relative", -50, "pct", []],
    [{ kpi: "CMMM_LEVEL", before: 1, after: 2, unit: "级" }, "level_change", 1, "level", []],
    [
      { kpi: "单位产值能耗", before: "/", after: "降低6.2", unit: "%" },
      "relative",
      -6.2,
      "pct",
      [],
    ],
    [{ kpi: "运营成本", change: -22, unit: "%" }, "relative", -22, "pct", []],
    [{ kpi: "运营成本", change: 22, unit: "%" }, "relative", -22, "pct", []],
    [
      { kpi: "运营成本", change: "+22", unit: "%" },
      "relative",
      -22,
      "pct",
      ["direction_contradicts"],
    ],
    [{ kpi: "生产效率", change: "提高54%" }, "relative", 54, "pct", ["outside_typical"]],
    [
      { kpi: "准时交付率", before: "/", after: "提高15", unit: "%" },
      "level_change",
      15,
      "pp",
      ["percent_or_points"],
    ],
    [{ kpi: "COST_SAVED", change: 120, unit: "10k CNY" }, "absolute", 120, "cny_10k", []],
    [
      { kpi: "成本节约额", before: "/", after: "提高860", unit: "万元" },
      "absolute",
      860,
      "cny_10k",
      [],
    ],
  ])("reads %j", (columns, valueKind, value, unit, doubts) => {
    expect(outcomeOf(columns)).toMatchObject({ valueKind, value, unit, doubts });
  });

  test.each([
    { kpi: "电流效率", before: 95.6, after: 97.3, unit: "%" },
    { kpi: "订单", change: 5, unit: "%" },
    { kpi: "生产效率" },
    { kpi: "生产效率", before: "/", after: "待定" },
    { kpi: "", change: 5, unit: "%" },
  ])("claims nothing of %j", (columns) => {
    expect(outcomeOf(columns)).toBeUndefined();
  });
});
