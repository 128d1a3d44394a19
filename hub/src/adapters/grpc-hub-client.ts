/**
 * Calls a running hub as its operator, for the command line.
 *
 * @module
 */

import type { DescMethod, DescService, Message } from "@bufbuild/protobuf";
import {
  type Client,
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

/** Unary calls with plain values. */
export interface HubClient extends Disposable {
  /**
   * @throws {TributaryError} what the hub refused with; `ERR_UNAVAILABLE` if it cannot be reached; `ERR_DEADLINE`.
   */
  call<Response>(method: DescMethod, request: object): Promise<Response>;
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
      client = new Constructor(options.address, credentials.createInsecure());
      clients.set(service, client);
    }
    return client;
  };
  return {
    call(method, request) {
      const metadata = new Metadata();
      if (options.token !== undefined) metadata.set("authorization", `Bearer ${options.token}`);
      const client = clientOf(method.parent) as unknown as Record<string, UnaryCall>;
      const message = fromPlain(method.input, request, viewOptions);
      const deadline = options.nowMs() + options.timeoutMs;
      return new Promise((resolve, reject) => {
        client[method.localName]?.(message, metadata, { deadline }, (error, response) => {
          if (error !== null) reject(errorOf(error, options.address));
          else resolve(toPlain(method.output, response, { ...viewOptions, complete: true }));
        });
      });
    },
    [Symbol.dispose]() {
      for (const client of clients.values()) client.close();
    },
  };
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
