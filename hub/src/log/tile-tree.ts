/**
 * The Merkle tree of the log as C2SP tiles: grows at its right edge, answers roots and proofs.
 *
 * Only the right edge is kept in memory, at most 255 hashes a level; everything else is read from the tiles. A tile
 * of the store is the widest that was written; a tree of an earlier size sees a prefix of it.
 *
 * @see https://c2sp.org/tlog-tiles
 * @module
 */

import {
  consistencyRanges,
  decomposeRange,
  EMPTY_ROOT,
  foldRange,
  inclusionRanges,
  type LeafRange,
  merkleRoot,
  type NodeAddress,
  TILE_WIDTH,
  TributaryError,
  tileOfNode,
  tilePath,
} from "@tributary/proto";

/** Reads the hashes of a tile by its path without the partial-width suffix; undefined when there is none. */
export type ReadTile = (path: string) => Promise<Uint8Array | undefined>;

const HASH_BYTES = 32;
/** Tiles kept in memory beside the right edge: 1 MiB. */
const CACHED_TILES = 128;

/** One writer; proofs may be asked for concurrently, also while the tree grows. */
export class TileTree {
  readonly #readTile: ReadTile;
  /** By level, the hashes of the rightmost tile, always less than full. */
  readonly #edge: Uint8Array[][];
  readonly #cache = new Map<string, Uint8Array>();
  #size: number;

  private constructor(readTile: ReadTile, size: number, edge: Uint8Array[][]) {
    this.#readTile = readTile;
    this.#size = size;
    this.#edge = edge;
  }

