/**
 * Whether any part of a text finds the text, and is marked in it exactly.
 *
 * @module
 */

import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { aDocument, aQuery } from "../../src/ports/search-index.contract.ts";
import type { IndexHighlight } from "../../src/ports/search-index.ts";
import { openTestIndex } from "./open-test-index.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Texts of the example federation: titles and long values of its records. */
export function exampleTexts(): string[] {
  const files = globSync("examples/federation/centers/content/{cases,policies,trainings}.*.json", {
    cwd: root,
  });
  return files.sort().flatMap((file) => {
    const rows = JSON.parse(readFileSync(`${root}${file}`, "utf8")) as Record<string, unknown>[];
    return rows.map((row) =>
      Object.values(row)
        .filter((value) => typeof value === "string")
        .join("；"),
    );
  });
}

/** True for text that is all Han characters, one at least. */
export function isHan(text: string): boolean {
  return /^\p{Script=Han}+$/u.test(text);
}

/** An index of the texts, to be asked for their parts. */
export async function openSubstringCheck(texts: readonly string[]) {
  const index = await openTestIndex();
  // Each text by a value of its own, so that it is looked for among one.
  const upserts = texts.map((body, i) =>
    aDocument({ key: String(i), body, facets: { year: [String(i)] } }),
  );
  await index.writer.apply({ upserts, deletes: [], position: 1 });
  return {
    /** What is wrong with how a part finds its text; undefined if nothing. */
    failureOf(number: number, part: string): string | undefined {
      const filters = [{ field: "year", values: [String(number)] }];
      const [hit] = index.search(aQuery(part, { filters })).hits;
      if (hit === undefined) return `${part} does not find text ${number}`;
      const marks = JSON.stringify(marksOf(hit.highlights));
      const wanted = JSON.stringify(occurrences(hit.highlights, part));
      return marks === wanted && marks !== "[]"
        ? undefined
        : `${part} marks ${marks} in text ${number} instead of ${wanted}`;
    },
    [Symbol.asyncDispose]: () => index[Symbol.asyncDispose](),
  };
}

function marksOf(highlights: readonly IndexHighlight[]): number[][] {
  return highlights.flatMap(({ spans }) => spans.map(({ start, end }) => [start, end]));
}

/** Where the part stands in the windows; occurrences that overlap or touch are one. */
function occurrences(highlights: readonly IndexHighlight[], part: string): number[][] {
  return highlights.flatMap(({ text }) => {
    const ranges: number[][] = [];
    for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
      const before = ranges.at(-1);
      if (before !== undefined && at <= (before[1] as number)) before[1] = at + part.length;
      else ranges.push([at, at + part.length]);
    }
    return ranges;
  });
}
