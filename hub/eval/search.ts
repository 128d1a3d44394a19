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
 * `--train DIR` trains the meaning on parallel texts beside the documents: texts of a folder's corpora that have the same
 * id say the same in several languages. Where that folder is the one that is tested, every other id (in the order of the
 * file) is trained on and left out of the test, documents and queries.
 *
 * `--model DIR` takes the embedding model of that folder (see hub/README.md) instead of one that is trained.
 *
 * Usage: npm run eval -- search DIR [--channel hybrid|lexical|semantic] [--train DIR | --model DIR] [--corpus NAME]
 * [--queries NAME]
 *
 * @module
 */

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { report } from "../../.tools/bench-report.ts";
import {
  type Collection,
  parallelTexts,
  readCollection,
  type Version,
} from "./support/collection.ts";
import { type Channel, openProductionIndex } from "./support/production-index.ts";
import { type Figures, figuresOf, meanOf } from "./support/relevance.ts";

/** Deep enough for R@100. */
const DEPTH = 100;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    channel: { type: "string", default: "hybrid" },
    train: { type: "string" },
    model: { type: "string" },
    corpus: { type: "string" },
    queries: { type: "string" },
  },
});
const [folder] = positionals;
if (folder === undefined || !isChannel(options.channel)) {
  console.error(
    "usage: npm run eval -- search DIR [--channel hybrid|lexical|semantic] [--train DIR | --model DIR] [--corpus NAME] [--queries NAME]",
  );
  process.exit(2);
}
const { channel } = options;
const whole = await readCollection(folder);
const { collection, training } = await withTraining(whole, folder, options.train);
const corpora = chosen(collection.corpora, options.corpus);
const queries = chosen(collection.queries, options.queries);
const runs: Record<string, Figures> = {};
for (const corpus of corpora) {
  await using index = await openProductionIndex(corpus.texts, {
    channel,
    parallelTexts: training,
    modelFolder: options.model,
  });
  const documents = new Set(corpus.texts.map(({ id }) => id));
  for (const asked of queries) {
    const ranked = new Map<string, readonly string[]>();
    for (const { id, text } of asked.texts) {
      const relevant = [...(collection.relevant.get(id)?.keys() ?? [])];
      if (relevant.some((document) => documents.has(document))) {
        ranked.set(id, await index.search(text, DEPTH));
      }
    }
    runs[`${asked.name} -> ${corpus.name}`] = figuresOf(ranked, collection.relevant);
  }
}
console.table(runs);
report("eval-search", { channel, ...meanOf(Object.values(runs)), runs });

function chosen(versions: readonly Version[], name: string | undefined): readonly Version[] {
  if (name === undefined) return versions;
  const found = versions.filter((version) => version.name === name);
  if (found.length > 0) return found;
  console.error(`there is no ${name}, only ${versions.map((version) => version.name).join(", ")}`);
  process.exit(2);
}

function isChannel(name: string): name is Channel {
  return ["hybrid", "lexical", "semantic"].includes(name);
}

/** What is left to test, and what to train on. */
async function withTraining(
  tested: Collection,
  testedFolder: string,
  trainFolder: string | undefined,
): Promise<{ readonly collection: Collection; readonly training: readonly string[] }> {
  if (trainFolder === undefined) return { collection: tested, training: [] };
  if (resolve(trainFolder) !== resolve(testedFolder)) {
    const { corpora } = await readCollection(trainFolder);
    return { collection: tested, training: parallelTexts(corpora, () => true) };
  }
  const ids = tested.corpora[0]?.texts.map(({ id }) => id) ?? [];
  const trained = new Set(ids.filter((_, place) => place % 2 === 0));
  const corpora = tested.corpora.map(({ name, texts }) => ({
    name,
    texts: texts.filter(({ id }) => !trained.has(id)),
  }));
  return {
    collection: { ...tested, corpora },
    training: parallelTexts(tested.corpora, (id) => trained.has(id)),
  };
}
