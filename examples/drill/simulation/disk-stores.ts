/**
 * The stores of hub and agent over simulated disks: the stores in memory, under which every write goes through a disk and
 * is visible when the disk has it.
 *
 * @module
 */

import { MemoryCatalogStore } from "../../../hub/src/adapters/memory-catalog-store.ts";
import { MemoryLogStore } from "../../../hub/src/adapters/memory-log-store.ts";
import type { CatalogChange } from "../../../hub/src/ports/catalog-store.ts";
import type { StoredEntry, StoredHead } from "../../../hub/src/ports/log-store.ts";
import type { IndexChange, IndexWriter } from "../../../hub/src/ports/search-index.ts";
import { MemoryFeedStore } from "../../../node-agent/src/adapters/memory-feed-store.ts";
import type { FeedChange } from "../../../node-agent/src/ports/feed-store.ts";
import type { Disk } from "./disk.ts";
import type { Life } from "./scheduler.ts";

/** Writes of one open store, one after the other: to the disk, then to what is read. */
class Journal<Write> {
  readonly #disk: Disk;
  readonly #life: Life;
  readonly #apply: (write: Write) => Promise<void>;
  #last: Promise<unknown> = Promise.resolve();
  #failure: unknown;

  constructor(disk: Disk, life: Life, apply: (write: Write) => Promise<void>) {
    this.#disk = disk;
    this.#life = life;
    this.#apply = apply;
  }

  async replay(): Promise<void> {
    for (const write of this.#disk.records()) await this.#apply(write as Write);
  }

  /** @param check Throws where the write must not happen. */
  write(
    write: Write,
    { sync }: { readonly sync: boolean },
    check: () => void = () => undefined,
  ): Promise<void> {
    const result = this.#last.then(async () => {
      if (this.#failure !== undefined) throw this.#failure;
      check();
      try {
        await this.#disk.append(this.#life, write, { sync });
      } catch (error) {
        // Room may come back; a write that failed in its middle leaves an unknown state until the next start.
        if ((error as { readonly code?: string }).code !== "ERR_STORE_FULL") this.#failure = error;
        throw error;
      }
      await this.#apply(write);
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}

const SYNCED = { sync: true } as const;
const LAZY = { sync: false } as const;

type LogWrite =
  | { readonly entries: readonly StoredEntry[]; readonly facts: ReadonlyMap<string, Uint8Array> }
  | { readonly head: StoredHead }
  | { readonly allFacts: ReadonlyMap<string, Uint8Array> }
  | { readonly position: number; readonly records: Uint8Array };

/** The log's store of one life of a hub. */
export class DiskLogStore extends MemoryLogStore {
  readonly #journal: Journal<LogWrite>;

  private constructor(disk: Disk, life: Life) {
    super();
    this.#journal = new Journal(disk, life, (write) => this.#apply(write));
  }

  static async open(disk: Disk, life: Life): Promise<DiskLogStore> {
    const store = new DiskLogStore(disk, life);
    await store.#journal.replay();
    return store;
  }

  override writeEntries(
    entries: readonly StoredEntry[],
    facts: ReadonlyMap<string, Uint8Array>,
  ): Promise<void> {
    return this.#journal.write({ entries, facts }, SYNCED, () => this.requireNext(entries));
  }

  override writeHead(head: StoredHead): Promise<void> {
    return this.#journal.write({ head }, SYNCED);
  }

  override replaceFacts(allFacts: ReadonlyMap<string, Uint8Array>): Promise<void> {
    return this.#journal.write({ allFacts }, SYNCED);
  }

  override replaceRecords(position: number, records: Uint8Array): Promise<void> {
    return this.#journal.write({ position, records }, SYNCED);
  }

  #apply(write: LogWrite): Promise<void> {
    if ("entries" in write) return super.writeEntries(write.entries, write.facts);
    if ("head" in write) return super.writeHead(write.head);
    if ("allFacts" in write) return super.replaceFacts(write.allFacts);
    return super.replaceRecords(write.position, write.records);
  }
}

/** The store of one life of an agent. */
export class DiskFeedStore extends MemoryFeedStore {
  readonly #journal: Journal<FeedChange>;

  private constructor(disk: Disk, life: Life) {
    super();
    this.#journal = new Journal(disk, life, (change) => super.commit(change));
  }

  static async open(disk: Disk, life: Life): Promise<DiskFeedStore> {
    const store = new DiskFeedStore(disk, life);
    await store.#journal.replay();
    return store;
  }

  override commit(change: FeedChange): Promise<void> {
    return this.#journal.write(change, SYNCED);
  }
}

type CatalogWrite = { readonly change: CatalogChange } | { readonly isCleared: true };

/** The catalog of one life of a hub; nobody waits for its syncs. */
export class DiskCatalogStore extends MemoryCatalogStore {
  readonly #journal: Journal<CatalogWrite>;

  private constructor(disk: Disk, life: Life) {
    super();
    this.#journal = new Journal(disk, life, (write) =>
      "change" in write ? super.write(write.change) : super.clear(),
    );
  }

  static async open(disk: Disk, life: Life): Promise<DiskCatalogStore> {
    const store = new DiskCatalogStore(disk, life);
    await store.#journal.replay();
    return store;
  }

  override write(change: CatalogChange): Promise<void> {
    return this.#journal.write({ change }, LAZY);
  }

  override clear(): Promise<void> {
    return this.#journal.write({ isCleared: true }, LAZY);
  }
}

/** A small file that is replaced as a whole: the mark of an agent, the published checkpoint of a hub. */
export class DiskCell<Value> {
  readonly #disk: Disk;
  readonly #life: Life;

