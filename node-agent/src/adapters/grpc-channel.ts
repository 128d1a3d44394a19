/**
 * gRPC clients of the hub, and its errors as ours.
 *
 * @module
 */

import type { DescService } from "@bufbuild/protobuf";
import {
  type ChannelCredentials,
  type ChannelOptions,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import {
  type Clock,
  decodeRefusal,
  errorOfRefusal,
  REFUSAL_TRAILER,
  type SigningKey,
  signCallerToken,
  TributaryError,
  type TributaryErrorCode,
} from "@tributary/proto";
import { grpcServiceDefinition } from "@tributary/proto/grpc";

/** Where the hub is. */
export interface HubAddress {
  /** host:port. */
  readonly hub: string;
  readonly tls: boolean;
  /** Certificate of the one authority that is trusted, PEM; undefined: those of the machine. */
  readonly ca?: string | undefined;
  /** Certificate with which a new connection says who calls, and its key; PEM. */
  readonly certificate?: (() => CertifiedKey | undefined) | undefined;
}

/** A certificate and its private key, PEM. */
interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

const CHANNEL: ChannelOptions = {
  "grpc.max_receive_message_length": 4 * 2 ** 20,
  "grpc.max_send_message_length": 4 * 2 ** 20,
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.keepalive_permit_without_calls": 1,
  "grpc.enable_retries": 0,
  // Else a new channel would share the dead connection of the old one (grpc/grpc-node issues 2785 and 2853).
  "grpc.use_local_subchannel_pool": 1,
};

/** A client of one service of the hub. The connection is made by the first call. */
export function grpcClient(service: DescService, address: HubAddress): Client {
  const definition = grpcServiceDefinition(service);
  const ServiceClient = makeGenericClientConstructor(definition, service.typeName);
  return new ServiceClient(address.hub, credentialsFor(address), CHANNEL);
}

function credentialsFor({ tls, ca, certificate }: HubAddress): ChannelCredentials {
  if (!tls) return credentials.createInsecure();
  const own = certificate?.();
  return credentials.createSsl(
    ca === undefined ? null : Buffer.from(ca),
    own === undefined ? null : Buffer.from(own.key),
    own === undefined ? null : Buffer.from(own.certificate),
  );
}

/** Who calls, and which hub. */
export interface CallerOptions extends HubAddress {
  readonly hubOrigin: string;
  readonly centerId: string;
  readonly key: SigningKey;
  readonly clock: Clock;
}

/** Metadata that proves who calls, for one call. */
export async function callerMetadata({
  key,
  centerId,
  hubOrigin,
  clock,
}: CallerOptions): Promise<Metadata> {
  const token = await signCallerToken(key, { centerId, audience: hubOrigin, nowMs: clock.now() });
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  return metadata;
}

/** Runs a unary call: answers, or fails at the deadline or when aborted. */
export function unaryCall<Request, Response>(
  client: Client,
  service: DescService,
  method: string,
  request: Request,
  options: {
    readonly metadata?: Metadata;
    readonly deadlineMs: number;
    readonly signal: AbortSignal;
  },
): Promise<Response> {
  const { path, requestSerialize, responseDeserialize } = methodOf(service, method);
  return new Promise((resolve, reject) => {
    options.signal.throwIfAborted();
    const call = client.makeUnaryRequest(
      path,
      requestSerialize as (value: Request) => Buffer,
      responseDeserialize as (bytes: Buffer) => Response,
      request,
      options.metadata ?? new Metadata(),
      { deadline: options.deadlineMs },
      (error, answer) => {
        options.signal.removeEventListener("abort", onAbort);
        if (options.signal.aborted) reject(options.signal.reason);
        else if (error !== null) reject(hubError(error));
        else resolve(answer as Response);
      },
    );
    const onAbort = () => call.cancel();
    options.signal.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * Runs a call that answers with a stream: ends with it, or fails when nothing came for `silenceMs`, or when aborted.
 */
export async function* streamingCall<Request, Response>(
  client: Client,
  service: DescService,
  method: string,
  request: Request,
  options: {
    readonly metadata: Metadata;
    readonly silenceMs: number;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<Response> {
  const { path, requestSerialize, responseDeserialize } = methodOf(service, method);
  options.signal.throwIfAborted();
  const call = client.makeServerStreamRequest(
    path,
    requestSerialize as (value: Request) => Buffer,
    responseDeserialize as (bytes: Buffer) => Response,
    request,
    options.metadata,
  );
  yield* readStream<Response>(call, options);
}

/**
 * What comes on a stream until the other side ends it; fails when nothing came for `silenceMs`, or when aborted. The call is
 * over afterwards.
 */
export async function* readStream<Response>(
  call: ClientReadableStream<Response> | ClientDuplexStream<never, Response>,
  { signal, silenceMs }: { readonly silenceMs: number; readonly signal: AbortSignal },
): AsyncGenerator<Response> {
  let isSilent = false;
  const silence = setTimeout(() => {
    isSilent = true;
    call.cancel();
  }, silenceMs);
  const onAbort = () => call.cancel();
  signal.addEventListener("abort", onAbort, { once: true });
  call.on("error", () => {}); // one that comes after the consumer has left
  try {
    for await (const answer of call as AsyncIterable<Response>) {
      silence.refresh();
      yield answer;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw isSilent ? silent(silenceMs) : hubError(error as ServiceError);
  } finally {
    clearTimeout(silence);
    signal.removeEventListener("abort", onAbort);
    call.cancel();
  }
}

function silent(silenceMs: number): TributaryError {
  return new TributaryError("ERR_DEADLINE", `the hub said nothing for ${silenceMs / 1_000} s`, {
    messageZh: `枢纽已 ${silenceMs / 1_000} 秒没有响应`,
  });
}

/** Definition of one method of a service. */
export function methodOf(service: DescService, method: string) {
  const definition = grpcServiceDefinition(service)[method];
  if (definition === undefined) throw new TypeError(`${service.typeName} has no method ${method}`);
  return definition;
}

const CODE_OF_STATUS: Readonly<Partial<Record<status, TributaryErrorCode>>> = {
  [status.DEADLINE_EXCEEDED]: "ERR_DEADLINE",
  [status.PERMISSION_DENIED]: "ERR_FORBIDDEN",
  [status.RESOURCE_EXHAUSTED]: "ERR_OVERLOADED",
  [status.UNAUTHENTICATED]: "ERR_UNAUTHENTICATED",
  [status.UNIMPLEMENTED]: "ERR_UNSUPPORTED",
};

/** The error behind a gRPC status. Where the hub itself answered, the refusal in its trailer says more than the status. */
export function hubError(error: ServiceError): TributaryError {
  const [trailer] = error.metadata?.get(REFUSAL_TRAILER) ?? [];
  if (Buffer.isBuffer(trailer)) {
    const { code, message, messageZh, details } = errorOfRefusal(decodeRefusal(trailer));
    // The hub's disk is not ours: what it says of its store means that it cannot serve now.
    const ours = code.startsWith("ERR_STORE_") ? "ERR_UNAVAILABLE" : code;
    return new TributaryError(ours, message, { messageZh, details, cause: error });
  }
  const known = CODE_OF_STATUS[error.code];
  return new TributaryError(
    known ?? "ERR_UNAVAILABLE",
    known === undefined
      ? `the hub cannot be reached (${error.details}); check that it runs and that a firewall lets this machine reach it`
      : `the hub says: ${error.details}`,
    {
      messageZh:
        known === undefined
          ? `无法连接汇流枢纽（${error.details}）；请检查枢纽是否运行、防火墙是否放行`
          : `汇流枢纽答复：${error.details}`,
      cause: error,
    },
  );
}
