import { connect } from "node:http2";
import type { Message } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import {
  type Client,
  type ClientDuplexStream,
  type ClientUnaryCall,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import {
  decodeRefusal,
  publishItemCodec,
  REFUSAL_TRAILER,
  systemClock,
  TributaryError,
} from "@tributary/proto";
import { grpcServiceDefinition } from "@tributary/proto/grpc";
import { GetCheckpointRequestSchema, IngestService, LogService } from "@tributary/proto/wire";
import { service as healthService } from "grpc-health-check";
import { afterEach, describe, expect, test } from "vitest";
import type { CallContext, RpcHandlers } from "../api/rpc.ts";
import { noEvents } from "../ports/hub-events.ts";
import { CallLog } from "./call-log.ts";
import { type GrpcServer, startGrpcServer } from "./grpc-server.ts";
import { createLogger } from "./logger.ts";
import { SERVICES } from "./rpc-messages.ts";

const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing[Symbol.asyncDispose]();
});

describe("a unary call", () => {
  test("reaches its handler with who calls, and gets its answer and a request id", async () => {
    const seen: CallContext[] = [];
    const server = await start({
      "LogService.GetCheckpoint": {
        type: "unary",
        call: async (_request, context) => {
          seen.push(context);
          return { checkpoint: "text", vkey: "key" };
        },
      },
    });
    const { response, header } = await unary(server, {
      authorization: "Bearer x",
      "x-request-id": "r-1",
    });
    expect(response).toMatchObject({ checkpoint: "text", vkey: "key" });
    expect(seen[0]).toMatchObject({
      principal: { type: "operator", name: "Bearer x" },
      requestId: "r-1",
    });
    expect(header.get("x-request-id")).toEqual(["r-1"]);
  });

  test("gets a new request id when the caller's is none", async () => {
    const server = await start({
      "LogService.GetCheckpoint": { type: "unary", call: async () => ({}) },
    });
    const { header } = await unary(server, { "x-request-id": 'a b"c' });
    expect(String(header.get("x-request-id")[0])).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("that is refused gets the status of the code, and the code with both sentences", async () => {
    const server = await start({
      "LogService.GetCheckpoint": {
        type: "unary",
        call: async () => {
          throw new TributaryError("ERR_QUOTA", "too many", {
            messageZh: "太多",
            details: { limitName: "x", limitValue: 3, retryAfterMs: 50 },
          });
        },
      },
    });
    const error = await unary(server, {}).catch((e: ServiceError) => e);
    expect(error).toMatchObject({ code: 8, details: "ERR_QUOTA: too many" });
    expect(refusalIn(error as ServiceError)).toMatchObject({
      code: "ERR_QUOTA",
      messageZh: "太多",
      limitValue: 3,
      retryAfterMs: 50,
    });
  });

  test("that meets a defect says so and nothing more", async () => {
    const server = await start({
      "LogService.GetCheckpoint": {
        type: "unary",
        call: async () => {
          throw new Error("secret path /etc/x");
        },
      },
    });
    const error = (await unary(server, {}).catch((e: ServiceError) => e)) as ServiceError;
    expect(error.code).toBe(13);
    expect(`${error.details}${JSON.stringify(refusalIn(error))}`).not.toContain("secret");
  });

  test("without a deadline is refused", async () => {
    const server = await start({});
    const error = (await unary(server, {}, "none").catch((e: ServiceError) => e)) as ServiceError;
    expect(refusalIn(error).code).toBe("ERR_ARGUMENT_INVALID");
  });

  test("tells its handler when its time is over", async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<unknown>();
    const server = await start({
      "LogService.GetCheckpoint": {
        type: "unary",
        call: (_request, { signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              resolve((signal.reason as TributaryError).code);
              reject(signal.reason);
            });
          }),
      },
    });
    await unary(server, {}, 2_000).catch(() => undefined);
    expect(await aborted).toBe("ERR_CANCELLED");
  });
});

