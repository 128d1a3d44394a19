/**
 * The writing side of the index: turns changes into segments, merges them, publishes generations, keeps them.
 *
 * One thread owns it. A change is a small new segment and marks of deletion in older ones, so that it is searchable at
 * once; segments of similar size are merged (see `merge-policy.ts`), small ones on the spot, large ones by
 * {@link IndexWriterOptions.merge}, which may be another thread: changes go on meanwhile, and what they delete of the
 * merged segments is deleted of the result. Of a large change one half is built here and one by
 * {@link IndexWriterOptions.build} at the same time.
 *
 * @module
 */

import { isTributaryError, TributaryError } from "@tributary/proto/base";
import type { ArrivingBlob, IndexStore } from "../ports/index-store.ts";
import type { IndexChange, IndexDocument, IndexWriter } from "../ports/search-index.ts";
import type { Analyzer } from "./analysis/analyzer.ts";
import { refText } from "./fields.ts";
import type { GenerationData } from "./generation.ts";
import { dueGroup, MAX_SEGMENT_DOCS, spareGroup } from "./merge-policy.ts";
import { readForOpening } from "./segment/arrival.ts";
import { buildSegment } from "./segment/build.ts";
import { countDeleted, type Deletes, isDeleted, withDeleted } from "./segment/deletes.ts";
import { GONE, mergeSegments, renumber } from "./segment/merge.ts";
import { readRest } from "./segment/rest.ts";
import { Segment } from "./segment/segment.ts";

/** Version of the segment format and of the analysis; another one makes the index anew. */
const FORMAT = 5;

/** Each segment is one more to ask for every question. */
const MAX_SEGMENTS = 64;

/** Merges of at most this many documents run on the spot. */
const SMALL_MERGE_DOCS = 2048;

/** Documents that are built in one go. */
const BUILD_DOCS = 4096;

/** From so many documents on they are built in two halves: each is of the size that one segment of all would be. */
const SHARED_BUILD_DOCS = 1024;

/** A segment and what is deleted of it, as it is posted to the thread that merges. */
export interface MergeRequest {
  readonly buffer: SharedArrayBuffer;
  readonly deletes: Deletes;
}

/** Merges posted segments; what {@link IndexWriterOptions.merge} does, wherever it runs. */
export function mergeRequested(inputs: readonly MergeRequest[]): SharedArrayBuffer {
  return mergeSegments(
    inputs.map(({ buffer, deletes }) => ({ segment: new Segment(buffer), deletes })),
  );
}

export interface IndexWriterOptions {
  /** Unique to this writer; see {@link GenerationData}. */
  readonly series: string;
  readonly store: IndexStore;
  readonly analyzer: Analyzer;
  /** Called with each new state, the first one before {@link openIndexWriter} resolves. */
  readonly publish: (generation: GenerationData) => void;
  /** Builds a segment beside this thread; where left out, all is built in this thread. One call at a time. */
  readonly build?: (documents: readonly IndexDocument[]) => Promise<SharedArrayBuffer>;
  /** Merges large segments while changes go on. */
  readonly merge: (inputs: readonly MergeRequest[]) => Promise<SharedArrayBuffer>;
  /** Most segments before the next change waits for a merge; {@link MAX_SEGMENTS} if left out. */
  readonly maxSegments?: number;
  /** Called when the writer is disposed, before it waits for a merge that is under way. */
  readonly onClose?: () => Promise<void>;
  /** Called when what was stored cannot be used, so that the index begins empty. */
  readonly onReset?: (reason: string) => void;
  /**
   * Called when a part of what was published cannot be read, with why: `ERR_STORE_DAMAGED` for an index that must be cleared.
   * Until then questions that need the part are `ERR_UNAVAILABLE`, and changes are refused with the same error.
   */
  readonly onLost?: (error: unknown) => void;
}

interface Part {
  readonly id: number;
  readonly segment: Segment;
  /** While it is read: it is searched, and neither merged nor dropped. */
  arriving: ArrivingBlob | undefined;
  deletes: Deletes;
  deleted: number;
}

interface Manifest {
  readonly format: number;
  readonly dictionary: number;
  readonly position: number;
  readonly nextId: number;
  readonly parts: readonly { readonly id: number; readonly deletes: string | undefined }[];
}

