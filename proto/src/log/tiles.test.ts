import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../crypto/bytes.ts";
import { CompactRange } from "./compact-range.ts";
import { leafHash, merkleRoot } from "./merkle.ts";
import { entriesPath, TILE_HEIGHT, TILE_WIDTH, tileOfNode, tilePath, tilesOf } from "./tiles.ts";

describe("tile paths", () => {
  // C2SP tlog-tiles: "index 1234067 will be encoded as x001/x234/067".
  test.each([
    [0, 1_234_067, undefined, "tile/0/x001/x234/067"],
    [1, 0, undefined, "tile/1/000"],
    [0, 273, 112, "tile/0/273.p/112"],
    [2, 1000, 1, "tile/2/x001/000.p/1"],
  ])("of level %i, index %i, width %s are %s", (level, index, width, path) => {
    expect(tilePath(level, index, width)).toBe(path);
  });

  test("of entries leave out the level", () => {
    expect(entriesPath(1_234_067, 7)).toBe("tile/entries/x001/x234/067.p/7");
  });

  test.each([
    [-1, 0, 1],
    [64, 0, 1],
    [0, -1, 1],
    [0, 0.5, 1],
    [0, 0, 0],
    [0, 0, 257],
  ])("refuse level %i, index %d, width %i", (level, index, width) => {
    expect(() => tilePath(level, index, width)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT_INVALID" }),
    );
  });
});

describe("tiles of a log", () => {
  // C2SP tlog-tiles: "a tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of
  // width 112, one full level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of width 1".
  test("are those of the specification's example", () => {
    const level0 = tilesOf(70_000, 0);
    expect(level0.filter(({ width }) => width === TILE_WIDTH)).toHaveLength(273);
    expect(level0.at(-1)).toEqual({ level: 0, index: 273, width: 112 });
    expect(tilesOf(70_000, 1)).toEqual([
      { level: 1, index: 0, width: 256 },
      { level: 1, index: 1, width: 17 },
    ]);
    expect(tilesOf(70_000, 2)).toEqual([{ level: 2, index: 0, width: 1 }]);
    expect(tilesOf(70_000, 3)).toEqual([]);
    expect(tilesOf(70_000, 0, 273)).toEqual([{ level: 0, index: 273, width: 112 }]);
  });

  // "a tree of size 256 will be represented by a full level 0 tile and a partial level 1 tile of width 1".
  test("have none that is empty", () => {
    expect(tilesOf(256, 0)).toEqual([{ level: 0, index: 0, width: 256 }]);
    expect(tilesOf(256, 1)).toEqual([{ level: 1, index: 0, width: 1 }]);
    expect(tilesOf(0, 0)).toEqual([]);
  });

  test("hold every full node, for any log", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1200 }), (size) => {
        const tiles = new Map<string, Uint8Array[]>();
        const nodes: { level: number; index: number; hash: Uint8Array }[] = [];
        const range = new CompactRange();
        for (let i = 0; i < size; i++) {
          range.append(leafHash(utf8(String(i))), (level, index, hash) => {
            nodes.push({ level, index, hash });
            if (level % TILE_HEIGHT !== 0) return;
            const name = `${level / TILE_HEIGHT}/${Math.floor(index / TILE_WIDTH)}`;
            tiles.set(name, [...(tiles.get(name) ?? []), hash]);
          });
        }
        for (const { level, index, hash } of nodes) {
          const tile = tileOfNode({ level, index });
          const hashes = tiles.get(`${tile.level}/${tile.index}`)?.slice(tile.first);
          expect(merkleRoot(hashes?.slice(0, tile.count) ?? [])).toEqual(hash);
        }
      }),
      { numRuns: 5 },
    );
  });
});