describe("a stream", () => {
  test("is not read ahead of a handler that does not take it", async () => {
    const { promise: hold, resolve: release } = Promise.withResolvers<void>();
    let taken = 0;
    const server = await start({
      "IngestService.Publish": {
        type: "bidi-streaming",
        async *call(requests) {
          for await (const _request of requests) {
            taken += 1;
            await hold;
          }
          yield { type: "credit", credit: { batches: 1, bytes: 1 } };
        },
      },
    });
    const stream = publish(server);
    const sent = { count: 0 };
    for (let i = 0; i < 20; i += 1) {
      const item = publishItemCodec.encode({ type: "batch", frame: new Uint8Array(1_000_000) });
      stream.write(item, () => {
        sent.count += 1;
      });
    }
    stream.end();
    await untilSteady(() => sent.count);
    expect(sent.count).toBeLessThanOrEqual(4);
    release();
    for await (const _answer of stream) expect(taken).toBe(20);
    expect(sent.count).toBe(20);
  });

  test("is not written ahead of a caller that does not take it", async () => {
    let made = 0;
    const server = await start({
      "LogService.ListEntries": {
        type: "server-streaming",
        async *call() {
          for (; made < 200; made += 1) yield { position: made, entry: new Uint8Array(100_000) };
        },
      },
    });
    // Not with a client of grpc-js, which reads on by itself.
    const session = connect(`http://127.0.0.1:${server.port}`);
    const call = session.request({
      ":method": "POST",
      ":path": "/tributary.v1.LogService/ListEntries",
      "content-type": "application/grpc",
      te: "trailers",
    });
    call.end(Uint8Array.of(0, 0, 0, 0, 0));
    await untilSteady(() => call.readableLength + made + 1);
    expect(made).toBeLessThan(5);
    let received = 0;
    for await (const chunk of call) received += (chunk as Buffer).length;
    expect(made).toBe(200);
    expect(received).toBeGreaterThan(200 * 100_000);
    session.close();
  });

  test("ends with the code of what its handler throws, after what it had answered", async () => {
    const server = await start({
      "IngestService.Publish": {
        type: "bidi-streaming",
        async *call() {
          yield { type: "credit", credit: { batches: 1, bytes: 1 } };
          throw new TributaryError("ERR_CREDIT", "too much");
        },
      },
    });
    const stream = publish(server);
    const answers: unknown[] = [];
    stream.on("data", (answer) => answers.push(answer));
    const error = await new Promise<ServiceError>((resolve) => stream.on("error", resolve));
    expect(answers).toHaveLength(1);
    expect(refusalIn(error).code).toBe("ERR_CREDIT");
  });

  test("ends when the server stops", async () => {
    const server = await start({
      "IngestService.Publish": {
        type: "bidi-streaming",
        async *call(_requests, { signal }) {
          yield { type: "credit", credit: { batches: 1, bytes: 1 } };
          await new Promise((_, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason)),
          );
        },
      },
    });
    const stream = publish(server);
    await new Promise((resolve) => stream.once("data", resolve));
    const ended = new Promise<ServiceError>((resolve) => stream.on("error", resolve));
    opened.splice(opened.indexOf(server), 1);
    await server[Symbol.asyncDispose]();
    expect(refusalIn(await ended).code).toBe("ERR_UNAVAILABLE");
  });
});

test("health tells whether the hub serves", async () => {
  const server = await start({});
  const Health = makeGenericClientConstructor(healthService, "health");
  const client = new Health(`127.0.0.1:${server.port}`, credentials.createInsecure());
  const check = () =>
    new Promise((resolve, reject) =>
      (client as unknown as Record<string, (...args: unknown[]) => void>)["check"]?.call(
        client,
        { service: "tributary.v1.QueryService" },
        { deadline: Date.now() + 5_000 },
        (error: Error | null, answer: { status: string }) =>
          error === null ? resolve(answer.status) : reject(error),
      ),
    );
  expect(await check()).toBe("NOT_SERVING");
  server.setServing(true);
  expect(await check()).toBe("SERVING");
  client.close();
});

