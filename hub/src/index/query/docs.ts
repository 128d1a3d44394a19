/**
 * Walks over the documents of a segment that satisfy a condition, forward only.
 *
 * @module
 */

import { END, type PostingCursor } from "../segment/postings.ts";

/** `doc` is the current document, -1 before the first, {@link END} after the last. */
export interface Docs {
  readonly doc: number;
  /** At most this many documents; for choosing what to walk first. */
  readonly cost: number;
  /** Moves to the first document at or after `target`; `target` never falls. */
  advance(target: number): number;
}

/** All documents of a segment. */
export class EveryDoc implements Docs {
  doc = -1;
  readonly cost: number;

  constructor(docs: number) {
    this.cost = docs;
  }

  advance(target: number): number {
    this.doc = target < this.cost ? target : END;
    return this.doc;
  }
}

/** No document. */
export const NO_DOCS: Docs = { doc: END, cost: 0, advance: () => END };

/** Documents of a term, in any field. */
export class TermDocs implements Docs {
  readonly cursor: PostingCursor;

  constructor(cursor: PostingCursor) {
    this.cursor = cursor;
  }

  get doc(): number {
    return this.cursor.doc;
  }

  get cost(): number {
    return this.cursor.df;
  }

  advance(target: number): number {
    return this.cursor.advance(target);
  }
}

/** Documents of a term in one field. */
export class FieldTermDocs implements Docs {
  readonly #cursor: PostingCursor;
  readonly #mask: number;

  constructor(cursor: PostingCursor, field: number) {
    this.#cursor = cursor;
    this.#mask = 255 << (field * 8);
  }

  get doc(): number {
    return this.#cursor.doc;
  }

  get cost(): number {
    return this.#cursor.df;
  }

  advance(target: number): number {
    let doc = this.#cursor.advance(target);
    while (doc !== END && (this.#cursor.counts & this.#mask) === 0) doc = this.#cursor.next();
    return doc;
  }
}

/** Documents that are in all of `parts`, of which there is at least one. */
export class AllOf implements Docs {
  doc = -1;
  readonly cost: number;
  readonly #parts: readonly Docs[];

  constructor(parts: readonly Docs[]) {
    this.#parts = [...parts].sort((a, b) => a.cost - b.cost);
    this.cost = this.#parts[0]?.cost ?? 0;
  }

  advance(target: number): number {
    const parts = this.#parts;
    const first = parts[0] as Docs;
    let doc = first.advance(target);
    for (let i = 1; i < parts.length && doc !== END; i++) {
      const found = (parts[i] as Docs).advance(doc);
      if (found === doc) continue;
      doc = found === END ? END : first.advance(found);
      i = 0;
    }
    this.doc = doc;
    return doc;
  }
}

/** Documents that are in one of `parts`. */
export class AnyOf implements Docs {
  doc = -1;
  readonly cost: number;
  readonly #parts: readonly Docs[];

  constructor(parts: readonly Docs[]) {
    this.#parts = parts;
    this.cost = parts.reduce((sum, part) => sum + part.cost, 0);
  }

  advance(target: number): number {
    let least = END;
    for (const part of this.#parts) {
      const doc = part.doc >= target ? part.doc : part.advance(target);
      if (doc < least) least = doc;
    }
    this.doc = least;
    return least;
  }
}

/** `parts` together, as simply as it can be said. */
export function allOf(parts: readonly Docs[]): Docs {
  if (parts.some((part) => part === NO_DOCS)) return NO_DOCS;
  return parts.length === 1 ? (parts[0] as Docs) : new AllOf(parts);
}

/** Any of `parts`, as simply as it can be said. */
export function anyOf(parts: readonly Docs[]): Docs {
  const some = parts.filter((part) => part !== NO_DOCS);
  if (some.length === 0) return NO_DOCS;
  return some.length === 1 ? (some[0] as Docs) : new AnyOf(some);
}
