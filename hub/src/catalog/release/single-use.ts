/**
 * H6: no record is used twice, in any bucket of any center at any time.
 *
 * A refused release uses its records up as well: its bytes have left the center, and another bucket of the same records
 * could be subtracted from them. Only a bucket that was refused may come again, and only as it was.
 *
 * @module
 */

import { bucketIdOf, compareBytes, equalBytes, type RecordFinding, toHex } from "@tributary/proto";
import type { ReceivedRelease, ReleaseContext } from "./context.ts";
import { bucketDigest } from "./digests.ts";
import { bucketName, finding } from "./finding.ts";

export function* checkSingleUse(
  { centerId, release: { buckets = [] } }: ReceivedRelease,
  { past }: ReleaseContext,
): Iterable<RecordFinding> {
  const ids = new Set<string>();
  const used = new Set<string>();
  for (const [i, bucket] of buckets.entries()) {
    const { bucketId, n, nullifiers } = bucket;
    const name = bucketName(i, bucketId);
    const id = toHex(bucketId);
    if (nullifiers.length !== n) {
      yield problem(
        "nullifier_count",
        name,
        `has ${nullifiers.length} nullifiers; n is ${n}`,
        `有 ${nullifiers.length} 个记录标识，n 为 ${n}`,
      );
    }
    if (!isAscending(nullifiers)) {
      yield problem(
        "nullifier_order",
        name,
        "nullifiers are not ascending, each once",
        "记录标识未按升序排列或有重复",
      );
    }
    if (!equalBytes(bucketId, bucketIdOf(nullifiers))) {
      yield problem(
        "bucket_id",
        name,
        "the id is not the hash of its nullifiers",
        "编号不是其记录标识的哈希",
      );
    }
    const before = past.bucket(id);
    const mayComeAgain =
      before?.state === "refused" &&
      before.centerId === centerId &&
      before.digest === bucketDigest(bucket);
    if (ids.has(id) || (before !== undefined && !mayComeAgain)) {
      yield problem(
        "bucket_again",
        name,
        "was published before; a bucket is published once",
        "此前已发布；每个桶只发布一次",
      );
    }
    ids.add(id);
    let again = 0;
    for (const nullifier of nullifiers.map(toHex)) {
      const by = past.bucketOfNullifier(nullifier);
      if (used.has(nullifier) || (by !== undefined && by !== id)) again += 1;
      used.add(nullifier);
    }
    if (again > 0) {
      yield problem(
        "record_again",
        name,
        `${again} of its records were used in another bucket; a record is used once`,
        `其中 ${again} 条记录已用于其他桶；每条记录只用一次`,
      );
    }
  }
}

function isAscending(nullifiers: readonly Uint8Array[]): boolean {
  return nullifiers.every(
    (nullifier, i) => i === 0 || compareBytes(nullifiers[i - 1] as Uint8Array, nullifier) < 0,
  );
}

function problem(code: string, subject: string, message: string, messageZh: string): RecordFinding {
  return finding("H6", code, subject, message, messageZh);
}
