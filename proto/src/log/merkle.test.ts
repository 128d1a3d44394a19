import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes, utf8 } from "../crypto/bytes.ts";
import { sha256 } from "../crypto/sha256.ts";
import {
  consistencyPath,
  consistencyRanges,
  decomposeRange,
  foldRange,
  inclusionPath,
  inclusionRanges,
  leafHash,
  merkleRoot,
  nodeHash,
  rootFromInclusion,
  rootOfPrefix,
  verifyConsistency,
  verifyInclusion,
} from "./merkle.ts";

/** The definitions of RFC 6962, section 2.1, word for word: slow, recursive, obviously right. */
const naive = {
  mth(d: readonly Uint8Array[]): Uint8Array {
    if (d.length === 0) return sha256(new Uint8Array());
    if (d.length === 1) return sha256(Uint8Array.of(0), d[0] as Uint8Array);
    const k = naive.k(d.length);
    return sha256(Uint8Array.of(1), naive.mth(d.slice(0, k)), naive.mth(d.slice(k)));
  },
  path(m: number, d: readonly Uint8Array[]): Uint8Array[] {
    if (d.length <= 1) return [];
    const k = naive.k(d.length);
    return m < k
      ? [...naive.path(m, d.slice(0, k)), naive.mth(d.slice(k))]
      : [...naive.path(m - k, d.slice(k)), naive.mth(d.slice(0, k))];
  },
  subproof(m: number, d: readonly Uint8Array[], b: boolean): Uint8Array[] {
    if (m === d.length) return b ? [] : [naive.mth(d)];
    const k = naive.k(d.length);
    return m <= k
      ? [...naive.subproof(m, d.slice(0, k), b), naive.mth(d.slice(k))]
      : [...naive.subproof(m - k, d.slice(k), false), naive.mth(d.slice(0, k))];
  },
  k(n: number): number {
    return 2 ** Math.floor(Math.log2(n - 1));
  },
};

const data = Array.from({ length: 130 }, (_, i) => utf8(`leaf ${i}`));
const leaves = data.map(leafHash);
const size = fc.integer({ min: 1, max: data.length });

describe("a tree", () => {
  test("hashes leaves and nodes with their prefix, of any size, again and again", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 10_000 }), (bytes) => {
        expect(leafHash(bytes)).toEqual(sha256(concatBytes(Uint8Array.of(0), bytes)));
      }),
    );
    const [a, b] = [sha256(utf8("a")), sha256(utf8("b"))];
    expect(nodeHash(a, b)).toEqual(sha256(Uint8Array.of(1), a, b));
  });

  test("has the root of the definition at every size", () => {
    for (let n = 0; n <= data.length; n++) {
      expect(merkleRoot(leaves.slice(0, n))).toEqual(naive.mth(data.slice(0, n)));
    }
  });
});

describe("an inclusion proof", () => {
  test("is the one of the definition, and verifies, for any leaf of any tree", () => {
    fc.assert(
      fc.property(size, fc.nat(), (n, seed) => {
        const index = seed % n;
        const path = inclusionPath(leaves.slice(0, n), index);
        expect(path).toEqual(naive.path(index, data.slice(0, n)));
        const root = merkleRoot(leaves.slice(0, n));
        const proof = { index, size: n, leafHash: leaves[index] as Uint8Array, path, root };
        expect(verifyInclusion(proof)).toBe(true);
      }),
    );
  });

  test("does not verify for another leaf, index, size, root or path, for any tree", () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (n, seed, other) => {
        const index = seed % n;
        const path = inclusionPath(leaves.slice(0, n), index);
        const root = merkleRoot(leaves.slice(0, n));
        const proof = { index, size: n, leafHash: leaves[index] as Uint8Array, path, root };
        const leaf = leaves[(index + 1 + (other % 129)) % 130] as Uint8Array;
        expect(verifyInclusion({ ...proof, leafHash: leaf })).toBe(false);
        expect(verifyInclusion({ ...proof, root: leaf })).toBe(false);
        for (const wrong of [index - 1, index + 1, index ^ 1, n, -1, 0.5, 2 ** 53]) {
          if (wrong !== index) expect(verifyInclusion({ ...proof, index: wrong })).toBe(false);
        }
        expect(verifyInclusion({ ...proof, path: [...path, leaf] })).toBe(false);
        expect(verifyInclusion({ ...proof, path: [leaf, ...path] })).toBe(false);
        if (path.length > 0) {
          expect(verifyInclusion({ ...proof, path: path.slice(1) })).toBe(false);
          expect(verifyInclusion({ ...proof, path: path.slice(0, -1) })).toBe(false);
          const at = other % path.length;
          const short = path.with(at, (path[at] as Uint8Array).subarray(1));
          expect(verifyInclusion({ ...proof, path: short })).toBe(false);
        }
        for (const [at, hash] of path.entries()) {
          const long = path.with(at, concatBytes(hash, Uint8Array.of(0)));
          expect(verifyInclusion({ ...proof, path: long })).toBe(false);
          expect(verifyInclusion(proof)).toBe(true);
          expect(verifyInclusion({ ...proof, path: path.with(at, hash.subarray(0, 31)) })).toBe(
            false,
          );
        }
        // The longest path that a tree of another size could ask for never fits.
        expect(verifyInclusion({ ...proof, size: 2 * n + 1 })).toBe(false);
      }),
    );
  });

  test("gives no root where it is none", () => {
    const leaf = leaves[0] as Uint8Array;
    expect(rootFromInclusion({ index: 0, size: 0, leafHash: leaf, path: [] })).toBeUndefined();
    expect(
      rootFromInclusion({ index: 0, size: 1, leafHash: leaf.subarray(1), path: [] }),
    ).toBeUndefined();
  });

  test("is refused outside the tree", () => {
    const refused = expect.objectContaining({ code: "ERR_ARGUMENT_INVALID" });
    for (const index of [-1, 3, 0.5]) {
      expect(() => inclusionPath(leaves.slice(0, 3), index)).toThrow(refused);
    }
  });

  test("has its arithmetic right beyond 32 bits", () => {
    // The rightmost leaf of a tree of 2^40 + 1: one sibling, the root of the rest.
    const [rest, leaf] = [sha256(utf8("rest")), leafHash(utf8("leaf"))];
    const proof = { index: 2 ** 40, size: 2 ** 40 + 1, leafHash: leaf, path: [rest] };
    expect(inclusionRanges(2 ** 40, 2 ** 40 + 1)).toEqual([{ start: 0, end: 2 ** 40 }]);
    expect(rootFromInclusion(proof)).toEqual(nodeHash(rest, leaf));
    expect(inclusionRanges(0, 2 ** 53 - 1)).toHaveLength(53);
  });
});

