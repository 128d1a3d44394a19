/**
 * The log of a hub with one center, written by the log's own code, without a network.
 *
 * @module
 */

import {
  buildBatch,
  encodeMembershipChange,
  generateSigningKey,
  parseSignedBatch,
  randomBytes,
  systemClock,
  ZERO_HASH,
} from "@tributary/proto";
import type { DataFolder } from "../../src/adapters/data-folder.ts";
import { FileCheckpointAnchor } from "../../src/adapters/file-checkpoint-anchor.ts";
import { openLevelLogStore } from "../../src/adapters/level-log-store.ts";
import { createCheckpointSigner } from "../../src/log/checkpoint-signer.ts";
import { MerkleLog } from "../../src/log/merkle-log.ts";
import { syntheticRecords } from "./synthetic-records.ts";

const CENTER = "bench-center";
/** As many entries as the log commits at once. */
const AT_ONCE = 512;

/**
 * Appends what a hub would that takes signed batches from a center.
 *
 * @param onProgress Hears how many records are in the log.
 * @returns Bytes of all records.
 */
export async function writeLog(
  folder: DataFolder,
  { records, batchRecords }: { readonly records: number; readonly batchRecords: number },
  onProgress: (records: number) => void = () => undefined,
): Promise<number> {
  await using store = await openLevelLogStore(folder.logFolder, { reserveBytes: 0 });
  const log = await MerkleLog.open({
    store,
    anchor: new FileCheckpointAnchor(folder.checkpointFile),
    signer: createCheckpointSigner(folder.origin, folder.signingKey),
    clock: systemClock,
  });
  const key = await generateSigningKey();
  await log.append({
    type: "membership",
    statement: encodeMembershipChange({
      centerId: CENTER,
      state: "approved",
      publicKey: key.publicKey,
      recoveryPublicKey: new Uint8Array(),
      actor: "bench",
      reason: "",
      proofOfPossession: "",
      centerName: "Bench",
    }),
  });
  const recordAt = syntheticRecords(1);
  const feedId = randomBytes(16);
  let prevHash: Uint8Array = ZERO_HASH;
  let bytes = 0;
  let waiting: Promise<unknown>[] = [];
  for (let first = 0, seq = 0n; first < records; first += batchRecords, seq += 1n) {
    const count = Math.min(batchRecords, records - first);
    const batch = Array.from({ length: count }, (_, i) => recordAt(first + i));
    const { frame, headerHash } = await buildBatch(
      {
        hubOrigin: folder.origin,
        centerId: CENTER,
        feedId,
        seq,
        prevHash,
        firstRecordSeq: BigInt(first),
        createdAtMs: systemClock.now(),
        snapshot: "none",
        records: batch,
      },
      key,
    );
    const { header: statement, signature, records: run } = parseSignedBatch(frame);
    waiting.push(log.append({ type: "batch", statement, signature, records: run }));
    if (waiting.length === AT_ONCE) {
      await Promise.all(waiting);
      waiting = [];
      onProgress(first + count);
    }
    prevHash = headerHash;
    bytes += run.length - 4 * count;
  }
  await Promise.all(waiting);
  await log.settled();
  return bytes;
}