test("reflection lists the services, and knows where each is defined", async () => {
  const { port } = await start({});
  const ask = async (request: Uint8Array) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const call = session.request({
      ":method": "POST",
      ":path": "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
      "content-type": "application/grpc",
      te: "trailers",
    });
    call.end(Uint8Array.of(0, 0, 0, 0, request.length, ...request));
    const chunks: Buffer[] = [];
    for await (const chunk of call) chunks.push(chunk as Buffer);
    session.close();
    return Buffer.concat(chunks).toString("latin1");
  };
  // ServerReflectionRequest: list_services is field 7, file_containing_symbol is field 4.
  const listed = await ask(Uint8Array.of(0x3a, 1, 0x2a));
  for (const { typeName } of SERVICES) expect(listed).toContain(typeName);
  const symbol = Buffer.from("tributary.v1.LogService");
  const file = await ask(Uint8Array.of(0x22, symbol.length, ...symbol));
  expect(file).toContain("tributary/v1/log_service.proto");
});

test("a second server on the same port is refused", async () => {
  const { port } = await start({});
  await expect(start({}, port)).rejects.toMatchObject({ code: "ERR_PORT_IN_USE" });
});

interface Opens {
  publish(): ClientDuplexStream<Message, Message>;
}

async function start(handlers: Partial<RpcHandlers>, port = 0): Promise<GrpcServer> {
  const server = await startGrpcServer({
    host: "127.0.0.1",
    port,
    tls: undefined,
    limits: { total: 64, perAddress: 64 },
    handlers: { ...everyHandler(), ...handlers } as RpcHandlers,
    authenticator: {
      authenticate: async (authorization) =>
        authorization === undefined
          ? { type: "visitor" }
          : { type: "operator", name: authorization },
    },
    callLog: new CallLog(createLogger("silent"), noEvents),
    clock: systemClock,
  });
  opened.push(server);
  return server;
}

/** A handler that answers nothing for each RPC. */
function everyHandler(): Record<string, unknown> {
  const types = {
    unary: "unary",
    server_streaming: "server-streaming",
    bidi_streaming: "bidi-streaming",
    client_streaming: "",
  };
  return Object.fromEntries(
    SERVICES.flatMap((service) =>
      service.methods.map((method) => [
        `${service.name}.${method.name}`,
        { type: types[method.methodKind], call: async () => ({}) },
      ]),
    ),
  );
}

function clientOf({ port }: GrpcServer, service: typeof LogService | typeof IngestService): Client {
  const Constructor = makeGenericClientConstructor(
    grpcServiceDefinition(service),
    service.typeName,
  );
  const client = new Constructor(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  opened.push({ [Symbol.asyncDispose]: async () => client.close() });
  return client;
}

function publish(server: GrpcServer): ClientDuplexStream<Message, Message> {
  const stream = (clientOf(server, IngestService) as unknown as Opens).publish();
  stream.on("error", () => undefined);
  return stream;
}

function unary(
  server: GrpcServer,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number | "none" = 5_000,
): Promise<{ readonly response: Message; readonly header: Metadata }> {
  const client = clientOf(server, LogService);
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const options = timeoutMs === "none" ? {} : { deadline: Date.now() + timeoutMs };
  return new Promise((resolve, reject) => {
    let header = new Metadata();
    const call = (client as unknown as Record<string, (...args: unknown[]) => ClientUnaryCall>)[
      "getCheckpoint"
    ]?.call(
      client,
      create(GetCheckpointRequestSchema, {}),
      metadata,
      options,
      (error: ServiceError | null, response: Message) =>
        error === null ? resolve({ response, header }) : reject(error),
    );
    call?.on("metadata", (got: Metadata) => {
      header = got;
    });
  });
}

function refusalIn(error: ServiceError) {
  return decodeRefusal(error.metadata.get(REFUSAL_TRAILER)[0] as Buffer);
}

/** Resolves when a number has stopped growing. */
async function untilSteady(read: () => number): Promise<void> {
  for (let same = 0, last = -1; same < 10; ) {
    await systemClock.sleep(20);
    same = read() === last && last > 0 ? same + 1 : 0;
    last = read();
  }
}
