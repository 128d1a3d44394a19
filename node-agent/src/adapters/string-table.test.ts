import fc from "fast-check";
import { expect, test } from "vitest";
import { StringTable } from "./string-table.ts";

test("a table gives back what was appended, for any texts", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 3000 }), (texts) => {
      const table = new StringTable();
      for (const text of texts) expect(table.append(text)).toBe(true);
      expect(table.count).toBe(texts.length);
      expect(texts.map((_, index) => table.at(index))).toEqual(texts);
      for (const beyond of [-1, texts.length, Number.NaN]) expect(table.at(beyond)).toBeUndefined();
    }),
    { numRuns: 30 },
  );
});

test("a table refuses what it has no room for, and keeps what it has", { timeout: 60_000 }, () => {
  const table = new StringTable();
  const megabyte = "x".repeat(1024 * 1024);
  let count = 0;
  while (table.append(megabyte)) count += 1;
  expect(count).toBe(256);
  expect(table.append("y")).toBe(false);
  expect(table.at(255)).toBe(megabyte);
});
