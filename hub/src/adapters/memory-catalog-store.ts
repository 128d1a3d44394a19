/**
 * {@link CatalogStore} in memory: for tests, and the model that other implementations are compared with.
 *
 * Rows are kept encoded, so that nothing handed out can change what is stored.
 *
 * @module
 */

import { compareBytes, type RecordRef, utf8 } from "@tributary/proto";
import { type CatalogRow, compareRefs, decodeRow, encodeRow } from "../ports/catalog-row.ts";
import type { CatalogChange, CatalogStore, RowRange } from "../ports/catalog-store.ts";

/** A new, empty store. */
export function createMemoryCatalogStore(): CatalogStore {
  return new MemoryCatalogStore();
}

export class MemoryCatalogStore implements CatalogStore {
  #position = 0;
  readonly #rows = new Map<string, Uint8Array>();
  readonly #facts = new Map<string, Uint8Array>();

  async position(): Promise<number> {
    return this.#position;
  }

  async write(change: CatalogChange): Promise<void> {
    for (const { row } of change.rows) this.#rows.set(nameOf(row.ref), encodeRow(row));
    for (const [name, value] of change.facts) {
      if (value === undefined) this.#facts.delete(name);
      else this.#facts.set(name, value.slice());
    }
    this.#position = change.position;
  }

  async get(ref: RecordRef): Promise<CatalogRow | undefined> {
    const bytes = this.#rows.get(nameOf(ref));
    return bytes && decodeRow(bytes.slice());
  }

  async getMany(refs: readonly RecordRef[]): Promise<(CatalogRow | undefined)[]> {
    return Promise.all(refs.map((ref) => this.get(ref)));
  }

  async *rows({ kind, centerId, after }: RowRange): AsyncIterable<CatalogRow> {
    yield* this.#decoded()
      .filter(({ ref }) => kind === undefined || ref.kind === kind)
      .filter(({ ref }) => centerId === undefined || ref.centerId === centerId)
      .filter(({ ref }) => after === undefined || compareRefs(ref, after) > 0)
      .sort((a, b) => compareRefs(a.ref, b.ref));
  }

  async *changedRows(from: number, after?: RecordRef): AsyncIterable<CatalogRow> {
    yield* this.#decoded()
      .filter(
        ({ changePosition, ref }) =>
          changePosition > from ||
          (changePosition === from && (after === undefined || compareRefs(ref, after) > 0)),
      )
      .sort((a, b) => a.changePosition - b.changePosition || compareRefs(a.ref, b.ref));
  }

  async fact(name: string): Promise<Uint8Array | undefined> {
    return this.#facts.get(name)?.slice();
  }

  async factsNamed(names: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return Promise.all(names.map((name) => this.fact(name)));
  }

  async *facts(
    prefix: string,
    after?: string,
  ): AsyncIterable<readonly [name: string, value: Uint8Array]> {
    const found = [...this.#facts].filter(([name]) => name.startsWith(prefix));
    found.sort(([a], [b]) => compareBytes(utf8(a), utf8(b)));
    for (const [name, value] of found) {
      if (after === undefined || compareBytes(utf8(name), utf8(after)) > 0) {
        yield [name, value.slice()];
      }
    }
  }

  async scrub(): Promise<boolean> {
    return true;
  }

  async check(): Promise<void> {}

  async clear(): Promise<void> {
    this.#rows.clear();
    this.#facts.clear();
    this.#position = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #decoded(): CatalogRow[] {
    return [...this.#rows.values()].map((bytes) => decodeRow(bytes.slice()));
  }
}

function nameOf(ref: RecordRef): string {
  return `${ref.kind}\0${ref.centerId}\0${ref.key}`;
}
