/**
 * The hub's services over gRPC, with health and reflection.
 *
 * @module
 */

import type { EventEmitter } from "node:events";
import { setDefaultHighWaterMark } from "node:stream";
import { type DescFile, type DescMethod, type Message, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  logVerbosity,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  setLogVerbosity,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import {
  type Clock,
  encodeRefusal,
  errorStatus,
  REFUSAL_TRAILER,
  refusalOf,
  TributaryError,
} from "@tributary/proto";
import { grpcServiceDefinition } from "@tributary/proto/grpc";
import { HealthImplementation } from "grpc-health-check";
import type { Authenticator } from "../api/principal.ts";
import type { CallContext, RpcHandlers } from "../api/rpc.ts";
import { type CallLog, requestIdOf } from "./call-log.ts";
import type { ConnectionLimits } from "./connection-bound.ts";
import { type GrpcListener, type GrpcListenerOptions, listenForGrpc } from "./grpc-listener.ts";
import { type RpcMessages, rpcMessagesOf, SERVICES } from "./rpc-messages.ts";

export interface GrpcServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Undefined: without TLS. */
  readonly tls: GrpcListenerOptions["tls"];
  readonly limits: ConnectionLimits;
  readonly handlers: RpcHandlers;
  readonly authenticator: Authenticator;
  readonly callLog: CallLog;
  readonly clock: Clock;
}

export interface GrpcServer extends AsyncDisposable {
  readonly port: number;
  /** What `grpc.health.v1` answers. */
  setServing(isServing: boolean): void;
}

interface Calls extends GrpcServerOptions {
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
  readonly peerOf: GrpcListener["peerOf"];
}

const MIB = 2 ** 20;

/** Limits of protocol section 6; the largest frame fits a message with room for its envelope. */
const LIMITS = {
  "grpc.max_receive_message_length": 4 * MIB,
  "grpc.max_send_message_length": 4 * MIB,
  "grpc.max_concurrent_streams": 32,
  "grpc.max_connection_age_ms": 3_600_000,
  "grpc.max_connection_age_grace_ms": 60_000,
  "grpc.max_connection_idle_ms": 300_000,
  "grpc.keepalive_time_ms": 60_000,
  "grpc.keepalive_timeout_ms": 20_000,
};

/** How long a shutdown waits for calls before it cuts them. */
const DRAIN_MS = 2_000;

/**
 * Starts the server.
 *
 * Sets the process's default for object streams to one element: grpc-js takes it for its calls and would read 16
 * messages of up to 4 MiB ahead of a handler that does not take them.
 *
 * @throws {TributaryError} `ERR_PORT_IN_USE` if another program listens there.
 */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  setDefaultHighWaterMark(true, 1);
  // What goes wrong reaches us as an error, and our own log.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server(LIMITS);
  const stopping = new AbortController();
  // TLS, where there is any, is the listener's.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = await listenForGrpc({
    ...options,
    onConnection: (socket) => injector.injectConnection(socket),
  });
  const calls: Calls = { ...options, stopping: stopping.signal, peerOf: listener.peerOf };
  for (const service of SERVICES) {
    const implementation = Object.fromEntries(
      service.methods.map((method) => [method.localName, handle(method, calls)]),
    );
    server.addService(grpcServiceDefinition(service), implementation);
  }
  const health = new HealthImplementation();
  const names = ["", ...SERVICES.map((service) => service.typeName)];
  const setServing = (isServing: boolean) => {
    for (const name of names) health.setStatus(name, isServing ? "SERVING" : "NOT_SERVING");
  };
  setServing(false);
  health.addToServer(server);
  new ReflectionService(reflectionPackage()).addToServer(server);
  return {
    port: listener.port,
    setServing,
    async [Symbol.asyncDispose]() {
      setServing(false);
      // Streams end at once, since they would not end by themselves; other calls have a moment.
      stopping.abort(new TributaryError("ERR_UNAVAILABLE", "the hub is stopping"));
      await shutDown(server, listener, options.clock);
    },
  };
}

function handle(method: DescMethod, options: Calls): UntypedHandleCall {
  const messages = rpcMessagesOf(method);
  switch (method.methodKind) {
    case "unary":
      return unary(messages, options);
    case "server_streaming":
      return serverStreaming(messages, options);
    case "bidi_streaming":
      return bidiStreaming(messages, options);
    case "client_streaming":
      throw new TypeError(`no handler for the client stream ${messages.name}`);
  }
}

function unary(messages: RpcMessages, options: Calls): UntypedHandleCall {
  const { call: answer } = handlerOf(messages, options, "unary");
  return (call: ServerUnaryCall<Message, Message>, callback: sendUnaryData<Message>) => {
    options.callLog
      .observe(messages.name, requestIdOf(headerOf(call, "x-request-id")), async (requestId) => {
        if (call.getDeadline() === Number.POSITIVE_INFINITY) throw deadlineMissing();
        const context = await contextOf(call, requestId, options);
        return messages.encode(await answer(messages.raw(call.request), context));
      })
      .then(
        (response) => callback(null, response),
        (error) => callback(statusOf(error)),
      );
  };
}

