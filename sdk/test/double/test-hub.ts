/**
 * A hub for tests: the services of a real one over a small federation, by Connect in memory, and by gRPC on loopback.
 *
 * @module
 */

import { create, type DescMethodUnary, fromBinary, type Message } from "@bufbuild/protobuf";
import { ConnectError, type ConnectRouter, createConnectRouter } from "@connectrpc/connect";
import { createFetchHandler } from "@connectrpc/connect/protocol";
import * as grpc from "@grpc/grpc-js";
import {
  activityAnswerCodec,
  assessmentsAnswerCodec,
  benchmarksAnswerCodec,
  encodeRefusal,
  entitiesAnswerCodec,
  entityAnswerCodec,
  errorStatus,
  facetsAnswerCodec,
  facetsQueryCodec,
  getAnswerCodec,
  gradesAnswerCodec,
  isTributaryError,
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
  REFUSAL_TRAILER,
  recordRefCodec,
  refusalCodec,
  refusalOf,
  searchAnswerCodec,
  searchQueryCodec,
  similarAnswerCodec,
  similarQueryCodec,
  suggestAnswerCodec,
  suggestQueryCodec,
  TributaryError,
  urnOf,
  vouchersAnswerCodec,
  type WatchEvent,
  type WatchQuery,
  watchEventCodec,
  watchQueryCodec,
} from "@tributary/proto";
import { grpcServiceDefinition } from "@tributary/proto/grpc";
import {
  AssessmentService,
  EntityService,
  type EvidenceRequest,
  EvidenceResponseSchema,
  type FacetsRequest,
  GetCheckpointResponseSchema,
  type GetConsistencyProofRequest,
  GetConsistencyProofResponseSchema,
  type GetEntityRequest,
  type GetInclusionProofRequest,
  GetInclusionProofResponseSchema,
  type GetRequest,
  InsightService,
  type ListActivityRequest,
  type ListAssessmentsRequest,
  type ListBenchmarksRequest,
  type ListEntitiesRequest,
  type ListGradesRequest,
  type ListMarketRequest,
  type ListOverlapRequest,
  type ListRequest,
  type ListVouchersRequest,
  LogService,
  type MatchRequest,
  MatchService,
  type PlanRequest,
  QueryService,
  ReceiptSchema,
  RefusalSchema,
  type SearchRequest,
  type SimilarRequest,
  type SuggestRequest,
  VoucherService,
  type WatchRequest,
} from "@tributary/proto/wire";
import { assessmentsOf, benchmarksOf, gradesOf, vouchersOf } from "./assessments.ts";
import { Catalog } from "./catalog.ts";
import type { Federation } from "./federation.ts";

const SERVICES = [
  AssessmentService,
  EntityService,
  InsightService,
  LogService,
  MatchService,
  QueryService,
  VoucherService,
];

/** A call as the hub sees it. */
export interface SeenCall {
  /** Name of the method, for example `Search`. */
  readonly method: string;
  readonly authorization: string | undefined;
  readonly requestId: string | undefined;
  /** From the client's deadline; ms. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

/** What a test makes a call do before it is answered: throw, wait, count. */
export type Fault = (call: SeenCall) => void | Promise<void>;

type Handler = (request: never, call: SeenCall) => Message;

export class TestHub {
  federation: Federation;
  readonly catalog: Catalog;
  /** Every call that reached the hub, in order. */
  readonly calls: SeenCall[] = [];
  fault: Fault = () => {};
  /** The checkpoint with cosignatures; empty where there are no witnesses. */
  cosigned = "";
  /** What `Watch` streams; by default the whole catalog and a sign of life, then it waits for the end of the call. */
  watch: (query: WatchQuery, signal: AbortSignal) => AsyncIterable<WatchEvent>;

  constructor(federation: Federation) {
    this.federation = federation;
    this.catalog = new Catalog(federation);
    this.watch = (query, signal) => this.#watchAll(query, signal);
  }

