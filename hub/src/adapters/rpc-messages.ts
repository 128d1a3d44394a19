/**
 * Between messages and the values that handlers take and give: one codec an RPC, for every transport.
 *
 * @module
 */

import type {
  DescMessage,
  DescMethod,
  DescService,
  Message,
  MessageShape,
} from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import {
  type Codec,
  collectionsAnswerCodec,
  decisionPreviewCodec,
  entitiesAnswerCodec,
  entityAnswerCodec,
  facetsAnswerCodec,
  facetsQueryCodec,
  feedHeadCodec,
  fromPlain,
  getAnswerCodec,
  listAnswerCodec,
  listQueryCodec,
  marketAnswerCodec,
  marketQueryCodec,
  matchAnswerCodec,
  matchQueryCodec,
  overlapAnswerCodec,
  overlapQueryCodec,
  planAnswerCodec,
  planQueryCodec,
  publishAnswerCodec,
  publishItemCodec,
  queuePageCodec,
  queueQueryCodec,
  receiptMessageOf,
  recordRefCodec,
  searchAnswerCodec,
  searchQueryCodec,
  similarAnswerCodec,
  similarQueryCodec,
  suggestAnswerCodec,
  suggestQueryCodec,
  termPreviewCodec,
  toPlain,
  viewOptions,
  watchEventCodec,
  watchQueryCodec,
} from "@tributary/proto";
import {
  AccessService,
  AccountService,
  AdminService,
  AssessmentService,
  CollectionService,
  CurationService,
  EntityService,
  type EvidenceRequest,
  GetEpochResponseSchema,
  GetInclusionProofResponseSchema,
  type GetRequest,
  IngestService,
  InsightService,
  LogService,
  MatchService,
  MemberService,
  QueryService,
  VocabularyService,
  VoucherService,
} from "@tributary/proto/wire";
import type { RpcName } from "../api/authorize.ts";
import type { RawRequest } from "../api/rpc.ts";

/** The services that a hub serves. */
export const SERVICES: readonly DescService[] = [
  AccessService,
  AccountService,
  AdminService,
  AssessmentService,
  CollectionService,
  CurationService,
  EntityService,
  IngestService,
  InsightService,
  LogService,
  MatchService,
  MemberService,
  QueryService,
  VocabularyService,
  VoucherService,
];

/** How one RPC is decoded and encoded. */
export interface RpcMessages {
  readonly name: RpcName;
  readonly method: DescMethod;
  /** @throws {TributaryError} `ERR_MESSAGE_MALFORMED` if a field has no value that a handler could take. */
  readonly decode: (request: Message) => unknown;
  readonly encode: (response: object) => Message;
  /** For a handler that authorizes first. */
  readonly raw: (request: Message) => RawRequest;
}

type Special = Partial<Pick<RpcMessages, "decode" | "encode">>;

/** Codecs of RPCs whose values are not shaped like their messages, or are checked while they are decoded. */
const SPECIAL: Partial<Record<RpcName, Special>> = {
  "CollectionService.ListCollections": { encode: encodeWith(collectionsAnswerCodec) },
  "CurationService.ListQueue": {
    decode: decodeWith(queueQueryCodec),
    encode: encodeWith(queuePageCodec),
  },
  "CurationService.Preview": { encode: encodeWith(decisionPreviewCodec) },
  "EntityService.GetEntity": { encode: encodeWith(entityAnswerCodec) },
  "EntityService.ListEntities": { encode: encodeWith(entitiesAnswerCodec) },
  "IngestService.FeedHead": { encode: encodeWith(feedHeadCodec) },
  "IngestService.Publish": {
    decode: decodeWith(publishItemCodec),
    encode: encodeWith(publishAnswerCodec),
  },
  "InsightService.ListMarket": {
    decode: decodeWith(marketQueryCodec),
    encode: encodeWith(marketAnswerCodec),
  },
  "InsightService.ListOverlap": {
    decode: decodeWith(overlapQueryCodec),
    encode: encodeWith(overlapAnswerCodec),
  },
  "LogService.GetEpoch": {
    encode: (response) =>
      create(GetEpochResponseSchema, {
        receipt: receiptMessageOf((response as { readonly receipt: Uint8Array }).receipt),
      }),
  },
  "LogService.GetInclusionProof": {
    encode: (response) =>
      create(GetInclusionProofResponseSchema, {
        receipt: receiptMessageOf((response as { readonly receipt: Uint8Array }).receipt),
      }),
  },
  "MatchService.Match": {
    decode: decodeWith(matchQueryCodec),
    encode: encodeWith(matchAnswerCodec),
  },
  "MatchService.Plan": { decode: decodeWith(planQueryCodec), encode: encodeWith(planAnswerCodec) },
  "QueryService.Evidence": {
    decode: (request) => ({ ref: recordRefCodec.decode((request as EvidenceRequest).ref) }),
  },
  "QueryService.Facets": {
    decode: decodeWith(facetsQueryCodec),
    encode: encodeWith(facetsAnswerCodec),
  },
  "QueryService.Get": {
    decode: (request) => ({ ref: recordRefCodec.decode((request as GetRequest).ref) }),
    encode: encodeWith(getAnswerCodec),
  },
  "QueryService.List": { decode: decodeWith(listQueryCodec), encode: encodeWith(listAnswerCodec) },
  "QueryService.Search": {
    decode: decodeWith(searchQueryCodec),
    encode: encodeWith(searchAnswerCodec),
  },
  "QueryService.Similar": {
    decode: decodeWith(similarQueryCodec),
    encode: encodeWith(similarAnswerCodec),
  },
  "QueryService.Suggest": {
    decode: decodeWith(suggestQueryCodec),
    encode: encodeWith(suggestAnswerCodec),
  },
  "QueryService.Watch": {
    decode: decodeWith(watchQueryCodec),
    encode: encodeWith(watchEventCodec),
  },
  "VocabularyService.PreviewTerm": { encode: encodeWith(termPreviewCodec) },
};

/** The codec of a method of {@link SERVICES}. */
export function rpcMessagesOf(method: DescMethod): RpcMessages {
  const name = `${method.parent.name}.${method.name}` as RpcName;
  const options = { ...viewOptions, complete: true };
  const codec = {
    decode: (request: Message) => toPlain(method.input, request, options) as unknown,
    encode: (response: object) => fromPlain(method.output, response, options),
    ...SPECIAL[name],
  };
  return {
    name,
    method,
    ...codec,
    raw: (request) => ({ centerId: centerOf(request), decode: () => codec.decode(request) }),
  };
}

function centerOf(request: Message): string {
  const { centerId } = request as { readonly centerId?: unknown };
  return typeof centerId === "string" ? centerId : "";
}

/** The caller vouches that the codec is of the RPC's message. */
function decodeWith<Value, Desc extends DescMessage>(codec: Codec<Value, Desc>) {
  return (message: Message): unknown => codec.decode(message as MessageShape<Desc>);
}

function encodeWith<Value, Desc extends DescMessage>(codec: Codec<Value, Desc>) {
  return (value: object): Message => codec.encode(value as Value);
}
