/**
 * {@link LogStore} in memory, for tests. Durable only as long as the object lives.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import type { LogStore, StoredEntry, StoredHead } from "../ports/log-store.ts";

export class MemoryLogStore implements LogStore {
  readonly #entries: StoredEntry[] = [];
  readonly #tiles = new Map<string, Uint8Array>();
  readonly #receipts = new Map<number, Uint8Array>();
  #facts = new Map<string, Uint8Array>();
  #head: { readonly size: number; readonly checkpoint: string } | undefined;

  async entryCount(): Promise<number> {
    return this.#entries.length;
  }

  async writeEntries(
    entries: readonly StoredEntry[],
    facts: ReadonlyMap<string, Uint8Array>,
  ): Promise<void> {
    this.requireNext(entries);
    for (const { position, entry, records } of entries) {
      this.#entries.push({ position, entry: entry.slice(), records: records.slice() });
    }
    for (const [name, value] of facts) this.#facts.set(name, value.slice());
  }

  /** @throws {TributaryError} `ERR_LOG_CONFLICT` if the entries do not continue what is stored. */
  protected requireNext(entries: readonly StoredEntry[]): void {
    for (const [index, { position }] of entries.entries()) {
      const expected = this.#entries.length + index;
      if (position !== expected) {
        throw new TributaryError(
          "ERR_LOG_CONFLICT",
          `the next position of the log is ${expected}, not ${position}`,
          { messageZh: `日志的下一个位置是 ${expected}，不是 ${position}` },
        );
      }
    }
  }

  async writeHead(head: StoredHead): Promise<void> {
    this.#head = { size: head.size, checkpoint: head.checkpoint };
    for (const [path, hashes] of head.tiles) this.#tiles.set(path, hashes.slice());
    for (const { position, receipt } of head.receipts) {
      this.#receipts.set(position, receipt.slice());
    }
  }

  async readHead(): Promise<{ readonly size: number; readonly checkpoint: string } | undefined> {
    return this.#head;
  }

  async readEntry(position: number): Promise<StoredEntry | undefined> {
    return this.#entries[position];
  }

  async readLeaf(position: number): Promise<Uint8Array | undefined> {
    return this.#entries[position]?.entry;
  }

  async readRecords(position: number): Promise<Uint8Array | undefined> {
    const records = this.#entries[position]?.records;
    return records?.length === 0 ? undefined : records;
  }

  async *readEntries(from: number, to: number): AsyncIterable<StoredEntry> {
    yield* this.#entries.slice(from, to);
  }

  async readTile(path: string): Promise<Uint8Array | undefined> {
    return this.#tiles.get(path);
  }

  async readReceipt(position: number): Promise<Uint8Array | undefined> {
    return this.#receipts.get(position);
  }

  async readFact(name: string): Promise<Uint8Array | undefined> {
    return this.#facts.get(name);
  }

  async *facts(prefix: string): AsyncIterable<readonly [name: string, value: Uint8Array]> {
    yield* [...this.#facts]
      .filter(([name]) => name.startsWith(prefix))
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  async replaceFacts(facts: ReadonlyMap<string, Uint8Array>): Promise<void> {
    this.#facts = new Map([...facts].map(([name, value]) => [name, value.slice()]));
  }

  async dropReplaced(): Promise<void> {}

  async replaceRecords(position: number, records: Uint8Array): Promise<void> {
    const stored = this.#entries[position];
    if (stored !== undefined) this.#entries[position] = { ...stored, records: records.slice() };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
