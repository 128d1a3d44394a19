/**
 * Whether a ledger holds together: what every release rests on.
 *
 * @module
 */

import { decodeBody, equalBytes, sha256, TributaryError, toHex } from "@tributary/proto";
import type { LedgerChange, ReleaseLedger } from "../../ports/release-ledger.ts";

/** All that a ledger holds. */
export type LedgerContent = Required<Omit<LedgerChange, "dropped">>;

/** Everything of a ledger that was begun. @throws {TributaryError} `ERR_STORE_DAMAGED` if it does not hold together. */
export async function readLedger(ledger: ReleaseLedger): Promise<LedgerContent> {
  const head = await ledger.head();
  if (head === undefined) throw new TypeError("the ledger was not begun");
  const content = {
    head,
    pending: await Array.fromAsync(ledger.pending()),
    buckets: await Array.fromAsync(ledger.buckets()),
    releases: await Array.fromAsync(ledger.releases(0)),
  };
  assertLedgerWhole(content);
  return content;
}

/**
 * Checks that releases are a chain, that each bucket was released once with the members that the ledger names, and that
 * no record was used twice or waits although it was used (I1).
 *
 * @throws {TributaryError} `ERR_STORE_DAMAGED`, with the first thing that is wrong.
 */
export function assertLedgerWhole({ head, pending, buckets, releases }: LedgerContent): void {
  const members = new Map(
    buckets.map(({ bucketId, members }) => [bucketId, members.map((m) => m.nullifier).join()]),
  );
  let previous: Uint8Array | undefined;
  let released = 0;
  for (const [seq, release] of releases.entries()) {
    if (release.seq !== seq) throw broken(`release ${seq} is missing`);
    const body = decodeBody("outcome", release.body);
    const before = body.prevReleaseHash ?? new Uint8Array();
    if (!equalBytes(before, previous ?? new Uint8Array())) {
      throw broken(`release ${seq} does not follow the one before`);
    }
    for (const { bucketId, nullifiers } of body.buckets ?? []) {
      const id = toHex(bucketId);
      released += 1;
      if (members.get(id) !== nullifiers.map(toHex).join()) {
        throw broken(`bucket ${id} is not the one that was released`);
      }
    }
    previous = sha256(release.body);
  }
  const last = previous ?? new Uint8Array();
  if (head.nextSeq !== releases.length || !equalBytes(head.lastHash, last)) {
    throw broken("the newest release is missing");
  }
  if (released !== buckets.length) throw broken("a bucket was never released");
  const used = new Set<string>();
  for (const { nullifier } of buckets.flatMap(({ members }) => members)) {
    if (used.has(nullifier)) throw broken("a record was used twice");
    used.add(nullifier);
  }
  if (pending.some(({ nullifier }) => used.has(nullifier))) {
    throw broken("a record waits although it was used");
  }
}

function broken(what: string): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    `the ledger of outcome releases does not hold together: ${what}`,
    {
      messageZh: `成效发布账本不一致：${what}`,
    },
  );
}
