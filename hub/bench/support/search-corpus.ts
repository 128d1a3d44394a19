/**
 * A corpus for benchmarks of the index: synthetic documents that read like the hub's, the same for the same seed.
 *
 * Sentences come from the example federation and from words of jieba's dictionary drawn by their frequency, so that the
 * vocabulary grows with the corpus as it does in real text.
 *
 * @module
 */

import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dict } from "@node-rs/jieba/dict.js";
import { scheme } from "@tributary/proto/vocabulary";
import type { Analyzer } from "../../src/index/analysis/analyzer.ts";
import { seeded } from "../../src/index/semantic/seeded.ts";
import type { IndexDocument } from "../../src/ports/search-index.ts";
import { cutWords } from "./cut-words.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Facet fields of each document; a region comes with its province. */
export const FACETS = ["kind", "region", "industry", "scenario", "size_band", "year"] as const;

/** Makes document `number`; any order of numbers gives the same documents. */
export type DocumentMaker = (number: number) => IndexDocument;

/** A maker of documents of about `bodyLength` characters. */
export function documentMaker(seed: number, bodyLength = 300): DocumentMaker {
  const sentences = exampleSentences();
  const drawWord = wordDrawer();
  const regions = scheme("region").concepts.filter(({ code }) => !code.endsWith("0000"));
  const industries = scheme("industry").concepts.filter(({ code }) => code.length >= 3);
  const scenarios = scheme("scenario").concepts;

  return (number) => {
    const random = seeded(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b));
    // Falls off like a power law: the first of a list are much more frequent.
    const skewed = <T>(list: readonly T[]): T =>
      list[Math.floor(list.length * random() ** 2.5)] as T;
    const region = skewed(regions);
    const industry = skewed(industries);
    const scenario = skewed(scenarios);
    const made = () => {
      let text = "";
      for (let i = 4 + Math.floor(random() * 8); i > 0; i--) text += drawWord(random());
      return `${text}${random() < 0.2 ? Math.floor(random() * 1000) : ""}。`;
    };
    let body = "";
    while (body.length < bodyLength) body += random() < 0.5 ? skewed(sentences) : made();
    return {
      ref: { centerId: `center-${number % 23}`, kind: "case", key: `case-${number}` },
      text: {
        title: `${region.zh}${drawWord(random())}${drawWord(random())}${scenario.zh}案例`,
        tags: `${industry.zh} ${scenario.zh}`,
        summary: "",
        body: body.slice(0, bodyLength),
      },
      facets: {
        kind: [skewed(["case", "policy", "training", "provider", "event"])],
        region: [`${region.code.slice(0, 2)}0000`, region.code],
        industry: [industry.code],
        scenario: [scenario.code],
        size_band: [skewed(["small", "medium", "micro", "large"])],
        year: [skewed(["2025", "2024", "2023", "2022", "2021"])],
      },
      visibility: random() < 0.9 ? "public" : "members",
      visibleTo: [],
      receivedAtMs: 1_700_000_000_000 + number * 1_000,
      validUntilMs: undefined,
    };
  };
}

function exampleSentences(): string[] {
  const folder = "examples/federation/centers/content";
  const files = globSync(`${folder}/{cases,policies,trainings,events,providers}.*.json`, {
    cwd: root,
  });
  const sentences = new Set<string>();
  for (const file of files.sort()) {
    const rows = JSON.parse(readFileSync(`${root}${file}`, "utf8")) as Record<string, unknown>[];
    for (const value of rows.flatMap((row) => Object.values(row))) {
      if (typeof value !== "string" || value.length < 12) continue;
      for (const sentence of value.match(/[^。；]+[。；]?/gu) ?? []) sentences.add(sentence);
    }
  }
  return [...sentences];
}

/** Draws words of two or more characters by frequency, from a number in [0, 1). */
function wordDrawer(): (at: number) => string {
  const words: string[] = [];
  const sums: number[] = [];
  let sum = 0;
  for (const line of new TextDecoder().decode(dict).split("\n")) {
    const [word, frequency] = line.split(" ", 2);
    if (!word || word.length < 2 || Number(frequency) < 3) continue;
    sum += Number(frequency);
    words.push(word);
    sums.push(sum);
  }
  return (at) => {
    const wanted = at * sum;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] as number) <= wanted) low = middle + 1;
      else high = middle;
    }
    return words[low] as string;
  };
}

/** Kinds of queries. */
export type QueryClass = "one" | "two" | "four" | "long";

/** Queries of words that stand together in some document, and questions around a sentence of one. */
export function makeQueries(
  make: DocumentMaker,
  docs: number,
  perClass: number,
  analyzer: Analyzer,
): Record<QueryClass, string[]> {
  const random = seeded(99);
  const queries: Record<QueryClass, string[]> = { one: [], two: [], four: [], long: [] };
  for (let i = 0; i < perClass; i++) {
    const { body } = make(Math.floor(random() * docs)).text;
    const words = [...new Set(wordsOf(body, analyzer))];
    const pick = (count: number) =>
      Array.from({ length: count }, () =>
        words.splice(Math.floor(random() * words.length), 1),
      ).join(" ");
    queries.one.push(pick(1));
    queries.two.push(pick(2));
    queries.four.push(pick(4));
    const sentence = body.slice(Math.floor(random() * 200)).slice(0, 40);
    queries.long.push(`请问哪些企业做过${sentence.replace(/[^\p{L}\p{N}]/gu, "")}，效果怎么样？`);
  }
  return queries;
}

/** Chinese words of two or more characters. */
function wordsOf(text: string, analyzer: Analyzer): string[] {
  return cutWords(text, analyzer)
    .filter(({ isGram, length }) => isGram && length > 1)
    .map(({ word }) => word);
}
