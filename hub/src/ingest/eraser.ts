/**
 * Erases the contents of records in the log: every version of them that was ever accepted.
 *
 * The entry that says so is durable before a byte is replaced. A start finishes what a crash left in between, so once
 * the erasure is in the log, the contents go.
 *
 * @module
 */

import {
  decodeBatchHeader,
  decodeLogEntry,
  type Erasure,
  encodeErasure,
  fromUtf8,
  joinRecords,
  type RecordRef,
  sha256,
  splitRecords,
  TributaryError,
  toHex,
  utf8,
} from "@tributary/proto";
import { readRecord } from "../catalog/entry.ts";
import { erasedHashOf, erasedRecord } from "../catalog/erasure.ts";
import { type ReleaseRecordFact, recordFactName } from "../catalog/release/release-facts.ts";
import type { MerkleLog } from "../log/merkle-log.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { LogStore } from "../ports/log-store.ts";
import { batchFacts, decodeBatchPlace } from "./feed-table.ts";

export interface EraserOptions {
  readonly log: MerkleLog;
  /** That of the log. */
  readonly store: Pick<LogStore, "replaceRecords" | "dropReplaced">;
  /** Covers the log at least up to the batches with what is to be erased. */
  readonly catalog: Pick<CatalogStore, "fact">;
}

/** What is to be erased. */
export interface ErasureOrder {
  readonly centerId: string;
  /** Which records of the center; undefined for all, also those that cannot be read. */
  readonly refs: readonly Pick<RecordRef, "kind" | "key">[] | undefined;
  /** Who decided. */
  readonly actor: string;
  readonly reason: string;
}

/** Erasures that are appended together. */
const GROUP = 256;
const ERASURES = "erasure/";

/** The fact that keeps where a record's erasure is in the log. */
export function erasureFact(
  centerId: string,
  { position, index }: Pick<Erasure, "position" | "index">,
  place: number,
): readonly [name: string, value: Uint8Array] {
  return [erasureFactName(centerId, position, index), utf8(String(place))];
}

function erasureFactName(centerId: string, position: number, index: number): string {
  return batchErasures(centerId, position) + index.toString(16).padStart(4, "0");
}

/** Prefix of the facts of one batch. */
function batchErasures(centerId: string, position: number): string {
  return `${ERASURES}${centerId}/${position.toString(16).padStart(16, "0")}/`;
}

