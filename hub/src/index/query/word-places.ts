/**
 * Where a text may have a word, told from its folded units alone.
 *
 * Words, their parts and stems are only known when a text is analysed, which takes longer than everything else that is done
 * to mark it. Most texts have not got the word, and of others only what is around it needs to be analysed.
 *
 * @module
 */

import { CONNECTOR, classOf, DIGIT, LETTER } from "../analysis/script.ts";
import { MAX_WORD_UNITS } from "../analysis/words.ts";

/** A term as units that are compared. */
export interface WordNeedle {
  readonly units: Uint16Array;
  /** Class of its first unit. */
  readonly kind: number;
  /** Whether the word may go on behind what of it is compared, as plurals do. */
  readonly isOpen: boolean;
}

/** The needle of a term of {@link wordTerms}. */
export function needleOf(term: string): WordNeedle {
  const kind = classOf(term.charCodeAt(0));
  const endsInDigit = classOf(term.charCodeAt(term.length - 1)) === DIGIT;
  const isOpen = kind !== DIGIT || !endsInDigit || term.length >= MAX_WORD_UNITS;
  // The last letter of a stem may be another than that of the word.
  const compared = isOpen && term.length > 1 ? term.slice(0, -1) : term;
  const units = Uint16Array.from({ length: compared.length }, (_, i) => compared.charCodeAt(i));
  return { units, kind, isOpen };
}

/**
 * First place in the units `from` to `to` (exclusive) that may have the term, at most `to`: where its units stand one
 * after the other, maybe with connectors between them, a piece of its class begins and, unless it is open, ends.
 */
export function wordPlace(
  folded: Uint16Array,
  from: number,
  to: number,
  { units, kind, isOpen }: WordNeedle,
): number {
  const [first] = units;
  for (let at = from; at < to; at++) {
    if (folded[at] !== first) continue;
    if (at > from && classOf(folded[at - 1] as number) === kind) continue;
    const end = endOf(folded, at, to, units);
    if (end === -1) continue;
    if (isOpen || end === to || classOf(folded[end] as number) !== kind) return at;
  }
  return to;
}

/** The letters, digits and connectors around a unit of a word, from `from` to `to` (exclusive): all of its run. */
export function surroundings(
  folded: Uint16Array,
  at: number,
  from: number,
  to: number,
): { readonly start: number; readonly end: number } {
  let start = at;
  while (start > from && isOfRun(folded[start - 1] as number)) start -= 1;
  let end = at + 1;
  while (end < to && isOfRun(folded[end] as number)) end += 1;
  return { start, end };
}

function isOfRun(unit: number): boolean {
  const kind = classOf(unit);
  return kind === LETTER || kind === DIGIT || kind === CONNECTOR;
}

/** Where the units end that begin at `at`; -1 when others stand there. */
function endOf(folded: Uint16Array, at: number, to: number, units: Uint16Array): number {
  let end = at;
  for (let i = 0; i < units.length; end++) {
    if (end === to) return -1;
    const unit = folded[end] as number;
    if (unit === units[i]) i += 1;
    else if (classOf(unit) !== CONNECTOR) return -1;
  }
  return end;
}