/**
 * Opens the index of a store, and reads the larger part of it while it is used. What is found damaged, or was made by
 * another version, is deleted: the writer then begins at position 0 and wants everything again.
 */
export async function openIndexWriter(options: IndexWriterOptions): Promise<SegmentIndexWriter> {
  const loaded = await load(options);
  const writer = new SegmentIndexWriter(options, loaded);
  writer.publish();
  writer.readRest();
  return writer;
}

interface Loaded {
  readonly position: number;
  readonly nextId: number;
  readonly parts: readonly Part[];
  readonly stored: ReadonlyMap<string, Deletes | true>;
}

const EMPTY: Loaded = { position: 0, nextId: 1, parts: [], stored: new Map() };

async function load({ store, analyzer, onReset }: IndexWriterOptions): Promise<Loaded> {
  let reason = "another version has made it";
  try {
    const bytes = await store.readManifest();
    if (bytes === undefined) return EMPTY;
    const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
    const dictionary = analyzer.dictionary.data.fingerprint;
    if (manifest.format === FORMAT && manifest.dictionary === dictionary) {
      return await loadParts(store, manifest);
    }
  } catch (error) {
    if (!isTributaryError(error, "ERR_STORE_DAMAGED")) throw error;
    reason = error.message;
  }
  onReset?.(reason);
  await store.clear();
  return EMPTY;
}

async function loadParts(store: IndexStore, manifest: Manifest): Promise<Loaded> {
  const stored = new Map<string, Deletes | true>();
  const parts: Part[] = [];
  // One after the other: a blob is read in several parts at once, and more of them only wait in memory.
  for (const { id, deletes } of manifest.parts) {
    const [blob, bitmap] = await Promise.all([
      store.openBlob(segmentName(id)),
      deletes === undefined ? undefined : store.readBlob(deletes),
    ]);
    await readForOpening(blob);
    const bits = bitmap === undefined ? undefined : new Uint32Array(bitmap);
    stored.set(segmentName(id), true);
    if (deletes !== undefined) stored.set(deletes, bits);
    const segment = new Segment(blob.buffer);
    parts.push({ id, segment, arriving: blob, deletes: bits, deleted: countDeleted(bits) });
  }
  return { position: manifest.position, nextId: manifest.nextId, parts, stored };
}

/** See {@link openIndexWriter}. */
export class SegmentIndexWriter implements IndexWriter {
  readonly #options: IndexWriterOptions;
  #parts: Part[];
  #nextId: number;
  #position: number;
  #durablePosition: number;
  /** Blobs in the store by name; with a bitmap, the one that it holds. */
  #stored: Map<string, Deletes | true>;
  /** Changes, swaps and snapshots, one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #flushing: Promise<void> = Promise.resolve();
  #merging: Promise<void> | undefined;
  readonly #mergingIds = new Set<number>();
  /** Why changes are refused: told by the next one, since nobody waits for a merge or a reading. */
  #error: unknown;
  readonly #readingEnds = new AbortController();
  #reading: Promise<void> = Promise.resolve();
  /** Grows with each clear: a merge that began before is thrown away. */
  #era = 0;
  /** Whether no change came since it was told that none is expected. */
  #isResting = false;
  #isClosed = false;

  /** Use {@link openIndexWriter}. */
  constructor(options: IndexWriterOptions, loaded: Loaded) {
    this.#options = options;
    this.#parts = [...loaded.parts];
    this.#nextId = loaded.nextId;
    this.#position = loaded.position;
    this.#durablePosition = loaded.position;
    this.#stored = new Map(loaded.stored);
  }

  async position(): Promise<number> {
    return this.#durablePosition;
  }

