/**
 * How much of what names a client do the detectors of free text find, and how much harmless text do they damage?
 *
 * FILE.jsonl has lines `{ text, spans: [{ start, end, type }] }`: offsets in UTF-16 code units, `end` exclusive. A labelled
 * stretch is found when each of its letters and digits would be masked; by which detector does not matter. A line without
 * stretches is clean; it is damaged when anything in it would be masked as identity. Superlatives and exact magnitudes
 * are banded or go to a person and count as neither.
 *
 * With `--split NAME` only lines whose `split` is NAME count; `--misses` prints what was missed and what was damaged.
 *
 * Usage: npm run eval -- redact FILE.jsonl [--split NAME] [--misses]
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { report } from "../../.tools/bench-report.ts";
import { type FoundSpan, identitiesIn } from "../src/privacy/free-text.ts";

interface Label {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

interface Line {
  readonly text: string;
  readonly spans: readonly Label[];
  readonly split?: string;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { split: { type: "string" }, misses: { type: "boolean", default: false } },
});
const [file] = positionals;
if (file === undefined) {
  console.error("usage: npm run eval -- redact FILE.jsonl [--split NAME] [--misses]");
  process.exit(2);
}

const lines = (await readFile(file, "utf8"))
  .split("\n")
  .filter((line) => line.trim() !== "")
  .map((line) => JSON.parse(line) as Line)
  .filter(({ split }) => options.split === undefined || split === options.split);

const byType = new Map<string, { labelled: number; found: number }>();
const falseByType = new Map<string, number>();
let damaged = 0;
for (const { text, spans } of lines) {
  const masked = identitiesIn(text);
  for (const label of spans) {
    const count = byType.get(label.type) ?? { labelled: 0, found: 0 };
    const isFound = isCovered(text, label, masked);
    byType.set(label.type, {
      labelled: count.labelled + 1,
      found: count.found + (isFound ? 1 : 0),
    });
    if (!isFound && options.misses) {
      console.log(
        `missed   ${label.type} ${JSON.stringify(text.slice(label.start, label.end))} in ${JSON.stringify(text)}`,
      );
    }
  }
  for (const span of masked) {
    if (spans.some((label) => label.start < span.end && span.start < label.end)) continue;
    falseByType.set(span.type, (falseByType.get(span.type) ?? 0) + 1);
    if (options.misses) {
      console.log(
        `false    ${span.type} ${JSON.stringify(text.slice(span.start, span.end))} in ${JSON.stringify(text)}`,
      );
    }
  }
  if (spans.length === 0 && masked.length > 0) damaged += 1;
}

const types = [...byType].sort(([a], [b]) => (a < b ? -1 : 1));
const labelled = types.reduce((sum, [, count]) => sum + count.labelled, 0);
const found = types.reduce((sum, [, count]) => sum + count.found, 0);
const clean = lines.filter(({ spans }) => spans.length === 0).length;
for (const [type, count] of types) {
  console.log(
    `${type.padEnd(16)} ${String(count.found).padStart(4)} of ${String(count.labelled).padStart(4)} found`,
  );
}
for (const [type, count] of [...falseByType].sort())
  console.log(`${type.padEnd(16)} ${String(count).padStart(4)} masked without a label`);
console.log(`${damaged} of ${clean} clean lines damaged`);
report("redact", {
  lines: lines.length,
  clean_lines: clean,
  labelled_spans: labelled,
  recall: labelled === 0 ? 1 : found / labelled,
  recall_by_type: Object.fromEntries(
    types.map(([type, { found, labelled }]) => [type, found / labelled]),
  ),
  clean_damaged: damaged,
  false_positives_by_type: Object.fromEntries(falseByType),
});

/** True if every letter and digit of the labelled stretch would be masked. */
function isCovered(text: string, { start, end }: Label, masked: readonly FoundSpan[]): boolean {
  for (let i = start; i < end; i++) {
    if (!/[\p{L}\p{N}]/u.test(text[i] as string)) continue;
    if (!masked.some((span) => span.start <= i && i < span.end)) return false;
  }
  return true;
}
