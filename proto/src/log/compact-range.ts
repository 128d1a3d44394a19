/**
 * A growing Merkle tree that keeps only its right edge: the full subtrees, at most 53 hashes.
 *
 * @module
 */

import { TributaryError } from "../errors.ts";
import { decomposeRange, foldRange, nodeHash } from "./merkle.ts";

/** Told of each node that becomes full: the root of leaves `index * 2^level` to `(index + 1) * 2^level`. */
export type NodeVisitor = (level: number, index: number, hash: Uint8Array) => void;

/** The right edge of a tree of RFC 6962. */
export class CompactRange {
  #size: number;
  readonly #edge: Uint8Array[];

  /**
   * @param size Number of leaves; 0 if left out.
   * @param edge What {@link CompactRange.edge} was at that size.
   * @throws {TributaryError} `ERR_ARGUMENT_INVALID` if a tree of that size has another number of full subtrees.
   */
  constructor(size = 0, edge: readonly Uint8Array[] = []) {
    if (decomposeRange({ start: 0, end: size }).length !== edge.length) {
      throw new TributaryError("ERR_ARGUMENT_INVALID", "the edge does not belong to the size", {
        details: { size, edge: edge.length },
      });
    }
    this.#size = size;
    this.#edge = [...edge];
  }

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** Hashes of the full subtrees, left (largest) to right. */
  get edge(): readonly Uint8Array[] {
    return [...this.#edge];
  }

  /** Adds a leaf and tells `visit` of the nodes that became full, the leaf itself first. */
  append(leafHash: Uint8Array, visit?: NodeVisitor): void {
    let hash = leafHash;
    let index = this.#size;
    let level = 0;
    visit?.(level, index, hash);
    // As in adding 1 to a binary number: each full subtree of the same size on the left is a carry.
    for (; index % 2 === 1; index = (index - 1) / 2) {
      hash = nodeHash(this.#edge.pop() as Uint8Array, hash);
      level++;
      visit?.(level, (index - 1) / 2, hash);
    }
    this.#edge.push(hash);
    this.#size++;
  }

  /** The root of the tree. */
  root(): Uint8Array {
    return foldRange(this.#edge).slice();
  }
}
