/**
 * Matches of a question: the documents whose terms carry at least {@link MIN_SHARE} of the weight that the best
 * document's terms carry.
 *
 * Terms are taken by falling weight, a term at a time. As long as the terms to come weigh more than what a match must
 * have, a new document may still be one and is noted; afterwards no new document can (it has at most what is to come),
 * and terms only add to the ones that were noted and can still get there. So pruning loses nothing: what a match must
 * have only grows while better documents are found. (The idea of essential lists is that of MaxScore, Turtle and Flood,
 * 1995, here for the weight of terms and not for scores.)
 *
 * @module
 */

import { Uint32List } from "../segment/bytes.ts";
import type { PostingCursor } from "../segment/posting-cursor.ts";
import type { Segment } from "../segment/segment.ts";
import { BATCH_SIZE, Batch } from "./batch.ts";
import type { DocumentGate } from "./conditions.ts";
import type { Docs } from "./docs.ts";
import { MIN_SHARE } from "./plan.ts";
import { addWeight, cursorsOf, findTerm, isBelow, type WeighedTerm } from "./weighed-term.ts";

/** Documents of a segment, ascending, with the weight of the terms that they have. */
export interface Candidates {
  readonly docs: Uint32Array;
  readonly masses: Float64Array;
  size: number;
}

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
    const noted = new Uint32List();
    const masses: number[] = [];
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
        noted.push(batch.docs[i] as number);
        masses.push(mass);
      }
    }
    return { docs: noted.written(), masses: Float64Array.from(masses), size: masses.length };
  }

  #byTerm(segment: Segment, gate: DocumentGate): Candidates {
    const sums = sumsFor(segment.docs);
    let rest = this.#terms.reduce((sum, { weight }) => sum + weight, 0);
    let at = 0;
    const probeAt = rest * (1 - PROBE_SHARE);
    let isProbed = false;
    for (; at < this.#terms.length; at++) {
      if (!this.#isExhaustive && isBelow(rest, this.needed)) break;
      if (!isProbed && rest < probeAt) {
        isProbed = true;
        this.#probe(segment, at, gate, sums);
        if (!this.#isExhaustive && isBelow(rest, this.needed)) break;
      }
      const term = this.#terms[at] as WeighedTerm;
      this.#note(segment, term, gate, sums);
      rest -= term.weight;
    }
    for (let left = this.#drop(segment, sums, rest); at < this.#terms.length; at++) {
      const term = this.#terms[at] as WeighedTerm;
      const place = findTerm(segment, term);
      if (place !== -1) {
        if (segment.df(place) > left * WALKED) break;
        this.#addToAll(segment.cursor(place), term.weight, sums);
      }
      rest -= term.weight;
      left = this.#drop(segment, sums, rest);
    }
    const candidates = this.#collect(segment, sums);
    for (; at < this.#terms.length; at++) {
      const term = this.#terms[at] as WeighedTerm;
      rest -= term.weight;
      this.#add(segment, term, candidates, rest);
    }
    this.#raise(candidates, gate);
    return candidates;
  }

  /** Adds a term to all documents that have it, and notes them. */
  #note(segment: Segment, term: WeighedTerm, gate: DocumentGate, sums: Sums): void {
    const place = findTerm(segment, term);
    if (place === -1) return;
    const cursor = segment.cursor(place);
    const { mass, noted } = sums;
    const { weight } = term;
    let best = this.#best;
    while (cursor.nextBlock()) {
      const { docs, size } = cursor;
      this.#tick(size);
      for (let i = 0; i < size; i++) {
        const doc = docs[i] as number;
        const after = (mass[doc] as number) + weight;
        mass[doc] = after;
        noted[doc >>> 5] = (noted[doc >>> 5] as number) | (1 << (doc & 31));
        // Where the gate cannot tell, #raise does it.
        if (after > best && gate.canTellAlone && gate.passes(doc)) best = after;
      }
    }
    this.#best = best;
  }

  /** Adds a term to all documents that have it, noted or not. */
  #addToAll(cursor: PostingCursor, weight: number, { mass }: Sums): void {
    while (cursor.nextBlock()) {
      const { docs, size } = cursor;
      this.#tick(size);
      for (let i = 0; i < size; i++) {
        const doc = docs[i] as number;
        mass[doc] = (mass[doc] as number) + weight;
      }
    }
  }

  /** Forgets the noted documents that cannot be matches with the terms to come; returns how many are left. */
  #drop(segment: Segment, { mass, noted }: Sums, rest: number): number {
    const least = this.#least(rest);
    let left = 0;
    for (let i = 0; i * 32 < segment.docs; i++) {
      let kept = noted[i] as number;
      for (let seen = kept; seen !== 0; seen &= seen - 1) {
        const bit = 31 - Math.clz32(seen & -seen);
        if ((mass[i * 32 + bit] as number) < least) kept &= ~(1 << bit);
        else left += 1;
      }
      noted[i] = kept;
    }
    return left;
  }

  /** What a document must have that is a match with terms of the weight `rest` to come. */
  #least(rest: number): number {
    return this.#isExhaustive ? 0 : (this.needed - rest) * (1 - 1e-9);
  }

  /**
   * Completes the document that has most so far, with the terms from number `from` on: it is likely to be the best, and
   * knowing what the best has early is what ends the noting of documents early.
   */
  #probe(segment: Segment, from: number, gate: DocumentGate, sums: Sums): void {
    let doc = -1;
    let most = 0;
    if (!gate.canTellAlone) return;
    forEachNoted(segment, sums, (noted) => {
      const mass = sums.mass[noted] as number;
      if (mass <= most || !gate.passes(noted)) return;
      most = mass;
      doc = noted;
    });
    if (doc === -1) return;
    for (const { cursor, weight } of cursorsOf(segment, this.#terms.slice(from))) {
      if (cursor.advance(doc) === doc) most += weight;
    }
    // A sum in another order than that of the terms may be larger by rounding, which `isBelow` forgives.
    if (most > this.#best) this.#best = most;
  }

  /** The noted documents, ascending; the sums are 0 afterwards. */
  #collect(segment: Segment, sums: Sums): Candidates {
    const { mass, noted } = sums;
    const docs = new Uint32List();
    forEachNoted(segment, sums, (doc) => docs.push(doc));
    const written = docs.written();
    const masses = new Float64Array(written.length);
    for (let i = 0; i < masses.length; i++) masses[i] = mass[written[i] as number] as number;
    mass.fill(0, 0, segment.docs);
    noted.fill(0, 0, Math.ceil(segment.docs / 32));
    sums.isInUse = false;
    return { docs: written, masses, size: masses.length };
  }

  /** Adds a term to candidates that have it, and drops those that cannot be matches with the terms to come. */
  #add(segment: Segment, term: WeighedTerm, candidates: Candidates, rest: number): void {
    const { docs, masses, size } = candidates;
    this.#tick(size);
    const [cursor] = cursorsOf(segment, [term]);
    if (cursor !== undefined) {
      for (let from = 0; from < size; from += BATCH_SIZE) {
        const part = Math.min(BATCH_SIZE, size - from);
        addWeight(cursor, docs.subarray(from), masses.subarray(from), part);
      }
    }
    if (this.#isExhaustive) return;
    const least = this.#least(rest);
    let kept = 0;
    for (let i = 0; i < size; i++) {
      const mass = masses[i] as number;
      if (mass < least) continue;
      docs[kept] = docs[i] as number;
      masses[kept] = mass;
      kept += 1;
    }
    candidates.size = kept;
  }

  /** What the best document has, among candidates that pass the gate. */
  #raise({ docs, masses, size }: Candidates, gate: DocumentGate): void {
    const better = new Batch();
    const flush = () => {
      const asked = better.docs.slice(0, better.size);
      const kept = gate.keep(better.docs, better.size);
      for (let i = 0, k = 0; k < kept; i++) {
        if (asked[i] !== better.docs[k]) continue;
        this.#best = Math.max(this.#best, better.scores[i] as number);
        k += 1;
      }
      better.size = 0;
    };
    for (let i = 0; i < size; i++) {
      const mass = masses[i] as number;
      if (mass > this.#best && !better.push(docs[i] as number, mass)) flush();
    }
    flush();
  }
}