/** One owner; orders are carried out one after the other. */
export class Eraser {
  readonly #options: EraserOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: EraserOptions) {
    this.#options = options;
  }

  /**
   * Erases all versions. What was erased before stays as it is.
   *
   * @returns How many versions were erased.
   * @throws {TributaryError} As {@link MerkleLog.append}; `ERR_STORE_FULL`, `ERR_STORE_DAMAGED`; the signal's reason
   * between two batches: what is erased until then stays erased.
   */
  erase(order: ErasureOrder, signal: AbortSignal): Promise<number> {
    const result = this.#last.then(() => this.#erase(order, signal));
    this.#last = result.catch(() => {});
    return result;
  }

  /** Versions of a center's records in the log, and how many of them are erased. */
  async countOf(centerId: string): Promise<{ readonly versions: number; readonly erased: number }> {
    let versions = 0;
    for await (const { records } of this.#batchesOf(centerId)) versions += records.length;
    let erased = 0;
    for await (const _ of this.#options.log.facts(`${ERASURES}${centerId}/`)) erased += 1;
    return { versions, erased };
  }

  /**
   * To be called at the start: erases what the log says is erased, and a crash left. That can only be in the batch of the
   * newest erasures, since a batch is replaced before those of the next one are appended.
   */
  async finish(): Promise<void> {
    let newest = -1;
    let place: readonly [centerId: string, position: number] | undefined;
    for await (const [name, value] of this.#options.log.facts(ERASURES)) {
      const at = Number(fromUtf8(value));
      if (at < newest) continue;
      const [, centerId = "", batch = ""] = name.split("/");
      newest = at;
      place = [centerId, Number.parseInt(batch, 16)];
    }
    if (place === undefined) return;
    const [centerId, position] = place;
    const indexes = await this.#erasedIn(centerId, position);
    const records = await this.#recordsAt(position);
    if ([...indexes].every((index) => isErasedRecord(records[index] as Uint8Array))) return;
    await this.#options.store.replaceRecords(
      position,
      await this.#without(centerId, records, indexes),
    );
    await this.#options.store.dropReplaced();
  }

  /** Puts the records of a batch back that were lost, without the contents of those that were erased. Durable on return. */
  async putBack(centerId: string, position: number, records: readonly Uint8Array[]): Promise<void> {
    const indexes = await this.#erasedIn(centerId, position);
    const left = await this.#without(centerId, records, indexes);
    await this.#options.store.replaceRecords(position, left);
  }

  /** Indexes of the records of a batch that were erased. */
  async #erasedIn(centerId: string, position: number): Promise<Set<number>> {
    const indexes = new Set<number>();
    for await (const [name] of this.#options.log.facts(batchErasures(centerId, position))) {
      indexes.add(Number.parseInt(name.slice(-4), 16));
    }
    return indexes;
  }

  async #erase({ centerId, refs, actor, reason }: ErasureOrder, signal: AbortSignal) {
    const wanted = refs && new Set(refs.map(({ kind, key }) => `${kind}/${key}`));
    let count = 0;
    for await (const { position, records } of this.#batchesOf(centerId)) {
      signal.throwIfAborted();
      const indexes: number[] = [];
      for (const [index, bytes] of records.entries()) {
        if (wanted !== undefined && !wanted.has(nameOf(bytes))) continue;
        const name = erasureFactName(centerId, position, index);
        if ((await this.#options.log.fact(name)) === undefined) indexes.push(index);
      }
      if (indexes.length === 0) continue;
      const left = await this.#without(centerId, records, new Set(indexes));
      for (let at = 0; at < indexes.length; at += GROUP) {
        await Promise.all(
          indexes.slice(at, at + GROUP).map((index) => {
            const erasure = { position, index, actor, reason };
            return this.#options.log.append({
              type: "erasure",
              statement: encodeErasure(erasure),
              facts: (place) => [erasureFact(centerId, erasure, place)],
            });
          }),
        );
      }
      await this.#options.store.replaceRecords(position, left);
      count += indexes.length;
    }
    if (count > 0) await this.#options.store.dropReplaced();
    return count;
  }

  /** The records of a batch, without the contents of some. */
  async #without(
    centerId: string,
    records: readonly Uint8Array[],
    indexes: ReadonlySet<number>,
  ): Promise<Uint8Array> {
    const left: Uint8Array[] = [];
    for (const [index, bytes] of records.entries()) {
      const isGoing = indexes.has(index) && !isErasedRecord(bytes);
      left.push(isGoing ? await this.#erased(centerId, bytes) : bytes);
    }
    return joinRecords(left);
  }

  /** What is left of a record; of a release also what became of it, which later ones are held to. */
  async #erased(centerId: string, bytes: Uint8Array): Promise<Uint8Array> {
    const read = readRecord(bytes);
    if ("code" in read || read.record.kind !== "outcome") return erasedRecord(bytes);
    const { key, body } = read.record;
    const fact = await this.#options.catalog.fact(recordFactName(centerId, key));
    const known = fact && (JSON.parse(fromUtf8(fact)) as ReleaseRecordFact);
    return erasedRecord(bytes, known?.bodyHash === toHex(sha256(body)) ? known.reason : "");
  }

  async *#batchesOf(centerId: string) {
    for await (const [, value] of this.#options.log.facts(batchFacts(centerId))) {
      const { position } = decodeBatchPlace(value);
      yield { position, records: await this.#recordsAt(position) };
    }
  }

  async #recordsAt(position: number): Promise<Uint8Array[]> {
    const { entry, records } = await this.#options.log.entry(position);
    const { recordCount } = decodeBatchHeader(decodeLogEntry(entry).statement);
    // Nothing is called erased that may come back.
    if (records.length === 0 && recordCount > 0) throw lost(position);
    return splitRecords(records, recordCount);
  }
}

function lost(position: number): TributaryError {
  return new TributaryError(
    "ERR_LOG_DAMAGED",
    `the records of batch ${position} are lost; stop the hub and run: tributary-hub heal`,
    { messageZh: `第 ${position} 条批次的记录已丢失，请停止枢纽并运行：tributary-hub heal` },
  );
}

/** True for what stands for an erased record; a center can publish such bytes too, and they have no content. */
function isErasedRecord(bytes: Uint8Array): boolean {
  return erasedHashOf(bytes) !== undefined;
}

/** Kind and key; empty where the record cannot be read. */
function nameOf(bytes: Uint8Array): string {
  const read = readRecord(bytes);
  return "code" in read ? "" : `${read.record.kind}/${read.record.key}`;
}
