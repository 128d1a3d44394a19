/**
 * {@link LogView} over gRPC: `LogService` with the center's caller token. A connection lives for one question.
 *
 * @module
 */

import { create, toBinary } from "@bufbuild/protobuf";
import { type LogView, TributaryError } from "@tributary/proto";
import {
  GetCheckpointRequestSchema,
  type GetCheckpointResponse,
  GetConsistencyProofRequestSchema,
  type GetConsistencyProofResponse,
  GetEpochRequestSchema,
  type GetEpochResponse,
  GetInclusionProofRequestSchema,
  type GetInclusionProofResponse,
  LogService,
  ReceiptSchema,
} from "@tributary/proto/wire";
import type { CosignedView } from "../publish/quorum-watch.ts";
import { type CallerOptions, callerMetadata, grpcClient, unaryCall } from "./grpc-channel.ts";

const CALL_TIMEOUT_MS = 15_000;

/** What the hub says of its log, and of its centers in it. */
export interface HubLogView extends LogView, CosignedView {
  /** Receipt of the newest epoch summary's part for a center. @throws {TributaryError} `ERR_NOT_FOUND` if there is none. */
  epoch(centerId: string, signal: AbortSignal): Promise<Uint8Array>;
}

/** Asks the hub about its log, as the center. @param caller Who asks now: a center may change its key. */
export function grpcLogView(caller: () => CallerOptions): HubLogView {
  async function ask<Response>(name: string, request: object, signal: AbortSignal) {
    const options = caller();
    const client = grpcClient(LogService, options);
    try {
      return (await unaryCall(client, LogService, name as never, request as never, {
        metadata: await callerMetadata(options),
        deadlineMs: options.clock.now() + CALL_TIMEOUT_MS,
        signal,
      })) as Response;
    } finally {
      client.close();
    }
  }
  const checkpoints = (signal: AbortSignal) =>
    ask<GetCheckpointResponse>("getCheckpoint", create(GetCheckpointRequestSchema, {}), signal);
  return {
    checkpoint: async (signal) => (await checkpoints(signal)).checkpoint,
    async cosigned(signal) {
      const { checkpoint, cosigned } = await checkpoints(signal);
      return cosigned === "" ? checkpoint : cosigned;
    },
    async consistencyProof(fromSize, toSize, signal) {
      const request = create(GetConsistencyProofRequestSchema, {
        fromSize: BigInt(fromSize),
        toSize: BigInt(toSize),
      });
      const answer: GetConsistencyProofResponse = await ask("getConsistencyProof", request, signal);
      return answer.hashes;
    },
    async receipt(position, signal) {
      const request = create(GetInclusionProofRequestSchema, { position: BigInt(position) });
      return receiptIn(await ask<GetInclusionProofResponse>("getInclusionProof", request, signal));
    },
    async epoch(centerId, signal) {
      const request = create(GetEpochRequestSchema, { centerId });
      return receiptIn(await ask<GetEpochResponse>("getEpoch", request, signal));
    },
  };
}

function receiptIn({ receipt }: GetInclusionProofResponse | GetEpochResponse): Uint8Array {
  if (receipt !== undefined) return toBinary(ReceiptSchema, receipt);
  throw new TributaryError("ERR_RECEIPT_MALFORMED", "the hub answers without a receipt");
}
