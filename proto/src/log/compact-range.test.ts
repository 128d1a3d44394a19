import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../crypto/bytes.ts";
import { CompactRange } from "./compact-range.ts";
import { leafHash, merkleRoot } from "./merkle.ts";

const leaves = Array.from({ length: 300 }, (_, i) => leafHash(utf8(String(i))));

describe("CompactRange", () => {
  test("has the root of the whole tree after every append", () => {
    const range = new CompactRange();
    expect(range.root()).toEqual(merkleRoot([]));
    for (const [i, leaf] of leaves.entries()) {
      range.append(leaf);
      expect(range.size).toBe(i + 1);
      expect(range.root()).toEqual(merkleRoot(leaves.slice(0, i + 1)));
    }
  });

  test("goes on from its edge, for any size", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(99), (size, more) => {
        const before = new CompactRange();
        for (const leaf of leaves.slice(0, size)) before.append(leaf);
        const after = new CompactRange(size, before.edge);
        expect(after.root()).toEqual(before.root());
        for (const leaf of leaves.slice(size, size + more)) after.append(leaf);
        expect(after.root()).toEqual(merkleRoot(leaves.slice(0, size + more)));
      }),
    );
  });

  test("tells of each full node once, with its address", () => {
    const range = new CompactRange();
    const nodes = new Map<string, Uint8Array>();
    const visit = (level: number, index: number, hash: Uint8Array) => {
      expect(nodes.has(`${level}/${index}`)).toBe(false);
      nodes.set(`${level}/${index}`, hash);
    };
    for (const leaf of leaves) range.append(leaf, visit);
    let expected = 0;
    for (let level = 0; 2 ** level <= leaves.length; level++) {
      const width = 2 ** level;
      for (let index = 0; (index + 1) * width <= leaves.length; index++) {
        const full = leaves.slice(index * width, (index + 1) * width);
        expect(nodes.get(`${level}/${index}`)).toEqual(merkleRoot(full));
        expected++;
      }
    }
    expect(nodes.size).toBe(expected);
  });

  test("cannot be changed through what it gave away", () => {
    const range = new CompactRange();
    for (const leaf of leaves.slice(0, 3)) range.append(leaf);
    const root = range.root();
    range.root().fill(0);
    (range.edge as Uint8Array[]).pop();
    expect(range.root()).toEqual(root);
  });

  test.each([
    [0, 1],
    [3, 1],
    [4, 2],
  ])("refuses an edge that does not belong to size %i", (size, edge) => {
    expect(() => new CompactRange(size, leaves.slice(0, edge))).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT_INVALID" }),
    );
  });
});
