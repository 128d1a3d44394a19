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

import type { Segment } from "../segment/segment.ts";
import { BATCH_SIZE, Batch } from "./batch.ts";
import { CandidateList, type Candidates } from "./candidates.ts";
import type { DocumentGate } from "./conditions.ts";
import type { Docs } from "./docs.ts";
import { MIN_SHARE } from "./plan.ts";
import { addScores, listsOf, RANGE, RangeSums, type TermList } from "./range-sums.ts";
import type { FieldScorer } from "./score.ts";
import { isBelow, type WeighedTerm } from "./weighed-term.ts";

/** Finds candidates segment by segment; what the best document has is known when all are through. */
export class QuestionSearch {
  readonly #terms: readonly WeighedTerm[];
  readonly #scorer: FieldScorer;
  readonly #isExhaustive: boolean;
  readonly #tick: (documents: number) => void;
  readonly #minShare: number;
  #best = 0;
  #segments = 0;

  /**
   * @param terms Those that count, by falling weight.
   * @param tick Called with the number of documents that were looked at; may throw to stop.
   * @param minShare Share of the best document's weight that a match must have.
   */
  constructor(
    terms: readonly WeighedTerm[],
    scorer: FieldScorer,
    isExhaustive: boolean,
    tick: (documents: number) => void,
    minShare = MIN_SHARE,
  ) {
    this.#terms = terms;
    this.#scorer = scorer;
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
    const found = this.#list();
    const sums = new RangeSums(segment, this.#scorer);
    const lists = listsOf(segment, this.#terms);
    const batch = new Batch();
    const masses = new Float64Array(BATCH_SIZE);
    for (let read = docs.fill(batch.docs); read > 0; read = docs.fill(batch.docs)) {
      this.#tick(read);
      const size = gate.keep(batch.docs, read);
      batch.size = size;
      batch.scores.fill(0, 0, size);
      addScores(batch, lists, sums, masses);
      for (let i = 0; i < size; i++) this.#best = Math.max(this.#best, masses[i] as number);
      found.reserve(size);
      found.docs.set(batch.docs.subarray(0, size), found.size);
      found.masses.set(masses.subarray(0, size), found.size);
      found.scores.set(batch.scores.subarray(0, size), found.size);
      found.size += size;
    }
    return found;
  }

  #byTerm(segment: Segment, gate: DocumentGate): Candidates {
    const lists = listsOf(segment, this.#terms);
    if (segment.docs > RANGE && gate.canTellAlone) this.#probe(lists, gate);
    const found = this.#list();
    const sums = new RangeSums(segment, this.#scorer);
    for (let from = 0; from < segment.docs; from += RANGE) {
      sums.begin(from, Math.min(from + RANGE, segment.docs));
      this.#inRange(lists, gate, sums);
      sums.appendTo(found, IN_RANGE.docs, IN_RANGE.size);
    }
    return found;
  }

  #list(): CandidateList {
    const list = LISTS[this.#segments] ?? new CandidateList();
    LISTS[this.#segments++] = list;
    list.clear();
    return list;
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

  /** Fills {@link IN_RANGE} with the candidates of the range of the sums. */
  #inRange(lists: readonly TermList[], gate: DocumentGate, sums: RangeSums): void {
    let rest = lists.reduce((sum, { weight }) => sum + weight, 0);
    const dropAfter = DROP_SHARE * rest;
    let at = 0;
    for (; at < lists.length && (this.#isExhaustive || !isBelow(rest, this.needed)); at++) {
      const list = lists[at] as TermList;
      this.#tick(sums.addToAll(list));
      rest -= list.weight;
    }
    IN_RANGE.size = sums.collect(IN_RANGE.docs, this.#least(rest));
    for (let added = 0; at < lists.length && IN_RANGE.size > 0; at++) {
      const list = lists[at] as TermList;
      this.#tick(sums.add(list, IN_RANGE.docs, IN_RANGE.size));
      rest -= list.weight;
      added += list.weight;
      if (added < dropAfter) continue;
      added = 0;
      IN_RANGE.size = sums.keep(IN_RANGE.docs, IN_RANGE.size, this.#least(rest));
    }
    this.#raise(gate, sums);
    IN_RANGE.size = sums.keep(IN_RANGE.docs, IN_RANGE.size, this.#least(0));
  }

  /** What a document must have that is a match with terms of the weight `rest` to come. */
  #least(rest: number): number {
    return this.#isExhaustive ? 0 : (this.needed - rest) * (1 - 1e-9);
  }

  /** Takes note of what the best candidate of the range that passes the gate has. */
  #raise(gate: DocumentGate, sums: RangeSums): void {
    for (let i = 0; i < IN_RANGE.size; ) {
      let better = 0;
      for (; i < IN_RANGE.size && better < BATCH_SIZE; i++) {
        const doc = IN_RANGE.docs[i] as number;
        const mass = sums.massOf(doc);
        if (mass <= this.#best) continue;
        BETTER.docs[better] = doc;
        BETTER.scores[better++] = mass;
      }
      const kept = gate.keep(BETTER.docs, better, BETTER.scores);
      for (let k = 0; k < kept; k++) {
        this.#best = Math.max(this.#best, BETTER.scores[k] as number);
      }
    }
  }
}

/** Candidates are dropped each time that terms with this share of the weight of all were added. */
const DROP_SHARE = 0.05;

/** At most so many postings of the rarest terms are read to find a document to begin with. */
const PROBED = 2048;

/** Candidates by segment. One query runs at a time in a thread. */
const LISTS: CandidateList[] = [];

/** The candidates of the range that is looked at, and those of them that may be the best. */
const IN_RANGE = { docs: new Uint32Array(RANGE), size: 0 };
const BETTER = new Batch();
