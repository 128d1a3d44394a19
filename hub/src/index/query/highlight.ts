/**
 * Marks in the source text what the query found, exactly: offsets come from the way back that folding keeps.
 *
 * The longest that occurs is marked: a run of the query where the document has it whole, else its units, else their
 * bigrams. Texts are not escaped; who shows them does that.
 *
 * @module
 */

import type { IndexHighlight } from "../../ports/search-index.ts";
import type { Analyzer } from "../analysis/analyzer.ts";
import { foldUnit } from "../analysis/fold.ts";
import { TEXT_FIELDS } from "../fields.ts";
import { type TextUnits, unitsToText } from "../segment/segment.ts";
import type { Mark, MarkRun } from "./plan.ts";
import type { WeighedTerm } from "./weighed-term.ts";

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
  readonly parts: readonly PreparedMark[];
}

/** By unit: whether the document that is highlighted has it folded; few have all units of a long question's marks. */
const OCCURS = new Uint8Array(65_536);

/** Highlights documents of one query. */
export class Highlighter {
  readonly #analyzer: Analyzer;
  readonly #marks: readonly PreparedMark[];
  #folded = new Uint16Array(1024);

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
      parts: mark.parts.map(prepare),
    });
    this.#marks = marks.map(prepare);
  }

  /** Windows of the fields in which something was found, in the order of the fields. */
  highlight(texts: TextUnits): IndexHighlight[] {
    if (this.#marks.length === 0) return [];
    const fields = this.#fieldsOf(texts);
    const spans: Span[][] = fields.map(() => []);
    const place = ({ number, weight, runs, units, parts }: PreparedMark): void => {
      let isFound = false;
      fields.forEach((field, f) => {
        const add = (start: number, end: number) => {
          spans[f]?.push({ start, end, mark: number, weight });
          isFound = true;
        };
        if (units !== undefined && field.isSimple) this.#findUnits(units, field, add);
        else findRuns(runs, field.view(), this.#analyzer, add);
      });
      if (!isFound) parts.forEach(place);
    };
    this.#marks.forEach(place);
    this.#forget(texts);
    return fields.flatMap((field, f) => {
      const found = spans[f] as Span[];
      const name = TEXT_FIELDS[f];
      if (found.length === 0 || name === undefined) return [];
      return [{ field: name, ...windowOf(field.text(), found) }];
    });
  }

  /** Folds the texts a unit at a time; a field in which that is not possible is not simple. */
  #fieldsOf({ units, ends }: TextUnits) {
    const total = ends[3] as number;
    if (this.#folded.length < total) this.#folded = new Uint16Array(total * 2);
    const folded = this.#folded;
    let from = 0;
    return [0, 1, 2, 3].map((f) => {
      const start = from;
      const end = ends[f] as number;
      from = end;
      let isSimple = true;
      for (let i = start; i < end; i++) {
        const unit = foldUnit(units[i] as number);
        folded[i] = unit;
        OCCURS[unit] = 1;
        if (unit === 0) isSimple = false;
      }
      let text: string | undefined;
      let view: View | undefined;
      const field = {
        start,
        end,
        isSimple,
        text: () => {
          text ??= unitsToText(units, start, end);
          return text;
        },
        view: () => {
          view ??= viewOf(field.text(), this.#analyzer);
          return view;
        },
      };
      return field;
    });
  }

  /** Makes {@link OCCURS} ready for another document. */
  #forget({ ends }: TextUnits): void {
    const total = ends[3] as number;
    for (let i = 0; i < total; i++) OCCURS[this.#folded[i] as number] = 0;
  }

  /** Calls `add` with each place of the units in a simple field. */
  #findUnits(
    wanted: Uint16Array,
    { start, end }: { readonly start: number; readonly end: number },
    add: (start: number, end: number) => void,
  ): void {
    for (let i = 0; i < wanted.length; i++) if (OCCURS[wanted[i] as number] === 0) return;
    const folded = this.#folded;
    const first = wanted[0];
    const size = wanted.length;
    for (let at = start; at + size <= end; at++) {
      if (folded[at] !== first) continue;
      let i = 1;
      while (i < size && folded[at + i] === wanted[i]) i += 1;
      if (i === size) add(at - start, at - start + size);
    }
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

/** The window with the most weight of different marks, and the merged spans in it. */
function windowOf(text: string, found: readonly Span[]): Omit<IndexHighlight, "field"> {
  const spans = [...found].sort((a, b) => a.start - b.start || a.end - b.end);
  const size = /[\u2e80-\uffff]/u.test(text) ? WINDOW_UNITS : WINDOW_UNITS * 2;
  if (text.length <= Math.max(size, WHOLE_UNITS))
    return { text, spans: merged(spans, 0, text.length) };
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
  const from = lineStart(
    text,
    Math.max(0, Math.min(best.start - Math.floor(size / 5), text.length - size)),
    best.start,
  );
  const to = Math.max(best.end, lineEnd(text, Math.min(text.length, from + size)));
  return { text: text.slice(from, to), spans: merged(spans, from, to) };
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

function lineStart(text: string, at: number, latest: number): number {
  if (at === 0) return 0;
  const limit = Math.min(latest, at + SLACK_UNITS);
  for (let i = at; i < limit; i++) if (!isInsideWord(text, i)) return i;
  return isLowSurrogate(text, at) ? at + 1 : at;
}

function lineEnd(text: string, at: number): number {
  const limit = Math.max(0, at - SLACK_UNITS);
  for (let i = at; i > limit; i--) if (!isInsideWord(text, i)) return i;
  return isLowSurrogate(text, at) ? at - 1 : at;
}

function isInsideWord(text: string, at: number): boolean {
  return (
    at > 0 &&
    at < text.length &&
    WORD_UNIT.test(text[at - 1] as string) &&
    WORD_UNIT.test(text[at] as string)
  );
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit < 0xe000;
}