  readonly #handlers: { readonly [method: string]: Handler } = {
    Search: (request: SearchRequest) =>
      searchAnswerCodec.encode(this.catalog.search(searchQueryCodec.decode(request))),
    Get: (request: GetRequest) => getAnswerCodec.encode(this.#get(request)),
    List: (request: ListRequest) =>
      listAnswerCodec.encode(this.catalog.list(listQueryCodec.decode(request))),
    Facets: (request: FacetsRequest) =>
      facetsAnswerCodec.encode(this.catalog.facets(facetsQueryCodec.decode(request))),
    Similar: (request: SimilarRequest) => {
      const answer = this.catalog.similar(similarQueryCodec.decode(request));
      if (answer === undefined) throw notFound();
      return similarAnswerCodec.encode(answer);
    },
    Match: (request: MatchRequest) =>
      matchAnswerCodec.encode(this.catalog.match(matchQueryCodec.decode(request))),
    Plan: (request: PlanRequest) =>
      planAnswerCodec.encode(this.catalog.plan(planQueryCodec.decode(request))),
    ListActivity: ({ centerId }: ListActivityRequest) => {
      const answer = this.catalog.activity(centerId);
      if (answer === undefined) throw notFound();
      return activityAnswerCodec.encode(answer);
    },
    ListAssessments: ({ centerId }: ListAssessmentsRequest) => {
      const answer = assessmentsOf(this.catalog.centerIds(), centerId, this.catalog.coverage);
      if (answer === undefined) throw notFound();
      return assessmentsAnswerCodec.encode(answer);
    },
    ListVouchers: ({ province }: ListVouchersRequest) => {
      const [center = ""] = this.catalog.centerIds();
      const answer = vouchersOf(center, this.catalog.coverage);
      const programmes = answer.programmes.filter((of) => ["", of.province].includes(province));
      return vouchersAnswerCodec.encode({ ...answer, programmes });
    },
    ListBenchmarks: ({ centerId }: ListBenchmarksRequest) => {
      const { coverage } = this.catalog;
      return benchmarksAnswerCodec.encode(
        benchmarksOf(this.catalog.centerIds(), centerId, coverage),
      );
    },
    ListGrades: ({ centerId }: ListGradesRequest) => {
      const answer = gradesOf(this.catalog.centerIds(), centerId, this.catalog.coverage);
      if (answer === undefined) throw notFound();
      return gradesAnswerCodec.encode(answer);
    },
    GetEntity: ({ id }: GetEntityRequest) => {
      const entity = this.catalog.entities().find((of) => of.id === id);
      if (entity === undefined) throw notFound();
      return entityAnswerCodec.encode({ entity, coverage: this.catalog.coverage });
    },
    ListEntities: ({ pageSize }: ListEntitiesRequest) => {
      const entities = this.catalog.entities().slice(0, pageSize || undefined);
      const { coverage } = this.catalog;
      return entitiesAnswerCodec.encode({ entities, nextPageToken: "", coverage });
    },
    ListMarket: (request: ListMarketRequest) => {
      const { by, province } = marketQueryCodec.decode(request);
      return marketAnswerCodec.encode(this.catalog.market(by, province));
    },
    ListOverlap: (request: ListOverlapRequest) => {
      const { centerId, limit, withMatrix } = overlapQueryCodec.decode(request);
      const answer = this.catalog.overlap(centerId, limit, withMatrix);
      if (answer === undefined) throw notFound();
      return overlapAnswerCodec.encode(answer);
    },
    Suggest: (request: SuggestRequest) => {
      const { prefix, limit } = suggestQueryCodec.decode(request);
      return suggestAnswerCodec.encode({ suggestions: this.catalog.suggest(prefix, limit) });
    },
    Evidence: ({ ref }: EvidenceRequest) => {
      const evidence = this.federation.evidence(recordRefCodec.decode(ref));
      if (evidence === undefined) throw notFound();
      return create(EvidenceResponseSchema, { evidence });
    },
    GetCheckpoint: () => {
      const { checkpoint, trust } = this.federation;
      const { cosigned } = this;
      return create(GetCheckpointResponseSchema, { checkpoint, vkey: trust.vkey, cosigned });
    },
    GetInclusionProof: ({ position }: GetInclusionProofRequest) =>
      create(GetInclusionProofResponseSchema, {
        receipt: fromBinary(ReceiptSchema, this.federation.receipt(Number(position))),
      }),
    GetConsistencyProof: ({ fromSize, toSize }: GetConsistencyProofRequest) =>
      create(GetConsistencyProofResponseSchema, {
        hashes: this.federation.consistencyProof(Number(fromSize), Number(toSize)),
      }),
  };