  constructor(disk: Disk, life: Life) {
    this.#disk = disk;
    this.#life = life;
  }

  async read(): Promise<Value | undefined> {
    return this.#disk.records().at(-1) as Value | undefined;
  }

  write(value: Value): Promise<void> {
    return this.#disk.append(this.#life, value, SYNCED);
  }
}

type IndexWrite =
  | { readonly titles: ReadonlyMap<string, string>; readonly position: number }
  | { readonly isCleared: true };

/** An index that knows the title of each document: durable when it is flushed. */
export class DiskIndex implements IndexWriter {
  readonly #disk: Disk;
  readonly #life: Life;
  #titles = new Map<string, string>();
  #position = 0;

  constructor(disk: Disk, life: Life) {
    this.#disk = disk;
    this.#life = life;
    for (const write of disk.records() as IndexWrite[]) {
      if ("isCleared" in write) this.#forget();
      else [this.#titles, this.#position] = [new Map(write.titles), write.position];
    }
  }

  /** Titles by `kind/center/key`. */
  get titles(): ReadonlyMap<string, string> {
    return this.#titles;
  }

  async position(): Promise<number> {
    return this.#position;
  }

  async apply({ upserts, deletes, position }: IndexChange): Promise<void> {
    for (const { ref, text } of upserts) this.#titles.set(nameOf(ref), text.title);
    for (const ref of deletes) this.#titles.delete(nameOf(ref));
    this.#position = position;
  }

  async flush(): Promise<void> {
    const write: IndexWrite = { titles: this.#titles, position: this.#position };
    await this.#disk.append(this.#life, write, SYNCED);
  }

  async rest(): Promise<void> {}

  async clear(): Promise<void> {
    this.#forget();
    await this.#disk.append(this.#life, { isCleared: true } satisfies IndexWrite, SYNCED);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #forget(): void {
    this.#titles = new Map();
    this.#position = 0;
  }
}

/** How a record is named where kind, center and key are one text. */
export function nameOf(ref: {
  readonly kind: string;
  readonly centerId: string;
  readonly key: string;
}): string {
  return `${ref.kind}/${ref.centerId}/${ref.key}`;
}
