/**
 * From clauses to what the index looks for.
 *
 * Free text becomes *units*: dictionary words of the most probable segmentation, runs of characters that are no words,
 * words and codes of other scripts. Stop words are no units.
 *
 * - At most {@link MAX_UNITS_FOR_ALL} units must all be found: `招商 公司` means both.
 * - More are a question rather than a list of conditions, and so are two with a word that asks: a document matches when
 *   its terms carry at least {@link MIN_SHARE} of the weight (idf times channel) that the terms of the best document carry.
 * - A text of few units is taken for a question when no document has all of them, nor what they were corrected to.
 *
 * Phrases, exclusions and field clauses hold in each case.
 *
 * What scores is finer than what matches: all n-grams and dictionary words of the text.
 *
 * @module
 */

import type { FieldFilter } from "@tributary/proto";
import type { IndexChannel } from "../../ports/search-index.ts";
import { type Analyzer, createAnalyzer } from "../analysis/analyzer.ts";
import type { Dictionary } from "../analysis/dictionary.ts";
import { foldedSlice } from "../analysis/fold.ts";
import type { Run } from "../analysis/runs.ts";
import { wordTerms } from "../analysis/words.ts";
import { TEXT_FIELDS } from "../fields.ts";
import type { Clause, TextClause } from "./parse.ts";
import { phraseForm } from "./phrase.ts";
import { isQuestionWord, isStopWord } from "./stop-words.ts";
import { MAX_LABEL_WORDS, synonymsOf } from "./synonyms.ts";

/** A text with more units than this is a question. */
export const MAX_UNITS_FOR_ALL = 4;

/** A text that asks, with at least as many units, is a question. */
const MIN_UNITS_ASKED = 2;

/** Share of the weight of the best document's terms that a match of a question must have. */
export const MIN_SHARE = 0.5;

/**
 * Most counted terms of a query: the rarest of a longer text are kept. With 32 and 64 of them nothing is found better, and
 * with 16 it is a little worse (xquad-zh-en); the most frequent ones cost most of the time.
 */
const MAX_TERMS = 24;

/** Most single characters that the best matches of a question are ranked again by. */
export const MAX_CHARACTERS = 40;

/** So many best matches of a question are ranked again with its single characters. */
export const RERANKED = 64;

/** Words of at least this many characters are compounds. */
const MIN_COMPOUND_CHARACTERS = 5;

/** Weights of channels. A bigram across two units is weak evidence. */
const WEIGHT = {
  unigram: 0.2,
  bigram: 0.7,
  crossing: 0.35,
  word: 0.8,
  part: 0.5,
  stem: 0.7,
  synonym: 0.6,
} as const;

/** A term of the dictionary. */
export interface Term {
  readonly text: string;
  /** Unigrams and bigrams are looked up by number. */
  readonly isGram: boolean;
}

/** A term that adds to the score. */
export interface ScoringTerm extends Term {
  readonly weight: number;
  /** Of which channel a hit by it is. */
  readonly channel: IndexChannel;
  /** Whether having it counts for matching a question; single characters inside a longer run do not. */
  readonly isCounted: boolean;
}

/** Something to be found: all terms of one of the alternatives. */
export interface Unit {
  /** Folded, as marked in highlights. */
  readonly text: string;
  readonly alternatives: readonly (readonly Term[])[];
  /** Number of the only text field to look in. */
  readonly field: number | undefined;
}

/** Words that stand one after the other. */
export interface Phrase {
  readonly terms: readonly Term[];
  /** The form to be looked for in the text; see {@link phraseForm}. */
  readonly form: string;
  /** True when having all terms is having the phrase, so that the text need not be read. */
  readonly isExact: boolean;
  readonly field: number | undefined;
}

/**
 * Something to be marked where it occurs: runs one after the other, the outer n-gram runs as parts of longer ones. Where
 * a document has it nowhere, its parts are marked instead.
 */
export interface Mark {
  readonly runs: readonly MarkRun[];
  readonly parts: readonly Mark[];
}

/** A run of n-grams with its characters, or a word with the terms that count as it. */
export type MarkRun =
  | { readonly type: "gram"; readonly text: string }
  | { readonly type: "word"; readonly terms: readonly string[] };

