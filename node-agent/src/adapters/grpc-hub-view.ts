/**
 * {@link HubView} over gRPC: `QueryService.List` with the center's caller token.
 *
 * @module
 */

import { type ListQuery, listAnswerCodec, listQueryCodec } from "@tributary/proto";
import { type ListResponse, QueryService } from "@tributary/proto/wire";
import type { HubView, RefusedRecord } from "../ports/hub-view.ts";
import { type CallerOptions, callerMetadata, grpcClient, unaryCall } from "./grpc-channel.ts";

const CALL_TIMEOUT_MS = 15_000;
const PAGE = 200;

type Filter = ListQuery["filters"][number];

const QUARANTINED: readonly Filter[] = [{ field: "state", values: ["quarantined"] }];
const RELEASES: Filter = { field: "kind", values: ["outcome"] };
/** One that is shown may have a later revision that was refused: the earlier one stays. */
const SHOWN_RELEASES: readonly Filter[] = [
  RELEASES,
  { field: "state", values: ["live", "stale", "pending", "hidden"] },
];
const ANY_STATE: Filter = {
  field: "state",
  values: ["live", "stale", "pending", "quarantined", "hidden", "withdrawn", "erased"],
};

/** Reads the hub as the center. */
export function grpcHubView(options: CallerOptions): HubView {
  const client = grpcClient(QueryService, options);
  async function* list(filters: readonly Filter[], signal: AbortSignal) {
    const own: Filter = { field: "center", values: [options.centerId] };
    let pageToken = "";
    do {
      const request = listQueryCodec.encode({
        filters: [own, ...filters],
        pageSize: PAGE,
        pageToken,
      });
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
  async function* refused(signal: AbortSignal): AsyncGenerator<RefusedRecord> {
    yield* list(QUARANTINED, signal);
    for await (const record of list(SHOWN_RELEASES, signal)) {
      if (record.findings.length > 0) yield record;
    }
  }
  async function releaseCount(signal: AbortSignal): Promise<number> {
    return (await Array.fromAsync(list([RELEASES, ANY_STATE], signal))).length;
  }
  const own = (signal: AbortSignal) => list([ANY_STATE], signal);
  return { refused, own, releaseCount, [Symbol.asyncDispose]: async () => client.close() };
}
