/**
 * Sums over the terms of a query for documents of a range of a segment: the weight of the terms that each has, and its
 * score.
 *
 * Most occurrences are plain, once in the body, and all plain terms of one document have the same saturated frequency. So
 * the score of a document is the weight of its terms times that, plus what other occurrences give beyond it (see
 * {@link FieldScorer}), and nothing is computed for most postings.
 *
 * A list with many of the documents is walked, one with few is asked for them. Both add to each document in the order in
 * which lists are added, so that equal documents get equal sums.
 *
 * @module
 */

import { apart } from "../loop.ts";
import type { PostingCursor } from "../segment/posting-cursor.ts";
import { OTHERS } from "../segment/postings.ts";
import type { Segment } from "../segment/segment.ts";
import type { Batch } from "./batch.ts";
import type { CandidateList } from "./candidates.ts";
import type { FieldScorer } from "./score.ts";
import { findTerm, type WeighedTerm } from "./weighed-term.ts";

/** Most documents of a range: their sums stay in the cache of a core. */
export const RANGE = 16_384;

/** Adding to a document that is next in memory is so many times faster than looking one up. */
const WALKED = 4;

/** Documents are few where there are so many in the range for each; they are then looked at so many together. */
const FEW = 6;
const GROUP = 4;

/** Of the range that is looked at. One query runs at a time in a thread. */
const MASSES = new Float64Array(RANGE);
const EXTRAS = new Float64Array(RANGE);

/** The documents of a term in a segment. Ranges ascend. */
export class TermList {
  readonly weight: number;
  readonly df: number;
  /** Whether each document that is asked about has the term. */
  readonly isImplied: boolean;
  /** Another cursor at the beginning. */
  readonly opened: () => PostingCursor;
  #walked: PostingCursor | undefined;
  #asked: PostingCursor | undefined;

  constructor(segment: Segment, place: number, weight: number, isImplied: boolean) {
    this.weight = weight;
    this.isImplied = isImplied;
    this.df = segment.df(place);
    this.opened = () => segment.cursor(place);
  }

  /** The cursor that is walked, and the one that is asked for documents. */
  get walked(): PostingCursor {
    this.#walked ??= this.opened();
    return this.#walked;
  }

  get asked(): PostingCursor {
    this.#asked ??= this.opened();
    return this.#asked;
  }
}

/**
 * The terms that a segment has, in their order.
 *
 * @param isImplied Whether each document that will be asked about has a term.
 */
export function listsOf(
  segment: Segment,
  terms: readonly WeighedTerm[],
  isImplied: (term: WeighedTerm) => boolean = () => false,
): TermList[] {
  return terms.flatMap((term) => {
    const place = findTerm(segment, term);
    return place === -1 ? [] : [new TermList(segment, place, term.weight, isImplied(term))];
  });
}

/** What a document has that nobody asks for, whatever is added to it; and whether all have it. */
const NOT_WANTED = Number.NEGATIVE_INFINITY;
let isClean = false;

/** Sums of a range of a segment, which are over when another range begins. */
export class RangeSums {
  readonly #segment: Segment;
  readonly #scorer: FieldScorer;
  #from = 0;
  #to = 0;
  /** Occurrences that were added to all documents. */
  #added = 0;
  /** Documents with less cannot be wanted any more. */
  #least = 0;

  constructor(segment: Segment, scorer: FieldScorer) {
    this.#segment = segment;
    this.#scorer = scorer;
  }

  /** Begins with the documents `from` to `to` (exclusive), at most {@link RANGE} and behind those before. */
  begin(from: number, to: number): void {
    isClean = false;
    this.#from = from;
    this.#to = to;
    this.#added = 0;
    this.#least = 0;
    // To whole groups of those that `collectFew` takes together.
    MASSES.fill(0, 0, Math.ceil((to - from) / GROUP) * GROUP);
    EXTRAS.fill(0, 0, to - from);
  }

  /** Begins with the first `size` documents of `docs` alone. */
  beginWith(docs: Uint32Array, size: number): void {
    if (!isClean) MASSES.fill(NOT_WANTED);
    isClean = false;
    const from = docs[0] as number;
    this.#from = from;
    this.#to = (docs[size - 1] as number) + 1;
    apart(clear, docs, size, from);
  }

