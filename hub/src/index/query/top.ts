/**
 * The best hits of a query, in order, while all matches pass by.
 *
 * Order: score falling (or time alone), then time falling, then name. It is total, so that pages never overlap.
 *
 * @module
 */

import type { RecordRef, SortOrder } from "@tributary/proto";
import type { IndexCursor } from "../../ports/search-index.ts";
import { compareRefs } from "../fields.ts";
import type { Segment } from "../segment/segment.ts";

/** A match in a segment. */
export interface Candidate {
  readonly segment: Segment;
  readonly doc: number;
  readonly score: number;
  readonly receivedAtMs: number;
  /** Whether its score has what single characters add. */
  readonly isReranked?: boolean;
  /** What meaning adds to its score. */
  readonly meaning?: number;
  /** Whether it does not match by its words. */
  readonly isByMeaning?: boolean;
}

/** Keeps the best `limit` matches behind a cursor; a heap with the worst on top. */
export class TopHits {
  readonly #limit: number;
  readonly #byScore: boolean;
  readonly #after: IndexCursor | undefined;
  readonly #heap: Candidate[] = [];

  constructor(limit: number, sort: SortOrder, after: IndexCursor | undefined) {
    this.#limit = limit;
    this.#byScore = sort === "relevance";
    this.#after = after;
  }

  offer(segment: Segment, doc: number, score: number): void {
    if (this.isBeyond(score)) return;
    this.take({ segment, doc, score, receivedAtMs: segment.received[doc] as number });
  }

  /** The lowest score with which a match may be kept; 0 while there is room, and where scores do not order. */
  get least(): number {
    const [worst] = this.#heap;
    return this.#byScore && this.#heap.length === this.#limit && worst ? worst.score : 0;
  }

  /** True when a match with this score, at least 0, would not be kept. */
  isBeyond(score: number): boolean {
    return score < this.least;
  }

  /** Keeps a match if it is among the best; returns the one that is not any longer, which may be the same. */
  take(candidate: Candidate): Candidate | undefined {
    if (this.#after !== undefined && !this.#isBehind(candidate, this.#after)) return candidate;
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push(candidate);
      this.#rise(heap.length - 1);
      return undefined;
    }
    const worst = heap[0] as Candidate;
    if (this.#compare(candidate, worst) > 0) return candidate;
    heap[0] = candidate;
    this.#sink(0);
    return worst;
  }

  /** The hits, best first. */
  sorted(): Candidate[] {
    return [...this.#heap].sort((a, b) => this.#compare(a, b));
  }

  /** Below 0 when `a` comes before `b`. */
  #compare(a: Candidate, b: Candidate): number {
    const difference = this.#order(a, b);
    if (difference !== 0) return difference;
    if (a.segment === b.segment) {
      return (a.segment.refRanks[a.doc] as number) - (b.segment.refRanks[b.doc] as number);
    }
    return compareRefs(a.segment.ref(a.doc), b.segment.ref(b.doc));
  }

  #order(
    a: { score: number; receivedAtMs: number },
    b: { score: number; receivedAtMs: number },
  ): number {
    if (this.#byScore && a.score !== b.score) return b.score - a.score;
    return b.receivedAtMs - a.receivedAtMs;
  }

  #isBehind(candidate: Candidate, after: IndexCursor): boolean {
    const difference = this.#order(candidate, after);
    if (difference !== 0) return difference > 0;
    return compareRefs(refOf(candidate), after.ref) > 0;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >>> 1;
      if (this.#compare(heap[at] as Candidate, heap[parent] as Candidate) <= 0) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): void {
    const heap = this.#heap;
    for (let at = from; ; ) {
      let worst = at;
      for (const child of [at * 2 + 1, at * 2 + 2]) {
        if (
          child < heap.length &&
          this.#compare(heap[child] as Candidate, heap[worst] as Candidate) > 0
        ) {
          worst = child;
        }
      }
      if (worst === at) return;
      this.#swap(at, worst);
      at = worst;
    }
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    const kept = heap[a] as Candidate;
    heap[a] = heap[b] as Candidate;
    heap[b] = kept;
  }
}

function refOf({ segment, doc }: Candidate): RecordRef {
  return segment.ref(doc);
}
