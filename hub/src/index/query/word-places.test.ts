import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testAnalyzer } from "../../../test/support/open-test-index.ts";
import type { Run } from "../analysis/runs.ts";
import { wordTerms } from "../analysis/words.ts";
import { needleOf, surroundings, wordPlace } from "./word-places.ts";

const analyzer = testAnalyzer();

/** Texts of letters, digits, connectors and others; each character folds to itself. */
const text = fc
  .array(
    fc.constantFrom(
      "a",
      "s",
      "ies",
      "y",
      "7",
      "37",
      "960",
      "-",
      "/",
      ".",
      "+",
      "#",
      " ",
      "设",
      "，",
      "pump",
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(""));

function unitsOf(source: string): Uint16Array {
  return Uint16Array.from({ length: source.length }, (_, i) => source.charCodeAt(i));
}

/** What would be analysed of a text to find a term. */
function analysed(source: string, term: string): string[] {
  const units = unitsOf(source);
  const needle = needleOf(term);
  const parts: string[] = [];
  for (let from = 0; from < units.length; ) {
    const at = wordPlace(units, from, units.length, needle);
    if (at === units.length) break;
    const { start, end } = surroundings(units, at, 0, units.length);
    parts.push(source.slice(start, end));
    from = end;
  }
  return parts;
}

describe("word places", () => {
  test("have every run that has the term, for any text", () => {
    fc.assert(
      fc.property(text, (source) => {
        const runs: Run[] = [];
        analyzer.runs(source, (run) => runs.push(run));
        for (const { type, from, to } of runs) {
          if (type === "gram") continue;
          const run = source.slice(from, to);
          for (const { term } of wordTerms(run)) {
            const parts = analysed(source, term);
            expect(
              parts.some((part) => part.includes(run)),
              `${term} in ${source}`,
            ).toBe(true);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ["37设备", "7"],
    ["12-703", "7"],
    ["9600", "960"],
    ["spump", "pump"],
    ["设备", "7"],
  ])("of %s have nothing of %s", (source, term) => {
    expect(analysed(source, term)).toEqual([]);
  });

  test("are what stands together around the word", () => {
    expect(analysed("用pd-1728，或 x/1728。", "1728")).toEqual(["pd-1728", "x/1728"]);
    expect(analysed("two pumps", "pump")).toEqual(["pumps"]);
    expect(analysed("9-60", "960")).toEqual(["9-60"]);
    expect(analysed("7+#960", "7+#")).toEqual(["7+#960"]);
  });

  test("of a word that is cut go on behind it", () => {
    const digits = "7".repeat(70);
    expect(analysed(digits, digits.slice(0, 64))).toEqual([digits]);
  });
});
