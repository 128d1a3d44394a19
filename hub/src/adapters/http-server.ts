/**
 * The hub on the web: the same services as JSON, gRPC-web and Connect, health, metrics, the log as C2SP serves it, and
 * the console's files.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import type { Message } from "@bufbuild/protobuf";
import {
  type Code,
  ConnectError,
  cors,
  type HandlerContext,
  type ServiceImpl,
} from "@connectrpc/connect";
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import fastifyStatic from "@fastify/static";
import {
  type Clock,
  errorStatus,
  isTributaryError,
  refusalCodec,
  refusalOf,
  TILE_WIDTH,
  TributaryError,
} from "@tributary/proto";
import { RefusalSchema } from "@tributary/proto/wire";
import { type FastifyInstance, type FastifyReply, fastify } from "fastify";
import { ACTIONS, authorize } from "../api/authorize.ts";
import type { Authenticator } from "../api/principal.ts";
import type { CallContext, RpcHandlers } from "../api/rpc.ts";
import { type CallLog, requestIdOf } from "./call-log.ts";
import { ConnectionBound, type ConnectionLimits, nameOf } from "./connection-bound.ts";
import { type OrganisationRoutes, serveOrganisationSignIn } from "./http-organisation.ts";
import { type ReconciliationRoutes, serveReconciliation } from "./http-reconciliation.ts";
import { carrierOf } from "./http-session.ts";
import { rpcMessagesOf, SERVICES } from "./rpc-messages.ts";

/** Whether the hub can do its work, and what each part of it says. */
export interface Readiness {
  readonly isReady: boolean;
  readonly dependencies: Readonly<Record<string, object>>;
}

/** The log's static files. */
export interface LogFiles {
  /** The newest checkpoint; undefined while there is none. */
  checkpoint(): string | undefined;
  /** `width` hashes of a tile; undefined when it has fewer. */
  tile(path: string, width: number): Promise<Uint8Array | undefined>;
  /** `width` entries from `index` x 256 on; undefined when there are fewer. */
  entryBundle(index: number, width: number): Promise<Uint8Array | undefined>;
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly handlers: RpcHandlers;
  readonly authenticator: Authenticator;
  readonly callLog: CallLog;
  readonly readiness: () => Readiness;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly logFiles: LogFiles;
  readonly reconciliation: ReconciliationRoutes;
  /** Undefined where the operators' organisation has no provider: the routes do not exist then. */
  readonly organisation: OrganisationRoutes | undefined;
  /** Folder of the console's built files; nothing is served at `/` when it does not exist. */
  readonly consoleFolder: string;
  /** Most connections at once; beyond it health is answered, and all else refused with the limit. */
  readonly connections: ConnectionLimits;
  /** Requests a minute and address; more is answered with 429. */
  readonly requestsPerMinute: number;
  readonly clock: Clock;
}

export interface HttpServer extends AsyncDisposable {
  readonly port: number;
}

const MIB = 2 ** 20;
/** How long a shutdown waits for requests before it cuts them. */
const DRAIN_MS = 2_000;
/** Level or `entries`, index, width of a partial tile. Five groups name any tile of 2^53 entries. */
/** Of files whose names change with what is in them. */
const KEPT_FOR_EVER = "public, max-age=31536000, immutable";
const TILE_PATH = /^(\d|[1-6]\d|entries)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** @throws {TributaryError} `ERR_PORT_IN_USE` if another program listens there. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = fastify({
    bodyLimit: 4 * MIB,
    requestTimeout: 60_000,
    genReqId: (request) => requestIdOf(String(request.headers["x-request-id"] ?? "")),
    routerOptions: { maxParamLength: 256 },
  });
  server.addHook("onSend", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  boundConnections(server, options.connections);
  allowPublicReads(server);
  guardRoutes(server, options.authenticator);
  await server.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        // The hub itself speaks plain HTTP; a proxy in front of it adds TLS.
        "upgrade-insecure-requests": null,
      },
    },
    strictTransportSecurity: false,
  });
  await server.register(rateLimit, {
    max: options.requestsPerMinute,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { max }) => overLimit(max),
  });
  server.setErrorHandler((error, request, reply) => {
    const refusal = asRefusal(error);
    if (!isTributaryError(refusal)) options.callLog.defect(request.url, request.id, error);
    return sendProblem(reply, refusal);
  });
  server.setNotFoundHandler((request, reply) => sendProblem(reply, notFound(request.url)));
  const stopping = new AbortController();
  await serveServices(server, options, stopping.signal);
  serveHealth(server, options);
  serveLog(server, options.logFiles);
  await serveReconciliation(server, options.reconciliation, options.authenticator);
  if (options.organisation !== undefined) {
    serveOrganisationSignIn(
      server,
      options.organisation,
      options.callLog,
      options.requestsPerMinute,
    );
  }
  if (existsSync(options.consoleFolder)) {
    const assets = join(resolve(options.consoleFolder), "assets", sep);
    await server.register(fastifyStatic, {
      root: options.consoleFolder,
      preCompressed: true,
      setHeaders: (reply, path) => {
        if (path.startsWith(assets)) reply.header("cache-control", KEPT_FOR_EVER);
      },
    });
  }
  await listen(server, options.host, options.port);
  const address = server.server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    async [Symbol.asyncDispose]() {
      // Streams end at once, since they would not end by themselves; what is left after a moment is cut.
      stopping.abort(new TributaryError("ERR_UNAVAILABLE", "the hub is stopping"));
      const done = new AbortController();
      const cut = options.clock.sleep(DRAIN_MS, done.signal).then(
        () => server.server.closeAllConnections(),
        () => undefined,
      );
      await server.close();
      done.abort();
      await cut;
    },
  };
}

