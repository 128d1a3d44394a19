/**
 * What a follower asks a hub about its log, over the client's calls.
 *
 * @module
 */

import { create, toBinary } from "@bufbuild/protobuf";
import type { LogView } from "@tributary/proto";
import { LogService, ReceiptSchema } from "@tributary/proto/wire";
import type { Calls } from "./calls.ts";

/** Its methods reject as those of the client do. */
export function logViewOf(calls: Calls): LogView {
  const { getCheckpoint, getConsistencyProof, getInclusionProof } = LogService.method;
  return {
    checkpoint: async (signal) => (await calls.unary(getCheckpoint, {}, { signal })).checkpoint,

    async consistencyProof(fromSize, toSize, signal) {
      const request = { fromSize: BigInt(fromSize), toSize: BigInt(toSize) };
      return (await calls.unary(getConsistencyProof, request, { signal })).hashes;
    },

    async receipt(position, signal) {
      const request = { position: BigInt(position) };
      const { receipt } = await calls.unary(getInclusionProof, request, { signal });
      return toBinary(ReceiptSchema, receipt ?? create(ReceiptSchema));
    },
  };
}
