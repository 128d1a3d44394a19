import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildHierarchy } from "./hierarchy.ts";
import { assertAnonymous, measure } from "./measures.ts";
import { anonymize } from "./mondrian.ts";
import { type EquivalenceClass, readTable, type WhatIfTable } from "./what-if-table.ts";

/** Lines of a hierarchy of `count` values in groups of `widths[0]`, those in groups of `widths[1]`, and so on. */
function lines(name: string, count: number, widths: readonly number[]): string[][] {
  return Array.from({ length: count }, (_, value) => {
    const labels = [`${name}${value}`];
    let group = value;
    for (const [level, width] of widths.entries()) {
      group = Math.floor(group / width);
      labels.push(`${name}/${level}/${group}`);
    }
    return [...labels, "*"];
  });
}

const ATTRIBUTES = [
  { name: "sector", lines: lines("s", 12, [3, 2]) },
  { name: "size", lines: lines("z", 4, [2]) },
  { name: "region", lines: lines("r", 9, [3]) },
];

const record = fc.tuple(fc.nat({ max: 11 }), fc.nat({ max: 3 }), fc.nat({ max: 8 }));
const records = fc.array(record, { minLength: 1, maxLength: 120 });

function tableOf(values: readonly (readonly number[])[]): WhatIfTable {
  const attributes = ATTRIBUTES.map(({ name, lines: of }) => buildHierarchy(name, of));
  const texts = values.map((numbers) =>
    numbers.map((number, attribute) => ATTRIBUTES[attribute]?.lines[number]?.[0] as string),
  );
  return readTable(attributes, texts);
}

/** The penalty from the texts of the hierarchies alone: how many lines have the label of the class. */
function naiveNcp(values: readonly (readonly number[])[], classes: readonly EquivalenceClass[]) {
  let sum = 0;
  for (const { records: members, label } of classes) {
    for (const member of members) {
      for (const [attribute, { lines: of }] of ATTRIBUTES.entries()) {
        const text = label[attribute]?.label as string;
        const own = of[values[member]?.[attribute] as number] as string[];
        expect(own).toContain(text);
        const covered = of.filter((line) => line.includes(text)).length;
        sum += covered === 1 ? 0 : covered / of.length;
      }
    }
  }
  return sum / (values.length * ATTRIBUTES.length);
}

describe("anonymize", () => {
  test("gives classes of k or more that part the records, each under its label", () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 12 }), (values, wish) => {
        const k = Math.min(wish, values.length);
        const table = tableOf(values);
        const classes = anonymize(table, k);
        assertAnonymous(table, classes, k);
        const members = classes.flatMap(({ records: of }) => [...of]).sort((a, b) => a - b);
        expect(members).toEqual(values.map((_, index) => index));
        expect(Math.min(...classes.map(({ records: of }) => of.length))).toBeGreaterThanOrEqual(k);
        const { ncp, cAvg, discernibility, smallest } = measure(table, classes, k);
        expect(ncp).toBeCloseTo(naiveNcp(values, classes), 12);
        expect(cAvg).toBeCloseTo(values.length / classes.length / k, 12);
        expect(discernibility).toBe(
          classes.reduce((sum, { records: of }) => sum + of.length * of.length, 0),
        );
        expect(smallest).toBeGreaterThanOrEqual(k);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  test("is the same each time", () => {
    fc.assert(
      fc.property(records, (values) => {
        const k = Math.min(3, values.length);
        expect(anonymize(tableOf(values), k)).toEqual(anonymize(tableOf(values), k));
      }),
      { numRuns: 50, seed: 5 },
    );
  });

  test("loses nothing where every record has k equals", () => {
    const values = [
      [0, 0, 0],
      [5, 1, 4],
      [11, 3, 8],
    ].flatMap((value) => Array.from({ length: 4 }, () => value));
    const table = tableOf(values);
    const classes = anonymize(table, 4);
    expect(measure(table, classes, 4)).toMatchObject({ ncp: 0, cAvg: 1, classes: 3 });
  });

  test("keeps a large group exact although its neighbours are too few, and lends them what they lack", () => {
    // Seven of s0, one each of s1 and s2, all below one label: with k = 3 one of the seven joins the two.
    const values = [...Array.from({ length: 7 }, () => 0), 1, 2].map((sector) => [sector, 0, 0]);
    const table = tableOf(values);
    const classes = anonymize(table, 3);
    const shown = classes.map(({ records: of, label }) => [label[0]?.label, of.length]);
    expect(shown.sort()).toEqual([
      ["s/0/0", 3],
      ["s0", 6],
    ]);
  });

  test("makes one class of all records if there are not enough for two", () => {
    const table = tableOf([
      [0, 0, 0],
      [0, 1, 1],
      [0, 3, 2],
    ]);
    const classes = anonymize(table, 2);
    expect(classes).toHaveLength(1);
    expect(classes[0]?.label.map(({ label }) => label)).toEqual(["s0", "*", "r/0/0"]);
  });

  test.each([4, 0, -1, 1.5, Number.NaN])("refuses k = %d for three records", (k) => {
    const table = tableOf([
      [0, 0, 0],
      [1, 1, 1],
      [2, 2, 2],
    ]);
    expect(() => anonymize(table, k)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT_INVALID" }),
    );
  });
});

describe("a table", () => {
  const attributes = ATTRIBUTES.map(({ name, lines: of }) => buildHierarchy(name, of));

  test.each([["elsewhere"], [""], [undefined]])("refuses the value %j, and says where", (value) => {
    const rows = [["s0", "z0", "r0"], ["s0", "z0", value] as string[]];
    expect(() => readTable(attributes, rows)).toThrow(
      expect.objectContaining({
        code: "ERR_ARGUMENT_INVALID",
        message: expect.stringMatching(/record 2: .*region/),
      }),
    );
  });
});

describe("assertAnonymous", () => {
  const table = tableOf([
    [0, 0, 0],
    [0, 0, 0],
    [11, 3, 8],
    [11, 3, 8],
  ]);
  const [first, second] = anonymize(table, 2) as [EquivalenceClass, EquivalenceClass];

  test.each<[string, readonly EquivalenceClass[], number]>([
    ["a class that is too small", [first, second], 3],
    ["a record without a class", [first], 2],
    ["a record in two classes", [first, second, first], 2],
    ["a record that is twice in a class", [first, { ...second, records: Uint32Array.of(2, 2) }], 2],
    ["a label that does not cover", [{ ...first, label: second.label }, second], 2],
    ["a label that is missing", [{ ...first, label: [] }, second], 2],
  ])("refuses %s", (_what, classes, k) => {
    expect(() => assertAnonymous(table, classes, k)).toThrow(
      expect.objectContaining({ code: "ERR_PRIVACY" }),
    );
  });

  test("takes what is right", () => {
    expect(() => assertAnonymous(table, [first, second], 2)).not.toThrow();
  });
});