/** What is exempt from the rate limit, health, is answered beyond the bound too: a hub that is full is alive. */
function boundConnections(server: FastifyInstance, limits: ConnectionLimits): void {
  const bound = new ConnectionBound(limits);
  server.server.on("connection", (socket) => bound.admit(socket));
  server.addHook("onRequest", async (request, reply) => {
    const refusal = bound.refusalOf(nameOf(request.raw.socket));
    if (refusal === undefined || request.routeOptions.config.rateLimit === false) return;
    reply.header("connection", "close");
    throw refusal;
  });
}

async function serveServices(
  server: FastifyInstance,
  options: HttpServerOptions,
  stopping: AbortSignal,
): Promise<void> {
  await server.register(fastifyConnectPlugin, {
    readMaxBytes: 4 * MIB,
    writeMaxBytes: 4 * MIB,
    shutdownSignal: stopping,
    routes: (router) => {
      for (const service of SERVICES) {
        const implementation = Object.fromEntries(
          service.methods.map((method) => [method.localName, implement(method, options)]),
        );
        router.service(service, implementation as unknown as Partial<ServiceImpl<typeof service>>);
      }
    },
  });
}

function implement(
  method: (typeof SERVICES)[number]["methods"][number],
  options: HttpServerOptions,
) {
  const { handlers, callLog } = options;
  const messages = rpcMessagesOf(method);
  const handler = handlers[messages.name];
  const requestId = (context: HandlerContext) =>
    requestIdOf(context.requestHeader.get("x-request-id") ?? undefined);
  switch (handler.type) {
    case "unary":
      return async (request: Message, context: HandlerContext): Promise<Message> => {
        try {
          return await callLog.observe(messages.name, requestId(context), async (id) => {
            const call = await contextOf(context, id, options);
            return messages.encode(await handler.call(messages.raw(request), call));
          });
        } catch (error) {
          throw connectError(error);
        }
      };
    case "server-streaming":
      return (request: Message, context: HandlerContext) =>
        stream(context, (call) => handler.call(messages.raw(request), call));
    case "bidi-streaming":
      return (requests: AsyncIterable<Message>, context: HandlerContext) =>
        stream(context, (call) => {
          const items = decoded(requests, messages.decode) as AsyncIterable<never>;
          return handler.call(items, call);
        });
  }

  async function* stream(
    context: HandlerContext,
    answersOf: (call: CallContext) => AsyncIterable<object>,
  ): AsyncIterable<Message> {
    const run = async function* (id: string) {
      yield* answersOf(await contextOf(context, id, options));
    };
    try {
      for await (const answer of callLog.observeStream(messages.name, requestId(context), run)) {
        yield messages.encode(answer);
      }
    } catch (error) {
      throw connectError(error);
    }
  }
}

async function* decoded(
  requests: AsyncIterable<Message>,
  decode: (request: Message) => unknown,
): AsyncIterable<unknown> {
  for await (const request of requests) yield decode(request);
}

async function contextOf(
  context: HandlerContext,
  requestId: string,
  { authenticator }: HttpServerOptions,
): Promise<CallContext> {
  context.responseHeader.set("x-request-id", requestId);
  const header = (name: string) => context.requestHeader.get(name) ?? undefined;
  const carrier = carrierOf(header, (value) => context.responseHeader.append("set-cookie", value));
  const principal = await authenticator.authenticate(header("authorization"), carrier?.secret);
  return { principal, requestId, signal: context.signal, carrier };
}

/** Connect's codes are gRPC's numbers; the refusal travels as a detail. */
function connectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const refusal = refusalOf(error);
  const code = errorStatus(refusal.code).grpc as Code;
  const detail = { desc: RefusalSchema, value: refusalCodec.encode(refusal) };
  return new ConnectError(`${refusal.code}: ${refusal.message}`, code, undefined, [detail]);
}

