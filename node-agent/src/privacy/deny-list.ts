/**
 * The strongest detector: the center knows its clients, and looks for what it knows of them.
 *
 * Three ways, over letters and digits alone: a term exactly; a core of four characters or more at an edit distance of one,
 * by the deletions that text and core have in common (Garbe, SymSpell, 2012); a name whose pairs of characters agree with
 * those of the text to 0.6 (Jaccard). Terms are looked up by their first two characters, cores by their deletions, names
 * by the pairs that hold a character of the core. So a text of n characters costs O(n · l) look-ups, l the number of
 * different lengths of terms, and hardly depends on the number of clients.
 *
 * @module
 */

import { type ClientFacts, clientNamesOf, isLatin } from "./client-names.ts";
import type { Detector, Span } from "./detectors.ts";

/** A core is looked for with a slip of one character from this length on. */
const FUZZY_CORE_LENGTH = 4;
const MIN_JACCARD = 0.6;
/** A text's stretch may be longer or shorter than the name by so much. */
const WINDOW_SLACK = 2;

/** Finds what is known of the clients, as the type `client`. */
export function denyListOf(clients: readonly ClientFacts[]): Detector {
  const terms = new Set<string>();
  const cores = new Set<string>();
  const names = new Map<string, string>();
  for (const client of clients) {
    const { core, name, terms: own } = clientNamesOf(client);
    for (const term of own) terms.add(term);
    if (core.length >= FUZZY_CORE_LENGTH && !isLatin(core)) cores.add(core);
    if (name.length >= FUZZY_CORE_LENGTH && core.length >= 2 && !isLatin(name))
      names.set(name, core);
  }
  const finders = [exactFinder(terms), slipFinder(cores), likenessFinder(names)];
  return {
    type: "client",
    find: (plain) => {
      const text = squeezedWithOffsets(plain);
      return finders
        .flatMap((find) => find(text))
        .map(({ start, end }) => ({
          start: text.offsets[start] as number,
          end: (text.offsets[end - 1] as number) + 1,
        }));
    },
  };
}

/** Letters and digits of a text, and where each stood. */
interface SqueezedText {
  readonly letters: string;
  readonly offsets: readonly number[];
  readonly plain: string;
}

type Finder = (text: SqueezedText) => Span[];

function squeezedWithOffsets(plain: string): SqueezedText {
  let letters = "";
  const offsets: number[] = [];
  for (const { index, 0: character } of plain.matchAll(/[\p{L}\p{N}]/gu)) {
    const lower = character.toLowerCase();
    // Where a lower-case form is longer, the character is none of a name.
    letters += lower.length === character.length ? lower : character;
    for (let i = 0; i < character.length; i++) offsets.push(index + i);
  }
  return { letters, offsets, plain };
}

function exactFinder(terms: ReadonlySet<string>): Finder {
  const lengthsByStart = new Map<string, Set<number>>();
  for (const term of terms) addTo(lengthsByStart, term.slice(0, 2), term.length);
  return (text) =>
    positions(text).flatMap((start) => {
      const lengths = lengthsByStart.get(text.letters.slice(start, start + 2)) ?? [];
      return [...lengths].flatMap((length) => {
        const term = text.letters.slice(start, start + length);
        const span = { start, end: start + length };
        return terms.has(term) && (!isLatin(term) || isWholeWord(text, span)) ? [span] : [];
      });
    });
}

/** Cores that differ from the text by one character put in, left out or replaced. */
function slipFinder(cores: ReadonlySet<string>): Finder {
  const byDeletion = new Map<string, Set<string>>();
  const lengths = new Set<number>();
  const starts = new Set<string>();
  for (const core of cores) {
    for (const variant of [core, ...deletionsOf(core)]) {
      addTo(byDeletion, variant, core);
      starts.add(variant.slice(0, 2));
    }
    for (const slack of [-1, 0, 1]) lengths.add(core.length + slack);
  }
  // Most places of a text begin nothing, whichever of the first three characters is left out.
  const mayBegin = (letters: string, at: number) =>
    [
      letters.slice(at, at + 2),
      letters.slice(at + 1, at + 3),
      (letters[at] ?? "") + (letters[at + 2] ?? ""),
    ].some((pair) => starts.has(pair));
  return (text) =>
    positions(text).flatMap((start) => {
      if (!mayBegin(text.letters, start)) return [];
      return [...lengths].flatMap((length) => {
        const window = text.letters.slice(start, start + length);
        if (window.length < length) return [];
        const isNear = [window, ...deletionsOf(window)].some((variant) =>
          [...(byDeletion.get(variant) ?? [])].some((core) => isOneSlip(window, core)),
        );
        return isNear ? [{ start, end: start + length }] : [];
      });
    });
}

/** Names whose pairs of characters are mostly those of the text. */
function likenessFinder(names: ReadonlyMap<string, string>): Finder {
  const byPair = new Map<string, Set<string>>();
  const pairs = new Map<string, ReadonlySet<string>>();
  for (const [name, core] of names) {
    pairs.set(name, pairsOf(name));
    // A pair of trades alone is what hundreds of firms share.
    for (const pair of pairsOf(name.slice(0, core.length + 1))) addTo(byPair, pair, name);
  }
  return (text) => {
    const { letters } = text;
    const found: Span[] = [];
    for (const at of positions(text)) {
      for (const name of byPair.get(letters.slice(at, at + 2)) ?? []) {
        const known = pairs.get(name) as ReadonlySet<string>;
        const shift = name.indexOf(letters.slice(at, at + 2));
        for (let slack = -WINDOW_SLACK; slack <= WINDOW_SLACK; slack++) {
          const start = Math.max(0, at - shift);
          const end = start + name.length + slack;
          if (end > letters.length || end - start < 2) continue;
          if (jaccard(pairsOf(letters.slice(start, end)), known) >= MIN_JACCARD)
            found.push({ start, end });
        }
      }
    }
    return found;
  };
}

function positions({ letters }: SqueezedText): number[] {
  return [...Array(Math.max(0, letters.length - 1)).keys()];
}

/** True if no Latin letter or digit stands right before or behind it in the text: GZQH is not in GZQHX. */
function isWholeWord({ offsets, plain }: SqueezedText, { start, end }: Span): boolean {
  const before = plain[(offsets[start] as number) - 1] ?? "";
  const behind = plain[(offsets[end - 1] as number) + 1] ?? "";
  return !/[A-Za-z0-9]/.test(before) && !/[A-Za-z0-9]/.test(behind);
}

function deletionsOf(text: string): string[] {
  return [...text].map((_, i) => text.slice(0, i) + text.slice(i + 1));
}

/** Levenshtein distance of 0 or 1. */
function isOneSlip(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  let at = 0;
  while (at < short.length && short[at] === long[at]) at += 1;
  return short.length === long.length
    ? short.slice(at + 1) === long.slice(at + 1)
    : long.length - short.length === 1 && short.slice(at) === long.slice(at + 1);
}

function pairsOf(text: string): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (let i = 0; i + 1 < text.length; i++) pairs.add(text.slice(i, i + 2));
  return pairs;
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = a.intersection(b).size;
  return shared / (a.size + b.size - shared);
}

function addTo<Value>(map: Map<string, Set<Value>>, key: string, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}
