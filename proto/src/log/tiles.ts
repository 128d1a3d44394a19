/**
 * Tiles: how the nodes of a log are grouped and named (C2SP tlog-tiles).
 *
 * @module
 */

import { TributaryError } from "../errors.ts";
import type { NodeAddress } from "./merkle.ts";

/** Levels of the tree in one tile. */
export const TILE_HEIGHT = 8;

/** Hashes in a full tile. */
export const TILE_WIDTH = 256;

/**
 * Path of a tile, without the log's prefix: `tile/<level>/<index>[.p/<width>]`, the index in groups of three digits,
 * for example `tile/0/x001/x234/067`.
 *
 * @param level 0 to 63, in tiles: level 1 holds the roots of full tiles of level 0.
 * @param width 1 to 255 for a partial tile; 256 or left out for a full one.
 */
export function tilePath(level: number, index: number, width: number = TILE_WIDTH): string {
  assertRange("level", level, 63);
  return `tile/${level}/${indexPath(index, width)}`;
}

/** Path of the bundle of the entries whose hashes are in the level 0 tile of this index. */
export function entriesPath(index: number, width: number = TILE_WIDTH): string {
  return `tile/entries/${indexPath(index, width)}`;
}

function indexPath(index: number, width: number): string {
  assertRange("index", index, Number.MAX_SAFE_INTEGER);
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) {
    throw invalid("width", width);
  }
  let path = String(index % 1000).padStart(3, "0");
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, "0")}/${path}`;
  }
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

/** A tile of a log: `width` hashes of 32 bytes. */
export interface TileAddress {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** The tiles of a log of this size at one level, without the full ones below `fromIndex`. */
export function tilesOf(size: number, level: number, fromIndex = 0): TileAddress[] {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  const tiles: TileAddress[] = [];
  for (let index = fromIndex; index * TILE_WIDTH < hashes; index++) {
    tiles.push({ level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) });
  }
  return tiles;
}

/**
 * Where a full node of the tree is found: the hashes `first` to `first + count` (exclusive) of a tile are the leaves
 * of the subtree whose root it is; one hash if the tile holds the node itself.
 */
export function tileOfNode(node: NodeAddress): {
  readonly level: number;
  readonly index: number;
  readonly first: number;
  readonly count: number;
} {
  const level = Math.floor(node.level / TILE_HEIGHT);
  const count = 2 ** (node.level % TILE_HEIGHT);
  const start = node.index * count;
  return { level, index: Math.floor(start / TILE_WIDTH), first: start % TILE_WIDTH, count };
}

function assertRange(name: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 0 || value > most) throw invalid(name, value);
}

function invalid(name: string, value: number): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", `${name} of a tile is out of range`, {
    details: { [name]: value },
  });
}
