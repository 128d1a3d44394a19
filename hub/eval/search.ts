/**
 * How well does the index find what people look for?
 *
 * Runs the production index (the thread that writes, the threads that answer) over a test collection and prints MRR@10,
 * nDCG@10, R@100 and the share of queries that find nothing, as a table and as one JSON line.
 *
 * The folder holds `corpus*.jsonl` (`_id`, `title`, `text`), `queries*.jsonl` (`_id`, `text`) and `qrels*.tsv` (query,
 * document, relevance), the layout of BEIR (Thakur et al. 2021). Files of one kind that share ids are versions in several
 * languages, and each is searched with each; files without shared ids are parts of one. The figures of the JSON line are
 * those of all runs together, each with the same weight; `runs` has them one by one.
 *
 * Usage: npm run eval -- search DIR [--corpus NAME] [--queries NAME]
 *
 * @module
 */

import { parseArgs } from "node:util";
import { report } from "../../.tools/bench-report.ts";
import { readCollection, type Version } from "./support/collection.ts";
import { openProductionIndex } from "./support/production-index.ts";
import { type Figures, figuresOf, meanOf } from "./support/relevance.ts";

/** Deep enough for R@100. */
const DEPTH = 100;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { corpus: { type: "string" }, queries: { type: "string" } },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error("usage: npm run eval -- search DIR [--corpus NAME] [--queries NAME]");
  process.exit(2);
}
const collection = await readCollection(folder);
const corpora = chosen(collection.corpora, options.corpus);
const queries = chosen(collection.queries, options.queries);
const runs: Record<string, Figures> = {};
for (const corpus of corpora) {
  await using index = await openProductionIndex(corpus.texts);
  for (const asked of queries) {
    const ranked = new Map<string, readonly string[]>();
    for (const { id, text } of asked.texts) {
      if (collection.relevant.has(id)) ranked.set(id, await index.search(text, DEPTH));
    }
    runs[`${asked.name} -> ${corpus.name}`] = figuresOf(ranked, collection.relevant);
  }
}
console.table(runs);
report("eval-search", { ...meanOf(Object.values(runs)), runs });

function chosen(versions: readonly Version[], name: string | undefined): readonly Version[] {
  if (name === undefined) return versions;
  const found = versions.filter((version) => version.name === name);
  if (found.length > 0) return found;
  console.error(`there is no ${name}, only ${versions.map((version) => version.name).join(", ")}`);
  process.exit(2);
}