test("an audit path shows the root of the tree that ends with its leaf, for any tree", () => {
  for (let size = 1; size <= 40; size += 1) {
    const leaves = Array.from({ length: size }, (_, i) => leafHash(Uint8Array.of(i)));
    for (const [index, hash] of leaves.entries()) {
      const proof = { index, size, leafHash: hash, path: inclusionPath(leaves, index) };
      expect(rootOfPrefix(proof)).toEqual(merkleRoot(leaves.slice(0, index + 1)));
    }
  }
});

describe("a consistency proof", () => {
  test("is the one of the definition, and verifies, for any two sizes", () => {
    fc.assert(
      fc.property(size, fc.nat(), (n, seed) => {
        const m = seed % (n + 1);
        const path = consistencyPath(leaves.slice(0, n), m);
        const expected = m === 0 || m === n ? [] : naive.subproof(m, data.slice(0, n), true);
        expect(path).toEqual(expected);
        const proof = {
          fromSize: m,
          toSize: n,
          fromRoot: merkleRoot(leaves.slice(0, m)),
          toRoot: merkleRoot(leaves.slice(0, n)),
          path,
        };
        expect(verifyConsistency(proof)).toBe(true);
      }),
    );
  });

  test("does not verify for other roots, sizes or paths, for any two sizes", () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (n, seed, other) => {
        const m = 1 + (seed % n);
        const path = consistencyPath(leaves.slice(0, n), m);
        const proof = {
          fromSize: m,
          toSize: n,
          fromRoot: merkleRoot(leaves.slice(0, m)),
          toRoot: merkleRoot(leaves.slice(0, n)),
          path,
        };
        const wrong = sha256(utf8(String(other)));
        expect(verifyConsistency({ ...proof, fromRoot: wrong })).toBe(false);
        expect(verifyConsistency({ ...proof, toRoot: wrong })).toBe(false);
        expect(verifyConsistency({ ...proof, path: [...path, wrong] })).toBe(false);
        expect(verifyConsistency({ ...proof, path: [wrong, ...path] })).toBe(false);
        expect(verifyConsistency({ ...proof, toSize: m - 1 })).toBe(false);
        if (m < n) {
          const { fromRoot, toRoot } = proof;
          expect(verifyConsistency({ ...proof, fromRoot: toRoot, toRoot: fromRoot })).toBe(false);
          const at = other % path.length;
          expect(verifyConsistency({ ...proof, path: path.with(at, wrong) })).toBe(false);
          expect(verifyConsistency({ ...proof, path: path.slice(1) })).toBe(false);
          expect(verifyConsistency({ ...proof, path: [] })).toBe(false);
          expect(verifyConsistency({ ...proof, toSize: 4 * n })).toBe(false);
          for (const [i, hash] of path.entries()) {
            const long = path.with(i, concatBytes(hash, Uint8Array.of(0)));
            expect(verifyConsistency({ ...proof, path: long })).toBe(false);
            expect(verifyConsistency(proof)).toBe(true);
            const short = path.with(i, hash.subarray(0, 31));
            expect(verifyConsistency({ ...proof, path: short })).toBe(false);
          }
        }
      }),
    );
  });

  test("from the empty tree needs the empty root and no path", () => {
    const toRoot = merkleRoot(leaves);
    const proof = {
      fromSize: 0,
      toSize: leaves.length,
      fromRoot: merkleRoot([]),
      toRoot,
      path: [],
    };
    expect(verifyConsistency(proof)).toBe(true);
    expect(verifyConsistency({ ...proof, fromRoot: toRoot })).toBe(false);
    expect(verifyConsistency({ ...proof, path: [toRoot] })).toBe(false);
  });
});

describe("the ranges of a proof", () => {
  test("decompose into full nodes whose hashes fold to the proof, for any tree", () => {
    const hashOf = (ranges: ReturnType<typeof inclusionRanges>) =>
      ranges.map((range) =>
        foldRange(
          decomposeRange(range).map(({ level, index }) => {
            const width = 2 ** level;
            return merkleRoot(leaves.slice(index * width, (index + 1) * width));
          }),
        ),
      );
    fc.assert(
      fc.property(size, fc.nat(), (n, seed) => {
        const tree = leaves.slice(0, n);
        expect(hashOf(inclusionRanges(seed % n, n))).toEqual(inclusionPath(tree, seed % n));
        const from = seed % (n + 1);
        expect(hashOf(consistencyRanges(from, n))).toEqual(consistencyPath(tree, from));
      }),
    );
  });
});
