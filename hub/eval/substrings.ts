/**
 * Is every text found by every part of it?
 *
 * Takes each run of 1 to 6 Han characters of each text, looks for it, and compares the marks with where it stands in the
 * text. The texts are those of the example federation and, with DIR, of the `corpus*.jsonl` in it (the layout of
 * `npm run eval -- search`). Prints what failed, and one JSON line; exits with 1 if anything failed.
 *
 * Usage: npm run eval -- substrings [DIR]
 *
 * @module
 */

import { report } from "../../.tools/bench-report.ts";
import { exampleTexts, isHan, openSubstringCheck } from "../test/support/substrings.ts";
import { readCollection } from "./support/collection.ts";

const MAX_LENGTH = 6;
/** More are only counted. */
const SHOWN_FAILURES = 20;

const [folder] = process.argv.slice(2);
const collection = folder === undefined ? undefined : await readCollection(folder);
const corpora = collection?.corpora.flatMap(({ texts }) => texts.map(({ text }) => text)) ?? [];
const texts = [...exampleTexts(), ...corpora];
await using check = await openSubstringCheck(texts);
let substrings = 0;
let failures = 0;
for (const [number, text] of texts.entries()) {
  for (const part of partsOf(text)) {
    substrings += 1;
    const failure = check.failureOf(number, part);
    if (failure === undefined) continue;
    failures += 1;
    if (failures <= SHOWN_FAILURES) console.log(failure);
  }
}
report("eval-substrings", { texts: texts.length, substrings, failures });
if (failures > 0) process.exitCode = 1;

/** The different runs of Han characters of a text. */
function partsOf(text: string): Set<string> {
  const parts = new Set<string>();
  for (let from = 0; from < text.length; from++) {
    for (let size = 1; size <= MAX_LENGTH && from + size <= text.length; size++) {
      const part = text.slice(from, from + size);
      if (!isHan(part)) break;
      parts.add(part);
    }
  }
  return parts;
}
