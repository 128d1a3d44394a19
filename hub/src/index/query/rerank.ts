/**
 * Ranks the best matches of a question again, with the single characters of the question.
 *
 * Characters say little each, so that finding documents by them would cost much and bring nothing; but among documents
 * that are near each other they decide well. They are read from the stored texts of {@link RERANKED} documents, which is
 * cheaper than walking the long lists of all documents with a common character. What they add is above 0, so that the
 * other matches stay behind in the order that they have.
 *
 * @module
 */

import { createFolded, foldInto } from "../analysis/fold.ts";
import { apart } from "../loop.ts";
import type { Segment } from "../segment/segment.ts";
import { createFoldedUnits, unitsToText } from "../segment/text-units.ts";
import type { FieldScorer } from "./score.ts";
import type { WeighedTerm } from "./weighed-term.ts";

/** Finds which of some characters the fields of documents have. */
export class CharacterCounter {
  /** Number of each character of the basic plane plus 1; 0 for others. */
  readonly #numbers = new Uint8Array(65_536);
  /** The same for characters beyond it. */
  readonly #farNumbers = new Map<number, number>();
  readonly #folded = createFolded();
  readonly #texts = createFoldedUnits();
  /** Counts by field, as in postings, of each character in the document that was read last. */
  readonly counts: Uint32Array;

  /** @param characters Folded; fewer than 256. */
  constructor(characters: readonly string[]) {
    characters.forEach((character, i) => {
      const code = character.codePointAt(0) as number;
      if (code <= 0xffff) this.#numbers[code] = i + 1;
      else this.#farNumbers.set(code, i + 1);
    });
    this.counts = new Uint32Array(characters.length);
  }

  /** Fills {@link counts}: 1 in each field that has the character. */
  read(segment: Segment, doc: number): void {
    this.counts.fill(0);
    segment.readFolded(doc, this.#texts);
    const { units, folded, ends } = this.#texts;
    for (let field = 0, from = 0; field < 4; field++) {
      const to = ends[field] as number;
      const shift = field * 8;
      if (!apart(countUnits, folded, from, to, this.#numbers, this.counts, 1 << shift)) {
        this.#readSlowly(unitsToText(units, from, to), shift);
      }
      from = to;
    }
  }

  /** For texts with characters of several units, or that fold to several. */
  #readSlowly(text: string, shift: number): void {
    foldInto(text, this.#folded);
    for (let i = 0; i < this.#folded.length; i++) {
      this.#count(this.#folded.codes[i] as number, shift);
    }
  }

  #count(code: number, shift: number): void {
    const number = code <= 0xffff ? this.#numbers[code] : this.#farNumbers.get(code);
    if (number === undefined || number === 0) return;
    const at = number - 1;
    this.counts[at] = ((this.counts[at] as number) | (1 << shift)) >>> 0;
  }
}

/** Sets a bit in the count of each character that folded units are; false when one folded to several. */
function countUnits(
  folded: Uint16Array,
  from: number,
  to: number,
  numbers: Uint8Array,
  counts: Uint32Array,
  bit: number,
): boolean {
  for (let i = from; i < to; i++) {
    const code = folded[i] as number;
    if (code === 0) return false;
    const number = numbers[code] as number;
    if (number !== 0) counts[number - 1] = (counts[number - 1] as number) | bit;
  }
  return true;
}

/** What single characters add to the scores of documents. */
export class CharacterScorer {
  readonly #terms: readonly WeighedTerm[];
  readonly #scorer: FieldScorer;
  readonly #counter: CharacterCounter;

  /** @param terms Single characters, in the order in which they are added up. */
  constructor(terms: readonly WeighedTerm[], scorer: FieldScorer) {
    this.#terms = terms;
    this.#scorer = scorer;
    this.#counter = new CharacterCounter(terms.map(({ text }) => text));
  }

  /** The score of a document with its characters added. */
  addTo(score: number, segment: Segment, doc: number): number {
    this.#counter.read(segment, doc);
    const { counts } = this.#counter;
    let sum = score;
    for (let i = 0; i < this.#terms.length; i++) {
      if (counts[i] === 0) continue;
      const { weight } = this.#terms[i] as WeighedTerm;
      sum += weight * this.#scorer.saturation(counts[i] as number, segment.lengths, doc);
    }
    return sum;
  }
}
