/**
 * {@link HubView} over gRPC, with the center's caller token.
 *
 * @module
 */

import { create } from "@bufbuild/protobuf";
import {
  type AssessmentsAnswer,
  assessmentsAnswerCodec,
  type DecisionView,
  decisionPageCodec,
  fromHex,
  type ListQuery,
  listAnswerCodec,
  listQueryCodec,
  signConfirmation,
  signObjection,
  type TermsAnswer,
  termsAnswerCodec,
  type WatchEvent,
  watchEventCodec,
  watchQueryCodec,
} from "@tributary/proto";
import {
  AssessmentService,
  ConfirmRequestSchema,
  type ConfirmResponse,
  CurationService,
  ListAssessmentsRequestSchema,
  type ListAssessmentsResponse,
  ListDecisionsRequestSchema,
  type ListDecisionsResponse,
  type ListResponse,
  ListTermsRequestSchema,
  type ListTermsResponse,
  ObjectRequestSchema,
  type ObjectResponse,
  QueryService,
  VocabularyService,
  type WatchResponse,
} from "@tributary/proto/wire";
import type { HubView, NewConfirmation, NewObjection, RefusedRecord } from "../ports/hub-view.ts";
import {
  type CallerOptions,
  callerMetadata,
  grpcClient,
  streamingCall,
  unaryCall,
} from "./grpc-channel.ts";

const CALL_TIMEOUT_MS = 15_000;
const PAGE = 200;
/** A hub says something at least each 15 s. */
const SILENCE_MS = 60_000;

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
  const bounded = async (signal: AbortSignal) => ({
    metadata: await callerMetadata(options),
    deadlineMs: options.clock.now() + CALL_TIMEOUT_MS,
    signal,
  });
  async function* list(filters: readonly Filter[], signal: AbortSignal) {
    const own: Filter = { field: "center", values: [options.centerId] };
    let pageToken = "";
    do {
      const request = listQueryCodec.encode({
        filters: [own, ...filters],
        pageSize: PAGE,
        pageToken,
      });
      const response: ListResponse = await unaryCall(
        client,
        QueryService,
        "list",
        request,
        await bounded(signal),
      );
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
  async function* watch(
    fromPosition: number,
    filters: readonly Filter[],
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    const request = watchQueryCodec.encode({ fromPosition, filters: [...filters] });
    const answers = streamingCall<typeof request, WatchResponse>(
      client,
      QueryService,
      "watch",
      request,
      { metadata: await callerMetadata(options), silenceMs: SILENCE_MS, signal },
    );
    for await (const answer of answers) yield watchEventCodec.decode(answer);
  }
  async function assessment(signal: AbortSignal): Promise<AssessmentsAnswer> {
    const request = { centerId: options.centerId };
    const response: ListAssessmentsResponse = await unaryCall(
      client,
      AssessmentService,
      "listAssessments",
      create(ListAssessmentsRequestSchema, request),
      await bounded(signal),
    );
    return assessmentsAnswerCodec.decode(response);
  }
  async function* decisions(signal: AbortSignal): AsyncGenerator<DecisionView> {
    let pageToken = "";
    do {
      const request = { centerId: options.centerId, pageSize: PAGE, pageToken };
      const answer: ListDecisionsResponse = await unaryCall(
        client,
        CurationService,
        "listDecisions",
        create(ListDecisionsRequestSchema, request),
        await bounded(signal),
      );
      const page = decisionPageCodec.decode(answer);
      yield* page.decisions;
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
  }
  async function object(objection: NewObjection, signal: AbortSignal): Promise<number> {
    const { hubOrigin, centerId, key } = options;
    const authorization = await signObjection(key, { hubOrigin, centerId, ...objection });
    const { position }: ObjectResponse = await unaryCall(
      client,
      CurationService,
      "object",
      create(ObjectRequestSchema, { ...objection, centerId, authorization }),
      await bounded(signal),
    );
    return Number(position);
  }
  async function confirm(confirmation: NewConfirmation, signal: AbortSignal): Promise<number> {
    const { hubOrigin, centerId, key } = options;
    const authorization = await signConfirmation(key, { hubOrigin, centerId, ...confirmation });
    const { reason, position: ended } = confirmation;
    const feedId = fromHex(confirmation.feedId);
    const said = { centerId, feedId, position: BigInt(ended), reason, authorization };
    const { position }: ConfirmResponse = await unaryCall(
      client,
      CurationService,
      "confirm",
      create(ConfirmRequestSchema, said),
      await bounded(signal),
    );
    return Number(position);
  }
  async function terms(signal: AbortSignal): Promise<TermsAnswer> {
    const response: ListTermsResponse = await unaryCall(
      client,
      VocabularyService,
      "listTerms",
      create(ListTermsRequestSchema, {}),
      await bounded(signal),
    );
    return termsAnswerCodec.decode(response);
  }
  const own = (signal: AbortSignal) => list([ANY_STATE], signal);
  return {
    refused,
    own,
    watch,
    assessment,
    decisions,
    object,
    confirm,
    terms,
    releaseCount,
    [Symbol.asyncDispose]: async () => client.close(),
  };
}
