/**
 * How fast is the index, and against what? Synthetic documents; suggestions while somebody types; queries of 1, 2 and 4
 * words and long questions, with two filters, six facet counts, the top 20 and highlights; one client and 16; beside
 * SQLite FTS5 in the same run (the same terms and answers, see `support/fts5.ts`) and MiniSearch at 20,000 documents.
 *
 * Options: --docs 300000, --queries 200 (a class), --threads (cores), --only-index.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import MiniSearch from "minisearch";
import { median, quantile, report } from "../../.tools/bench-report.ts";
import { openLevelSearchIndex } from "../src/adapters/level-search-index.ts";
import { WorkerIndexReader } from "../src/adapters/worker-index-reader.ts";
import { createAnalyzer } from "../src/index/analysis/analyzer.ts";
import { openDictionary } from "../src/index/analysis/dictionary.ts";
import type { GenerationData } from "../src/index/generation.ts";
import { parseQuery } from "../src/index/query/parse.ts";
import { planQuery } from "../src/index/query/plan.ts";
import { seeded } from "../src/index/semantic/seeded.ts";
import { initialsKey, phoneticOf, pinyinKey } from "../src/index/suggest/keys.ts";
import type { IndexDocument, IndexQuery, IndexResult } from "../src/ports/search-index.ts";
import { cutWords } from "./support/cut-words.ts";
import { Fts5 } from "./support/fts5.ts";
import { documentMaker, FACETS, makeQueries, type QueryClass } from "./support/search-corpus.ts";

const { values: options } = parseArgs({
  options: {
    docs: { type: "string", default: "300000" },
    queries: { type: "string", default: "200" },
    threads: { type: "string", default: String(availableParallelism()) },
    "only-index": { type: "boolean", default: false },
  },
});
const docs = Number(options.docs);
const queriesPerClass = Number(options.queries);
const threads = Number(options.threads);

/** Documents of a change, as the projector makes them from a log that is all there. */
const CHANGE_DOCS = 2048;
const CLIENTS = 16;
/** Rounds of one client and of many, of which the middle one counts. */
const CLIENT_ROUNDS = 3;
/** Rounds of queries before the one that counts: a process that has just started compiles what it runs often. */
const WARM_UP_ROUNDS = 3;
const FTS5_ROWS = 5000;
const MINISEARCH_DOCS = 20_000;
const FILTERS = [
  { field: "year", values: ["2025", "2024", "2023"] },
  { field: "size_band", values: ["small", "medium"] },
] as const;
const NEVER = new AbortController().signal;

