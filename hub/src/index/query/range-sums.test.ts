import { describe, expect, test } from "vitest";
import { testAnalyzer } from "../../../test/support/open-test-index.ts";
import { aDocument } from "../../ports/search-index.contract.ts";
import { buildSegment } from "../segment/build.ts";
import { Segment } from "../segment/segment.ts";
import { seeded } from "../semantic/seeded.ts";
import { BATCH_SIZE, Batch } from "./batch.ts";
import { addScores, listsOf, RANGE, RangeSums } from "./range-sums.ts";
import { FieldScorer } from "./score.ts";
import { findTerm, type WeighedTerm } from "./weighed-term.ts";

/** How many of a hundred documents have each word: lists of bits, of gaps, of one block, and of none. */
const WORDS = { 设备: 70, 有限公司: 40, 轴承: 15, 招商: 2, 转型: 0.05, 花卉: 0 };

const analyzer = testAnalyzer();
const segment = makeSegment(RANGE + 1999);
const scorer = new FieldScorer({ docs: segment.docs, averageLengths: [2, 1, 1, 9] });

function makeSegment(docs: number): Segment {
  const random = seeded(5);
  const text = (share: number) =>
    Object.entries(WORDS)
      .flatMap(([word, percent]) => (random() * 100 < percent * share ? [word] : []))
      .join("，");
  const documents = Array.from({ length: docs }, (_, i) =>
    aDocument({
      key: String(i),
      title: text(0.1),
      tags: i % 7 === 0 ? text(1) : "",
      body: `${text(1)}，${i % 5 === 0 ? text(1) : ""}`,
    }),
  );
  return new Segment(buildSegment(documents, analyzer));
}

/** Words and a part of one, in the order in which they are added. */
const TERMS: readonly WeighedTerm[] = [
  ["转型", 5],
  ["招商", 3.5],
  ["轴承", 2.25],
  ["有限公司", 1.3],
  ["有限", 1.1],
  ["设备", 0.7],
].map(([text, weight]) => ({
  text: text as string,
  isGram: (text as string).length === 2,
  weight: weight as number,
  isCounted: true,
  channel: "原文",
}));

/** Counts by document of each term. */
const COUNTS = TERMS.map((term) => {
  const place = findTerm(segment, term);
  const df = segment.df(place);
  const [docs, counts] = [new Uint32Array(df), new Uint32Array(df)];
  segment.readTerm(place, docs, counts);
  return new Map([...docs].map((doc, i) => [doc, counts[i] as number]));
});

function having(doc: number, terms = TERMS) {
  return terms.flatMap(({ weight }, i) => {
    const counts = COUNTS[i]?.get(doc);
    return counts === undefined ? [] : [{ weight, counts }];
  });
}

function massOf(doc: number, terms = TERMS): number {
  return having(doc, terms).reduce((sum, { weight }) => sum + weight, 0);
}

function scoresOf(docs: readonly number[], isImplied?: (term: WeighedTerm) => boolean) {
  const lists = listsOf(segment, TERMS, isImplied);
  const sums = new RangeSums(segment, scorer);
  const batch = new Batch();
  const masses = new Float64Array(BATCH_SIZE);
  const found: { doc: number; score: number; mass: number }[] = [];
  for (let from = 0; from < docs.length; from += BATCH_SIZE) {
    const part = docs.slice(from, from + BATCH_SIZE);
    batch.docs.set(part);
    batch.size = part.length;
    batch.scores.fill(1, 0, part.length);
    addScores(batch, lists, sums, masses);
    part.forEach((doc, i) => {
      found.push({ doc, score: batch.scores[i] as number, mass: masses[i] as number });
    });
  }
  return found;
}

const everyDoc = Array.from({ length: segment.docs }, (_, doc) => doc);

describe("addScores", () => {
  test.each([1, 2, 9, 40, 1000, 16_500])("adds the score of each of every %i documents", (step) => {
    const docs = everyDoc.filter((doc) => doc % step === step - 1);
    for (const { doc, score, mass } of scoresOf(docs)) {
      expect(mass, `mass of ${doc}`).toBe(massOf(doc));
      expect(score, `score of ${doc}`).toBeCloseTo(
        1 + scorer.score(having(doc), segment.lengths, doc),
        10,
      );
    }
  });

  test("gives the same scores where terms are implied", () => {
    const docs = everyDoc.filter((doc) => COUNTS[3]?.has(doc));
    const isImplied = ({ text }: WeighedTerm) => "有限公司".includes(text);
    expect(docs.length).toBeGreaterThan(BATCH_SIZE * 2);
    expect(scoresOf(docs, isImplied)).toEqual(scoresOf(docs));
  });

  test("is not disturbed by a range that was not finished", () => {
    const docs = everyDoc.filter((doc) => doc % 9 === 0);
    const expected = scoresOf(docs);
    new RangeSums(segment, scorer).begin(0, RANGE);
    expect(scoresOf(docs)).toEqual(expected);
  });
});

describe("RangeSums", () => {
  // With the first two terms few documents have something, with all of them most.
  test.each([
    [2, 0],
    [2, 4],
    [6, 0],
    [6, 3],
  ])("collects the documents to which %i terms give more than %i", (size, least) => {
    const terms = TERMS.slice(0, size);
    const lists = listsOf(segment, terms);
    const sums = new RangeSums(segment, scorer);
    const found: number[] = [];
    const docs = new Uint32Array(RANGE);
    for (let from = 0; from < segment.docs; from += RANGE) {
      sums.begin(from, Math.min(from + RANGE, segment.docs));
      for (const list of lists) sums.addToAll(list);
      found.push(...docs.subarray(0, sums.collect(docs, least)));
    }
    const expected = everyDoc.filter((doc) => massOf(doc, terms) >= Math.max(least, 0.01));
    expect(expected.length).toBeGreaterThan(0);
    expect(found).toEqual(expected);
  });

  test("collects the last document of a range of any length", () => {
    const [rare] = TERMS.slice(1);
    const ends = everyDoc.filter((doc) => COUNTS[1]?.has(doc)).slice(0, 20);
    expect(new Set(ends.map((doc) => doc % 4)).size).toBe(4);
    for (const last of ends) {
      scoresOf([last]);
      const sums = new RangeSums(segment, scorer);
      sums.begin(0, last + 1);
      for (const list of listsOf(segment, rare === undefined ? [] : [rare])) sums.addToAll(list);
      const docs = new Uint32Array(RANGE);
      expect(docs[sums.collect(docs, 0) - 1]).toBe(last);
    }
  });
});
