/**
 * Deleted documents of a segment as a bitmap in shared memory. A bitmap that was published is never written again:
 * deleting more makes a new one, so that a query sees one state from beginning to end.
 *
 * @module
 */

/** One bit a document; undefined when nothing is deleted. */
export type Deletes = Uint32Array<SharedArrayBuffer> | undefined;

export function isDeleted(deletes: Deletes, doc: number): boolean {
  return deletes !== undefined && (((deletes[doc >>> 5] as number) >>> (doc & 31)) & 1) === 1;
}

/** A copy of `deletes` with `added` deleted too. */
export function withDeleted(deletes: Deletes, docs: number, added: Iterable<number>): Deletes {
  const copy = new Uint32Array(new SharedArrayBuffer(Math.ceil(docs / 32) * 4));
  if (deletes !== undefined) copy.set(deletes);
  for (const doc of added) copy[doc >>> 5] = (copy[doc >>> 5] as number) | (1 << (doc & 31));
  return copy;
}

export function countDeleted(deletes: Deletes): number {
  let count = 0;
  for (const word of deletes ?? []) {
    for (let rest = word; rest !== 0; rest &= rest - 1) count += 1;
  }
  return count;
}
