import { labelAt, standardHierarchies } from "@tributary/proto";
import { checkUscc } from "@tributary/proto/vocabulary";
import { describe, expect, test } from "vitest";
import { epochOf, quarterOfEpoch, quartersOf } from "../../eval/support/engagement.ts";
import { generateEngagements } from "../../eval/support/generate-engagements.ts";
import { hierarchiesOf } from "../../eval/support/hierarchies-of.ts";
import { parseEngagements, parseRegister } from "../../eval/support/read-engagements.ts";
import { engagement } from "./engagement-fixture.ts";

const line = (fields: object) => JSON.stringify({ ...engagement({}), ...fields });
const readLine = (fields: object) => parseEngagements(line(fields)).items[0];

describe("engagements", () => {
  test("are read as they were written", () => {
    const { engagements } = generateEngagements({ seed: 1, years: 1, perYear: 40 });
    const text = engagements.map((each) => JSON.stringify(each)).join("\n");
    expect(parseEngagements(text)).toEqual({ items: engagements, assumptions: new Map() });
  });

  test.each([
    ["q", 7, "q", 7],
    ["q", "7", "q", 7],
    ["q", "2021Q1", "q", 0],
    ["q", "2022-Q3", "q", 6],
    ["q", "2020Q4", "q", -1],
    ["sector", "C3670", "sector", "3670"],
    ["sector", "C36", "sector", "36"],
    ["sector", 367, "sector", "367"],
    ["size", "L", "size", "large"],
    ["size", "xs", "size", "micro"],
    ["size", "中型企业", "size", "medium"],
    ["size", "小型", "size", "small"],
    ["scenario", "F1.S2", "scenario", "F1.S2"],
    ["provider", "数智公司", "provider", "X_6570_667A_516C_53F8"],
    ["provider", "p-017", "provider", "P017"],
    ["costBand", "band 3", "costBand", 3],
    ["months", "12", "months", 12],
    ["sat", "", "sat", null],
    ["sat", 0, "sat", null],
    ["voucher", 1, "voucher", true],
    ["voucher", "否", "voucher", false],
  ] as const)("%s %j is %s %j", (field, value, read, expected) => {
    expect(readLine({ [field]: value })?.[read]).toBe(expected);
  });

  test("field names may be written in another way", () => {
    const { kpiDelta: _, q: __, ...rest } = engagement({});
    const text = JSON.stringify({ ...rest, KPI_Delta: 9, Quarter: "2021Q2" });
    expect(parseEngagements(text).items[0]).toMatchObject({ kpiDelta: 9, q: 1 });
  });

  test("lines that cannot be used are left out and counted", () => {
    const text = [line({}), "{", line({ q: "spring" }), line({ kpiDelta: "much" }), ""].join(
      "\r\n",
    );
    const { items, assumptions } = parseEngagements(text);
    expect(items).toHaveLength(1);
    expect([...assumptions.values()].reduce((sum, count) => sum + count, 0)).toBe(3);
    expect([...assumptions.keys()].join()).toContain('"SPRING" is not a quarter');
  });

  test("what was assumed is counted", () => {
    const text = [line({ size: "huge" }), line({ sector: "机械" }), line({ costBand: "?" })].join(
      "\n",
    );
    expect([...parseEngagements(text).assumptions.values()]).toEqual([1, 1, 1]);
  });
});

describe("quarters", () => {
  test.each([-5, -1, 0, 3, 4, 19])("%i has an epoch and back", (q) => {
    expect(quarterOfEpoch(epochOf(q))).toBe(q);
  });

  test("without engagements are there as well", () => {
    const quarters = quartersOf([engagement({ q: 3 }), engagement({ q: 1 })]);
    expect(quarters.map(({ epoch, engagements }) => [epoch, engagements.length])).toEqual([
      ["2021Q2", 1],
      ["2021Q3", 0],
      ["2021Q4", 1],
    ]);
  });
});

test("a register is read under the names that people give its columns", () => {
  const { items, assumptions } = parseRegister(
    "\uFEFFUSCC,企业名称,行业,规模,City\n91,甲厂,C3670,大型,杭州\n,乙厂,36,S,\n",
  );
  expect(items).toEqual([
    { id: "91", name: "甲厂", sector: "3670", size: "large", district: "杭州" },
  ]);
  expect(assumptions.size).toBe(1);
});

describe("hierarchiesOf", () => {
  test("is the protocol's where its codes suffice", () => {
    expect(hierarchiesOf([engagement({})]).hierarchies).toBe(standardHierarchies());
  });

  test("labels every record at every level, whatever its codes", () => {
    const odd = [
      engagement({ scenario: "F1.S2", sector: "X_673a", size: "huge" }),
      engagement({ scenario: "A3" }),
      engagement({ scenario: "S02" }),
    ];
    const { hierarchies, added } = hierarchiesOf(odd);
    expect(added).toEqual({ scenarios: 2, sectors: 1, sizes: 1 });
    for (const each of odd) {
      for (let level = 0; level < 8; level++) {
        expect(labelAt(level, each, hierarchies)).toBeDefined();
      }
    }
    expect(odd.map(({ scenario }) => hierarchies.familyOf(scenario))).toEqual([
      "F1",
      "A",
      standardHierarchies().familyOf("S02"),
    ]);
  });
});

describe("the generator", () => {
  const options = { seed: 9, years: 2, perYear: 500, enterprises: 400 };
  const { engagements, register } = generateEngagements(options);

  test("gives the same for the same seed, and something else for another", () => {
    expect(generateEngagements(options).engagements).toEqual(engagements);
    expect(generateEngagements({ ...options, seed: 10 }).engagements).not.toEqual(engagements);
  });

  test("spreads the engagements over the quarters, and knows all enterprises", () => {
    expect(quartersOf(engagements).map((quarter) => quarter.engagements.length)).toEqual(
      new Array(8).fill(125),
    );
    const known = new Set(register.map(({ id }) => id));
    expect(known.size).toBe(400);
    expect(engagements.every(({ ent }) => known.has(ent))).toBe(true);
    expect(register.every(({ id }) => checkUscc(id).status === "valid")).toBe(true);
  });

  test("is skewed: few providers have most of the work, and customers come back", () => {
    const byProvider = [...Map.groupBy(engagements, ({ provider }) => provider).values()]
      .map(({ length }) => length)
      .sort((a, b) => b - a);
    const top = byProvider.slice(0, 12).reduce((sum, count) => sum + count, 0);
    expect(top / engagements.length).toBeGreaterThan(0.4);
    expect(new Set(engagements.map(({ ent }) => ent)).size).toBeLessThan(350);
    expect(hierarchiesOf(engagements).hierarchies).toBe(standardHierarchies());
  });
});
