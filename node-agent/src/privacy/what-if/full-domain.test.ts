import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { searchFullDomain } from "./full-domain.ts";
import { buildHierarchy } from "./hierarchy.ts";
import { readTable } from "./what-if-table.ts";

const LINES = [
  [
    ["a", "ab", "*"],
    ["b", "ab", "*"],
    ["c", "c-e", "*"],
    ["d", "c-e", "*"],
    ["e", "c-e", "*"],
  ],
  [
    ["x", "*"],
    ["y", "*"],
    ["z", "*"],
  ],
  [["only", "*"]],
] as const;
const HIERARCHIES = LINES.map((lines, index) => buildHierarchy(`attribute ${index}`, lines));
const records = fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 2 })), {
  minLength: 1,
  maxLength: 40,
});

/** Texts of the values of each record. */
function textsOf(values: readonly (readonly [number, number])[]): string[][] {
  return values.map(([first, second]) => [
    LINES[0][first]?.[0] as string,
    LINES[1][second]?.[0] as string,
    "only",
  ]);
}

/** Loss and what is left out at some levels, from the texts alone. */
function naive(texts: readonly (readonly string[])[], levels: readonly number[], k: number) {
  const labels = texts.map((record) =>
    record.map((value, attribute) => {
      const lines = LINES[attribute] as readonly (readonly string[])[];
      return lines.find(([own]) => own === value)?.[levels[attribute] as number] as string;
    }),
  );
  const groups = Map.groupBy(labels, (record) => record.join("|"));
  const isOut = (record: readonly string[]) => (groups.get(record.join("|"))?.length ?? 0) < k;
  const losses = LINES.map((lines: readonly (readonly string[])[], attribute) => {
    const shares = labels.map((record) =>
      isOut(record)
        ? 1
        : lines.filter((line) => line[levels[attribute] as number] === record[attribute]).length /
          lines.length,
    );
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    return lines.length === 1 ? 0 : (mean - 1 / lines.length) / (1 - 1 / lines.length);
  });
  return {
    loss: losses.reduce((product, loss) => product * (1 + loss), 1) ** (1 / losses.length) - 1,
    suppressed: labels.filter(isOut).length,
    classes: [...groups.values()].filter((group) => group.length >= k).length,
  };
}

describe("searchFullDomain", () => {
  test("finds what trying all levels finds", () => {
    fc.assert(
      fc.property(
        records,
        fc.integer({ min: 1, max: 8 }),
        fc.nat({ max: 40 }),
        (values, wish, limit) => {
          const k = Math.min(wish, values.length);
          const maxSuppressed = Math.min(limit, values.length);
          const texts = textsOf(values);
          const found = searchFullDomain(readTable(HIERARCHIES, texts), k, maxSuppressed);
          const all = [0, 1, 2].flatMap((first) =>
            [0, 1].flatMap((second) =>
              [0, 1].map((third) => naive(texts, [first, second, third], k)),
            ),
          );
          const allowed = all.filter(({ suppressed }) => suppressed <= maxSuppressed);
          expect(found.loss).toBeCloseTo(Math.min(...allowed.map(({ loss }) => loss)), 12);
          const { loss, suppressed, classes } = naive(texts, found.levels, k);
          expect(found).toMatchObject({ suppressed, classes });
          expect(found.loss).toBeCloseTo(loss, 12);
          expect(suppressed).toBeLessThanOrEqual(maxSuppressed);
        },
      ),
      { numRuns: 300, seed: 9 },
    );
  });

  test.each([3, 0, 1.5])("refuses k = %d for two records", (k) => {
    const table = readTable(
      HIERARCHIES,
      textsOf([
        [0, 0],
        [1, 1],
      ]),
    );
    expect(() => searchFullDomain(table, k, 0)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT_INVALID" }),
    );
  });
});
