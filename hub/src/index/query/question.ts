/**
 * Matches of a question: the documents whose terms carry at least {@link MIN_SHARE} of the weight that the best
 * document's terms carry.
 *
 * Documents are taken a range at a time, and in it the terms by falling weight. As long as the terms to come weigh more
 * than what a match must have, a new document may still be one, and a term is added to all documents that have it;
 * afterwards no new document can (it has at most what is to come), and terms are looked up for those that can still get
 * there. So pruning loses nothing: what a match must have only grows while better documents are found. (The idea of
 * essential lists is that of MaxScore, Turtle and Flood, 1995, here for the weight of terms and not for scores.)
 *
 * @module
 */

import type { PostingCursor } from "../segment/posting-cursor.ts";
import type { Segment } from "../segment/segment.ts";
import { BATCH_SIZE, Batch, FOUND } from "./batch.ts";
import { CandidateList, type Candidates } from "./candidates.ts";
import type { DocumentGate } from "./conditions.ts";
import type { Docs } from "./docs.ts";
import { MIN_SHARE } from "./plan.ts";
import { addWeight, cursorsOf, findTerm, isBelow, type WeighedTerm } from "./weighed-term.ts";

/** Finds candidates segment by segment; what the best document has is known when all are through. */
export class QuestionSearch {
  readonly #terms: readonly WeighedTerm[];
  readonly #isExhaustive: boolean;
  readonly #tick: (documents: number) => void;
  readonly #minShare: number;
  #best = 0;

  /**
   * @param terms Those that count, by falling weight.
   * @param tick Called with the number of documents that were looked at; may throw to stop.
   * @param minShare Share of the best document's weight that a match must have.
   */
  constructor(
    terms: readonly WeighedTerm[],
    isExhaustive: boolean,
    tick: (documents: number) => void,
    minShare = MIN_SHARE,
  ) {
    this.#terms = terms;
    this.#isExhaustive = isExhaustive;
    this.#tick = tick;
    this.#minShare = minShare;
  }

  /** What the best document has, as far as is known. */
  get best(): number {
    return this.#best;
  }

  /** What a match must have, as far as is known. */
  get needed(): number {
    return this.#best * this.#minShare;
  }

  /** Candidates among the documents of `docs`, or among all. Documents that the gate refuses may be among them. */
  candidates(segment: Segment, gate: DocumentGate, docs: Docs | undefined): Candidates {
    return docs === undefined ? this.#byTerm(segment, gate) : this.#byDocument(segment, gate, docs);
  }

