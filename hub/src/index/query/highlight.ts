/**
 * Marks in the source text what the query found, exactly: offsets come from the way back that folding keeps.
 *
 * The longest that occurs is marked: a run of the query where the document has it whole, else its units, else their
 * bigrams. Texts are not escaped; who shows them does that.
 *
 * @module
 */

import type { IndexHighlight, TextField } from "../../ports/search-index.ts";
import type { Analyzer } from "../analysis/analyzer.ts";
import { TEXT_FIELDS } from "../fields.ts";
import { apart } from "../loop.ts";
import { type FoldedUnits, unitsToText } from "../segment/text-units.ts";
import type { Mark, MarkRun } from "./plan.ts";
import type { WeighedTerm } from "./weighed-term.ts";
import { needleOf, surroundings, type WordNeedle, wordPlace } from "./word-places.ts";

/** A longer field is shown in a window of this many UTF-16 units; a text in letters in one twice as long. */
const WINDOW_UNITS = 80;

/** Titles are shown whole up to this length. */
const WHOLE_UNITS = 160;

interface Span {
  readonly start: number;
  readonly end: number;
  /** Number of the mark, for counting different marks in a window. */
  readonly mark: number;
  readonly weight: number;
}

/** A mark with what is the same for all documents. */
interface PreparedMark {
  readonly number: number;
  readonly weight: number;
  readonly runs: readonly MarkRun[];
  /** With a single run of n-grams of the basic plane: its units. */
  readonly units: Uint16Array | undefined;
  /** Of each run that is a word: its terms. */
  readonly words: readonly (readonly WordNeedle[])[];
  readonly parts: readonly PreparedMark[];
}

/** From so many marks on, units that a document has are remembered: few have all units of a long question's marks. */
const MANY_MARKS = 8;

/** By unit: whether the document that is highlighted has it folded. */
const OCCURS = new Uint8Array(65_536);

/** Highlights documents of one query. */
export class Highlighter {
  readonly #analyzer: Analyzer;
  readonly #marks: readonly PreparedMark[];
  readonly #isMany: boolean;

  /** @param terms Terms with their weights, to choose the best window. */
  constructor(marks: readonly Mark[], terms: readonly WeighedTerm[], analyzer: Analyzer) {
    this.#analyzer = analyzer;
    const weights = new Map(terms.map(({ text, weight }) => [text, weight]));
    let number = 0;
    const prepare = (mark: Mark): PreparedMark => ({
      number: number++,
      weight: weightOf(mark, weights),
      runs: mark.runs,
      units: unitsOf(mark),
      words: mark.runs.flatMap((run) => (run.type === "word" ? [run.terms.map(needleOf)] : [])),
      parts: mark.parts.map(prepare),
    });
    this.#marks = marks.map(prepare);
    this.#isMany = number > MANY_MARKS;
  }

