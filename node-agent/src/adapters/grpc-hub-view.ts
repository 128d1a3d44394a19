/**
 * {@link HubView} over gRPC: `QueryService.List` with the center's caller token.
 *
 * @module
 */

import { listAnswerCodec, listQueryCodec } from "@tributary/proto";
import { type ListResponse, QueryService } from "@tributary/proto/wire";
import type { HubView, RefusedRecord } from "../ports/hub-view.ts";
import { type CallerOptions, callerMetadata, grpcClient, unaryCall } from "./grpc-channel.ts";

const CALL_TIMEOUT_MS = 15_000;
const PAGE = 200;

/** Reads the hub as the center. */
export function grpcHubView(options: CallerOptions): HubView {
  const client = grpcClient(QueryService, options);
  async function* refused(signal: AbortSignal): AsyncGenerator<RefusedRecord> {
    const filters = [
      { field: "center" as const, values: [options.centerId] },
      { field: "state" as const, values: ["quarantined"] },
    ];
    let pageToken = "";
    do {
      const request = listQueryCodec.encode({ filters, pageSize: PAGE, pageToken });
      const response: ListResponse = await unaryCall(client, QueryService, "list", request, {
        metadata: await callerMetadata(options),
        deadlineMs: options.clock.now() + CALL_TIMEOUT_MS,
        signal,
      });
      const answer = listAnswerCodec.decode(response);
      yield* answer.records;
      pageToken = answer.nextPageToken;
    } while (pageToken !== "");
  }
  return { refused, [Symbol.asyncDispose]: async () => client.close() };
}