/** After this share of the weight of all terms, the best document so far is completed. */
const PROBE_SHARE = 0.25;

/**
 * A list this many times as long as there are candidates is not added to all its documents: the candidates are looked up
 * in it.
 */
const WALKED = 2;

/** Sums by document, all 0 between queries. One query runs at a time in a thread. */
interface Sums {
  readonly mass: Float64Array;
  /** A bit a document: whether it may be a match. */
  readonly noted: Uint32Array;
  isInUse: boolean;
}

let SUMS: Sums | undefined;

function sumsFor(docs: number): Sums {
  // A query that was stopped in its middle leaves sums behind.
  if (SUMS === undefined || SUMS.mass.length < docs || SUMS.isInUse) {
    const size = Math.max(docs, SUMS?.mass.length ?? 0);
    SUMS = {
      mass: new Float64Array(size),
      noted: new Uint32Array(Math.ceil(size / 32)),
      isInUse: false,
    };
  }
  SUMS.isInUse = true;
  return SUMS;
}

/** Calls `visit` with each document that is noted, ascending. */
function forEachNoted(segment: Segment, { noted }: Sums, visit: (doc: number) => void): void {
  for (let i = 0; i * 32 < segment.docs; i++) {
    for (let rest = noted[i] as number; rest !== 0; rest &= rest - 1) {
      visit(i * 32 + 31 - Math.clz32(rest & -rest));
    }
  }
}
