/**
 * What the budget ledger says, and how it is written.
 *
 * An entry is stored as the hash of the ledger up to and with it, followed by its JSON; the hash is SHA-256 over the hash
 * before it and that JSON. So no entry can be changed or dropped without all later hashes failing, and the newest hash,
 * the head, stands for the whole ledger.
 *
 * The head is published. It rests on the data, so every entry that does carries a random salt that never leaves: without
 * it, who can guess the data could recognise it by the head, and no noise would help.
 *
 * @module
 */

import {
  concatBytes,
  equalBytes,
  fromUtf8,
  HASH_BYTES,
  isTributaryError,
  sha256,
  TributaryError,
  utf8,
  ZERO_HASH,
} from "@tributary/proto";
import { z } from "zod";
import { parseRational } from "../noise/rational.ts";

/** What is counted in a cell: its units, the sum of their grades, how many were satisfied. */
export const STATISTICS = ["n", "sum", "satisfied"] as const;
export type StatisticName = (typeof STATISTICS)[number];

const statisticName = z.enum(STATISTICS);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const fraction = z.string().refine(isFraction);

const reservedEntry = z.strictObject({
  state: z.literal("reserved"),
  /** SHA-256 of the canonical query; hex. */
  queryId: hash,
  /** What is protected, for example group-year. */
  unit: z.string(),
  /** Calendar year of the records that the query reads: whose budget it spends. */
  year: z.int(),
  /** Epoch of the release that the answer is for: 2026Q1. */
  epoch: z.string().regex(/^\d{4}Q[1-4]$/),
  /** What the answer costs, all statistics together. */
  rho: fraction,
  statistics: z.array(
    z.strictObject({
      name: statisticName,
      rho: fraction,
      sigmaSquared: fraction,
      delta2Squared: fraction,
    }),
  ),
  /** SHA-256 of `salt` and of the data that were read; hex. For an audit at the center. */
  dataSnapshotHash: hash,
  /** 32 random bytes; hex. Never leaves the center. */
  salt: hash,
});

const answeredEntry = z.strictObject({
  state: z.literal("answered"),
  queryId: hash,
  /** Noised values by statistic and cell, as they may be published. */
  values: z.record(statisticName, z.record(z.string(), z.int())),
});

const ledgerEntry = z.discriminatedUnion("state", [reservedEntry, answeredEntry]);

/** Budget that is spent, whether or not an answer follows. */
export type ReservedEntry = z.infer<typeof reservedEntry>;
/** The answer to an earlier {@link ReservedEntry}. */
export type AnsweredEntry = z.infer<typeof answeredEntry>;
export type LedgerEntry = ReservedEntry | AnsweredEntry;

/** A ledger that was read. */
export interface ReadLedger {
  readonly entries: readonly LedgerEntry[];
  /** Hash of the newest entry; 32 zero bytes before the first. */
  readonly head: Uint8Array;
}

/** The bytes of an entry that follows `head`. */
export function encodeLedgerEntry(head: Uint8Array, entry: LedgerEntry): Uint8Array {
  const json = utf8(JSON.stringify(entry));
  return concatBytes(sha256(head, json), json);
}

/**
 * Reads a whole ledger.
 *
 * @throws {TributaryError} `ERR_STORE_DAMAGED` if an entry was changed, is not the next one or cannot be read.
 */
export function readLedger(stored: readonly Uint8Array[]): ReadLedger {
  let head: Uint8Array = ZERO_HASH;
  const entries = stored.map((bytes, position) => {
    const json = bytes.subarray(HASH_BYTES);
    const expected = sha256(head, json);
    if (!equalBytes(bytes.subarray(0, HASH_BYTES), expected)) throw damaged(position);
    head = expected;
    return parseEntry(json, position);
  });
  return { entries, head };
}

/**
 * Checks that a ledger is not older than what was published of it.
 *
 * @param head Newest head that a release states.
 * @throws {TributaryError} `ERR_STORE_DAMAGED` if no entry of the ledger ends with it: what was spent since is forgotten.
 */
export function assertLedgerHas(stored: readonly Uint8Array[], head: Uint8Array): void {
  const { length } = readLedger(stored).entries;
  const isKnown = stored.some((bytes) => equalBytes(bytes.subarray(0, HASH_BYTES), head));
  if (!isKnown && !equalBytes(head, ZERO_HASH)) throw damaged(length);
}

function parseEntry(json: Uint8Array, position: number): LedgerEntry {
  try {
    return ledgerEntry.parse(JSON.parse(fromUtf8(json)));
  } catch (cause) {
    throw damaged(position, cause);
  }
}

function isFraction(text: string): boolean {
  try {
    parseRational(text);
    return true;
  } catch (error) {
    if (isTributaryError(error, "ERR_ARGUMENT_INVALID")) return false;
    throw error;
  }
}

function damaged(position: number, cause?: unknown): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    `entry ${position} of the privacy budget ledger is damaged; restore its newest backup, or leave noised answers off: what was spent is not known`,
    {
      messageZh: `隐私预算账本第 ${position} 条记录已损坏；请恢复最新备份，否则应停用加噪查询：已用预算无法确定`,
      cause,
    },
  );
}