  /** Windows of the fields in which something was found, in the order of the fields. */
  highlight({ units, ends, folded }: FoldedUnits): IndexHighlight[] {
    if (this.#marks.length === 0) return [];
    // What is behind belongs to a document before.
    const texts = { units, ends, folded: folded.subarray(0, ends[3]) };
    if (this.#isMany) apart(rememberUnits, texts.folded);
    const fields = this.#fieldsOf(texts);
    for (const mark of this.#marks) this.#place(mark, texts, fields);
    if (this.#isMany) apart(forgetUnits, texts.folded);
    const found: IndexHighlight[] = [];
    for (const { name, spans, start, end } of fields) {
      if (spans.length > 0) found.push(windowOf(name, units, start, end, spans));
    }
    return found;
  }

  /** Adds the spans of a mark, or of its parts where it is nowhere. */
  #place(mark: PreparedMark, texts: FoldedUnits, fields: readonly Field[]): void {
    const { number, weight, runs, units, words, parts } = mark;
    let isFound = false;
    const add = ({ spans }: Field, start: number, end: number) => {
      spans.push({ start, end, mark: number, weight });
      isFound = true;
    };
    if (units !== undefined && this.#mayOccur(units)) findUnits(units, texts.folded, fields, add);
    for (const field of fields) {
      if (units !== undefined && field.isSimple) continue;
      const addHere = (start: number, end: number) => add(field, start, end);
      if (field.isSimple && words.length === 1 && runs.length === 1) {
        this.#findWord(runs, words[0] as readonly WordNeedle[], texts, field, addHere);
      } else if (mayHave(words, texts, field)) {
        findRuns(runs, field.view(), this.#analyzer, addHere);
      }
    }
    if (isFound) return;
    for (const part of parts) this.#place(part, texts, fields);
  }

  /** False when the document has not all the units, as far as that is known. */
  #mayOccur(units: Uint16Array): boolean {
    return !this.#isMany || units.every((unit) => OCCURS[unit] !== 0);
  }

  /** Calls `add` with each place of a word in a simple field, of which it analyses what is around the word. */
  #findWord(
    runs: readonly MarkRun[],
    terms: readonly WordNeedle[],
    { units, folded }: FoldedUnits,
    { start, end }: Field,
    add: (start: number, end: number) => void,
  ): void {
    for (let from = start; from < end; ) {
      const at = wordPlaceOfAny(folded, from, end, terms);
      if (at === end) return;
      const around = surroundings(folded, at, start, end);
      const before = around.start - start;
      const view = viewOf(unitsToText(units, around.start, around.end), this.#analyzer);
      findRuns(runs, view, this.#analyzer, (a, b) => add(before + a, before + b));
      from = around.end;
    }
  }

  /** The fields of which there is something. */
  #fieldsOf({ units, folded, ends }: FoldedUnits): Field[] {
    const fields: Field[] = [];
    let complex = folded.indexOf(0);
    for (let f = 0, start = 0; f < TEXT_FIELDS.length; f++) {
      const from = start;
      const end = ends[f] as number;
      start = end;
      if (from === end) continue;
      if (complex !== -1 && complex < from) complex = folded.indexOf(0, from);
      let view: View | undefined;
      fields.push({
        name: TEXT_FIELDS[f] as TextField,
        start: from,
        end,
        isSimple: complex === -1 || complex >= end,
        spans: [],
        view: () => {
          view ??= viewOf(unitsToText(units, from, end), this.#analyzer);
          return view;
        },
      });
    }
    return fields;
  }
}

/** A field of the document that is highlighted, of which there is something. */
interface Field {
  readonly name: TextField;
  /** Units in the document's. */
  readonly start: number;
  readonly end: number;
  /** Whether each unit is one when folded. */
  readonly isSimple: boolean;
  readonly spans: Span[];
  readonly view: () => View;
}

/** False when the field has none of the terms of one of the words. */
function mayHave(
  words: PreparedMark["words"],
  { folded }: FoldedUnits,
  { isSimple, start, end }: Field,
): boolean {
  return !isSimple || words.every((terms) => wordPlaceOfAny(folded, start, end, terms) < end);
}

/** First place that may have one of the terms, at most `to`. */
function wordPlaceOfAny(
  folded: Uint16Array,
  from: number,
  to: number,
  terms: readonly WordNeedle[],
): number {
  let first = to;
  for (const term of terms) first = Math.min(first, apart(wordPlace, folded, from, to, term));
  return first;
}

function rememberUnits(folded: Uint16Array): void {
  for (let i = 0; i < folded.length; i++) OCCURS[folded[i] as number] = 1;
}

function forgetUnits(folded: Uint16Array): void {
  for (let i = 0; i < folded.length; i++) OCCURS[folded[i] as number] = 0;
}

/** Calls `add` with each place of the units in a simple field. */
function findUnits(
  wanted: Uint16Array,
  folded: Uint16Array,
  fields: readonly Field[],
  add: (field: Field, start: number, end: number) => void,
): void {
  const first = wanted[0] as number;
  const size = wanted.length;
  let f = 0;
  for (let at = folded.indexOf(first); at !== -1; at = folded.indexOf(first, at + 1)) {
    let i = 1;
    while (i < size && folded[at + i] === wanted[i]) i += 1;
    if (i < size) continue;
    while ((fields[f] as Field).end <= at) f += 1;
    const field = fields[f] as Field;
    const start = at - field.start;
    if (field.isSimple && at + size <= field.end) add(field, start, start + size);
  }
}

/** The units of a mark that is one run of n-grams, each a unit; undefined for any other. */
function unitsOf({ runs }: Mark): Uint16Array | undefined {
  const [only] = runs;
  if (runs.length !== 1 || only?.type !== "gram") return undefined;
  const units = Uint16Array.from(only.text, (character) => character.charCodeAt(0));
  return units.length === only.text.length ? units : undefined;
}

/** A folded text with the way back by UTF-16 units of the folded text, and its runs. */
interface View {
  readonly text: string;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly runs: readonly {
    readonly type: "gram" | "word";
    readonly from: number;
    readonly to: number;
  }[];
}

function viewOf(source: string, analyzer: Analyzer): View {
  const runs: { type: "gram" | "word"; from: number; to: number }[] = [];
  analyzer.runs(source, (run) => runs.push(run));
  const { codes, starts, ends, length } = analyzer.folded;
  let text = "";
  let isBasic = true;
  for (let i = 0; i < length; i++) {
    const code = codes[i] as number;
    if (code > 0xffff) isBasic = false;
    text += String.fromCodePoint(code);
  }
  if (isBasic) return { text, starts: starts.slice(0, length), ends: ends.slice(0, length), runs };
  // Some code points are two units: one entry for each unit, and runs in units.
  const unitStarts = new Uint32Array(text.length);
  const unitEnds = new Uint32Array(text.length);
  const unitAt = new Uint32Array(length + 1);
  let at = 0;
  for (let i = 0; i < length; i++) {
    unitAt[i] = at;
    const units = (codes[i] as number) > 0xffff ? 2 : 1;
    for (const end = at + units; at < end; at++) {
      unitStarts[at] = starts[i] as number;
      unitEnds[at] = ends[i] as number;
    }
  }
  unitAt[length] = at;
  const unitRuns = runs.map(({ type, from, to }) => ({
    type,
    from: unitAt[from] as number,
    to: unitAt[to] as number,
  }));
  return { text, starts: unitStarts, ends: unitEnds, runs: unitRuns };
}

/** Calls `add` with the source ranges in which the runs stand one after the other. */
function findRuns(
  wanted: readonly MarkRun[],
  view: View,
  analyzer: Analyzer,
  add: (start: number, end: number) => void,
): void {
  const [only] = wanted;
  if (wanted.length === 1 && only?.type === "gram") {
    const { text } = only;
    for (let at = view.text.indexOf(text); at !== -1; at = view.text.indexOf(text, at + 1)) {
      add(view.starts[at] as number, view.ends[at + text.length - 1] as number);
    }
    return;
  }
  const { runs } = view;
  for (let first = 0; first + wanted.length <= runs.length; first++) {
    let start = -1;
    let end = -1;
    const isHere = wanted.every((part, i) => {
      const range = matchRun(part, view, first + i, i === 0, i === wanted.length - 1, analyzer);
      if (range === undefined) return false;
      if (i === 0) start = range.from;
      end = range.to;
      return true;
    });
    if (isHere) add(view.starts[start] as number, view.ends[end - 1] as number);
  }
}

/** Where a run of the text is the wanted one; the outer ones of several may be longer on their outer side. */
function matchRun(
  wanted: MarkRun,
  view: View,
  number: number,
  isFirst: boolean,
  isLast: boolean,
  analyzer: Analyzer,
): { readonly from: number; readonly to: number } | undefined {
  const run = view.runs[number];
  if (run === undefined || run.type !== wanted.type) return undefined;
  const { from, to } = run;
  const text = view.text.slice(from, to);
  if (wanted.type === "word") {
    const term = analyzer.wordTerms(text).find((t) => wanted.terms.includes(t.term));
    return term === undefined ? undefined : { from: from + term.from, to: from + term.to };
  }
  if (isFirst)
    return text.endsWith(wanted.text) ? { from: to - wanted.text.length, to } : undefined;
  if (isLast)
    return text.startsWith(wanted.text) ? { from, to: from + wanted.text.length } : undefined;
  return text === wanted.text ? run : undefined;
}

/** Sum of the weights of the terms that a mark contains. */
function weightOf(mark: Mark, weights: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const run of mark.runs) {
    if (run.type === "word") sum += Math.max(...run.terms.map((term) => weights.get(term) ?? 0));
    else {
      sum += weights.get(run.text) ?? 0;
      for (let i = 0; i + 1 < run.text.length; i++)
        sum += weights.get(run.text.slice(i, i + 2)) ?? 0;
    }
  }
  return sum + 1e-6;
}

/** The window of a field with the most weight of different marks, and the merged spans in it. */
function windowOf(
  field: TextField,
  units: Uint16Array,
  start: number,
  end: number,
  found: Span[],
): IndexHighlight {
  const spans = found.sort((a, b) => a.start - b.start || a.end - b.end);
  const length = end - start;
  const size = isWide(units, start, end) ? WINDOW_UNITS : WINDOW_UNITS * 2;
  if (length <= Math.max(size, WHOLE_UNITS)) {
    return { field, text: unitsToText(units, start, end), spans: merged(spans, 0, length) };
  }
  const best = bestOf(spans, size);
  const earliest = Math.max(0, Math.min(best.start - Math.floor(size / 5), length - size));
  const text = { units, start, end };
  const from = lineStart(text, start + earliest, start + best.start) - start;
  const latest = Math.min(end, start + from + size);
  const to = Math.max(best.end, lineEnd(text, latest) - start);
  return {
    field,
    text: unitsToText(units, start + from, start + to),
    spans: merged(spans, from, to),
  };
}

/** Whether a text has characters that are as wide as Chinese ones. */
function isWide(units: Uint16Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const unit = units[i] as number;
    if (unit >= 0x2e80 && !isSurrogate(unit)) return true;
  }
  return false;
}

/** The span at which the window with the most weight of different marks begins. */
function bestOf(spans: readonly Span[], size: number): Span {
  let best = spans[0] as Span;
  let bestWeight = -1;
  for (let i = 0; i < spans.length; i++) {
    const first = spans[i] as Span;
    const seen = new Set<number>();
    let weight = 0;
    for (let j = i; j < spans.length; j++) {
      const span = spans[j] as Span;
      if (span.end > first.start + size * 0.75) break;
      if (!seen.has(span.mark)) weight += span.weight;
      seen.add(span.mark);
    }
    if (weight > bestWeight) {
      bestWeight = weight;
      best = first;
    }
  }
  return best;
}

/** Spans inside a window, joined where they touch, relative to it. */
function merged(spans: readonly Span[], from: number, to: number) {
  const list: { start: number; end: number }[] = [];
  for (const { start, end } of spans) {
    if (start < from || end > to) continue;
    const before = list.at(-1);
    if (before !== undefined && start - from <= before.end)
      before.end = Math.max(before.end, end - from);
    else list.push({ start: start - from, end: end - from });
  }
  return list;
}

const WORD_UNIT = /[\p{Script=Latin}\p{N}\p{M}\u{d800}-\u{dfff}]/u;
/** How far a window may move so that it does not cut a word. */
const SLACK_UNITS = 24;

/** A text in units from `start` to `end`. */
interface Text {
  readonly units: Uint16Array;
  readonly start: number;
  readonly end: number;
}

/** Where a window begins that may begin from `at` to `latest`. */
function lineStart(text: Text, at: number, latest: number): number {
  if (at === text.start) return at;
  const limit = Math.min(latest, at + SLACK_UNITS);
  for (let i = at; i < limit; i++) if (!isInsideWord(text, i)) return i;
  return isLowSurrogate(text, at) ? at + 1 : at;
}

/** Where a window ends that may end at `at` or a little before. */
function lineEnd(text: Text, at: number): number {
  const limit = Math.max(text.start, at - SLACK_UNITS);
  for (let i = at; i > limit; i--) if (!isInsideWord(text, i)) return i;
  return isLowSurrogate(text, at) ? at - 1 : at;
}

function isInsideWord({ units, start, end }: Text, at: number): boolean {
  return at > start && at < end && isOfWord(units[at - 1]) && isOfWord(units[at]);
}

function isOfWord(unit: number | undefined): boolean {
  return unit !== undefined && WORD_UNIT.test(String.fromCharCode(unit));
}

function isLowSurrogate({ units, end }: Text, at: number): boolean {
  const unit = units[at] as number;
  return at < end && unit >= 0xdc00 && unit < 0xe000;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xe000;
}