function serveHealth(server: FastifyInstance, { readiness, metrics }: HttpServerOptions): void {
  server.get("/livez", { config: { rateLimit: false } }, async () => ({ status: "ok" }));
  server.get("/readyz", { config: { rateLimit: false } }, async (_request, reply) => {
    const { isReady, dependencies } = readiness();
    return reply
      .code(isReady ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status: isReady ? "ok" : "unavailable", dependencies });
  });
  server.get("/metrics", { config: { rateLimit: false } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}

/** The read API of C2SP tlog-tiles, under the prefix `/log`. */
function serveLog(server: FastifyInstance, files: LogFiles): void {
  server.get("/log/checkpoint", async (request, reply) => {
    const checkpoint = files.checkpoint();
    if (checkpoint === undefined) return sendProblem(reply, notFound(request.url));
    return reply
      .type("text/plain; charset=utf-8")
      .header("cache-control", "no-cache")
      .send(checkpoint);
  });
  server.get<{ Params: { "*": string } }>("/log/tile/*", async (request, reply) => {
    const file = await tileFile(request.params["*"], files);
    if (file === undefined) return sendProblem(reply, notFound(request.url));
    return reply
      .type("application/octet-stream")
      .header("cache-control", "public, max-age=31536000, immutable")
      .send(Buffer.from(file));
  });
}

/** RPCs are authorized with their request, by their handlers. */
const RPC_PATHS = SERVICES.map(({ typeName }) => `/${typeName}/`);

/**
 * Authorizes every route that is no RPC, by its method and pattern.
 *
 * @throws {TypeError} on start, if a route has no row in the table of who may do what.
 */
function guardRoutes(server: FastifyInstance, authenticator: Authenticator): void {
  const isRpc = (path: string) => RPC_PATHS.some((prefix) => path.startsWith(prefix));
  const actionOf = (method: string, path: string) =>
    `${method === "HEAD" ? "GET" : method} ${path}`;
  server.addHook("onRoute", ({ method, url }) => {
    if (isRpc(url)) return;
    for (const action of [method].flat().map((each) => actionOf(each, url))) {
      if (!ACTIONS.includes(action)) throw new TypeError(`nobody is allowed ${action}`);
    }
  });
  server.addHook("onRequest", async (request) => {
    const { url } = request.routeOptions;
    if (url === undefined || isRpc(url)) return;
    const principal = await authenticator.authenticate(request.headers.authorization);
    authorize(principal, actionOf(request.method, url), {});
  });
}

/** A tile or an entry bundle; undefined for a path that names none. */
async function tileFile(path: string, files: LogFiles): Promise<Uint8Array | undefined> {
  const [, level, index = "", partial] = TILE_PATH.exec(path) ?? [];
  const width = Number(partial ?? TILE_WIDTH);
  if (level === undefined || (partial !== undefined && width >= TILE_WIDTH)) return undefined;
  return level === "entries"
    ? files.entryBundle(Number(index.replace(/[x/]/g, "")), width)
    : files.tile(`tile/${level}/${index}`, width);
}

/** Pages of other origins may read what everybody may read; a token never travels with such a request by itself. */
function allowPublicReads(server: FastifyInstance): void {
  const readable = ["QueryService", "MatchService", "LogService"];
  const paths = SERVICES.filter(({ name }) => readable.includes(name)).map(
    ({ typeName }) => `/${typeName}/`,
  );
  server.addHook("onRequest", async (request, reply) => {
    if (![...paths, "/log/", "/reconcile"].some((path) => request.url.startsWith(path))) return;
    reply.header("access-control-allow-origin", "*");
    reply.header(
      "access-control-expose-headers",
      [...cors.exposedHeaders, "x-request-id"].join(", "),
    );
    if (request.method !== "OPTIONS") return;
    await reply
      .code(204)
      .header("access-control-allow-methods", cors.allowedMethods.join(", "))
      .header(
        "access-control-allow-headers",
        [...cors.allowedHeaders, "authorization", "x-request-id"].join(", "),
      )
      .header("access-control-max-age", "7200")
      .send();
  });
}

/** RFC 9457, with our code and both sentences. */
function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const { code, message, messageZh, retryAfterMs } = refusalOf(error);
  const { http } = errorStatus(code);
  if (retryAfterMs !== undefined) reply.header("retry-after", Math.ceil(retryAfterMs / 1_000));
  return reply
    .code(http)
    .type("application/problem+json")
    .send({ type: "about:blank", title: message, title_zh: messageZh, status: http, code });
}

/** What the web server itself refuses, such as a body that is too large, gets one of our codes. */
function asRefusal(error: unknown): unknown {
  const { statusCode, message } = error as {
    readonly statusCode?: number;
    readonly message: string;
  };
  if (isTributaryError(error) || statusCode === undefined || statusCode >= 500) return error;
  if (statusCode === 404) return notFound("");
  return new TributaryError("ERR_ARGUMENT_INVALID", message, { cause: error });
}

function notFound(url: string): TributaryError {
  return new TributaryError("ERR_NOT_FOUND", `there is nothing at ${url.split("?")[0]}`, {
    messageZh: `${url.split("?")[0]} 不存在`,
  });
}

function overLimit(max: number): TributaryError {
  return new TributaryError("ERR_QUOTA", `more than ${max} requests a minute from one address`, {
    messageZh: `同一地址每分钟请求数超过 ${max}`,
    details: { limitName: "requests_per_minute", limitValue: max },
  });
}

async function listen(server: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new TributaryError(
      "ERR_PORT_IN_USE",
      `${host}:${port} cannot be listened on: ${message}`,
      {
        messageZh: `无法监听 ${host}:${port}：${message}`,
        cause,
      },
    );
  }
}