export interface QueryPlan {
  /** `all`: every unit must be found; `question`: enough of the terms. */
  readonly mode: "all" | "question";
  /** Whether it may be taken for a question when nothing has all; see {@link relaxed}. */
  readonly isRelaxable: boolean;
  readonly units: readonly Unit[];
  /** Distinct. */
  readonly terms: readonly ScoringTerm[];
  /** So many of the terms that count are used, the rarest. */
  readonly maxTerms: number;
  readonly phrases: readonly Phrase[];
  readonly excluded: readonly Phrase[];
  readonly filters: readonly FieldFilter[];
  readonly excludedFilters: readonly FieldFilter[];
  readonly marks: readonly Mark[];
}

/** Plans a parsed query. */
export function planQuery(
  clauses: readonly Clause[],
  filters: readonly FieldFilter[],
  analyzer: Analyzer,
): QueryPlan {
  const planner = new Planner(analyzer);
  const facets = clauses.filter((clause) => clause.type === "facet");
  for (const clause of clauses) if (clause.type === "text") planner.addText(clause);
  return planner.finish(
    [...filters, ...facets.filter(({ isExcluded }) => !isExcluded)],
    facets.filter(({ isExcluded }) => isExcluded),
  );
}

/**
 * The plan of a text whose words no document has together: a question, so that those that have some are found. Undefined
 * where there is nothing to give up.
 */
export function relaxed(plan: QueryPlan): QueryPlan | undefined {
  return plan.isRelaxable ? { ...plan, mode: "question", isRelaxable: false } : undefined;
}

class Planner {
  readonly #analyzer: Analyzer;
  readonly #units: Unit[] = [];
  /** Units that are only stop words; required when there is nothing else. */
  readonly #weakUnits: Unit[] = [];
  readonly #terms = new Map<string, ScoringTerm>();
  readonly #phrases: Phrase[] = [];
  readonly #excluded: Phrase[] = [];
  readonly #marks: Mark[] = [];
  #freeUnits = 0;
  #hasStopWords = false;
  #asks = false;

  constructor(analyzer: Analyzer) {
    this.#analyzer = analyzer;
  }

