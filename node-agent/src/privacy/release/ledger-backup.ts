/**
 * The ledger and its secrets as one text, to be kept elsewhere: who loses them can release no more outcomes.
 *
 * The text holds pseudonyms and secrets of the center, so it is to be kept as safely as the agent's keys.
 *
 * @module
 */

import { fromBase64, fromHex, sha256Text, TributaryError, toBase64, toHex } from "@tributary/proto";
import type { LedgerHead, ReleaseLedger } from "../../ports/release-ledger.ts";
import { assertLedgerWhole, type LedgerContent, readLedger } from "./ledger-check.ts";
import {
  type PseudonymKeys,
  type PseudonymKeysHex,
  pseudonymKeysOfHex,
  pseudonymKeysToHex,
} from "./pseudonym.ts";

/** What a backup holds. */
export interface LedgerBackup {
  readonly keys: PseudonymKeys;
  readonly content: LedgerContent;
  /** Entries of the budget ledger, oldest first; none where no noised answer was ever made. */
  readonly budget: readonly Uint8Array[];
}

const FORMAT = "tributary-ledger-backup/1";

/**
 * The backup of a ledger.
 *
 * @param budget Entries of the budget ledger.
 * @throws {TributaryError} `ERR_STORE_DAMAGED` if the ledger does not hold together.
 */
export async function backupLedger(
  ledger: ReleaseLedger,
  keys: PseudonymKeys,
  budget: readonly Uint8Array[],
): Promise<string> {
  const { head, releases, ...rest } = await readLedger(ledger);
  const json = JSON.stringify({
    keys: pseudonymKeysToHex(keys),
    head: { ...head, lastHash: toHex(head.lastHash) },
    ...rest,
    releases: releases.map((release) => ({ ...release, body: toBase64(release.body) })),
    budget: budget.map(toBase64),
  });
  return `${FORMAT} ${toHex(sha256Text(json))}\n${json}\n`;
}

/** Reads a backup. @throws {TributaryError} `ERR_STORE_DAMAGED` if it is none, or does not hold together. */
export function readLedgerBackup(text: string): LedgerBackup {
  const [first = "", json = ""] = text.split("\n");
  if (first !== `${FORMAT} ${toHex(sha256Text(json))}`) throw noBackup();
  const { keys, head, releases, budget = [], ...rest } = JSON.parse(json) as StoredBackup;
  const content = {
    ...rest,
    head: { ...head, lastHash: fromHex(head.lastHash) },
    releases: releases.map((release) => ({ ...release, body: fromBase64(release.body) })),
  };
  assertLedgerWhole(content);
  return {
    keys: pseudonymKeysOfHex(keys),
    content,
    budget: budget.map(fromBase64),
  };
}

/** The content with bytes as texts. */
interface StoredBackup extends Pick<LedgerBackup["content"], "pending" | "buckets"> {
  readonly keys: PseudonymKeysHex;
  readonly head: Omit<LedgerHead, "lastHash"> & { readonly lastHash: string };
  readonly releases: readonly (Omit<LedgerBackup["content"]["releases"][number], "body"> & {
    readonly body: string;
  })[];
  /** Absent in backups of versions before noised answers. */
  readonly budget?: readonly string[];
}

function noBackup(): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    "the file is no backup of a ledger, or was changed since it was made",
    { messageZh: "该文件不是账本备份，或生成后被修改" },
  );
}
