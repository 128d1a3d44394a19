/**
 * A log for tests of the catalog: entries as the hub would write them, signed by nobody, since the fold verifies
 * nothing.
 *
 * @module
 */

import {
  type BodyOf,
  encodeBatchHeader,
  encodeBody,
  encodeCurationDecision,
  encodeErasure,
  encodeLogEntry,
  encodeMembershipChange,
  encodePolicyChange,
  encodeRecord,
  encodeRefusal,
  joinRecords,
  type LogEntryType,
  type MemberState,
  merkleRoot,
  type RecordKind,
  type RecordValue,
  recordHashes,
  type Snapshot,
  utf8,
  ZERO_HASH,
} from "@tributary/proto";
import type { StoredEntry } from "../../src/ports/log-store.ts";

export const START_MS = Date.UTC(2026, 0, 1);

/** A public case that says a little; fields can be replaced. */
export function aRecord(fields: Partial<RecordValue> = {}): Uint8Array {
  return encodeRecord({
    salt: new Uint8Array(16),
    kind: "case",
    key: "1",
    operation: "upsert",
    revision: 1n,
    visibility: "public",
    visibleTo: [],
    license: "",
    body: aCase("铜加工厂能耗管理"),
    ...fields,
  });
}

/** The body of a case. */
export function aCase(title: string, fields: Partial<BodyOf<"case">> = {}): Uint8Array {
  return encodeBody("case", { title, ...fields });
}

export function aWithdrawal(key: string, revision: bigint, kind: RecordKind = "case"): Uint8Array {
  return aRecord({ kind, key, revision, operation: "withdraw", body: new Uint8Array() });
}

/** Grows by one entry a call; each call returns the position. */
export class SmallLog {
  readonly entries: StoredEntry[] = [];
  readonly #startMs: number;
  #decisions = 0;

  /** @param startMs When the first entry was written; each is a second later than the one before. */
  constructor(startMs = START_MS) {
    this.#startMs = startMs;
  }

  /** Finds an entry. */
  readonly lookup = async (position: number): Promise<StoredEntry | undefined> =>
    this.entries[position];

  member(
    centerId: string,
    state: MemberState = "approved",
    publicKey = new Uint8Array(),
    distrustedFrom = 0,
  ): number {
    const statement = encodeMembershipChange({
      centerId,
      state,
      publicKey,
      recoveryPublicKey: new Uint8Array(),
      actor: "admin",
      reason: "",
      proofOfPossession: "",
      centerName: `${centerId} 中心`,
      distrustedFrom,
    });
    return this.#add("membership", statement);
  }

  batch(
    centerId: string,
    records: readonly Uint8Array[],
    options: { readonly feed?: number; readonly snapshot?: Snapshot } = {},
  ): number {
    const header = this.#header(centerId, records, options);
    return this.#add("batch", header, { signature: SIGNATURE, records: joinRecords(records) });
  }

  refusal(centerId: string, code: string): number {
    const header = this.#header(centerId, [aRecord()], {});
    const detail = encodeRefusal({
      code,
      message: "paused",
      messageZh: "已暂停",
      limitName: "",
      limitValue: 0,
    });
    return this.#add("refusal", header, { signature: SIGNATURE, detail });
  }

  /** @returns Also the decision's id. */
  decide(
    action: string,
    subjects: readonly string[],
    fields: {
      readonly argument?: string;
      readonly reason?: string;
      readonly retracts?: string;
      readonly actor?: string;
      readonly authorization?: string;
    } = {},
  ): { readonly position: number; readonly id: string } {
    const id = `d${this.#decisions++}`;
    const statement = encodeCurationDecision({
      decisionId: id,
      action,
      subjects,
      argument: fields.argument ?? "",
      actor: fields.actor ?? "curator",
      authorization: fields.authorization ?? "",
      reason: fields.reason ?? "",
      retracts: fields.retracts ?? "",
    });
    return { position: this.#add("curation", statement), id };
  }

  erase(position: number, index: number): number {
    const reason = "erased on request";
    return this.#add("erasure", encodeErasure({ position, index, actor: "admin", reason }));
  }

  policy(name: string, value: string): number {
    return this.#add("policy", encodePolicyChange({ name, value, actor: "admin" }));
  }

  /** Replaces the records of a batch, as an erasure does in the store. */
  replaceRecords(position: number, records: readonly Uint8Array[]): void {
    const entry = this.entries[position] as StoredEntry;
    this.entries[position] = { ...entry, records: joinRecords(records) };
  }

  #header(
    centerId: string,
    records: readonly Uint8Array[],
    { feed = 0, snapshot = "none" }: { readonly feed?: number; readonly snapshot?: Snapshot },
  ): Uint8Array {
    return encodeBatchHeader({
      hubOrigin: "hub.example",
      centerId,
      keyId: ZERO_HASH,
      feedId: new Uint8Array(16).fill(feed + 1),
      seq: BigInt(this.entries.length),
      prevHash: ZERO_HASH,
      firstRecordSeq: 0n,
      recordCount: records.length,
      recordsRoot: merkleRoot(recordHashes(records)),
      createdAtMs: START_MS,
      snapshot,
    });
  }

  #add(
    type: LogEntryType,
    statement: Uint8Array,
    parts: { signature?: Uint8Array; detail?: Uint8Array; records?: Uint8Array } = {},
  ): number {
    const position = this.entries.length;
    const entry = encodeLogEntry({
      receivedAtMs: this.#startMs + position * 1000,
      type,
      statement,
      signature: parts.signature ?? EMPTY,
      detail: parts.detail ?? EMPTY,
    });
    this.entries.push({ position, entry, records: parts.records ?? EMPTY });
    return position;
  }
}

const EMPTY = utf8("");
const SIGNATURE = new Uint8Array(64);