  addText(clause: TextClause): void {
    const field = clause.field === undefined ? undefined : TEXT_FIELDS.indexOf(clause.field);
    const runs: Run[] = [];
    this.#analyzer.runs(clause.text, (run) => runs.push(run));
    if (runs.length === 0) return;
    if (clause.isExcluded) {
      this.#excluded.push(this.#phrase(clause, runs, field));
      return;
    }
    if (clause.isPhrase) this.#phrases.push(this.#phrase(clause, runs, field));
    // The phrase's form was made from another scan of the same text: the folded text is still this one.
    const marks: Mark[] = [];
    for (let i = 0; i < runs.length; ) {
      const run = runs[i] as Run;
      if (run.type === "gram") {
        marks.push(this.#gramRun(run, clause, field));
        i += 1;
      } else {
        const words = this.#label(runs, i);
        marks.push(...this.#wordRuns(words, clause, field));
        i += words.length;
      }
    }
    if (clause.isPhrase) {
      this.#marks.push({ runs: marks.flatMap((mark) => mark.runs), parts: marks });
    } else this.#marks.push(...marks);
  }

  /** The longest run of words from number `from` on that is a label with synonyms; at least one word. */
  #label(runs: readonly Run[], from: number): Run[] {
    let to = from;
    while (to < runs.length && runs[to]?.type === "word" && to - from < MAX_LABEL_WORDS) to += 1;
    for (let end = to; end > from + 1; end--) {
      const words = runs.slice(from, end);
      if (synonymsOf(words.map((run) => this.#textOf(run)).join("")).length > 0) return words;
    }
    return [runs[from] as Run];
  }

  #textOf({ from, to }: { readonly from: number; readonly to: number }): string {
    return foldedSlice(this.#analyzer.folded, from, to);
  }

  planLabel(label: string): PlannedLabel {
    const runs: Run[] = [];
    this.#analyzer.runs(label, (run) => runs.push(run));
    return {
      terms: runs.flatMap((run) =>
        run.type === "gram" ? this.#termsOf(run) : (this.#wordAlternatives(run)[0] as Term[]),
      ),
      runs: runs.map((run) =>
        run.type === "gram"
          ? { type: "gram", text: this.#textOf(run) }
          : {
              type: "word",
              terms: this.#wordAlternatives(run)
                .flat()
                .map(({ text }) => text),
            },
      ),
    };
  }

  finish(filters: readonly FieldFilter[], excludedFilters: readonly FieldFilter[]): QueryPlan {
    const isAllWeak = this.#units.length === 0 && this.#phrases.length === 0;
    const units = isAllWeak ? this.#weakUnits : this.#units;
    return {
      ...this.#mode(),
      units,
      terms: isAllWeak
        ? [...this.#terms.values()]
        : [...this.#terms.values()].filter(({ text }) => !isStopWord(text)),
      maxTerms: MAX_TERMS,
      phrases: this.#phrases,
      excluded: this.#excluded,
      filters,
      excludedFilters,
      marks: this.#marks,
    };
  }

  #mode(): Pick<QueryPlan, "mode" | "isRelaxable"> {
    const isAsked = this.#asks && this.#freeUnits >= MIN_UNITS_ASKED;
    if (isAsked || this.#freeUnits > MAX_UNITS_FOR_ALL) {
      return { mode: "question", isRelaxable: false };
    }
    const isRelaxable = this.#freeUnits > 1 || (this.#freeUnits === 1 && this.#hasStopWords);
    return { mode: "all", isRelaxable };
  }

  #phrase(clause: TextClause, runs: readonly Run[], field: number | undefined): Phrase {
    const terms = new Map<string, Term>();
    for (const run of runs) for (const term of this.#termsOf(run)) terms.set(term.text, term);
    const only = runs.length === 1 && field === undefined ? runs[0] : undefined;
    // Not quoted, a word stands for its plural too, so the term decides and not the text.
    if (only?.type === "word" && !clause.isPhrase) {
      const [first] = this.#wordAlternatives(only);
      return { terms: first as Term[], form: "", isExact: true, field };
    }
    const isExact = only?.type === "gram" && terms.size === 1;
    return {
      terms: [...terms.values()],
      form: phraseForm(clause.text, this.#analyzer),
      isExact,
      field,
    };
  }

  /** The terms that a text with this run must have, as few as say it exactly. */
  #termsOf({ type, from, to }: Run): Term[] {
    const { folded, dictionary } = this.#analyzer;
    const text = foldedSlice(folded, from, to);
    if (type === "word") {
      // A part of the text's run may be a whole run here, so the whole is no condition; all parts are.
      const terms = wordTerms(text).filter(({ form }) => form !== "stem");
      const parts = terms.filter(({ form }) => form === "part");
      return (parts.length > 0 ? parts : terms).map(({ term }) => ({ text: term, isGram: false }));
    }
    if (to - from <= 2) return [{ text, isGram: true }];
    let node = 0;
    for (let i = from; i < to && (i === from || node !== 0); i++) {
      node = dictionary.child(node, folded.codes[i] as number);
    }
    if (dictionary.isWord(node)) return [{ text, isGram: false }];
    return this.#bigrams(from, to);
  }

  #bigrams(from: number, to: number): Term[] {
    const terms: Term[] = [];
    for (let i = from; i + 1 < to; i++) {
      terms.push({ text: foldedSlice(this.#analyzer.folded, i, i + 2), isGram: true });
    }
    return terms;
  }

  #gramRun({ from, to }: Run, clause: TextClause, field: number | undefined): Mark {
    const text = foldedSlice(this.#analyzer.folded, from, to);
    if (to - from === 1) {
      this.#unit({ text, alternatives: [[{ text, isGram: true }]], field }, clause);
      this.#score(text, true, WEIGHT.unigram);
      return gramMark(text);
    }
    const pieces = this.#pieces(from, to);
    const hasUnit = pieces.some((piece) => piece.to - piece.from > 1);
    const parts: Mark[] = [];
    for (const coarse of pieces) {
      const fine = this.#refine(coarse);
      const synonyms = clause.isPhrase ? [] : this.#synonyms(this.#textOf(coarse));
      if (synonyms.length > 0) {
        const own = fine.flatMap(({ terms }) => terms);
        const alternatives = [own, ...synonyms.map(({ terms }) => terms)];
        parts.push(...synonyms.map(({ mark }) => mark));
        this.#unit({ text: this.#textOf(coarse), alternatives, field }, clause);
      }
      for (const piece of fine) {
        if (piece.size === 1 && hasUnit) {
          this.#noteStopWord(piece.text, clause);
          continue;
        }
        if (piece.size === 1) this.#score(piece.text, true, WEIGHT.unigram);
        if (synonyms.length === 0) {
          this.#unit({ text: piece.text, alternatives: [piece.terms], field }, clause);
        }
        parts.push(gramMark(piece.text, bigramMarks(piece.text)));
      }
    }
    this.#scoreGrams(from, to, pieces);
    return gramMark(text, parts);
  }

  /** The segmentation, with neighbouring characters that are no words joined. */
  #pieces(from: number, to: number) {
    const ends = this.#analyzer.dictionary.cut(this.#analyzer.folded.codes, from, to);
    const pieces: { from: number; to: number }[] = [];
    let at = from;
    let isLoose = false;
    for (const end of ends) {
      const piece = pieces.at(-1);
      const text = foldedSlice(this.#analyzer.folded, at, end);
      const isSingle = end - at === 1 && !isStopWord(text);
      if (isSingle && isLoose && piece !== undefined) piece.to = end;
      else pieces.push({ from: at, to: end });
      isLoose = isSingle;
      at = end;
    }
    return pieces;
  }

  /** A long word as the words that it is made of, which may stand apart in a document: 预测性维护 is 预测性 and 维护. */
  #refine({ from, to }: { from: number; to: number }) {
    const { folded, dictionary } = this.#analyzer;
    let ends = [to];
    if (to - from >= MIN_COMPOUND_CHARACTERS) {
      const finer = dictionary.cut(folded.codes, from, to, true);
      if (finer.every((end, i) => end - (finer[i - 1] ?? from) > 1)) ends = finer;
    }
    return ends.map((end, i) => {
      const start = ends[i - 1] ?? from;
      return {
        size: end - start,
        text: foldedSlice(folded, start, end),
        terms: this.#termsOf({ type: "gram", from: start, to: end }),
      };
    });
  }

  #scoreGrams(from: number, to: number, pieces: readonly { from: number; to: number }[]): void {
    const { folded, dictionary } = this.#analyzer;
    const starts = new Set(pieces.map((piece) => piece.from));
    for (let i = from; i < to; i++) {
      this.#score(foldedSlice(folded, i, i + 1), true, WEIGHT.unigram, false);
    }
    for (let i = from; i + 1 < to; i++) {
      const isCrossing = starts.has(i + 1);
      this.#score(
        foldedSlice(folded, i, i + 2),
        true,
        isCrossing ? WEIGHT.crossing : WEIGHT.bigram,
      );
      let node = dictionary.child(0, folded.codes[i] as number);
      for (let end = i + 1; node !== 0 && end < to; end++) {
        node = dictionary.child(node, folded.codes[end] as number);
        if (end + 1 - i >= 3 && dictionary.isWord(node)) {
          this.#score(foldedSlice(folded, i, end + 1), false, WEIGHT.word);
        }
      }
    }
  }

  /** Words that are a label with synonyms, or one word. */
  #wordRuns(runs: readonly Run[], clause: TextClause, field: number | undefined): Mark[] {
    const synonyms = clause.isPhrase
      ? []
      : this.#synonyms(runs.map((run) => this.#textOf(run)).join(""));
    if (synonyms.length > 0) {
      const own = runs.flatMap((run) => this.#wordAlternatives(run)[0] as Term[]);
      const first = runs[0] as Run;
      const text = this.#textOf({ from: first.from, to: (runs.at(-1) as Run).to });
      const others = runs.length === 1 ? this.#wordAlternatives(first).slice(1) : [];
      const alternatives = [own, ...others, ...synonyms.map(({ terms }) => terms)];
      this.#unit({ text, alternatives, field }, clause);
    }
    const [first, ...rest] = runs.map((run) =>
      this.#wordRun(run, clause, field, synonyms.length === 0),
    ) as [Mark, ...Mark[]];
    const parts = [...first.parts, ...synonyms.map(({ mark }) => mark)];
    return [{ ...first, parts }, ...rest];
  }

  #wordRun(run: Run, clause: TextClause, field: number | undefined, isUnit: boolean): Mark {
    const text = this.#textOf(run);
    const terms = wordTerms(text);
    const alternatives = this.#wordAlternatives(run);
    if (isUnit) this.#unit({ text, alternatives, field }, clause);
    for (const { term, form } of terms) {
      this.#score(term, false, form === "whole" ? WEIGHT.word : WEIGHT[form]);
    }
    const [first, connected] = alternatives;
    const whole = terms[0]?.term as string;
    return {
      runs: [{ type: "word", terms: [whole, ...(first as Term[]).map((term) => term.text)] }],
      parts: (connected ?? []).map((part) => ({
        runs: [{ type: "word", terms: [part.text] }],
        parts: [],
      })),
    };
  }

  /** The other labels of a label: their terms score, and they are marked where a document has not the label itself. */
  #synonyms(key: string): { readonly terms: readonly Term[]; readonly mark: Mark }[] {
    return synonymsOf(key).map((label) => {
      const { terms, runs } = plannedLabel(label, this.#analyzer.dictionary);
      for (const { text, isGram } of terms) this.#score(text, isGram, WEIGHT.synonym);
      return { terms, mark: { runs, parts: [] } };
    });
  }

  /** The whole or its stem; with connectors, also all the parts between them. */
  #wordAlternatives({ from, to }: Run): Term[][] {
    const text = foldedSlice(this.#analyzer.folded, from, to);
    const terms = wordTerms(text);
    const isCode = terms.some(({ form }) => form === "part");
    const stem = isCode ? undefined : terms.find(({ form }) => form === "stem");
    const first = stem ?? (terms[0] as (typeof terms)[number]);
    const parts = terms.filter((t) => t.form === "part" && isConnectedPart(text, t.from, t.to));
    return [[first], parts]
      .filter((list) => list.length > 0)
      .map((list) => list.map(({ term }) => ({ text: term, isGram: false })));
  }

  #unit(unit: Unit, clause: TextClause): void {
    if (clause.isPhrase) return;
    if (this.#noteStopWord(unit.text, clause)) {
      this.#weakUnits.push(unit);
      return;
    }
    if (this.#units.some((known) => known.text === unit.text && known.field === unit.field)) return;
    this.#units.push(unit);
    if (clause.field === undefined) this.#freeUnits += 1;
  }

  /** True if it is one in free text. */
  #noteStopWord(text: string, clause: TextClause): boolean {
    if (clause.isPhrase || clause.field !== undefined || !isStopWord(text)) return false;
    this.#hasStopWords = true;
    if (isQuestionWord(text)) this.#asks = true;
    return true;
  }

  #score(text: string, isGram: boolean, weight: number, isCounted = true): void {
    const known = this.#terms.get(text);
    if (known === undefined || known.weight < weight || (isCounted && !known.isCounted)) {
      this.#terms.set(text, { text, isGram, weight, isCounted, channel: "原文" });
    }
  }
}

/** A label as terms that a document must have and as what is marked in it. */
interface PlannedLabel {
  readonly terms: readonly Term[];
  readonly runs: readonly MarkRun[];
}

const LABELS = new WeakMap<Dictionary, Map<string, PlannedLabel>>();

/** Plans a label once: with an analyzer of its own, since that of the query is in the middle of a text. */
function plannedLabel(label: string, dictionary: Dictionary): PlannedLabel {
  let labels = LABELS.get(dictionary);
  if (labels === undefined) {
    labels = new Map();
    LABELS.set(dictionary, labels);
  }
  let planned = labels.get(label);
  if (planned === undefined) {
    planned = new Planner(createAnalyzer(dictionary)).planLabel(label);
    labels.set(label, planned);
  }
  return planned;
}

function gramMark(text: string, parts: readonly Mark[] = []): Mark {
  return { runs: [{ type: "gram", text }], parts };
}

/** Bigrams of a piece, which may be found when the piece is not. */
function bigramMarks(text: string): Mark[] {
  const characters = [...text];
  if (characters.length < 3) return [];
  return characters.slice(1).map((second, i) => gramMark(`${characters[i]}${second}`));
}

/** A part that begins and ends at connectors or at the ends of its run. */
function isConnectedPart(run: string, from: number, to: number): boolean {
  const isEdge = (unit: string | undefined) => unit === undefined || !/[\p{L}\p{N}]/u.test(unit);
  return isEdge(run[from - 1]) && isEdge(run[to]);
}
