/**
 * Second thoughts on a query that finds nothing: words that nobody wrote are replaced by ones that sound or look alike.
 *
 * - Chinese characters with the same sound, tones aside (`预策性维护`), and typed pinyin or initials (`yucexing`, `ycxwh`):
 *   vocabulary terms and beginnings of titles. Channel 拼音.
 * - One character more, less or different in a vocabulary term of three or more, one wrong letter in a word of 4 to 7
 *   letters of the index, two from 8 on. Channel 近形.
 *
 * Only runs with a word that no document has are replaced, so that nothing is bent that could be meant as it is, and a
 * query that finds something never changes: 景点 does not find 经典.
 *
 * @module
 */

import type { Correction } from "../../ports/search-index.ts";
import type { Analyzer } from "../analysis/analyzer.ts";
import { foldText } from "../analysis/fold.ts";
import { compareTexts } from "../fields.ts";
import { phoneticOf, pinyinKey, typedPinyin } from "../suggest/keys.ts";
import { type Completion, vocabulary } from "../suggest/suggest.ts";
import { isNear } from "./edit-distance.ts";
import type { Lexicon } from "./lexicon.ts";
import type { Clause, TextClause } from "./parse.ts";
import { planQuery, type QueryPlan } from "./plan.ts";

/** A query with other words. */
export interface CorrectedQuery {
  readonly clauses: readonly Clause[];
  readonly corrections: readonly Correction[];
}

/** The query with words that exist; undefined when there is nothing to replace or nothing to replace it by. */
export function correctQuery(
  clauses: readonly Clause[],
  lexicon: Lexicon,
  analyzer: Analyzer,
): CorrectedQuery | undefined {
  const corrector = new Corrector(lexicon, analyzer);
  const corrections: Correction[] = [];
  const corrected = clauses.map((clause) => {
    if (clause.type !== "text" || clause.isExcluded) return clause;
    return { ...clause, text: corrector.correct(clause, corrections) };
  });
  return corrections.length === 0 ? undefined : { clauses: corrected, corrections };
}

/** The corrected plan, with the channel of the correction on the terms that the typed query does not have. */
export function withChannels(
  corrected: QueryPlan,
  typed: QueryPlan,
  corrections: readonly Correction[],
): QueryPlan {
  const known = new Set(typed.terms.map(({ text }) => text));
  const channelOf = (text: string) =>
    corrections.find(({ used }) => foldText(used).includes(text))?.channel ??
    (corrections[0]?.channel as Correction["channel"]);
  return {
    ...corrected,
    terms: corrected.terms.map((term) =>
      known.has(term.text) ? term : { ...term, channel: channelOf(term.text) },
    ),
  };
}

class Corrector {
  readonly #lexicon: Lexicon;
  readonly #analyzer: Analyzer;

  constructor(lexicon: Lexicon, analyzer: Analyzer) {
    this.#lexicon = lexicon;
    this.#analyzer = analyzer;
  }

  /** The clause's text with other words; adds what was done to `corrections`. */
  correct({ text }: TextClause, corrections: Correction[]): string {
    const runs: { type: "gram" | "word"; start: number; end: number }[] = [];
    const { folded } = this.#analyzer;
    this.#analyzer.runs(text, ({ type, from, to }) => {
      runs.push({ type, start: folded.starts[from] as number, end: folded.ends[to - 1] as number });
    });
    let corrected = "";
    let done = 0;
    for (const { type, start, end } of runs) {
      const typed = text.slice(start, end);
      corrected += text.slice(done, start);
      done = end;
      const found = this.#isKnown(typed) ? undefined : this.#replacementOf(typed, type);
      corrected += found === undefined ? typed : ` ${found.used} `;
      if (found !== undefined) corrections.push(found);
    }
    return corrected + text.slice(done);
  }

  /** Whether every word of the text is in some document. */
  #isKnown(text: string): boolean {
    const plan = planQuery(
      [{ type: "text", text, field: undefined, isPhrase: false, isExcluded: false }],
      [],
      this.#analyzer,
    );
    return plan.units.every(({ alternatives }) =>
      alternatives.some((terms) => terms.every((term) => this.#lexicon.has(term))),
    );
  }

  #replacementOf(typed: string, type: "gram" | "word"): Correction | undefined {
    const folded = foldText(typed);
    const sound =
      type === "gram" ? pinyinKey(phoneticOf(typed, this.#analyzer)) : typedPinyin(folded);
    const bySound = sound === undefined ? undefined : this.#bySound(sound, type);
    if (bySound !== undefined) return { typed, used: bySound, channel: "拼音" };
    const byForm = type === "gram" ? this.#byCharacters(folded) : this.#byLetters(folded);
    return byForm === undefined ? undefined : { typed, used: byForm, channel: "近形" };
  }

  /** A term with the sound, else the beginning of a title with it, else a term with it as initials. */
  #bySound(sound: string, type: "gram" | "word"): string | undefined {
    const terms = this.#terms(({ kind, key }) => kind === "pinyin" && key === sound);
    if (terms[0] !== undefined) return terms[0].text;
    if (sound.length < 3) return undefined;
    const title = this.#titleWith(sound);
    if (title !== undefined) return title;
    if (type === "gram") return undefined;
    const longer = this.#terms(({ kind, key }) => kind === "pinyin" && key.startsWith(sound));
    const initials = this.#terms(({ kind, key }) => kind === "initials" && key === sound);
    return (initials[0] ?? (sound.length >= 4 ? longer[0] : undefined))?.text;
  }

  /** The beginning of a title with exactly the sound. */
  #titleWith(sound: string): string | undefined {
    for (const title of this.#lexicon.titlesWithSound(sound)) {
      const beginning = this.#beginningWith(title, sound);
      if (beginning !== undefined) return beginning;
    }
    return undefined;
  }

  #beginningWith(title: string, sound: string): string | undefined {
    for (let end = 1; end <= title.length; end++) {
      const beginning = title.slice(0, end);
      const key = pinyinKey(phoneticOf(beginning, this.#analyzer));
      if (key === sound) return beginning;
      if (key.length > sound.length) return undefined;
    }
    return undefined;
  }

  /** A vocabulary term that differs in one character. */
  #byCharacters(folded: string): string | undefined {
    if ([...folded].length < 3) return undefined;
    return this.#terms(({ kind, key }) => kind === "text" && isNear(key, folded, 1))[0]?.text;
  }

  /** A word of the index that differs in one or two letters; the most frequent of the nearest. */
  #byLetters(folded: string): string | undefined {
    if (!/^\p{L}{4,}$/u.test(folded)) return undefined;
    const most = folded.length < 8 ? 1 : 2;
    let best: { word: string; distance: number; df: number } | undefined;
    for (const { word, df } of this.#lexicon.wordsWith(folded.slice(0, 1))) {
      const distance = isNear(word, folded, 1) ? 1 : isNear(word, folded, most) ? most : 0;
      if (distance === 0) continue;
      const order =
        best === undefined
          ? -1
          : distance - best.distance || best.df - df || compareTexts(word, best.word);
      if (order < 0) best = { word, distance, df };
    }
    return best?.word;
  }

  /** Terms of the vocabulary that some document has. */
  #terms(isWanted: (term: Completion) => boolean): Completion[] {
    return vocabulary(this.#analyzer).filter((term) => isWanted(term) && this.#isKnown(term.text));
  }
}
