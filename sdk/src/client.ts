/**
 * The query client: what it offers, over any transport.
 *
 * @module
 */

import {
  type CheckpointStore,
  type EntitiesAnswer,
  type EntityAnswer,
  entitiesAnswerCodec,
  entityAnswerCodec,
  type FacetsAnswer,
  facetsAnswerCodec,
  type GetAnswer,
  getAnswerCodec,
  isTributaryError,
  LogFollower,
  type MatchAnswer,
  matchAnswerCodec,
  type PlanAnswer,
  parseCheckpoint,
  parseNote,
  parseUrn,
  planAnswerCodec,
  type RecordRef,
  recordRefCodec,
  type SimilarAnswer,
  type Suggestion,
  similarAnswerCodec,
  suggestAnswerCodec,
  systemClock,
  TributaryError,
  type TrustedLog,
  type WitnessProof,
  type WitnessStatus,
} from "@tributary/proto";
import { EntityService, LogService, MatchService, QueryService } from "@tributary/proto/wire";
import { type CallOptions, Calls, type RetryEvent } from "./calls.ts";
import { type Demand, demandMessage, type MatchOptions } from "./demand.ts";
import { ClientError } from "./errors.ts";
import { type FacetField, type Filters, fieldFilters } from "./filters.ts";
import { type InsightCalls, insightCalls } from "./insight.ts";
import { logViewOf } from "./log-view.ts";
import { readAnswer } from "./read-answer.ts";
import { type ListOptions, RecordList } from "./record-list.ts";
import { processRetryBudget, systemRandom } from "./retry.ts";
import { Search, type SearchOptions } from "./search.ts";
import type { Transport } from "./transport.ts";
import { Watch, type WatchOptions } from "./watch.ts";