  #byDocument(segment: Segment, gate: DocumentGate, docs: Docs): Candidates {
    const found = new CandidateList();
    const cursors = cursorsOf(segment, this.#terms);
    const batch = new Batch();
    for (let read = docs.fill(batch.docs); read > 0; read = docs.fill(batch.docs)) {
      this.#tick(read);
      const size = gate.keep(batch.docs, read);
      batch.scores.fill(0, 0, size);
      for (const cursor of cursors) addWeight(cursor, batch.docs, batch.scores, size);
      for (let i = 0; i < size; i++) {
        const mass = batch.scores[i] as number;
        if (mass > this.#best) this.#best = mass;
        found.push(batch.docs[i] as number, mass);
      }
    }
    return found.written();
  }

  #byTerm(segment: Segment, gate: DocumentGate): Candidates {
    const lists = listsOf(segment, this.#terms);
    if (segment.docs > RANGE && gate.canTellAlone) this.#probe(lists, gate);
    const found = new CandidateList();
    for (let from = 0; from < segment.docs; from += RANGE) {
      const to = Math.min(from + RANGE, segment.docs);
      this.#inRange(lists, gate, { from, to, docs: segment.docs });
      for (let i = 0; i < IN_RANGE.size; i++) {
        found.push(IN_RANGE.docs[i] as number, IN_RANGE.massOf(i));
      }
    }
    return found.written();
  }

  /**
   * Completes the document that has most of the rarest terms: it is likely to be the best, and knowing what the best has
   * early is what ends the adding of terms to all documents early.
   */
  #probe(lists: readonly TermList[], gate: DocumentGate): void {
    const masses = new Map<number, number>();
    let rarest = 0;
    for (let read = 0; rarest < lists.length; rarest++) {
      const { weight, df, opened } = lists[rarest] as TermList;
      read += df;
      if (read > PROBED) break;
      const cursor = opened();
      while (cursor.nextBlock()) {
        for (let i = 0; i < cursor.size; i++) {
          const doc = cursor.docs[i] as number;
          masses.set(doc, (masses.get(doc) ?? 0) + weight);
        }
      }
    }
    let best = -1;
    let most = 0;
    for (const [doc, mass] of masses) {
      if (mass <= most || !gate.passes(doc)) continue;
      most = mass;
      best = doc;
    }
    if (best === -1) return;
    for (const { weight, opened } of lists.slice(rarest)) {
      if (opened().advance(best) === best) most += weight;
    }
    // A sum in another order than that of the terms may be larger by rounding, which `isBelow` forgives.
    if (most > this.#best) this.#best = most;
  }

  /** Fills {@link IN_RANGE} with the candidates of a range. */
  #inRange(lists: readonly TermList[], gate: DocumentGate, { from, to, docs }: Range): void {
    let rest = lists.reduce((sum, { weight }) => sum + weight, 0);
    let at = 0;
    MASSES.fill(0);
    for (; at < lists.length && (this.#isExhaustive || !isBelow(rest, this.needed)); at++) {
      const list = lists[at] as TermList;
      this.#tick(list.addToAll(from, to));
      rest -= list.weight;
    }
    IN_RANGE.collect(from, to, this.#least(rest));
    for (; at < lists.length && IN_RANGE.size > 0; at++) {
      const list = lists[at] as TermList;
      const isShort = list.df * (to - from) < IN_RANGE.size * docs * WALKED;
      this.#tick(isShort ? list.addToAll(from, to) : list.addTo(IN_RANGE));
      rest -= list.weight;
      IN_RANGE.drop(this.#least(rest));
    }
    this.#raise(gate);
    IN_RANGE.drop(this.#least(0));
  }

  /** What a document must have that is a match with terms of the weight `rest` to come. */
  #least(rest: number): number {
    return this.#isExhaustive ? 0 : (this.needed - rest) * (1 - 1e-9);
  }

  /** Takes note of what the best candidate of the range that passes the gate has. */
  #raise(gate: DocumentGate): void {
    for (let i = 0; i < IN_RANGE.size; ) {
      let better = 0;
      for (; i < IN_RANGE.size && better < BATCH_SIZE; i++) {
        const mass = IN_RANGE.massOf(i);
        if (mass <= this.#best) continue;
        BETTER.docs[better] = IN_RANGE.docs[i] as number;
        BETTER.scores[better++] = mass;
      }
      const kept = gate.keep(BETTER.docs, better, BETTER.scores);
      for (let k = 0; k < kept; k++) {
        this.#best = Math.max(this.#best, BETTER.scores[k] as number);
      }
    }
  }
}

/** Documents of a segment of `docs` that are looked at together; `to` is exclusive. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly docs: number;
}

/** Documents that are looked at together: their sums stay in the cache of a core. */
const RANGE = 16_384;

/** At most so many postings of the rarest terms are read to find a document to begin with. */
const PROBED = 2048;

/** Adding to a document that is next in memory is so many times faster than looking one up. */
const WALKED = 8;

/** Sums of the documents of a range. One query runs at a time in a thread. */
const MASSES = new Float64Array(RANGE);

/** Documents of a range, ascending, with their sums. Loops have no branches that depend on sums, which no core foresees. */
class RangeCandidates {
  readonly docs = new Uint32Array(RANGE);
  size = 0;
  from = 0;

  massOf(i: number): number {
    return MASSES[(this.docs[i] as number) - this.from] as number;
  }

  /** Begins with the documents from `from` to `to` (exclusive) that have something, and at least `least`. */
  collect(from: number, to: number, least: number): void {
    const { docs } = this;
    const needed = Math.max(least, Number.MIN_VALUE);
    let size = 0;
    for (let i = 0; i < to - from; i++) {
      docs[size] = from + i;
      size += Number((MASSES[i] as number) >= needed);
    }
    this.from = from;
    this.size = size;
  }

  /** Drops those that have less than `least`. */
  drop(least: number): void {
    const { docs, from, size } = this;
    let kept = 0;
    for (let i = 0; i < size; i++) {
      const doc = docs[i] as number;
      docs[kept] = doc;
      kept += Number((MASSES[doc - from] as number) >= least);
    }
    this.size = kept;
  }
}

/** The candidates of the range that is looked at, and those of them that may be the best. */
const IN_RANGE = new RangeCandidates();
const BETTER = new Batch();

/** The documents of a term in a segment. Ranges ascend. */
class TermList {
  readonly weight: number;
  readonly df: number;
  /** Another cursor at the beginning. */
  readonly opened: () => PostingCursor;
  #walked: PostingCursor | undefined;
  #asked: PostingCursor | undefined;

  constructor(segment: Segment, place: number, weight: number) {
    this.weight = weight;
    this.df = segment.df(place);
    this.opened = () => segment.cursor(place);
  }

  /** Adds the weight to the sums of all documents of a range that the list has; returns how many there are. */
  addToAll(from: number, to: number): number {
    this.#walked ??= this.opened();
    const cursor = this.#walked;
    const { weight } = this;
    let added = 0;
    for (let isThere = cursor.advance(from) < to; isThere; isThere = cursor.nextBlock()) {
      const { docs, size } = cursor;
      let at = cursor.at;
      const before = at;
      for (; at < size; at++) {
        const doc = docs[at] as number;
        if (doc >= to) break;
        MASSES[doc - from] = (MASSES[doc - from] as number) + weight;
      }
      added += at - before;
      if (at < size) break;
    }
    return added;
  }

  /** Adds the weight to the sums of the candidates that the list has; returns how many were looked up. */
  addTo({ docs, size, from }: RangeCandidates): number {
    this.#asked ??= this.opened();
    for (let first = 0; first < size; first += BATCH_SIZE) {
      const part = docs.subarray(first);
      const found = this.#asked.match(part, Math.min(BATCH_SIZE, size - first), FOUND);
      for (let k = 0; k < found; k++) {
        const i = (part[FOUND[k] as number] as number) - from;
        MASSES[i] = (MASSES[i] as number) + this.weight;
      }
    }
    return size;
  }
}

/** The terms that a segment has, in their order. */
function listsOf(segment: Segment, terms: readonly WeighedTerm[]): TermList[] {
  return terms.flatMap((term) => {
    const place = findTerm(segment, term);
    return place === -1 ? [] : [new TermList(segment, place, term.weight)];
  });
}
