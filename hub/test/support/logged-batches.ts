/**
 * What must hold of the batches of a feed in the folder of a stopped hub, whatever happened to the hub meanwhile.
 *
 * @module
 */

import { join } from "node:path";
import {
  decodeBatchHeader,
  decodeErasure,
  decodeLogEntry,
  leafHash,
  merkleRoot,
  openCheckpoint,
  splitRecords,
  type TrustedLog,
  toHex,
  verifyReceipt,
} from "@tributary/proto";
import { expect } from "vitest";
import { openDataFolder } from "../../src/adapters/data-folder.ts";
import { openLevelLogStore } from "../../src/adapters/level-log-store.ts";
import { erasedRecord } from "../../src/catalog/erasure.ts";
import { checkFolder } from "../../src/cli/check-folder.ts";

/** A batch as its center signed it. */
export interface SentBatch {
  readonly seq: bigint;
  readonly frame: Uint8Array;
  readonly records: readonly Uint8Array[];
  /** What the hub answered, each time it did. */
  readonly receipts: Uint8Array[];
}

/**
 * A check of the folder finds nothing; the log has each batch of its only feed once, dense, with its bytes but for what was
 * erased; every receipt is of the log as it is now.
 *
 * @param batches All that were signed; each has a receipt.
 */
export async function checkLoggedBatches(
  folder: string,
  batches: readonly SentBatch[],
  trusted: TrustedLog,
): Promise<void> {
  const { check, replay, wrongFacts } = await checkFolder(await openDataFolder(folder));
  expect(check).toMatchObject({ problems: [], pending: 0 });
  expect({ problems: replay.problems, wrongFacts }).toEqual({ problems: [], wrongFacts: [] });

  await using store = await openLevelLogStore(join(folder, "log"), { reserveBytes: 0 });
  const leaves: Uint8Array[] = [];
  const stored = new Map<number, readonly Uint8Array[]>();
  const erased = new Set<string>();
  for await (const { entry, records, position } of store.readEntries(0, Number.MAX_SAFE_INTEGER)) {
    expect(position).toBe(leaves.length);
    leaves.push(leafHash(entry));
    const { type, statement } = decodeLogEntry(entry);
    if (type === "erasure") {
      const erasure = decodeErasure(statement);
      erased.add(`${erasure.position}/${erasure.index}`);
    }
    if (type !== "batch") continue;
    const { seq, recordCount } = decodeBatchHeader(statement);
    expect(seq).toBe(BigInt(stored.size));
    stored.set(position, splitRecords(records, recordCount));
  }
  expect(stored.size).toBe(batches.length);
  for (const [seq, [position, records]] of [...stored].entries()) {
    const wanted = (batches[seq] as SentBatch).records.map((bytes, index) =>
      erased.has(`${position}/${index}`) ? erasedRecord(bytes) : bytes,
    );
    expect(records.map(toHex)).toEqual(wanted.map(toHex));
  }
  const head = await store.readHead();
  const checkpoint = await openCheckpoint(head?.checkpoint ?? "", trusted);
  expect(checkpoint.size).toBe(leaves.length);
  expect(toHex(checkpoint.root)).toBe(toHex(merkleRoot(leaves)));
  for (const { seq, receipts } of batches) {
    for (const again of receipts) expect(toHex(again)).toBe(toHex(receipts[0] as Uint8Array));
    const receipt = await verifyReceipt(receipts[0] as Uint8Array, trusted);
    expect(decodeBatchHeader(receipt.entry.statement).seq).toBe(seq);
    // The checkpoint under which it was issued is a prefix of the log as it is now.
    const prefix = merkleRoot(leaves.slice(0, receipt.size));
    expect(toHex(receipt.checkpoint.root)).toBe(toHex(prefix));
  }
}
