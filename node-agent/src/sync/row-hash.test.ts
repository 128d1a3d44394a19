import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell, SourceRow } from "../ports/source.ts";
import { rowHashOf } from "./row-hash.ts";

const hash = (mapperId: string, cells: SourceRow["cells"]) => rowHashOf(mapperId, { cells });

describe("rowHashOf", () => {
  test("is 16 bytes of base64url", () => {
    expect(rowHashOf("m", { cells: { a: 1 } })).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  test.each([
    ["another cell", { a: "1" }, { a: "2" }],
    ["another title", { a: "1" }, { b: "1" }],
    ["another type", { a: "1" }, { a: 1 }],
    ["a whole number of another type", { a: 1 }, { a: 1n }],
    ["nothing instead of an empty text", { a: null }, { a: "" }],
    ["a boolean instead of its word", { a: true }, { a: "true" }],
    ["a time instead of its number", { a: new Date(5) }, { a: 5 }],
    ["a value that looks like the next column", { a: "1\n1,1sb=2" }, { a: "1", b: "2" }],
    ["another order of columns", { a: 1, b: 2 }, { b: 2, a: 1 }],
  ] as const)("tells %s apart", (_, a, b) => {
    expect(hash("m", a)).not.toBe(hash("m", b));
  });

  test("tells tables apart whose rows share their titles", () => {
    const cells = { a: 1 };
    const [one, other] = [{ a: "A" }, { b: "A" }];
    expect(rowHashOf("m", { cells, columns: one })).not.toBe(
      rowHashOf("m", { cells: { b: 1 }, columns: other }),
    );
    expect(rowHashOf("m", { cells, columns: one })).toBe(
      rowHashOf("m", { cells: { a: 1 }, columns: { a: "Z" } }),
    );
  });

  test("tells mappings apart", () => {
    expect(hash("m", { a: 1 })).not.toBe(hash("n", { a: 1 }));
  });

  test("is equal for equal rows and different for different ones, for any texts", () => {
    const cells = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.constant(null)), {
      maxKeys: 4,
    });
    fc.assert(
      fc.property(cells, cells, (a, b) => {
        const isEqual = JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b));
        expect(hash("m", a as Record<string, Cell>) === hash("m", b as Record<string, Cell>)).toBe(
          isEqual,
        );
      }),
    );
  });
});