  #get({ ref }: GetRequest) {
    const urn = urnOf(recordRefCodec.decode(ref));
    const record = this.catalog.records.find((other) => other.urn === urn);
    if (record === undefined) throw notFound();
    return { record, coverage: this.catalog.coverage };
  }

  async *#watchAll(
    { fromPosition, filters }: WatchQuery,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent> {
    const changed = this.catalog
      .matches([], filters)
      .filter(({ logPosition }) => logPosition >= fromPosition)
      .sort((a, b) => a.logPosition - b.logPosition || a.recordIndex - b.recordIndex);
    for (const [index, record] of changed.entries()) {
      // As a hub does: a position counts as done with the last of its changes.
      const isLast = changed[index + 1]?.logPosition !== record.logPosition;
      const position = isLast ? record.logPosition : Math.max(0, record.logPosition - 1);
      yield { type: "upserted", position, record };
    }
    yield { type: "caught_up", position: this.federation.logSize - 1 };
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }

  async #answer(request: Message, call: SeenCall): Promise<Message> {
    this.calls.push(call);
    await this.fault(call);
    call.signal.throwIfAborted();
    const handler = this.#handlers[call.method];
    if (handler === undefined) throw new TributaryError("ERR_UNSUPPORTED", "not in this double");
    return handler(request as never, call);
  }

  async *#stream(request: WatchRequest, call: SeenCall) {
    this.calls.push(call);
    await this.fault(call);
    call.signal.throwIfAborted();
    const query = watchQueryCodec.decode(request);
    for await (const event of this.watch(query, call.signal)) {
      yield watchEventCodec.encode(event);
    }
  }

  /** A `fetch` that ends in this hub: the whole Connect protocol, but no socket. */
  get fetch(): typeof globalThis.fetch {
    const handlers = new Map(
      this.router().handlers.map((handler) => [handler.requestPath, createFetchHandler(handler)]),
    );
    return async (input, init) => {
      const request = new Request(input, init);
      const handler = handlers.get(new URL(request.url).pathname.replace(/^\/base/, ""));
      return handler === undefined
        ? new Response("nothing here", { status: 404 })
        : handler(request);
    };
  }

  /** The services for any server of the Connect library. */
  router(router: ConnectRouter = createConnectRouter()): ConnectRouter {
    for (const service of SERVICES) {
      for (const method of service.methods) {
        if (method.methodKind === "unary") this.#addUnary(router, method as DescMethodUnary);
      }
    }
    this.#addWatch(router);
    return router;
  }

  #addUnary(router: ConnectRouter, method: DescMethodUnary): void {
    router.rpc(method, async (request, context) => {
      const call = {
        method: method.name,
        authorization: context.requestHeader.get("authorization") ?? undefined,
        requestId: context.requestHeader.get("x-request-id") ?? undefined,
        timeoutMs: context.timeoutMs(),
        signal: context.signal,
      };
      try {
        return await this.#answer(request as Message, call);
      } catch (error) {
        throw connectErrorOf(error);
      }
    });
  }

  #addWatch(router: ConnectRouter): void {
    const stream = this.#stream.bind(this);
    router.rpc(QueryService.method.watch, async function* (request, context) {
      const call = {
        method: "Watch",
        authorization: context.requestHeader.get("authorization") ?? undefined,
        requestId: context.requestHeader.get("x-request-id") ?? undefined,
        timeoutMs: context.timeoutMs(),
        signal: context.signal,
      };
      try {
        yield* stream(request, call);
      } catch (error) {
        throw connectErrorOf(error);
      }
    });
  }

  /** Serves gRPC on loopback. `port` 0 takes a free one. */
  async listen(port = 0): Promise<GrpcListener> {
    const server = new grpc.Server();
    for (const service of SERVICES) {
      const implementation: grpc.UntypedServiceImplementation = {};
      for (const method of service.methods) {
        implementation[method.localName] =
          method.methodKind === "unary"
            ? this.#grpcUnary(method.name)
            : this.#grpcStream(method.name);
      }
      server.addService(
        grpcServiceDefinition(service) as unknown as grpc.ServiceDefinition,
        implementation,
      );
    }
    const bound = await new Promise<number>((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, at) =>
        error === null ? resolve(at) : reject(error),
      ),
    );
    return {
      port: bound,
      url: `grpc://127.0.0.1:${bound}`,
      kill: () => server.forceShutdown(),
      [Symbol.dispose]: () => server.forceShutdown(),
    };
  }

  #grpcUnary(method: string): grpc.handleUnaryCall<Message, unknown> {
    return (call, callback) => {
      this.#answer(call.request, seenByGrpc(method, call)).then(
        (answer) => callback(null, answer),
        (error) => callback(grpcErrorOf(error)),
      );
    };
  }

  #grpcStream(method: string): grpc.handleServerStreamingCall<WatchRequest, unknown> {
    return async (call) => {
      try {
        for await (const message of this.#stream(call.request, seenByGrpc(method, call))) {
          call.write(message);
        }
        call.end();
      } catch (error) {
        call.emit("error", grpcErrorOf(error));
      }
    };
  }
}

