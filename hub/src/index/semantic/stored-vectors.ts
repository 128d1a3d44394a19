/**
 * An {@link EmbeddingProvider} that asks another one for each text once: what it was given is kept in a store, by the
 * hash of the text, so that neither a merge of segments nor a restart of the hub embeds a document again.
 *
 * Vectors are kept with a byte a dimension, and are given out so the first time too.
 *
 * @module
 */

import { isTributaryError, sha256Text } from "@tributary/proto/base";
import type { EmbeddingProvider, TextRole } from "../../ports/embedding-provider.ts";
import type { IndexStore } from "../../ports/index-store.ts";
import { readBlob, writeBlob } from "../segment/blob.ts";
import type { Pace } from "./pace.ts";
import { SegmentVectors } from "./vectors.ts";

/** Changes with what is stored. */
const FORMAT = 1;

/** Vectors of one blob, and those that a crash may cost. */
const CHUNK = 128;

/** Bytes of a text's hash that name it: with 2^64 texts two would share a name. */
const KEY_BYTES = 16;

/** More blobs than twice the number that the vectors would fill, and this many, are written anew. */
const SPARE_CHUNKS = 8;

interface Manifest {
  readonly format: number;
  readonly providerId: string;
  /** Numbers of the blobs. */
  readonly chunks: readonly number[];
  /** Number of the next one. */
  readonly next: number;
  /** Whether all documents had vectors once. */
  readonly isComplete: boolean;
}

interface Place {
  readonly vectors: SegmentVectors;
  readonly row: number;
}

export class StoredVectors implements EmbeddingProvider {
  readonly id: string;
  readonly dimensions: number;
  readonly isCentred: boolean;
  readonly #provider: EmbeddingProvider;
  readonly #store: IndexStore;
  readonly #places = new Map<string, Place>();
  #chunks: readonly number[] = [];
  #next = 1;
  #isComplete = false;
  /** Not stored yet. */
  #newKeys: string[] = [];
  #newVectors: SegmentVectors;

  /**
   * Reads what the store has of this provider; what it has of another one, or is damaged, is deleted.
   *
   * @throws {TributaryError} `ERR_STORE_FAILED`
   */
  static async open(store: IndexStore, provider: EmbeddingProvider): Promise<StoredVectors> {
    const stored = new StoredVectors(store, provider);
    await stored.#load();
    return stored;
  }

  private constructor(store: IndexStore, provider: EmbeddingProvider) {
    this.id = provider.id;
    this.dimensions = provider.dimensions;
    this.isCentred = provider.isCentred;
    this.#provider = provider;
    this.#store = store;
    this.#newVectors = SegmentVectors.create(CHUNK, this.dimensions);
  }

  /** Number of texts that have a vector. */
  get size(): number {
    return this.#places.size;
  }

