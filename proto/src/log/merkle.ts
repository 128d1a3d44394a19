/**
 * Merkle trees of RFC 6962, section 2: hashes, roots, and the two kinds of proof.
 *
 * Sizes and positions are whole numbers from 0 to 2^53 - 1. Bit operations of JavaScript stop at 32 bits, so the
 * arithmetic is division.
 *
 * @module
 */

import { equalBytes } from "../crypto/bytes.ts";
import { HASH_BYTES, sha256 } from "../crypto/sha256.ts";
import { TributaryError } from "../errors.ts";

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** Root of the empty tree: SHA-256 of nothing. Do not modify. */
export const EMPTY_ROOT = sha256(new Uint8Array());

/** Reused for prefix and content of a leaf: hashing in one call is several times as fast as in two. */
let leafScratch = new Uint8Array(4096);
const nodeScratch = new Uint8Array(1 + 2 * HASH_BYTES);

/** SHA-256(0x00 || bytes). */
export function leafHash(bytes: Uint8Array): Uint8Array {
  if (bytes.length >= leafScratch.length) leafScratch = new Uint8Array(2 * bytes.length);
  leafScratch[0] = LEAF_PREFIX;
  leafScratch.set(bytes, 1);
  return sha256(leafScratch.subarray(0, bytes.length + 1));
}

/** SHA-256(0x01 || left || right). @param left,right 32 bytes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeScratch[0] = NODE_PREFIX;
  nodeScratch.set(left, 1);
  nodeScratch.set(right, 1 + HASH_BYTES);
  return sha256(nodeScratch);
}

/** A run of leaves: `start` inclusive, `end` exclusive. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** Where RFC 6962 cuts a tree of `size` leaves (2 or more): the largest power of two below `size`. */
function splitPoint(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

/** MTH of RFC 6962, section 2.1, over leaf hashes. */
export function merkleRoot(leafHashes: readonly Uint8Array[]): Uint8Array {
  if (leafHashes.length === 0) return EMPTY_ROOT.slice();
  // Level by level; an odd last node moves up unchanged, which gives the same tree as the recursive definition.
  let level = leafHashes;
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) {
      next.push(nodeHash(level[i] as Uint8Array, level[i + 1] as Uint8Array));
    }
    if (level.length % 2 === 1) next.push(level[level.length - 1] as Uint8Array);
    level = next;
  }
  return (level[0] as Uint8Array).slice();
}

/**
 * The subtrees whose hashes make the audit path of a leaf (RFC 6962, section 2.1.1), leaf side first. A store that
 * keeps tiles answers each with {@link decomposeRange}.
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!isPosition(index) || !isPosition(size) || index >= size) throw outOfRange(index, size);
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** The subtrees whose hashes make the consistency proof between two sizes (RFC 6962, section 2.1.2), in its order. */
export function consistencyRanges(fromSize: number, toSize: number): LeafRange[] {
  if (!isPosition(fromSize) || !isPosition(toSize) || fromSize > toSize) {
    throw outOfRange(fromSize, toSize);
  }
  if (fromSize === 0 || fromSize === toSize) return [];
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = toSize;
  // True while the old tree begins where the subtree does: its root is then known to the verifier.
  let known = true;
  while (end !== fromSize) {
    const middle = start + splitPoint(end - start);
    if (fromSize <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
      known = false;
    }
  }
  if (!known) ranges.push({ start, end });
  return ranges.reverse();
}

/** A full node of the tree: the root of the leaves `index * 2^level` to `(index + 1) * 2^level`. */
export interface NodeAddress {
  readonly level: number;
  readonly index: number;
}

/**
 * The full nodes that cover a range of {@link inclusionRanges} or {@link consistencyRanges}, left to right. Their
 * hashes give the range's root with {@link foldRange}.
 */