  /**
   * Opens the tree of `size` leaves.
   *
   * @throws {TributaryError} `ERR_LOG_DAMAGED` if a tile of its right edge is missing or too narrow.
   */
  static async open(size: number, readTile: ReadTile): Promise<TileTree> {
    const edge: Uint8Array[][] = [];
    for (
      let level = 0, nodes = size;
      nodes > 0;
      level += 1, nodes = Math.floor(nodes / TILE_WIDTH)
    ) {
      const width = nodes % TILE_WIDTH;
      const path = tilePath(level, Math.floor(nodes / TILE_WIDTH));
      const tile = width === 0 ? new Uint8Array() : await readTile(path);
      if (tile === undefined || tile.length < width * HASH_BYTES) throw damagedTile(path);
      edge.push(Array.from({ length: width }, (_, index) => hashAt(tile, index)));
    }
    return new TileTree(readTile, size, edge);
  }

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** Adds leaves; answers the tiles that changed, complete, by path without suffix. */
  append(leaves: readonly Uint8Array[]): Map<string, Uint8Array> {
    const changed = new Map<string, Uint8Array>();
    const touched = new Set<number>();
    for (const leaf of leaves) {
      this.#size += 1;
      let hash = leaf;
      for (let level = 0; ; level += 1) {
        this.#edge[level] ??= [];
        const tile = this.#edge[level] as Uint8Array[];
        tile.push(hash);
        touched.add(level);
        if (tile.length < TILE_WIDTH) break;
        const full = joined(tile);
        const path = tilePath(level, this.#nodesAt(level) / TILE_WIDTH - 1);
        changed.set(path, full);
        this.#remember(path, full);
        hash = merkleRoot(tile);
        this.#edge[level] = [];
      }
    }
    for (const level of touched) {
      const tile = this.#edge[level] as Uint8Array[];
      if (tile.length > 0) changed.set(this.#edgePath(level), joined(tile));
    }
    return changed;
  }

  /** RFC 6962 root of the first `size` leaves; of all if left out. */
  async root(size: number = this.#size): Promise<Uint8Array> {
    if (size === 0) return EMPTY_ROOT;
    const [root] = await this.#hashes([{ start: 0, end: size }]);
    return root as Uint8Array;
  }

  /** Hashes of the leaves `from` (inclusive) to `to` (exclusive). */
  leaves(from: number, to: number): Promise<Uint8Array[]> {
    const positions = Array.from({ length: to - from }, (_, index) => from + index);
    return this.#hashes(positions.map((start) => ({ start, end: start + 1 })));
  }

  /** Audit paths of several leaves in the tree of `size`, each leaf side first. */
  async inclusionPaths(indexes: readonly number[], size: number): Promise<Uint8Array[][]> {
    const ranges = indexes.map((index) => inclusionRanges(index, size));
    const hashes = await this.#hashes(ranges.flat());
    let taken = 0;
    return ranges.map((path) => {
      taken += path.length;
      return hashes.slice(taken - path.length, taken);
    });
  }

  /** Proof that the tree of `to` leaves extends the tree of `from`. */
  consistencyPath(from: number, to: number): Promise<Uint8Array[]> {
    return this.#hashes(consistencyRanges(from, to));
  }

  /** Hash of each range. Reads the tiles that are needed first, so that each is read once. */
  async #hashes(ranges: readonly LeafRange[]): Promise<Uint8Array[]> {
    const nodesOf = ranges.map(decomposeRange);
    const tiles = new Map<string, Uint8Array>();
    for (const node of nodesOf.flat()) {
      const { level, index } = tileOfNode(node);
      const path = tilePath(level, index);
      if (!tiles.has(path)) tiles.set(path, await this.#tile(level, index, path));
    }
    const known = new Map<string, Uint8Array>();
    const hashOf = (node: NodeAddress) =>
      remembered(known, `${node.level}:${node.index}`, () => nodeIn(tiles, node));
    return ranges.map(({ start, end }, index) =>
      remembered(known, `${start}-${end}`, () =>
        foldRange((nodesOf[index] as NodeAddress[]).map(hashOf)),
      ),
    );
  }

  async #tile(level: number, index: number, path: string): Promise<Uint8Array> {
    const edge = this.#edge[level];
    if (edge !== undefined && index === Math.floor(this.#nodesAt(level) / TILE_WIDTH)) {
      return joined(edge);
    }
    const cached = this.#cache.get(path);
    if (cached !== undefined) return cached;
    const tile = await this.#readTile(path);
    if (tile?.length !== TILE_WIDTH * HASH_BYTES) throw damagedTile(path);
    this.#remember(path, tile);
    return tile;
  }

  #remember(path: string, tile: Uint8Array): void {
    this.#cache.delete(path);
    this.#cache.set(path, tile);
    if (this.#cache.size > CACHED_TILES) {
      this.#cache.delete(this.#cache.keys().next().value as string);
    }
  }

  /** Number of hashes of a level, over all its tiles. */
  #nodesAt(level: number): number {
    return Math.floor(this.#size / TILE_WIDTH ** level);
  }

  #edgePath(level: number): string {
    return tilePath(level, Math.floor(this.#nodesAt(level) / TILE_WIDTH));
  }
}

function nodeIn(tiles: ReadonlyMap<string, Uint8Array>, node: NodeAddress): Uint8Array {
  const { level, index, first, count } = tileOfNode(node);
  const path = tilePath(level, index);
  const hashes = tiles.get(path) as Uint8Array;
  if (hashes.length < (first + count) * HASH_BYTES) throw damagedTile(path);
  return merkleRoot(Array.from({ length: count }, (_, i) => hashAt(hashes, first + i)));
}

function remembered(
  known: Map<string, Uint8Array>,
  name: string,
  make: () => Uint8Array,
): Uint8Array {
  let hash = known.get(name);
  if (hash === undefined) {
    hash = make();
    known.set(name, hash);
  }
  return hash;
}

function hashAt(tile: Uint8Array, index: number): Uint8Array {
  return tile.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES);
}

function joined(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * HASH_BYTES);
  for (const [index, hash] of hashes.entries()) bytes.set(hash, index * HASH_BYTES);
  return bytes;
}

function damagedTile(path: string): TributaryError {
  return new TributaryError("ERR_LOG_DAMAGED", `tile ${path} of the log is missing or too short`, {
    messageZh: `日志的 ${path} 缺失或长度不足`,
    details: { path },
  });
}