  /** Appends the first `size` documents of `docs` to a list. */
  appendTo(list: CandidateList, docs: Uint32Array, size: number): void {
    list.reserve(size);
    apart(append, list, docs, size, this.#from, this.#scorer, this.#segment.lengths);
  }

  /** Weight of the terms of a document. */
  massOf(doc: number): number {
    return MASSES[doc - this.#from] as number;
  }

  /** Ends with documents `from` to `to` of `docs`: adds their scores to `scores` and writes their weights to `masses`. */
  finish(
    docs: Uint32Array,
    from: number,
    to: number,
    scores: Float64Array,
    masses?: Float64Array,
  ): void {
    for (let i = from; masses !== undefined && i < to; i++) {
      masses[i] = this.massOf(docs[i] as number);
    }
    const { lengths } = this.#segment;
    apart(takeScores, docs, from, to, scores, this.#from, this.#scorer, lengths);
    isClean = true;
  }

  /** Writes the documents that have something, and at least `least`, to `docs`; returns how many. */
  collect(docs: Uint32Array, least: number): number {
    this.#least = Math.max(least, Number.MIN_VALUE);
    const areFew = this.#added * FEW < this.#to - this.#from;
    return apart(areFew ? collectFew : collect, docs, this.#from, this.#to, this.#least);
  }

  /** Keeps those of the first `size` documents that have at least `least`; returns how many. */
  keep(docs: Uint32Array, size: number, least: number): number {
    this.#least = least;
    return apart(keep, docs, size, this.#from, least);
  }

  /** Adds a list to the first `size` documents of `docs` that it has, and maybe to others; returns what it looked at. */
  add(list: TermList, docs: Uint32Array, size: number): number {
    if (list.isImplied) return this.#addToGiven(list, docs, size);
    const isWalked = list.df * (this.#to - this.#from) < size * this.#segment.docs * WALKED;
    return isWalked ? this.addToAll(list) : this.#addToSome(list, docs, size);
  }

  /** Adds a list to documents of which each has the term, so that only its other occurrences need to be read. */
  #addToGiven({ asked: cursor, weight }: TermList, docs: Uint32Array, size: number): number {
    apart(addWeight, docs, 0, size, this.#from, weight);
    for (let from = 0; from < size; ) {
      const to = cursor.seek(docs, from, size);
      if (to === 0) break;
      this.#addOthers(cursor, weight, docs[from] as number, (docs[to - 1] as number) + 1);
      from = to;
    }
    return size;
  }

  /** Adds a list to all documents that it has; returns how many there are. */
  addToAll({ walked: cursor, weight }: TermList): number {
    const from = this.#from;
    const to = this.#to;
    let added = 0;
    for (let isThere = cursor.advance(from) < to; isThere; isThere = cursor.nextBlock()) {
      const { docs, size, at: first } = cursor;
      let end = size;
      while (end > first && (docs[end - 1] as number) >= to) end -= 1;
      apart(addWeight, docs, first, end, from, weight);
      this.#addOthers(cursor, weight, from, to);
      added += end - first;
      if (end < size) break;
      while (cursor.toWholeBlock(to)) {
        cursor.addAllTo(MASSES, from, weight);
        this.#addOthers(cursor, weight, from, to);
        added += cursor.size;
      }
    }
    this.#added += added;
    return added;
  }

  /** Adds what documents `from` to `to` (exclusive) of a block have beyond the plain. */
  #addOthers(cursor: PostingCursor, weight: number, from: number, to: number): void {
    const others = cursor.readOthers();
    const { docs, counts } = OTHERS;
    let begin = 0;
    while (begin < others && (docs[begin] as number) < from) begin += 1;
    let end = others;
    while (end > begin && (docs[end - 1] as number) >= to) end -= 1;
    const scorer = this.#scorer;
    const { lengths } = this.#segment;
    for (let i = begin; i < end; i++) {
      const doc = docs[i] as number;
      const at = doc - this.#from;
      if ((MASSES[at] as number) < this.#least) continue;
      const extra = scorer.extra(counts[i] as number, lengths, doc);
      EXTRAS[at] = (EXTRAS[at] as number) + weight * extra;
    }
  }

  #addToSome({ asked: cursor, weight }: TermList, docs: Uint32Array, size: number): number {
    const base = this.#from;
    for (let from = 0; from < size; ) {
      const to = cursor.seek(docs, from, size);
      if (to === 0) break;
      cursor.addTo(MASSES, base, weight, docs, from, to);
      this.#addOthers(cursor, weight, docs[from] as number, (docs[to - 1] as number) + 1);
      from = to;
    }
    return size;
  }
}

function clear(docs: Uint32Array, size: number, from: number): void {
  for (let i = 0; i < size; i++) {
    const at = (docs[i] as number) - from;
    MASSES[at] = 0;
    EXTRAS[at] = 0;
  }
}

function append(
  list: CandidateList,
  docs: Uint32Array,
  size: number,
  from: number,
  scorer: FieldScorer,
  lengths: Uint16Array,
): void {
  const { docs: into, masses, scores, size: already } = list;
  for (let i = 0; i < size; i++) {
    const doc = docs[i] as number;
    const mass = MASSES[doc - from] as number;
    into[already + i] = doc;
    masses[already + i] = mass;
    scores[already + i] = mass * scorer.plain(lengths, doc) + (EXTRAS[doc - from] as number);
  }
  list.size = already + size;
}

function takeScores(
  docs: Uint32Array,
  from: number,
  to: number,
  scores: Float64Array,
  base: number,
  scorer: FieldScorer,
  lengths: Uint16Array,
): void {
  for (let i = from; i < to; i++) {
    const doc = docs[i] as number;
    const mass = MASSES[doc - base] as number;
    const extra = EXTRAS[doc - base] as number;
    scores[i] = (scores[i] as number) + mass * scorer.plain(lengths, doc) + extra;
    MASSES[doc - base] = NOT_WANTED;
  }
}

/** Without branches that depend on sums, which no core foresees. */
function collect(docs: Uint32Array, from: number, to: number, least: number): number {
  let size = 0;
  for (let i = 0; i < to - from; i++) {
    docs[size] = from + i;
    size += Number((MASSES[i] as number) >= least);
  }
  return size;
}

/** The same where few have enough: sums are not below 0, so of four that have not enough together, none has. */
function collectFew(docs: Uint32Array, from: number, to: number, least: number): number {
  let size = 0;
  for (let i = 0; i < to - from; i += GROUP) {
    const together =
      (MASSES[i] as number) +
      (MASSES[i + 1] as number) +
      (MASSES[i + 2] as number) +
      (MASSES[i + 3] as number);
    if (together < least) continue;
    const end = Math.min(i + GROUP, to - from);
    for (let k = i; k < end; k++) {
      docs[size] = from + k;
      size += Number((MASSES[k] as number) >= least);
    }
  }
  return size;
}

/** Without such branches, too. */
function keep(docs: Uint32Array, size: number, from: number, least: number): number {
  let kept = 0;
  for (let i = 0; i < size; i++) {
    const doc = docs[i] as number;
    docs[kept] = doc;
    kept += Number((MASSES[doc - from] as number) >= least);
  }
  return kept;
}

function addWeight(
  docs: Uint32Array,
  first: number,
  end: number,
  from: number,
  weight: number,
): void {
  for (let i = first; i < end; i++) {
    const at = (docs[i] as number) - from;
    MASSES[at] = (MASSES[at] as number) + weight;
  }
}

/**
 * Adds the scores of documents of a batch, which are behind those before, to those that they have.
 *
 * @param masses Gets the weight of the terms of each.
 */
export function addScores(
  { docs, scores, size }: Batch,
  lists: readonly TermList[],
  sums: RangeSums,
  masses?: Float64Array,
): void {
  for (let from = 0; from < size; ) {
    const first = docs[from] as number;
    let to = from + 1;
    while (to < size && (docs[to] as number) < first + RANGE) to += 1;
    const part = from === 0 ? docs : docs.subarray(from);
    sums.beginWith(part, to - from);
    for (const list of lists) sums.add(list, part, to - from);
    sums.finish(docs, from, to, scores, masses);
    from = to;
  }
}