  async apply(change: IndexChange): Promise<void> {
    await this.#enqueue(() => this.#apply(change));
    const { maxSegments = MAX_SEGMENTS } = this.#options;
    while (this.#parts.length > maxSegments && this.#merging !== undefined) await this.#merging;
  }

  /** Writes what is new, then the manifest. Changes that come meanwhile go on and are not part of it. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.catch(() => {}).then(() => this.#flush());
    return this.#flushing;
  }

  /** Merges what is left until a change comes. The next flush writes the result. */
  async rest(): Promise<void> {
    this.#isResting = true;
    this.#mergeLarge();
  }

  async clear(): Promise<void> {
    await this.#flushing.catch(() => {});
    await this.#enqueue(async () => {
      await this.#stopReading();
      await this.#options.store.clear();
      this.#era += 1;
      this.#error = undefined;
      this.#parts = [];
      this.#mergingIds.clear();
      this.#stored.clear();
      this.#position = 0;
      this.#durablePosition = 0;
      this.publish();
    });
  }

  /** Publishes the current state. */
  publish(): void {
    this.#options.publish({
      position: this.#position,
      series: this.#options.series,
      dictionary: this.#options.analyzer.dictionary.data,
      segments: this.#parts.map(({ id, segment, arriving, deletes }) => ({
        id,
        buffer: segment.buffer,
        parts: arriving?.parts,
        deletes,
      })),
    });
  }

  /** Begins to read what the parts lack. */
  readRest(): void {
    const { signal } = this.#readingEnds;
    const arriving = this.#parts.flatMap((part) => part.arriving ?? []);
    this.#reading = readRest(arriving, signal, {
      onRead: (blob) => {
        const part = this.#parts.find((part) => part.arriving === blob);
        if (part !== undefined) part.arriving = undefined;
      },
      onFailed: (_, error) => {
        if (signal.aborted) return;
        this.#error ??= error;
        this.#options.onLost?.(error);
      },
    }).then(() => {
      if (!this.#isClosed) this.#mergeLarge();
    });
  }

  /** Resolves when everything is read, no merge is under way and none is due. For benchmarks and tests. */
  async settle(): Promise<void> {
    await this.#reading;
    while (this.#merging !== undefined) await this.#merging;
    await this.#enqueue(async () => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#stopReading();
    await this.#queue.catch(() => {});
    await this.#flushing.catch(() => {});
    await this.#options.onClose?.();
    await this.#merging;
    await this.#options.store[Symbol.asyncDispose]();
  }

  async #apply({ upserts, deletes, position }: IndexChange): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    this.#isResting = false;
    const last = new Map(upserts.map((document) => [refText(document.ref), document]));
    const documents = [...last.values()];
    const built = await this.#build(documents);
    this.#delete([...deletes, ...documents.map(({ ref }) => ref)]);
    for (const buffer of built) this.#add(buffer);
    this.#position = position;
    this.#mergeSmall();
    this.publish();
    this.#mergeLarge();
  }

  async #build(documents: readonly IndexDocument[]): Promise<readonly SharedArrayBuffer[]> {
    const { analyzer, build } = this.#options;
    const built: SharedArrayBuffer[] = [];
    for (let at = 0; at < documents.length; at += BUILD_DOCS) {
      const chunk = documents.slice(at, at + BUILD_DOCS);
      if (build === undefined || chunk.length < SHARED_BUILD_DOCS) {
        built.push(buildSegment(chunk, analyzer));
        continue;
      }
      const half = Math.ceil(chunk.length / 2);
      const [second, first] = await Promise.all([
        build(chunk.slice(half)),
        (async () => buildSegment(chunk.slice(0, half), analyzer))(),
      ]);
      built.push(first, second);
    }
    return built;
  }

  async #stopReading(): Promise<void> {
    this.#readingEnds.abort();
    await this.#reading;
  }

  #add(buffer: SharedArrayBuffer): Part {
    const part = {
      id: this.#nextId++,
      segment: new Segment(buffer),
      arriving: undefined,
      deletes: undefined,
      deleted: 0,
    };
    this.#parts.push(part);
    return part;
  }

  #delete(refs: readonly Parameters<Segment["docsOf"]>[0][]): void {
    for (const part of this.#parts) {
      const found: number[] = [];
      for (const ref of refs) {
        for (const doc of part.segment.docsOf(ref))
          if (!isDeleted(part.deletes, doc)) found.push(doc);
      }
      if (found.length === 0) continue;
      part.deletes = withDeleted(part.deletes, part.segment.docs, found);
      part.deleted += new Set(found).size;
    }
    this.#dropEmpty();
  }

  #dropEmpty(): void {
    this.#parts = this.#parts.filter(
      ({ id, segment, arriving, deleted }) =>
        deleted < segment.docs || arriving !== undefined || this.#mergingIds.has(id),
    );
  }

  #mergeSmall(): void {
    for (;;) {
      const group = dueGroup(this.#freeParts(), SMALL_MERGE_DOCS);
      if (group === undefined) return;
      this.#replace(group, mergeSegments(group));
    }
  }

  #mergeLarge(): void {
    if (this.#merging !== undefined || this.#isClosed || this.#error !== undefined) return;
    const free = this.#freeParts();
    const group =
      dueGroup(free, MAX_SEGMENT_DOCS) ?? (this.#isResting ? spareGroup(free) : undefined);
    if (group === undefined) return;
    const era = this.#era;
    const before = group.map(({ deletes }) => deletes);
    for (const { id } of group) this.#mergingIds.add(id);
    this.#merging = this.#options
      .merge(group.map(requestOf))
      .then((buffer) =>
        this.#enqueue(async () => {
          if (era !== this.#era) return;
          this.#replace(group, buffer, before);
          this.publish();
        }),
      )
      .catch((error: unknown) => {
        if (!this.#isClosed) this.#error = error;
      })
      .finally(() => {
        for (const { id } of group) this.#mergingIds.delete(id);
        this.#merging = undefined;
        this.#mergeLarge();
      });
  }

  /** Segments that may be merged. */
  #freeParts(): readonly Part[] {
    return this.#parts.filter(
      ({ id, arriving }) => arriving === undefined && !this.#mergingIds.has(id),
    );
  }

  /** Puts a merged segment in the place of its parts; deletes of it what was deleted of them since `before`. */
  #replace(group: readonly Part[], buffer: SharedArrayBuffer, before?: readonly Deletes[]): void {
    this.#parts = this.#parts.filter((part) => !group.includes(part));
    const merged = this.#add(buffer);
    if (before === undefined) return;
    const numbers = renumber(group.map(({ segment }, i) => ({ segment, deletes: before[i] })));
    const found: number[] = [];
    group.forEach(({ deletes }, i) => {
      numbers[i]?.forEach((number, doc) => {
        if (number !== GONE && isDeleted(deletes, doc)) found.push(number);
      });
    });
    if (found.length === 0) return;
    merged.deletes = withDeleted(undefined, merged.segment.docs, found);
    merged.deleted = found.length;
    this.#dropEmpty();
  }

  async #flush(): Promise<void> {
    const blobs = new Map<string, Uint8Array<SharedArrayBuffer>>();
    const stored = new Map<string, Deletes | true>();
    const snapshot = await this.#enqueue(async (): Promise<{ manifest: Manifest; era: number }> => {
      const known = new Map([...this.#stored].map(([name, content]) => [content, name]));
      const parts = this.#parts.map(({ id, segment, deletes }) => {
        const name = segmentName(id);
        if (!this.#stored.has(name)) blobs.set(name, new Uint8Array(segment.buffer));
        stored.set(name, true);
        if (deletes === undefined) return { id, deletes: undefined };
        let bitmap = known.get(deletes);
        if (bitmap === undefined) {
          bitmap = `deletes/${this.#nextId++}`;
          blobs.set(bitmap, new Uint8Array(deletes.buffer));
        }
        stored.set(bitmap, deletes);
        return { id, deletes: bitmap };
      });
      const dictionary = this.#options.analyzer.dictionary.data.fingerprint;
      const head = { format: FORMAT, dictionary, position: this.#position, nextId: this.#nextId };
      return { manifest: { ...head, parts }, era: this.#era };
    });
    const { manifest } = snapshot;
    if (blobs.size === 0 && manifest.position === this.#durablePosition) return;
    const removed = [...this.#stored.keys()].filter((name) => !stored.has(name));
    const bytes = new TextEncoder().encode(JSON.stringify(manifest));
    await this.#options.store.commit({ blobs, removed, manifest: bytes });
    this.#stored = stored;
    this.#durablePosition = manifest.position;
  }

  #enqueue<T>(step: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(() => {
      if (this.#isClosed) throw new TributaryError("ERR_UNAVAILABLE", "the index is closed");
      return step();
    });
    this.#queue = run.catch(() => {});
    return run;
  }
}

function requestOf({ segment, deletes }: Part): MergeRequest {
  return { buffer: segment.buffer, deletes };
}

function segmentName(id: number): string {
  return `segment/${id}`;
}
