import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openTestIndex } from "../../test/support/open-test-index.ts";
import { aDocument, aQuery } from "../ports/search-index.contract.ts";
import type { IndexHit } from "../ports/search-index.ts";
import { seeded } from "./semantic/seeded.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Texts of the example federation: titles and long values of its records. */
function exampleTexts(): string[] {
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

const SAMPLES = 20_000;

test("finds every text of the example by any 1 to 6 characters of it, and marks exactly them", async () => {
  const texts = exampleTexts();
  expect(texts.length).toBeGreaterThan(100);
  await using index = await openTestIndex();
  const upserts = texts.map((body, i) =>
    aDocument({ key: String(i), body, facets: { year: [String(i)] } }),
  );
  await index.writer.apply({ upserts, deletes: [], position: 1 });
  const random = seeded(7);
  let samples = 0;
  while (samples < SAMPLES) {
    const number = Math.floor(random() * texts.length);
    const text = texts[number] as string;
    const size = 1 + Math.floor(random() * 6);
    const part = text.slice(Math.floor(random() * (text.length - size))).slice(0, size);
    if (!/^\p{Script=Han}+$/u.test(part)) continue;
    samples += 1;
    const filters = [{ field: "year", values: [String(number)] }];
    const [hit] = index.search(aQuery(part, { filters })).hits;
    expect(hit, `${part} in ${number}`).toBeDefined();
    expect(marksOf(hit as IndexHit), part).toEqual(occurrences(hit as IndexHit, part));
  }
});

function marksOf({ highlights }: IndexHit) {
  return highlights.flatMap(({ spans }) => spans.map(({ start, end }) => [start, end]));
}

/** Where the part stands in the windows; occurrences that overlap or touch are one. */
function occurrences({ highlights }: IndexHit, part: string): number[][] {
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