/** How to reach a hub. */
export interface ClientOptions {
  /** `http(s)://host[:port][/path]`; in Node also `grpc(s)://host:port`. */
  readonly url: string;
  /** Sent with each call as a bearer token; a function is asked before each attempt. Only over TLS or on one machine. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** Time for a whole call, its body and its retries included; ms. Default 30,000. */
  readonly deadlineMs?: number | undefined;
  readonly retry?: RetryOptions | undefined;
  /** For http(s) addresses. Default: the global one. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Whether calls that failed on the way are made again. All calls of this client only read. */
export interface RetryOptions {
  /** Retries after the first attempt. Default 2; 0 turns them off. */
  readonly max?: number | undefined;
  /** Told before each retry. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
}

/** What to count. */
export interface FacetsOptions extends CallOptions {
  /** Free text, as in a search. */
  readonly query?: string | undefined;
  readonly filters?: Filters | undefined;
  /** Default: all. */
  readonly fields?: readonly FacetField[] | undefined;
}

/** Which entities. */
export interface EntitiesOptions extends CallOptions {
  /** 1 to 100. Default 50. */
  readonly pageSize?: number | undefined;
  /** `nextPageToken` of the page before. */
  readonly pageToken?: string | undefined;
  /** Only those with at least so many records that the caller may see. Default 1. */
  readonly minMembers?: number | undefined;
}

/** How to complete. */
export interface SuggestOptions extends CallOptions {
  /** At most how many; 1 to 20. Default 8. */
  readonly limit?: number | undefined;
}

/** How to find records like another one. */
export interface SimilarOptions extends CallOptions {
  /** Without one on `kind`, records of the kind of a given record are found. */
  readonly filters?: Filters | undefined;
  /** At most how many; 1 to 50. Default 10. */
  readonly limit?: number | undefined;
  /** Whether each hit says which terms earned its score. */
  readonly explain?: boolean | undefined;
}

/** What records are compared with: a record by name or URN, or a text of at most 4,096 characters. */
export type SimilarTo = { readonly ref: RecordRef | string } | { readonly text: string };

/**
 * A connection to one hub. Methods may be called concurrently.
 *
 * Every method rejects with a {@link ClientError}: the hub's code, or `ERR_CANCELLED`, `ERR_DEADLINE`,
 * `ERR_UNAVAILABLE`, `ERR_PROTOCOL`.
 */
export interface Client extends Disposable, InsightCalls {
  /** Finds records: `await` it for the first page, or iterate over all hits. */
  search(query: string, options?: SearchOptions): Search;
  /** One record with its body, by name or URN. `ERR_NOT_FOUND` if there is none that the caller may see. */
  get(record: RecordRef | string, options?: CallOptions): Promise<GetAnswer>;
  /** All records that the filters keep, in a stable order, with their bodies. */
  list(filters?: Filters, options?: ListOptions): RecordList;
  /**
   * One provider with all records that describe it and why they do: by its id, by one that it had before, or by the URN of
   * a record. `ERR_NOT_FOUND` if there is none that the caller may see.
   */
  entity(id: string, options?: CallOptions): Promise<EntityAnswer>;
  /** A page of providers by id. */
  entities(options?: EntitiesOptions): Promise<EntitiesAnswer>;
  /** Counts records by facet values. */
  facets(options?: FacetsOptions): Promise<FacetsAnswer>;
  /**
   * Records like a record, or like the text of a demand: by words and, once the hub has learnt from its records, by
   * meaning. The nearest first, with different ones and those of other centers drawn forward.
   */
  similar(to: SimilarTo, options?: SimilarOptions): Promise<SimilarAnswer>;
  /**
   * Providers for a demand, ranked by the outcomes that centers have published: estimates with intervals, why, and what
   * would change the order. What providers say of themselves never scores.
   */
  match(demand: Demand, options?: MatchOptions): Promise<MatchAnswer>;
  /** Few, compatible providers that together cover the scenarios of a demand: up to three plans. */
  plan(demand: Demand, options?: CallOptions): Promise<PlanAnswer>;
  /** Completes what a person types; at most 64 characters. Best first. */
  suggest(prefix: string, options?: SuggestOptions): Promise<readonly Suggestion[]>;
  /** Follows changes of the catalog. */
  watch(options?: WatchOptions): Watch;
  /** The proof of a record, for `verifyEvidence`. */
  evidence(record: RecordRef | string, options?: CallOptions): Promise<Uint8Array>;
  /**
   * What the hub itself says its origin and key are, for `verifyEvidence`. Good for a first look and to be pinned. A
   * proof that must hold against this hub needs a key that came from elsewhere: a hub that lies about its log would
   * lie about its key too.
   */
  trust(options?: CallOptions): Promise<TrustedLog>;
  /**
   * Follows the hub's log: each look takes its newest checkpoint only if it is proven to extend the largest one that was
   * seen before, and rejects with a `MisbehaviourError` if the hub has contradicted itself.
   *
   * @param log Origin and key; must come from elsewhere than the hub that is being checked.
   * @param store Where the largest checkpoint is kept. One that lasts, for example a file, finds what was changed between
   * two runs of a program.
   */
  followLog(log: TrustedLog, store: CheckpointStore): LogFollower;
  /**
   * The newest checkpoint that witnesses were asked about, with their cosignatures, and the proof that it extends the first
   * `size` entries: for `verifyWitnessedEvidence` of `@tributary/sdk/audit`. Nothing of it is verified here. Keep it with
   * the evidence; `ERR_QUORUM` says that witnesses have not seen so many entries yet, which takes a few seconds.
   *
   * @param size 0 or more; of evidence, its `checkpointSize`.
   */
  witnessProof(size: number, options?: CallOptions): Promise<WitnessProof>;
  /** The centers that cosign checkpoints of the log, and how they are, as the hub says. */
  witnesses(options?: CallOptions): Promise<readonly WitnessStatus[]>;
  /** Ends all calls with `ERR_CANCELLED` and frees the connection. Also at the end of `using`. Idempotent. */
  close(): void;
}

const DEADLINE_MS = 30_000;

/** The client over a transport. */
export function clientOver(transport: Transport, options: ClientOptions): Client {
  const { token, deadlineMs = DEADLINE_MS, retry = {} } = options;
  const calls = new Calls({
    transport,
    clock: systemClock,
    random: systemRandom,
    budget: processRetryBudget,
    token: typeof token === "string" ? () => token : token,
    deadlineMs,
    maxRetries: retry.max ?? 2,
    onRetry: retry.onRetry,
  });
  return clientOf(calls);
}

/** The client over calls; tests bring their own clock. */
export function clientOf(calls: Calls): Client {
  const { get, facets, similar, suggest, evidence } = QueryService.method;
  const matching = MatchService.method;
  const client: Client = {
    search: (query, options = {}) => new Search(calls, query, options),

    async get(record, options = {}) {
      const request = { ref: refMessage(record) };
      return readAnswer(getAnswerCodec, await calls.unary(get, request, options));
    },

    list: (filters = {}, options = {}) => new RecordList(calls, filters, options),

    async entity(id, options = {}) {
      const answer = await calls.unary(EntityService.method.getEntity, { id }, options);
      return readAnswer(entityAnswerCodec, answer);
    },

    async entities({ pageSize = 0, pageToken = "", minMembers = 0, ...options } = {}) {
      const request = { pageSize, pageToken, minMembers };
      const answer = await calls.unary(EntityService.method.listEntities, request, options);
      return readAnswer(entitiesAnswerCodec, answer);
    },

    async facets({ query = "", filters = {}, fields = [], ...options } = {}) {
      const request = { query, filters: fieldFilters(filters), fields: [...fields] };
      return readAnswer(facetsAnswerCodec, await calls.unary(facets, request, options));
    },

    async similar(to, { filters = {}, limit = 0, explain = false, ...options } = {}) {
      const request = {
        to:
          "ref" in to
            ? { case: "ref" as const, value: refMessage(to.ref) }
            : { case: "text" as const, value: to.text },
        filters: fieldFilters(filters),
        limit,
        explain,
      };
      return readAnswer(similarAnswerCodec, await calls.unary(similar, request, options));
    },

    async match(demand, { limit = 0, ...options } = {}) {
      const request = { demand: demandMessage(demand), limit };
      return readAnswer(matchAnswerCodec, await calls.unary(matching.match, request, options));
    },

    async plan(demand, options = {}) {
      const request = { demand: demandMessage(demand) };
      return readAnswer(planAnswerCodec, await calls.unary(matching.plan, request, options));
    },

    ...insightCalls(calls),

    async suggest(prefix, { limit = 0, ...options } = {}) {
      const answer = await calls.unary(suggest, { prefix, limit }, options);
      return readAnswer(suggestAnswerCodec, answer).suggestions;
    },

    watch: (options = {}) => new Watch(calls, options),

    async evidence(record, options = {}) {
      const request = { ref: refMessage(record) };
      return (await calls.unary(evidence, request, options)).evidence;
    },

    async trust(options = {}) {
      const { getCheckpoint } = LogService.method;
      const { checkpoint, vkey } = await calls.unary(getCheckpoint, {}, options);
      return { origin: checkpoint.slice(0, Math.max(0, checkpoint.indexOf("\n"))), vkey };
    },

    followLog: (log, store) => new LogFollower({ log, view: logViewOf(calls), store }),

    async witnessProof(size, options = {}) {
      const { getCheckpoint, getConsistencyProof } = LogService.method;
      const answer = await calls.unary(getCheckpoint, {}, options);
      const checkpoint = answer.cosigned || answer.checkpoint;
      const toSize = parseCheckpoint(parseNote(checkpoint).text).size;
      if (toSize < size) throw unseen(size, toSize);
      const request = { fromSize: BigInt(size), toSize: BigInt(toSize) };
      const { hashes } = await calls.unary(getConsistencyProof, request, options);
      return { checkpoint, path: hashes };
    },

    async witnesses(options = {}) {
      const { witnesses } = await calls.unary(LogService.method.listWitnesses, {}, options);
      return witnesses.map(({ centerId, vkey, connected, size, cosignedAtMs, problem }) => ({
        centerId,
        vkey,
        connected,
        size: Number(size),
        cosignedAtMs: Number(cosignedAtMs),
        problem,
      }));
    },

    close: () => calls[Symbol.dispose](),
    [Symbol.dispose]: () => calls[Symbol.dispose](),
  };
  callsByClient.set(client, calls);
  return client;
}

/** What other parts of this package call through; no part of what a client offers. */
const callsByClient = new WeakMap<Client, Calls>();

/** The calls of a client. @throws {TypeError} if it was not made by this package. */
export function callsOf(client: Client): Calls {
  const calls = callsByClient.get(client);
  if (calls === undefined) throw new TypeError("not a client that createClient made");
  return calls;
}

function refMessage(record: RecordRef | string) {
  try {
    return recordRefCodec.encode(typeof record === "string" ? parseUrn(record) : record);
  } catch (cause) {
    if (!isTributaryError(cause)) throw cause;
    throw new ClientError(cause.code, cause.message, { cause, messageZh: cause.messageZh });
  }
}

function unseen(size: number, seen: number): TributaryError {
  return new TributaryError(
    "ERR_QUORUM",
    `witnesses were asked about ${seen} entries so far, not yet about ${size}; ask again in a few seconds`,
    {
      messageZh: `见证方目前被询问至第 ${seen} 条日志，尚未到第 ${size} 条；请数秒后重试`,
      details: { size, seen },
    },
  );
}