function serverStreaming(messages: RpcMessages, options: Calls): UntypedHandleCall {
  const { call: answer } = handlerOf(messages, options, "server-streaming");
  return (call: ServerWritableStream<Message, Message>) => {
    stream(messages, options, call, (context) => answer(messages.raw(call.request), context));
  };
}

function bidiStreaming(messages: RpcMessages, options: Calls): UntypedHandleCall {
  const { call: answer } = handlerOf(messages, options, "bidi-streaming");
  return (call: ServerDuplexStream<Message, Message>) => {
    stream(messages, options, call, (context) => answer(requestsOf(call, messages), context));
  };
}

/** Runs a stream to its end: authenticates before anything is read, waits while the caller's window is closed. */
function stream(
  messages: RpcMessages,
  options: Calls,
  call: ServerWritableStream<Message, Message> | ServerDuplexStream<Message, Message>,
  answersOf: (context: CallContext) => AsyncIterable<object>,
): void {
  options.callLog
    .observe(messages.name, requestIdOf(headerOf(call, "x-request-id")), async (requestId) => {
      const context = await contextOf(call, requestId, options);
      for await (const answer of answersOf(context)) {
        context.signal.throwIfAborted();
        if (!call.write(messages.encode(answer))) await drained(call, context.signal);
      }
    })
    .then(
      () => call.end(),
      (error) => call.emit("error", statusOf(error)),
    );
}

async function* requestsOf(
  call: ServerDuplexStream<Message, Message>,
  messages: RpcMessages,
): AsyncIterable<never> {
  // A reader that stops must not destroy the stream: the status still has to be sent on it.
  for await (const request of call.iterator({ destroyOnReturn: false })) {
    yield messages.decode(request) as never;
  }
}

function drained(
  call: ServerWritableStream<Message, Message> | ServerDuplexStream<Message, Message>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      call.off("drain", onDrain);
      reject(signal.reason);
    };
    const onDrain = () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    };
    call.once("drain", onDrain);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

function handlerOf<Type extends RpcHandlers[keyof RpcHandlers]["type"]>(
  { name }: RpcMessages,
  { handlers }: Calls,
  type: Type,
): Extract<RpcHandlers[keyof RpcHandlers], { type: Type }> {
  const handler = handlers[name];
  if (handler?.type !== type) throw new TypeError(`${name} has no ${type} handler`);
  return handler as Extract<RpcHandlers[keyof RpcHandlers], { type: Type }>;
}

type AnyCall =
  | ServerUnaryCall<Message, Message>
  | ServerWritableStream<Message, Message>
  | ServerDuplexStream<Message, Message>;

async function contextOf(
  call: AnyCall,
  requestId: string,
  { authenticator, stopping, peerOf }: Calls,
): Promise<CallContext> {
  const gone = new AbortController();
  const emitter: EventEmitter = call;
  emitter.on("cancelled", () =>
    gone.abort(new TributaryError("ERR_CANCELLED", "the caller is gone or its time is over")),
  );
  const header = new Metadata();
  header.set("x-request-id", requestId);
  call.sendMetadata(header);
  const principal = await authenticator.authenticate(
    headerOf(call, "authorization"),
    undefined,
    peerOf(call.getPeer()),
  );
  return { principal, requestId, signal: AbortSignal.any([gone.signal, stopping]) };
}

function headerOf(call: AnyCall, name: string): string | undefined {
  const [value] = call.metadata.get(name);
  return typeof value === "string" ? value : undefined;
}

/** The status of an error: the code in a trailer, since a status alone cannot carry it. */
function statusOf(error: unknown) {
  const refusal = refusalOf(error);
  const metadata = new Metadata();
  metadata.set(REFUSAL_TRAILER, Buffer.from(encodeRefusal(refusal)));
  // HTTP/2 header values are ASCII: the Chinese sentence travels in the trailer only.
  const details = `${refusal.code}: ${refusal.message}`;
  return { code: errorStatus(refusal.code).grpc, details, metadata };
}

function deadlineMissing(): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", "the call has no deadline; set one", {
    messageZh: "调用未设置截止时间，请设置",
  });
}

/** What the reflection service reads of a package definition: the files of the services and what they import. */
function reflectionPackage(): ConstructorParameters<typeof ReflectionService>[0] {
  const files = new Map<string, Buffer>();
  const add = (file: DescFile) => {
    if (files.has(file.proto.name)) return;
    files.set(file.proto.name, Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)));
    file.dependencies.forEach(add);
  };
  for (const service of SERVICES) add(service.file);
  return {
    files: {
      format: "Protocol Buffer 3 DescriptorProto",
      type: {},
      fileDescriptorProtos: [...files.values()],
    },
  };
}

async function shutDown(server: Server, listener: GrpcListener, clock: Clock): Promise<void> {
  const done = new AbortController();
  const cut = clock.sleep(DRAIN_MS, done.signal).then(
    () => {
      server.forceShutdown();
      listener.cut();
    },
    () => undefined,
  );
  const closed = listener.stop();
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  // What was said last is on its way until then.
  await closed;
  done.abort();
  await cut;
}
