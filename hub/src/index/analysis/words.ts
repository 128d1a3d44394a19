/**
 * Words and codes of scripts that write spaces.
 *
 * A run such as `pd1728_a` is searched as a whole (without its connectors, so that PD1728-A is the same), by its parts
 * between connectors, and by its runs of letters and of digits. Words also by a light stem: Harman's S-stemmer (Harman,
 * "How effective is suffixing?", JASIS 42, 1991), which only folds plurals and so never joins strangers.
 *
 * @module
 */

import { CONNECTOR, classOf, DIGIT } from "./script.ts";

/** How a term came out of a run, from the most telling to the least. */
export type WordForm = "whole" | "part" | "stem";

/** A term of a run; `from` and `to` are UTF-16 units of the run's folded text. */
export interface WordTerm {
  readonly term: string;
  readonly form: WordForm;
  readonly from: number;
  readonly to: number;
}

/** Longest term that is indexed, in UTF-16 units; longer runs are cut there. */
export const MAX_WORD_UNITS = 64;

/** Terms of a run of letters, digits and inner connectors, each once a place; the whole comes first. */
export function wordTerms(run: string): WordTerm[] {
  const terms: WordTerm[] = [];
  const add = (text: string, form: WordForm, from: number, to: number) => {
    const term = text.slice(0, MAX_WORD_UNITS);
    if (!terms.some((t) => t.term === term && t.from === from))
      terms.push({ term, form, from, to });
  };
  const pieces = splitRun(run);
  add(pieces.length === 1 ? run : withoutConnectors(run), "whole", 0, run.length);
  const { connected, alternating } = pieces.length === 1 ? NO_PARTS : partsOf(run, pieces);
  for (const part of connected) add(part.text, "part", part.from, part.to);
  for (const part of alternating) add(part.text, "part", part.from, part.to);
  const words = pieces.length === 1 ? pieces : connected;
  for (const { text, from, to } of words) {
    const stem = stemOf(text);
    if (stem !== text) add(stem, "stem", from, to);
  }
  return terms;
}

interface Piece {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly kind: number;
}

const NO_PARTS = { connected: [], alternating: [] } as const;

/** The run as maximal pieces of one class. */
function splitRun(run: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let kind = 0;
  for (let at = 0; at <= run.length; ) {
    const code = run.codePointAt(at);
    const next = code === undefined ? 0 : classOf(code);
    if (next !== kind) {
      if (at > from) pieces.push({ text: run.slice(from, at), from, to: at, kind });
      from = at;
      kind = next;
    }
    at += code !== undefined && code > 0xffff ? 2 : 1;
  }
  return pieces;
}

/** Parts between connectors, and the single-class pieces where a part has several. */
function partsOf(run: string, pieces: readonly Piece[]) {
  const connected: { text: string; from: number; to: number }[] = [];
  const alternating: Piece[] = [];
  for (let i = 0; i < pieces.length; ) {
    if (pieces[i]?.kind === CONNECTOR) {
      i += 1;
      continue;
    }
    let end = i;
    while (end < pieces.length && pieces[end]?.kind !== CONNECTOR) end += 1;
    const from = (pieces[i] as Piece).from;
    const to = (pieces[end - 1] as Piece).to;
    if (from > 0 || to < run.length) connected.push({ text: run.slice(from, to), from, to });
    if (end - i > 1) alternating.push(...pieces.slice(i, end));
    i = end;
  }
  return { connected, alternating };
}

function withoutConnectors(run: string): string {
  let text = "";
  let isTail = false;
  for (const character of run) {
    const isConnector = classOf(character.codePointAt(0) as number) === CONNECTOR;
    isTail = isConnector;
    if (!isConnector) text += character;
  }
  // C++ and C# are not C: connectors at the end are part of the name.
  return isTail ? text + run.slice(run.search(/[+#]+$/u)) : text;
}

/** Harman's S-stemmer, on words of at least four letters. */
export function stemOf(word: string): string {
  if (word.length < 4 || !word.endsWith("s") || classOf(word.charCodeAt(0)) === DIGIT) return word;
  if (word.endsWith("ies")) {
    return /[ae]ies$/u.test(word) ? word : `${word.slice(0, -3)}y`;
  }
  if (word.endsWith("es") && !/[aeo]es$/u.test(word)) return word.slice(0, -1);
  return /[us]s$/u.test(word) ? word : word.slice(0, -1);
}
