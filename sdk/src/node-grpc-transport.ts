/**
 * gRPC in Node, through `@grpc/grpc-js` and the generated descriptors.
 *
 * @module
 */

import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import {
  type ChannelOptions,
  Client,
  credentials,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { decodeRefusal, isTributaryError, REFUSAL_TRAILER, systemClock } from "@tributary/proto";
import { ClientError, errorOfHub, errorOfStatus } from "./errors.ts";
import { readAnswer } from "./read-answer.ts";
import { type AttemptOptions, MAX_MESSAGE_BYTES, type Transport } from "./transport.ts";

const CHANNEL: ChannelOptions = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  // Half-open connections (a firewall that forgot them) are found while calls wait.
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.initial_reconnect_backoff_ms": 200,
  "grpc.max_reconnect_backoff_ms": 5_000,
  // Retries are the client's: one policy, one budget, for both transports.
  "grpc.enable_retries": 0,
  // Else a new channel would share the dead connection of the old one.
  "grpc.use_local_subchannel_pool": 1,
};

/** `target` is host:port. The connection is made by the first call. */
export function grpcTransport(target: string, isSecure: boolean): Transport {
  return new GrpcTransport(
    () =>
      new Client(
        target,
        isSecure ? credentials.createSsl() : credentials.createInsecure(),
        CHANNEL,
      ),
  );
}

class GrpcTransport implements Transport {
  readonly #connect: () => Client;
  #client: Client | undefined;
  /** Messages that came over the client in use: a sign that its connection is alive. */
  #received = 0;

  constructor(connect: () => Client) {
    this.#connect = connect;
  }

  unary: Transport["unary"] = async (method, message, { signal, timeoutMs, headers }) => {
    const client = this.#open();
    const receivedBefore = this.#received;
    const bytes = await new Promise<Uint8Array | undefined>((resolve, reject) => {
      const call = client.makeUnaryRequest(
        pathOf(method),
        serializer(method.input),
        keepBytes,
        message,
        metadataOf(headers),
        timeoutMs === undefined ? {} : { deadline: systemClock.now() + timeoutMs },
        (error, answer) => {
          signal.removeEventListener("abort", onAbort);
          if (error !== null) reject(error);
          else resolve(answer);
        },
      );
      const onAbort = () => {
        this.#dropIfSilent(client, receivedBefore, signal.reason);
        call.cancel();
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort);
    }).catch((error: unknown) => {
      const failure = errorOfGrpc(error);
      // The deadline of grpc-js itself, which may strike a moment before the caller's.
      this.#dropIfSilent(client, receivedBefore, failure);
      throw failure;
    });
    this.#received += 1;
    return decode(method.output, bytes);
  };

  stream: Transport["stream"] = (method, message, options) =>
    this.#stream(method, message, options);

  async *#stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethod & { readonly input: I; readonly output: O },
    message: MessageInitShape<I>,
    { signal, timeoutMs, headers }: AttemptOptions,
  ): AsyncIterable<MessageShape<O>> {
    const client = this.#open();
    const call = client.makeServerStreamRequest(
      pathOf(method),
      serializer(method.input),
      keepBytes,
      message,
      metadataOf(headers),
      timeoutMs === undefined ? {} : { deadline: systemClock.now() + timeoutMs },
    );
    let receivedBefore = this.#received;
    const onAbort = () => {
      this.#dropIfSilent(client, receivedBefore, signal.reason);
      call.cancel();
    };
    call.on("error", () => {}); // one that comes after the consumer has left
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
    try {
      for await (const bytes of call) {
        this.#received += 1;
        receivedBefore = this.#received;
        yield decode(method.output, bytes);
      }
    } catch (error) {
      throw errorOfGrpc(error);
    } finally {
      signal.removeEventListener("abort", onAbort);
      call.cancel();
    }
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  #open(): Client {
    this.#client ??= this.#connect();
    return this.#client;
  }

  /**
   * Makes the next call open a new connection when one was waited for in vain and nothing else came over it meanwhile:
   * grpc-js can keep a connection whose peer is gone (grpc/grpc-node issues 2785 and 2853). Other calls on it go on.
   */
  #dropIfSilent(client: Client, receivedBefore: number, reason: unknown): void {
    if (this.#client !== client || this.#received !== receivedBefore) return;
    if (isTributaryError(reason, "ERR_DEADLINE")) this.close();
  }
}

function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

function serializer<I extends DescMessage>(schema: I): (message: MessageInitShape<I>) => Buffer {
  return (message) => Buffer.from(toBinary(schema, create(schema, message)));
}

/**
 * Messages are decoded outside grpc-js, which turns a failure into a status that looks like a broken connection. The
 * bytes are no Buffer, so that the fields of answers are none either.
 */
function keepBytes(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function decode<O extends DescMessage>(schema: O, bytes: Uint8Array | undefined): MessageShape<O> {
  try {
    return fromBinary(schema, bytes ?? new Uint8Array());
  } catch (cause) {
    throw new ClientError("ERR_PROTOCOL", `the answer is not a ${schema.typeName}`, {
      cause,
      messageZh: `响应不是 ${schema.typeName}`,
    });
  }
}

function metadataOf(headers: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}

const INTERNAL = 13;
const UNAVAILABLE = 14;

/** @throws {unknown} what is not of grpc-js, and `ERR_PROTOCOL` for a refusal that cannot be read. */
function errorOfGrpc(error: unknown): ClientError {
  if (!isServiceError(error)) throw error;
  const [refusal] = error.metadata.get(REFUSAL_TRAILER);
  if (refusal instanceof Uint8Array) {
    return errorOfHub(readAnswer({ decode: decodeRefusal }, refusal), error);
  }
  // grpc-js calls a reset stream INTERNAL; what the hub itself calls so comes with a refusal.
  const status = error.code === INTERNAL ? UNAVAILABLE : error.code;
  return errorOfStatus({ status, message: error.details, cause: error });
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "metadata" in error && error.metadata instanceof Metadata;
}
