import { describe, expect, test } from "vitest";
import { headerAliases, ignoredTitles, privateTitles } from "./header-alias.ts";
import { isicOf } from "./industry-table.ts";
import { kpiConcepts, kpiGroups, kpiOf } from "./kpi.ts";
import { typicalSystemsOf } from "./scenario.ts";
import { sizeBandOf } from "./size-band.ts";
import { synonymGroups } from "./synonym.ts";
import { fold } from "./text.ts";

describe("kpis", () => {
  test("have plausible ranges inside the possible ones, and a family", () => {
    const groups = new Set(kpiGroups().map(({ zh }) => zh));
    for (const { group, hard, typical, better } of kpiConcepts()) {
      expect(groups.has(group)).toBe(true);
      if (hard === undefined || typical === undefined) continue;
      const sign = better === "down" && hard[0] < 0 ? -1 : 1;
      for (const magnitude of typical) {
        expect(sign * magnitude).toBeGreaterThanOrEqual(hard[0]);
        expect(sign * magnitude).toBeLessThanOrEqual(hard[1]);
      }
    }
  });

  test("25 of 34 are core", () => {
    expect(kpiConcepts().filter(({ tier }) => tier === "core")).toHaveLength(25);
    expect(kpiConcepts()).toHaveLength(34);
  });

  test("say what a saving is counted in", () => {
    expect(kpiOf("COST_SAVED")).toMatchObject({
      unit: "cny_10k",
      valueKind: "absolute",
      better: "up",
    });
    expect(kpiOf("NOTHING")).toBeUndefined();
  });
});

describe("sizeBandOf", () => {
  // 工信部联企业〔2011〕300号, industry: both bounds, otherwise one band down.
  test.each([
    [1000, 40_000, "large"],
    [999, 40_000, "medium"],
    [1000, 39_999, "medium"],
    [300, 2_000, "medium"],
    [299, 2_000, "small"],
    [20, 300, "small"],
    [19, 300, "micro"],
    [5000, 100, "micro"],
    [0, 0, "micro"],
  ])("puts %d people and %d 万元 into %s", (people, revenue, band) => {
    expect(sizeBandOf(people, revenue)).toBe(band);
  });

  test("uses another table for software", () => {
    expect(sizeBandOf(300, 10_000, "software")).toBe("large");
    expect(sizeBandOf(100, 1_000, "software")).toBe("medium");
  });
});

test("isicOf links divisions of manufacturing and nothing else", () => {
  expect(isicOf("3670")).toBe("29");
  expect(isicOf("38")).toBe("27");
  expect(isicOf("83")).toBeUndefined();
});

test("typicalSystemsOf names systems of a scenario", () => {
  expect(typicalSystemsOf("S12")).toEqual(["WMS"]);
  expect(typicalSystemsOf("S99")).toEqual([]);
});

test("no word is in two groups of synonyms", () => {
  const words = synonymGroups().flat().map(fold);
  const repeated = words.filter((word, i) => words.indexOf(word) !== i);
  expect(repeated).toEqual([]);
});

describe("titles of columns", () => {
  test("are unique within a kind of record", () => {
    const seen = new Map<string, string>();
    for (const { kind, field, titles } of headerAliases()) {
      for (const title of titles) {
        const key = `${kind}/${fold(title)}`;
        expect([key, seen.get(key) ?? field]).toEqual([key, field]);
        seen.set(key, field);
      }
    }
  });

  test("of private and ignored columns never name a field", () => {
    const fields = new Set(headerAliases().flatMap(({ titles }) => titles.map(fold)));
    const never = [...privateTitles().flatMap(([, titles]) => titles), ...ignoredTitles()];
    expect(never.filter((title) => fields.has(fold(title)))).toEqual([]);
  });
});
