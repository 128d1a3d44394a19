/**
 * {@link WitnessStream} over gRPC: the bidirectional stream `LogService.Witness`.
 *
 * @module
 */

import { create } from "@bufbuild/protobuf";
import type { ClientDuplexStream } from "@grpc/grpc-js";
import {
  LogService,
  type WitnessRequest,
  WitnessRequestSchema,
  type WitnessResponse,
} from "@tributary/proto/wire";
import type { WitnessStream } from "../ports/witness-stream.ts";
import {
  type CallerOptions,
  callerMetadata,
  grpcClient,
  methodOf,
  readStream,
} from "./grpc-channel.ts";

/** A hub asks each minute at least; one that does not is not there any more. */
const SILENCE_MS = 150_000;

/** Streams to the hub, as the center. @param caller Who asks now: a center may change its key. */
export function grpcWitnessStream(caller: () => CallerOptions): WitnessStream {
  return {
    async serve(answer, signal) {
      const options = caller();
      const client = grpcClient(LogService, options);
      try {
        const { path, requestSerialize, responseDeserialize } = methodOf(LogService, "witness");
        const metadata = await callerMetadata(options);
        signal.throwIfAborted();
        const stream: ClientDuplexStream<WitnessRequest, WitnessResponse> =
          client.makeBidiStreamRequest(
            path,
            requestSerialize as (message: WitnessRequest) => Buffer,
            responseDeserialize as (bytes: Buffer) => WitnessResponse,
            metadata,
          );
        const asked = readStream<WitnessResponse>(stream, { silenceMs: SILENCE_MS, signal });
        for await (const { id, addCheckpoint } of asked) {
          // The next question comes when this one is answered, so that one answer waits at most.
          stream.write(create(WitnessRequestSchema, { id, ...(await answer(addCheckpoint)) }));
        }
      } finally {
        client.close();
      }
    },
  };
}