/** A gRPC server of a {@link TestHub}. */
export interface GrpcListener extends Disposable {
  readonly port: number;
  readonly url: string;
  /** Closes all connections at once, as a process that is killed does. */
  kill(): void;
}

function seenByGrpc(
  method: string,
  call: grpc.ServerUnaryCall<Message, unknown> | grpc.ServerWritableStream<WatchRequest, unknown>,
): SeenCall {
  const aborter = new AbortController();
  call.on("cancelled", () => aborter.abort());
  const deadline = call.getDeadline();
  return {
    method,
    authorization: call.metadata.get("authorization")[0]?.toString(),
    requestId: call.metadata.get("x-request-id")[0]?.toString(),
    timeoutMs: Number.isFinite(Number(deadline)) ? Number(deadline) - Date.now() : undefined,
    signal: aborter.signal,
  };
}

function notFound(): TributaryError {
  return new TributaryError("ERR_NOT_FOUND", "no such record", { messageZh: "没有该记录" });
}

/** Errors travel as those of a hub: with a refusal beside the status. */
function connectErrorOf(error: unknown): unknown {
  if (!isTributaryError(error)) return error;
  const value = refusalCodec.encode(refusalOf(error));
  const detail = { desc: RefusalSchema, value };
  return new ConnectError(error.message, errorStatus(error.code).grpc, undefined, [detail]);
}

function grpcErrorOf(error: unknown): Partial<grpc.ServiceError> {
  if (!isTributaryError(error)) return error as Partial<grpc.ServiceError>;
  const metadata = new grpc.Metadata();
  metadata.set(REFUSAL_TRAILER, Buffer.from(encodeRefusal(refusalOf(error))));
  return { code: errorStatus(error.code).grpc, details: error.message, metadata };
}