  /** Whether {@link flush} was told once that all documents had vectors. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  async embed(
    texts: readonly string[],
    role: TextRole,
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (const text of texts) vectors.push(await this.#vectorOf(text, role, signal));
    signal.throwIfAborted();
    return vectors;
  }

  /** Makes everything durable. @param isComplete Whether all documents have vectors now. */
  async flush(isComplete: boolean): Promise<void> {
    const isNews = isComplete && !this.#isComplete;
    this.#isComplete ||= isComplete;
    if (this.#newKeys.length > 0 || isNews) await this.#write();
  }

  /** Forgets all texts but these. */
  async keep(texts: Iterable<string>, role: TextRole, pace: Pace): Promise<void> {
    const kept = new Set<string>();
    for (const text of texts) {
      await pace();
      kept.add(keyOf(text, role));
    }
    const gone = [...this.#places.keys()].filter((key) => !kept.has(key));
    for (const key of gone) this.#places.delete(key);
    if (gone.length > 0) await this.#write(true);
  }

  async #vectorOf(text: string, role: TextRole, signal: AbortSignal): Promise<Float32Array> {
    const key = keyOf(text, role);
    let place = this.#places.get(key);
    if (place === undefined) {
      const [vector] = await this.#provider.embed([text], role, signal);
      place = this.#add(key, vector as Float32Array);
      if (this.#newKeys.length === CHUNK) await this.#write();
    }
    return normalised(place.vectors.get(place.row));
  }

  #add(key: string, vector: Float32Array): Place {
    const place = { vectors: this.#newVectors, row: this.#newKeys.length };
    place.vectors.set(place.row, vector);
    this.#newKeys.push(key);
    this.#places.set(key, place);
    return place;
  }

  /** Stores what is new, or everything in as few blobs as there can be. */
  async #write(isAll = this.#hasSpareChunks()): Promise<void> {
    const keys = isAll ? [...this.#places.keys()] : this.#newKeys;
    const removed = isAll ? this.#chunks.map(blobName) : [];
    const chunks = isAll ? [] : [...this.#chunks];
    const blobs = new Map<string, Uint8Array<SharedArrayBuffer>>();
    for (let from = 0; from < keys.length; from += CHUNK) {
      blobs.set(blobName(this.#next), this.#chunkOf(keys.slice(from, from + CHUNK)));
      chunks.push(this.#next++);
    }
    this.#chunks = chunks;
    await this.#store.commit({ blobs, removed, manifest: this.#manifest() });
    this.#newKeys = [];
    this.#newVectors = SegmentVectors.create(CHUNK, this.dimensions);
  }

  #hasSpareChunks(): boolean {
    return this.#chunks.length >= 2 * Math.ceil(this.size / CHUNK) + SPARE_CHUNKS;
  }

  /** A blob of these texts' vectors, where they are found from now on. */
  #chunkOf(keys: readonly string[]): Uint8Array<SharedArrayBuffer> {
    const vectors = SegmentVectors.create(keys.length, this.dimensions);
    for (const [row, key] of keys.entries()) {
      const place = this.#places.get(key) as Place;
      vectors.set(row, place.vectors.get(place.row));
      this.#places.set(key, { vectors, row });
    }
    const names = keys.join("");
    const sections = {
      keys: Uint8Array.from({ length: names.length }, (_, i) => names.charCodeAt(i)),
      vectors: new Uint8Array(vectors.buffer),
    };
    return new Uint8Array(writeBlob({}, sections));
  }

  #manifest(): Uint8Array {
    const manifest: Manifest = {
      format: FORMAT,
      providerId: this.id,
      chunks: this.#chunks,
      next: this.#next,
      isComplete: this.#isComplete,
    };
    return new TextEncoder().encode(JSON.stringify(manifest));
  }

  async #load(): Promise<void> {
    try {
      const bytes = await this.#store.readManifest();
      if (bytes === undefined) return;
      const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
      if (manifest.format === FORMAT && manifest.providerId === this.id) {
        for (const number of manifest.chunks)
          this.#open(await this.#store.readBlob(blobName(number)));
        this.#chunks = manifest.chunks;
        this.#next = manifest.next;
        this.#isComplete = manifest.isComplete;
        return;
      }
    } catch (error) {
      if (!isTributaryError(error, "ERR_STORE_DAMAGED")) throw error;
    }
    this.#places.clear();
    await this.#store.clear();
  }

  #open(buffer: SharedArrayBuffer): void {
    const { section } = readBlob(buffer);
    const keys = section("keys", "u8");
    const vectors = SegmentVectors.create(keys.length / KEY_BYTES, this.dimensions);
    new Uint8Array(vectors.buffer).set(section("vectors", "u8"));
    for (let row = 0; row * KEY_BYTES < keys.length; row++) {
      const key = keys.subarray(row * KEY_BYTES, (row + 1) * KEY_BYTES);
      this.#places.set(String.fromCharCode(...key), { vectors, row });
    }
  }
}

/** The hash of a text and its role, a byte a character. */
function keyOf(text: string, role: TextRole): string {
  return String.fromCharCode(...sha256Text(`${role}\n${text}`).subarray(0, KEY_BYTES));
}

function blobName(chunk: number): string {
  return `vectors/${chunk}`;
}

function normalised(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
