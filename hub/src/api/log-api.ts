/**
 * The log service, for everybody who wants to check the log.
 *
 * @module
 */

import type { Cosigning } from "../log/cosigning.ts";
import type { Epochs } from "../log/epochs.ts";
import type { MerkleLog } from "../log/merkle-log.ts";
import type { CallContext } from "./rpc.ts";

/** Entries that are read before the caller is asked whether it is still there. */
const READ_AHEAD = 1_024;

export interface LogApiOptions {
  readonly log: MerkleLog;
  /** Key of the log. */
  readonly vkey: string;
  /** Where the newest epoch summary is. */
  readonly epochs: Pick<Epochs, "placeOf">;
  /** What witnesses have cosigned. */
  readonly cosigning: Pick<Cosigning, "checkpoint">;
}

export function createLogApi({ log, vkey, epochs, cosigning }: LogApiOptions) {
  return {
    async getCheckpoint(_request: object) {
      const { checkpoint } = log.requireHead();
      return { checkpoint, vkey, cosigned: cosigning.checkpoint ?? "" };
    },

    /** @returns `receipt` holds the bytes of a `Receipt`. */
    async getInclusionProof(request: { readonly position: number }) {
      return { receipt: await log.freshReceipt(request.position) };
    },

    async getConsistencyProof(request: { readonly fromSize: number; readonly toSize: number }) {
      return { hashes: await log.consistencyProof(request.fromSize, request.toSize) };
    },

    /** @returns `receipt` holds the bytes of a `Receipt`. */
    async getEpoch({ centerId }: { readonly centerId: string }) {
      return { receipt: await log.freshReceipt(epochs.placeOf(centerId)) };
    },

    async *listEntries(
      request: { readonly fromPosition: number; readonly maxEntries: number },
      { signal }: CallContext,
    ) {
      const { fromPosition, maxEntries } = request;
      const end = maxEntries === 0 ? log.size : Math.min(log.size, fromPosition + maxEntries);
      for (let from = fromPosition; from < end; from += READ_AHEAD) {
        signal.throwIfAborted();
        for await (const { position, entry } of log.entries(
          from,
          Math.min(end, from + READ_AHEAD),
        )) {
          yield { position, entry };
        }
      }
    },
  };
}
