/**
 * Trains a model of latent semantic analysis on texts.
 *
 * Texts that say the same in two languages, one after the other in one row, make the languages meet. The labels of the
 * vocabulary are always among the rows.
 *
 * @module
 */

import type { Analyzer } from "../analysis/analyzer.ts";
import { Uint32List } from "../segment/bytes.ts";
import { provinces, topicConcepts } from "../vocabulary.ts";
import { writeModel } from "./lsa-model.ts";
import type { Pace } from "./pace.ts";
import { type SparseRows, truncatedSvd } from "./svd.ts";
import { TermCounter, TermNumbers } from "./term-numbers.ts";

export interface TrainingOptions {
  /** Length of vectors, unless the texts have less to say. */
  readonly rank?: number;
  readonly seed?: number;
}

/** A term in fewer rows joins nothing. */
const MIN_ROWS = 2;

/** A term in more than this share of the rows says nothing. */
const MAX_ROWS_SHARE = 0.3;

/** Most terms of a model, the most frequent; a model of 128 dimensions has some 26 MB then. */
const MAX_TERMS = 50_000;

/** Fewer dimensions than this separate nothing. */
const MIN_RANK = 2;

/**
 * A model as a blob, or undefined when the texts have too little in common. The same texts in the same order give the
 * same bytes.
 *
 * @param texts Each is a row.
 */
export async function trainModel(
  texts: Iterable<string>,
  analyzer: Analyzer,
  { rank = 128, seed = 1 }: TrainingOptions,
  pace: Pace,
): Promise<SharedArrayBuffer | undefined> {
  const { matrix, idf, gramKeys, terms } = await weigh([texts, bilingualLabels()], analyzer, pace);
  if (matrix.columns < MIN_RANK) return undefined;
  const { singularValues, right } = await truncatedSvd(matrix, { rank, seed }, pace);
  const dimensions = singularValues.length;
  if (dimensions < MIN_RANK) return undefined;
  const weights = Float32Array.from(right.values);
  return writeModel({ dimensions, gramKeys, texts: terms, idf, weights });
}

/** The texts as rows of weights, of length 1 each. What is needed only for making them is free afterwards. */
async function weigh(texts: readonly Iterable<string>[], analyzer: Analyzer, pace: Pace) {
  const counted = await countTerms(texts, analyzer, pace);
  const kept = keptTerms(counted);
  const idf = Float32Array.from(kept.rowsOf, (rows) => Math.log((counted.rows + 1) / (rows + 0.5)));
  const matrix = weighedRows(counted, kept, idf);
  return { matrix, idf, gramKeys: kept.gramKeys, terms: kept.texts };
}

/** The labels of each concept in all languages, as one row. */
function bilingualLabels(): string[] {
  return [...topicConcepts(), ...provinces()].map(({ zh, en, aliases }) =>
    [zh, en, ...aliases].join(" "),
  );
}

/** Terms of rows: row i has `ends[i - 1]` to `ends[i]` of `terms` and `times`. */
interface CountedRows {
  readonly numbers: TermNumbers;
  readonly rows: number;
  readonly ends: Uint32Array;
  readonly terms: Uint32Array;
  readonly times: Uint32Array;
}

async function countTerms(
  texts: readonly Iterable<string>[],
  analyzer: Analyzer,
  pace: Pace,
): Promise<CountedRows> {
  const numbers = new TermNumbers();
  const counter = new TermCounter(numbers, analyzer, true);
  const [ends, terms, times] = [new Uint32List(), new Uint32List(), new Uint32List()];
  for (const list of texts) {
    for (const text of list) {
      counter.count(text, (term, count) => {
        terms.push(term);
        times.push(count);
      });
      ends.push(terms.length);
      await pace();
    }
  }
  return {
    numbers,
    rows: ends.length,
    ends: ends.written(),
    terms: terms.written(),
    times: times.written(),
  };
}

/** Terms of the model with new numbers. */
interface KeptTerms {
  readonly size: number;
  /** Number in the model plus 1, by number in the rows; 0 for terms that are left out. */
  readonly numbers: Uint32Array;
  readonly gramKeys: Uint32Array;
  readonly texts: readonly string[];
  /** How many rows have the term, by number in the model. */
  readonly rowsOf: readonly number[];
}

function keptTerms({ numbers, rows, terms }: CountedRows): KeptTerms {
  const rowsOf = new Uint32Array(numbers.size);
  for (const term of terms) rowsOf[term] = (rowsOf[term] as number) + 1;
  const most = rows * MAX_ROWS_SHARE;
  const isKept = (term: number) =>
    (rowsOf[term] as number) >= MIN_ROWS && (rowsOf[term] as number) <= most;
  const frequent = Array.from(rowsOf.keys())
    .filter(isKept)
    .sort((a, b) => (rowsOf[b] as number) - (rowsOf[a] as number) || a - b)
    .slice(0, MAX_TERMS);
  const isFrequent = new Uint8Array(numbers.size);
  for (const term of frequent) isFrequent[term] = 1;
  const grams = [...numbers.grams].filter(([, number]) => isFrequent[number] === 1);
  const texts = [...numbers.texts].filter(([, number]) => isFrequent[number] === 1);
  const renumbered = new Uint32Array(numbers.size);
  const order = [...grams, ...texts].map(([, number]) => number);
  order.forEach((number, i) => {
    renumbered[number] = i + 1;
  });
  return {
    size: order.length,
    numbers: renumbered,
    gramKeys: Uint32Array.from(grams, ([key]) => key),
    texts: texts.map(([text]) => text),
    rowsOf: order.map((number) => rowsOf[number] as number),
  };
}

/** Rows of weights `(1 + ln tf) idf`, of length 1 each. */
function weighedRows(
  { rows, ends, terms, times }: CountedRows,
  { size, numbers }: KeptTerms,
  idf: Float32Array,
): SparseRows {
  const at = new Uint32Array(rows + 1);
  const column = new Uint32Array(terms.length);
  const value = new Float32Array(terms.length);
  let used = 0;
  let from = 0;
  for (let row = 0; row < rows; row++) {
    const end = ends[row] as number;
    let square = 0;
    const start = used;
    for (; from < end; from++) {
      const number = numbers[terms[from] as number] as number;
      if (number === 0) continue;
      const weight = (1 + Math.log(times[from] as number)) * (idf[number - 1] as number);
      column[used] = number - 1;
      value[used++] = weight;
      square += weight * weight;
    }
    const length = Math.sqrt(square);
    for (let i = start; i < used; i++) value[i] = (value[i] as number) / length;
    at[row + 1] = used;
  }
  return { rows, columns: size, at, column, value };
}
