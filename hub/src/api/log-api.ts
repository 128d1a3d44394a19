/**
 * The log service, for everybody who wants to check the log.
 *
 * @module
 */

import type { MerkleLog } from "../log/merkle-log.ts";
import type { CallContext } from "./rpc.ts";

/** Entries that are read before the caller is asked whether it is still there. */
const READ_AHEAD = 1_024;

export function createLogApi(log: MerkleLog, vkey: string) {
  return {
    async getCheckpoint(_request: object) {
      return { checkpoint: log.requireHead().checkpoint, vkey };
    },

    /** @returns `receipt` holds the bytes of a `Receipt`. */
    async getInclusionProof(request: { readonly position: number }) {
      return { receipt: await log.freshReceipt(request.position) };
    },

    async getConsistencyProof(request: { readonly fromSize: number; readonly toSize: number }) {
      return { hashes: await log.consistencyProof(request.fromSize, request.toSize) };
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
