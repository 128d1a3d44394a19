/**
 * Documents of a segment that satisfy a condition, some hundred at a time, ascending.
 *
 * @module
 */

import type { PostingCursor } from "../segment/posting-cursor.ts";
import { BLOCK } from "../segment/postings.ts";
import { BATCH_SIZE, COUNTS } from "./batch.ts";

/** Asked by either `fill` or `retain`, never both. */
export interface Docs {
  /** At most this many documents; for choosing what to walk first. */
  readonly cost: number;
  /** Writes the next documents, at most {@link BATCH_SIZE}, for which there is room; 0 when there are no more. */
  fill(into: Uint32Array): number;
  /**
   * Keeps those of the first `size` documents that satisfy the condition; returns how many.
   *
   * @param docs Ascending, beyond those of earlier calls; at most {@link BATCH_SIZE}.
   */
  retain(docs: Uint32Array, size: number): number;
}

/** All documents of a segment. */
export class EveryDoc implements Docs {
  readonly cost: number;
  #next = 0;

  constructor(docs: number) {
    this.cost = docs;
  }

  fill(into: Uint32Array): number {
    const size = Math.min(BATCH_SIZE, this.cost - this.#next);
    for (let i = 0; i < size; i++) into[i] = this.#next + i;
    this.#next += size;
    return size;
  }

  retain(_docs: Uint32Array, size: number): number {
    return size;
  }
}

/** No document. */
export const NO_DOCS: Docs = { cost: 0, fill: () => 0, retain: () => 0 };

/** Documents of a term, in any field. */
export class TermDocs implements Docs {
  readonly #cursor: PostingCursor;

  constructor(cursor: PostingCursor) {
    this.#cursor = cursor;
  }

  get cost(): number {
    return this.#cursor.df;
  }

  fill(into: Uint32Array): number {
    let size = 0;
    while (size + BLOCK <= BATCH_SIZE) {
      const added = this.#cursor.fillBlock(into, size);
      if (added === 0) break;
      size += added;
    }
    return size;
  }

  retain(docs: Uint32Array, size: number): number {
    return this.#cursor.retain(docs, size);
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

  get cost(): number {
    return this.#cursor.df;
  }

  fill(into: Uint32Array): number {
    let size = 0;
    while (size + BLOCK <= BATCH_SIZE && this.#cursor.nextBlock()) {
      const { docs, blockCounts, size: read } = this.#cursor;
      for (let i = 0; i < read; i++) {
        if (((blockCounts[i] as number) & this.#mask) !== 0) into[size++] = docs[i] as number;
      }
    }
    return size;
  }

  retain(docs: Uint32Array, size: number): number {
    const found = this.#cursor.retain(docs, size, COUNTS);
    let kept = 0;
    for (let k = 0; k < found; k++) {
      if (((COUNTS[k] as number) & this.#mask) !== 0) docs[kept++] = docs[k] as number;
    }
    return kept;
  }
}

/** Documents that are in all of `parts`, of which there is at least one. */
export class AllOf implements Docs {
  readonly cost: number;
  readonly #first: Docs;
  readonly #others: readonly Docs[];

  constructor(parts: readonly Docs[]) {
    const [first, ...others] = [...parts].sort((a, b) => a.cost - b.cost);
    this.#first = first as Docs;
    this.#others = others;
    this.cost = this.#first.cost;
  }

  fill(into: Uint32Array): number {
    for (;;) {
      const size = this.#first.fill(into);
      if (size === 0) return 0;
      const kept = retainAll(this.#others, into, size);
      if (kept > 0) return kept;
    }
  }

  retain(docs: Uint32Array, size: number): number {
    return retainAll(this.#others, docs, this.#first.retain(docs, size));
  }
}

function retainAll(parts: readonly Docs[], docs: Uint32Array, size: number): number {
  let kept = size;
  for (const part of parts) {
    if (kept === 0) return 0;
    kept = part.retain(docs, kept);
  }
  return kept;
}

/** Documents that are in one of `parts`. */
export class AnyOf implements Docs {
  readonly cost: number;
  readonly #parts: readonly {
    readonly docs: Docs;
    readonly batch: Uint32Array;
    at: number;
    size: number;
  }[];

  constructor(parts: readonly Docs[]) {
    this.#parts = parts.map((docs) => ({
      docs,
      batch: new Uint32Array(BATCH_SIZE),
      at: 0,
      size: 0,
    }));
    this.cost = parts.reduce((sum, { cost }) => sum + cost, 0);
  }

  fill(into: Uint32Array): number {
    let size = 0;
    for (; size < BATCH_SIZE; size++) {
      let least = -1;
      for (const part of this.#parts) {
        if (part.at === part.size) {
          part.size = part.docs.fill(part.batch);
          part.at = 0;
          if (part.size === 0) continue;
        }
        const doc = part.batch[part.at] as number;
        if (least === -1 || doc < least) least = doc;
      }
      if (least === -1) break;
      for (const part of this.#parts) {
        if (part.at < part.size && part.batch[part.at] === least) part.at += 1;
      }
      into[size] = least;
    }
    return size;
  }

  retain(docs: Uint32Array, size: number): number {
    for (const part of this.#parts) {
      for (let i = 0; i < size; i++) part.batch[i] = docs[i] as number;
      part.size = part.docs.retain(part.batch, size);
      part.at = 0;
    }
    let kept = 0;
    for (let i = 0; i < size; i++) {
      const doc = docs[i] as number;
      let isFound = false;
      for (const part of this.#parts) {
        if (part.at >= part.size || part.batch[part.at] !== doc) continue;
        part.at += 1;
        isFound = true;
      }
      if (isFound) docs[kept++] = doc;
    }
    return kept;
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
