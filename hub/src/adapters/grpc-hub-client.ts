/**
 * Calls a running hub as its operator, for the command line.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { DescMethod, DescService, Message } from "@bufbuild/protobuf";
import {
  type ChannelCredentials,
  type Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import {
  decodeRefusal,
  errorOfRefusal,
  fromPlain,
  REFUSAL_TRAILER,
  TributaryError,
  toPlain,
  viewOptions,
} from "@tributary/proto";
import { grpcServiceDefinition } from "@tributary/proto/grpc";

export interface HubClientOptions {
  /** `host:port`. */
  readonly address: string;
  /** Certificate that the hub's port shows, PEM, and no other; undefined without TLS. */
  readonly certificate?: string | undefined;
  /** Sent with each call; undefined calls as a visitor. */
  readonly token: string | undefined;
  /** Ms that a call may take. */
  readonly timeoutMs: number;
  /** The time now; ms since the epoch. */
  readonly nowMs: () => number;
}

type UnaryCall = (
  request: Message,
  metadata: Metadata,
  options: { deadline: number },
  done: (error: ServiceError | null, response: Message) => void,
) => unknown;

type StreamingCall = (
  request: Message,
  metadata: Metadata,
  options: { deadline: number },
) => ClientReadableStream<Message>;

/** Calls with plain values. */
export interface HubClient extends Disposable {
  /**
   * @throws {TributaryError} what the hub refused with; `ERR_UNAVAILABLE` if it cannot be reached; `ERR_DEADLINE`.
   */
  call<Response>(method: DescMethod, request: object): Promise<Response>;

  /**
   * The answers of a call that has several. The next is read when the one before was taken.
   *
   * @throws {TributaryError} As {@link HubClient.call}; the reason of `signal` when it aborts.
   */
  stream<Response>(
    method: DescMethod,
    request: object,
    signal: AbortSignal,
  ): AsyncIterable<Response>;
}

export function createHubClient(options: HubClientOptions): HubClient {
  const clients = new Map<DescService, Client>();
  const clientOf = (service: DescService) => {
    let client = clients.get(service);
    if (client === undefined) {
      const Constructor = makeGenericClientConstructor(
        grpcServiceDefinition(service),
        service.typeName,
      );
      client = new Constructor(options.address, credentialsFor(options.certificate));
      clients.set(service, client);
    }
    return client;
  };
  const partsOf = (method: DescMethod, request: object) => {
    const metadata = new Metadata();
    if (options.token !== undefined) metadata.set("authorization", `Bearer ${options.token}`);
    return {
      metadata,
      client: clientOf(method.parent) as unknown,
      message: fromPlain(method.input, request, viewOptions),
      deadline: options.nowMs() + options.timeoutMs,
    };
  };
  const plainOf = <Response>(method: DescMethod, message: Message) =>
    toPlain<Response>(method.output, message, { ...viewOptions, complete: true });
  return {
    call(method, request) {
      const { metadata, client, message, deadline } = partsOf(method, request);
      const calls = client as Record<string, UnaryCall>;
      return new Promise((resolve, reject) => {
        calls[method.localName]?.(message, metadata, { deadline }, (error, response) => {
          if (error !== null) reject(errorOf(error, options.address));
          else resolve(plainOf(method, response));
        });
      });
    },
    async *stream<Response>(method: DescMethod, request: object, signal: AbortSignal) {
      signal.throwIfAborted();
      const { metadata, client, message, deadline } = partsOf(method, request);
      const call = (client as Record<string, StreamingCall>)[method.localName] as StreamingCall;
      const stream = call.bind(client)(message, metadata, { deadline });
      const onAbort = () => stream.cancel();
      signal.addEventListener("abort", onAbort, { once: true });
      stream.on("error", () => {}); // one that comes after the consumer has left
      try {
        for await (const answer of stream) yield plainOf<Response>(method, answer as Message);
      } catch (error) {
        throw signal.aborted ? signal.reason : errorOf(error as ServiceError, options.address);
      } finally {
        signal.removeEventListener("abort", onAbort);
        stream.cancel();
      }
    },
    [Symbol.dispose]() {
      for (const client of clients.values()) client.close();
    },
  };
}

/** Trusts exactly the first of the certificates, under whatever name the hub is reached. */
function credentialsFor(certificate: string | undefined): ChannelCredentials {
  if (certificate === undefined) return credentials.createInsecure();
  const { raw } = new X509Certificate(certificate);
  const context = createSecureContext({ ca: certificate, allowPartialTrustChain: true });
  return credentials.createFromSecureContext(context, {
    checkServerIdentity: (_host, shown) =>
      raw.equals(shown.raw) ? undefined : new Error("the port shows another certificate"),
  });
}

function errorOf(error: ServiceError, address: string): TributaryError {
  const [trailer] = error.metadata?.get(REFUSAL_TRAILER) ?? [];
  if (Buffer.isBuffer(trailer)) return errorOfRefusal(decodeRefusal(trailer));
  if (error.code === status.DEADLINE_EXCEEDED) {
    return new TributaryError("ERR_DEADLINE", `the hub at ${address} did not answer in time`, {
      messageZh: `${address} 的枢纽未在规定时间内应答`,
      cause: error,
    });
  }
  return new TributaryError(
    "ERR_UNAVAILABLE",
    `the hub at ${address} cannot be reached: ${error.details}`,
    { messageZh: `无法连接 ${address} 的枢纽：${error.details}`, cause: error },
  );
}