export function decomposeRange({ start, end }: LeafRange): NodeAddress[] {
  const nodes: NodeAddress[] = [];
  let at = start;
  while (at < end) {
    let level = 0;
    let width = 1;
    while (at % (2 * width) === 0 && at + 2 * width <= end) {
      width *= 2;
      level++;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/** Root of a range from the hashes of its full nodes, left to right; at least one. */
export function foldRange(hashes: readonly Uint8Array[]): Uint8Array {
  let root = hashes.at(-1);
  if (root === undefined) return EMPTY_ROOT.slice();
  for (let i = hashes.length - 2; i >= 0; i--) root = nodeHash(hashes[i] as Uint8Array, root);
  return root;
}

/** Audit path of a leaf in the tree of these leaves, leaf side first. */
export function inclusionPath(leafHashes: readonly Uint8Array[], index: number): Uint8Array[] {
  return inclusionRanges(index, leafHashes.length).map(({ start, end }) =>
    merkleRoot(leafHashes.slice(start, end)),
  );
}

/** Proof that the tree of these leaves extends the tree of the first `fromSize` of them. */
export function consistencyPath(leafHashes: readonly Uint8Array[], fromSize: number): Uint8Array[] {
  return consistencyRanges(fromSize, leafHashes.length).map(({ start, end }) =>
    merkleRoot(leafHashes.slice(start, end)),
  );
}

/** What an inclusion proof says. All of it attacker-controlled. */
export interface InclusionProof {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  /** Leaf side first. */
  readonly path: readonly Uint8Array[];
}

/**
 * The root that an audit path leads to (RFC 9162, section 2.1.3.2); undefined if the path is not one of a tree of this
 * size.
 */
export function rootFromInclusion(proof: InclusionProof): Uint8Array | undefined {
  const { index, size, path } = proof;
  if (!isPosition(index) || !isPosition(size) || index >= size) return undefined;
  if (proof.leafHash.length !== HASH_BYTES) return undefined;
  let node = index;
  let last = size - 1;
  let root = proof.leafHash;
  for (const sibling of path) {
    if (last === 0 || sibling.length !== HASH_BYTES) return undefined;
    if (node % 2 === 1 || node === last) {
      root = nodeHash(sibling, root);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      root = nodeHash(root, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? root : undefined;
}

/**
 * The root of the tree that ends with the leaf, as an audit path in the larger tree shows it: the siblings on its left
 * are the full subtrees before it, in both trees alike.
 *
 * @param proof One that {@link verifyInclusion} has accepted: then the larger tree has this prefix and no other.
 */
export function rootOfPrefix({ index, size, leafHash, path }: InclusionProof): Uint8Array {
  let node = index;
  let last = size - 1;
  let root = leafHash;
  for (const sibling of path) {
    // As in rootFromInclusion; what lies on the right is not part of the prefix.
    if (node % 2 === 1 || node === last) {
      root = nodeHash(sibling, root);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return root;
}

/** True if the proof leads to `root`. */
export function verifyInclusion(proof: InclusionProof & { readonly root: Uint8Array }): boolean {
  const root = rootFromInclusion(proof);
  return root !== undefined && equalBytes(root, proof.root);
}

/** What a consistency proof says. The path is attacker-controlled. */
export interface ConsistencyProof {
  readonly fromSize: number;
  readonly fromRoot: Uint8Array;
  readonly toSize: number;
  readonly toRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** True if the larger tree extends the smaller one (RFC 9162, section 2.1.4.2). The empty tree needs no path. */
export function verifyConsistency(proof: ConsistencyProof): boolean {
  const { fromSize, fromRoot, toSize, toRoot, path } = proof;
  if (!isPosition(fromSize) || !isPosition(toSize) || fromSize > toSize) return false;
  if (path.some((hash) => hash.length !== HASH_BYTES)) return false;
  if (fromSize === toSize) return path.length === 0 && equalBytes(fromRoot, toRoot);
  if (fromSize === 0) return path.length === 0 && equalBytes(fromRoot, EMPTY_ROOT);

  let node = fromSize - 1;
  let last = toSize - 1;
  while (node % 2 === 1) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  // A power of two: the proof leaves out what the verifier has.
  const hashes = node === 0 ? [fromRoot, ...path] : path;
  const seed = hashes[0];
  if (seed === undefined) return false;
  let oldRoot = seed;
  let newRoot = seed;
  for (const sibling of hashes.slice(1)) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldRoot = nodeHash(sibling, oldRoot);
      newRoot = nodeHash(sibling, newRoot);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      newRoot = nodeHash(newRoot, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equalBytes(oldRoot, fromRoot) && equalBytes(newRoot, toRoot);
}

function isPosition(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function outOfRange(index: number, size: number): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", "position is outside the tree", {
    details: { index, size },
  });
}