const make = documentMaker(1);
const folder = await mkdtemp(join(tmpdir(), "tributary-bench-"));
const figures: Record<string, unknown> = { docs, threads };
try {
  await indexAll();
  const opened = await coldOpen();
  const { reader, writer, generation } = opened;
  const queries = makeQueries(make, docs, queriesPerClass, analyzerOf(generation()));
  const answers = new Map<string, IndexResult>();
  const ours = await measureClasses(queries, async (text) => {
    answers.set(text, await reader.search(queryOf(text), NEVER));
  });
  Object.assign(figures, await measureSuggestions(reader, analyzerOf(generation())));
  Object.assign(figures, await measureClients(queries, opened));
  await reader[Symbol.asyncDispose]();
  await writer[Symbol.asyncDispose]();
  print("index", ours);
  for (const [name, texts] of Object.entries(queries)) {
    // No document has all of their words and passes the filters: they are asked again, for any.
    figures[`${name}_partial`] = texts.filter((text) => answers.get(text)?.isPartial).length;
  }
  const all = Object.values(ours).flat();
  figures["p50_ms"] = median(all);
  figures["p99_ms"] = quantile(all, 0.99);
  for (const [name, times] of Object.entries(ours)) {
    figures[`${name}_p50_ms`] = median(times);
    figures[`${name}_p99_ms`] = quantile(times, 0.99);
  }
  if (!options["only-index"]) {
    const fts5 = await measureFts5(queries, analyzerOf(generation()));
    figures["fts5_same_totals"] = shareOfSame(answers, fts5.totals, analyzerOf(generation()));
    compare("fts5", ours, fts5.times);
    await measureMiniSearch(analyzerOf(generation()));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
report("search", figures);

function queryOf(text: string): IndexQuery {
  return {
    text,
    filters: FILTERS,
    reader: { type: "public" },
    limit: 20,
    after: undefined,
    facets: FACETS,
    stale: { atMs: 0, centers: new Set() },
    sort: "relevance",
    explain: false,
  };
}

function analyzerOf({ dictionary }: GenerationData) {
  return createAnalyzer(openDictionary(dictionary));
}

async function openIndex() {
  const reader = new WorkerIndexReader({ threads });
  let newest: GenerationData | undefined;
  const writer = await openLevelSearchIndex(join(folder, "index"), {
    publish: (data) => {
      newest = data;
      reader.publish(data);
    },
  });
  return { reader, writer, generation: () => newest as GenerationData };
}

/** Indexes everything as a rebuild does; making the documents is not counted. */
async function indexAll(): Promise<void> {
  const { reader, writer, generation } = await openIndex();
  let searchableMs = 0;
  for (let from = 0; from < docs; from += CHANGE_DOCS) {
    const upserts = documents(from, Math.min(from + CHANGE_DOCS, docs));
    const startedMs = performance.now();
    await writer.apply({ upserts, deletes: [], position: from + CHANGE_DOCS });
    searchableMs += performance.now() - startedMs;
    if (from % (CHANGE_DOCS * 25) === 0) console.log(`indexed ${from}`);
  }
  figures["docs_per_s"] = docs / (searchableMs / 1000);
  const settledMs = await timed(() => writer.settle());
  figures["docs_per_s_merged"] = docs / ((searchableMs + settledMs) / 1000);
  figures["flush_ms"] = await timed(() => writer.flush());
  figures["rest_ms"] = await timed(async () => {
    await writer.rest();
    await writer.settle();
  });
  const segments = generation().segments;
  const bytes = segments.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  figures["bytes_per_doc"] = Math.round(bytes / docs);
  figures["segments"] = segments.length;
  await writer.flush();
  await reader[Symbol.asyncDispose]();
  await writer[Symbol.asyncDispose]();
}

async function coldOpen() {
  let opened: Awaited<ReturnType<typeof openIndex>> | undefined;
  figures["cold_open_ms"] = await timed(async () => {
    opened = await openIndex();
    await opened.reader.search(queryOf("设备"), NEVER);
  });
  return opened as Awaited<ReturnType<typeof openIndex>>;
}

type Queries = Readonly<Record<QueryClass, readonly string[]>>;
type Times = Record<QueryClass, number[]>;

/** Times of each query, in ms, on its own, in the last of several rounds. */
async function measureClasses(
  queries: Partial<Queries>,
  ask: (text: string, name: QueryClass) => Promise<void>,
): Promise<Times> {
  const times: Times = { one: [], two: [], four: [], long: [] };
  for (let round = 0; round <= WARM_UP_ROUNDS; round++) {
    for (const name of Object.keys(queries) as QueryClass[]) {
      for (const text of queries[name] ?? []) {
        const ms = await timed(() => ask(text, name));
        if (round === WARM_UP_ROUNDS) times[name].push(ms);
      }
    }
  }
  return times;
}

/** Times of suggestions for what somebody types of a title: characters, pinyin, initials; the first round is not counted. */
async function measureSuggestions(
  reader: WorkerIndexReader,
  analyzer: ReturnType<typeof analyzerOf>,
) {
  const random = seeded(7);
  const below = (end: number) => Math.floor(random() * end);
  const prefixes = Array.from({ length: queriesPerClass }, () => {
    const { title } = make(below(docs)).text;
    const sound = phoneticOf(title, analyzer);
    return [
      title.slice(0, 1 + below(4)),
      pinyinKey(sound).slice(0, 2 + below(8)),
      initialsKey(sound).slice(0, 2 + below(4)),
    ];
  }).flat();
  const times: number[] = [];
  for (const isCounted of [false, true]) {
    for (const prefix of prefixes) {
      const query = { prefix, limit: 8, reader: { type: "public" } } as const;
      const ms = await timed(() => reader.suggest(query, NEVER));
      if (isCounted) times.push(ms);
    }
  }
  return { suggest_p50_ms: median(times), suggest_p99_ms: quantile(times, 0.99) };
}

/** Throughput of 1 and of 16 clients, and what an update costs while 16 clients ask. */
async function measureClients(
  queries: Queries,
  { reader, writer }: Awaited<ReturnType<typeof openIndex>>,
) {
  const texts = Object.values(queries).flat();
  const run = async (clients: number) => {
    const times: number[] = [];
    let next = 0;
    const ms = await timed(async () => {
      await Promise.all(
        Array.from({ length: clients }, async () => {
          while (next < texts.length * 2) {
            const text = texts[next++ % texts.length] as string;
            times.push(await timed(() => reader.search(queryOf(text), NEVER)));
          }
        }),
      );
    });
    return { qps: times.length / (ms / 1000), times };
  };
  // Warms up: one client alone is answered by one thread.
  await run(CLIENTS);
  const one: Awaited<ReturnType<typeof run>>[] = [];
  const many: typeof one = [];
  for (let round = 0; round < CLIENT_ROUNDS; round++) {
    one.push(await run(1));
    many.push(await run(CLIENTS));
  }
  let isUpdating = true;
  const seen: number[] = [];
  const updating = (async () => {
    for (let i = 0; isUpdating; i++) {
      const document = { ...make(docs + i), text: { ...make(docs + i).text, title: `新鲜${i}号` } };
      const ms = await timed(async () => {
        await writer.apply({ upserts: [document], deletes: [], position: docs + i });
        const { total } = await reader.search(
          { ...queryOf(`"新鲜${i}号"`), filters: [], reader: { type: "operator" } },
          NEVER,
        );
        if (total !== 1) throw new Error(`an update was not found: ${total}`);
      });
      seen.push(ms);
    }
  })();
  const updated = await run(CLIENTS);
  isUpdating = false;
  await updating;
  return {
    qps_1: median(one.map(({ qps }) => qps)),
    qps_16: median(many.map(({ qps }) => qps)),
    p99_16_ms: quantile(
      many.flatMap(({ times }) => times),
      0.99,
    ),
    p99_16_updating_ms: quantile(updated.times, 0.99),
    update_p50_ms: median(seen),
    update_max_ms: Math.max(...seen),
    updates: seen.length,
  };
}

/** Times of FTS5 for the same queries; of long ones, which take it up to seconds, every fifth and none twice. */
async function measureFts5(queries: Queries, analyzer: ReturnType<typeof analyzerOf>) {
  using fts5 = new Fts5(join(folder, "fts5.sqlite"), analyzer);
  let ms = 0;
  for (let from = 0; from < docs; from += FTS5_ROWS) {
    const list = documents(from, Math.min(from + FTS5_ROWS, docs));
    ms += await timed(async () => fts5.add(list, from));
    if (from % 50_000 === 0) console.log(`fts5: indexed ${from}`);
  }
  fts5.optimize();
  figures["fts5_docs_per_s"] = docs / (ms / 1000);
  const search = fts5.searcher(FILTERS);
  const { long, ...short } = queries;
  const totals = new Map<string, number>();
  const times = await measureClasses(short, async (text) => {
    totals.set(text, search(text, false).total);
  });
  for (const text of long.filter((_, i) => i % 5 === 0)) {
    times.long.push(await timed(async () => search(text, true)));
  }
  return { times, totals };
}

/** Of queries whose words must all be found, and were: for how many both found the same number of documents. */
function shareOfSame(
  answers: ReadonlyMap<string, IndexResult>,
  totals: ReadonlyMap<string, number>,
  analyzer: ReturnType<typeof analyzerOf>,
): number {
  const asIs = [...totals].flatMap(([text, total]) => {
    const answer = answers.get(text);
    if (!answer?.total || answer.isPartial || answer.corrections.length > 0) return [];
    const isQuestion = planQuery(parseQuery(text), [], analyzer).mode === "question";
    return isQuestion ? [] : [answer.total === total];
  });
  return asIs.filter((isSame) => isSame).length / asIs.length;
}

async function measureMiniSearch(analyzer: ReturnType<typeof analyzerOf>): Promise<void> {
  const words = (text: string) => cutWords(text, analyzer).map(({ word }) => word);
  const mini = new MiniSearch({
    fields: ["title", "tags", "body"],
    storeFields: [...FACETS],
    tokenize: words,
    processTerm: (term) => term,
  });
  const count = Math.min(docs, MINISEARCH_DOCS);
  let ms = 0;
  for (let from = 0; from < count; from += CHANGE_DOCS) {
    const list = documents(from, Math.min(from + CHANGE_DOCS, count)).map(
      ({ text, facets }, i) => ({
        id: from + i,
        ...text,
        ...Object.fromEntries(FACETS.map((name) => [name, facets[name]?.at(-1)])),
      }),
    );
    ms += await timed(async () => mini.addAll(list));
  }
  figures["minisearch_docs_per_s"] = count / (ms / 1000);
  const queries = makeQueries(make, count, queriesPerClass, analyzer);
  const times = await measureClasses(queries, async (text, name) => {
    const combineWith = name === "long" ? "OR" : "AND";
    const hits = mini.search(text, { combineWith, boost: { title: 3, tags: 2.5 } });
    const kept = hits.filter((hit) =>
      FILTERS.every(({ field, values }) => (values as readonly string[]).includes(hit[field])),
    );
    for (const name of FACETS) {
      const counts = new Map<string, number>();
      for (const hit of kept) counts.set(hit[name], (counts.get(hit[name]) ?? 0) + 1);
    }
    kept.slice(0, 20);
  });
  print(`minisearch at ${count}`, times);
  for (const [name, list] of Object.entries(times))
    figures[`minisearch_${name}_p50_ms`] = median(list);
}

function compare(name: string, ours: Times, theirs: Times): void {
  print(name, theirs);
  let least = Number.POSITIVE_INFINITY;
  for (const [queryClass, times] of Object.entries(theirs) as [QueryClass, number[]][]) {
    const ratio = median(times) / median(ours[queryClass]);
    figures[`${name}_${queryClass}_p50_ms`] = median(times);
    figures[`${name}_${queryClass}_p99_ms`] = quantile(times, 0.99);
    figures[`ratio_${name}_${queryClass}`] = ratio;
    least = Math.min(least, ratio);
  }
  figures[`ratio_${name}`] = least;
}

function documents(from: number, to: number): IndexDocument[] {
  return Array.from({ length: to - from }, (_, i) => make(from + i));
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}

function print(name: string, times: Times): void {
  for (const [queryClass, list] of Object.entries(times)) {
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(list, q).toFixed(3));
    console.log(`${name.padEnd(22)} ${queryClass.padEnd(5)} p50 ${p50} p95 ${p95} p99 ${p99} ms`);
  }
}
