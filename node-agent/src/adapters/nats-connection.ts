/**
 * Connections of a center to a NATS server, and what its errors mean.
 *
 * @module
 */

import { createPrivateKey, sign } from "node:crypto";
import { JetStreamApiError } from "@nats-io/jetstream";
import { connect, errors, type NatsConnection } from "@nats-io/transport-node";
import {
  exportSigningKey,
  isNatsNonce,
  isTributaryError,
  natsNamesOf,
  natsUserOf,
  type SigningKey,
  TributaryError,
} from "@tributary/proto";

export interface NatsConnectionOptions {
  /** `nats://` or `tls://` addresses of one server or of the servers of one cluster. */
  readonly servers: readonly string[];
  readonly centerId: string;
  /** The center's own key: the server knows it as a user. */
  readonly key: SigningKey;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Connects once. A connection that breaks is not repaired: the next session makes a new one. */
export async function connectNats(options: NatsConnectionOptions): Promise<NatsConnection> {
  const { servers, centerId, key } = options;
  const jwk = JSON.parse(await exportSigningKey(key));
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
  const nkey = natsUserOf(key.publicKey);
  return connect({
    servers: [...servers],
    inboxPrefix: natsNamesOf(centerId).inboxPrefix,
    name: `tributary-agent ${centerId}`,
    reconnect: false,
    timeout: CONNECT_TIMEOUT_MS,
    // An address with tls:// insists on it; else the server decides.
    ...(servers.some((url) => url.startsWith("tls://")) && { tls: {} }),
    authenticator: (nonce = "") => {
      // The key signs batches too: a hostile server must not get a signature over one.
      if (!isNatsNonce(nonce)) throw strangeNonce();
      return { nkey, sig: sign(null, Buffer.from(nonce), privateKey).toString("base64url") };
    },
  });
}

/** The server's error code for a stream that is full and refuses what is new (`maximum bytes exceeded`). */
const STREAM_FULL = 10077;
/** The server's error code for a message that is larger than the stream allows. */
const MESSAGE_TOO_LARGE = 10054;

/** The error of a NATS call in words of ours. Rethrows what is no error. */
export function natsError(error: unknown, servers: readonly string[]): TributaryError {
  if (isTributaryError(error)) return error;
  if (!(error instanceof Error)) throw error;
  const where = servers.join(", ");
  const cause = error;
  if (error instanceof errors.AuthorizationError) {
    return new TributaryError(
      "ERR_UNAUTHENTICATED",
      `the NATS server ${where} does not know this center's key; the hub's operator has to run tributary-hub nats setup and reload the server`,
      {
        messageZh: `NATS 服务器 ${where} 不认识本中心的密钥；请枢纽管理员运行 tributary-hub nats setup 并重新加载服务器配置`,
        cause,
      },
    );
  }
  if (error instanceof errors.PermissionViolationError) {
    return new TributaryError(
      "ERR_FORBIDDEN",
      `the NATS server ${where} does not allow this center ${error.operation} on ${error.subject}; the hub's operator has to run tributary-hub nats setup`,
      {
        messageZh: `NATS 服务器 ${where} 不允许本中心在 ${error.subject} 上执行 ${error.operation}；请枢纽管理员运行 tributary-hub nats setup`,
        cause,
      },
    );
  }
  if (error instanceof JetStreamApiError && error.code === STREAM_FULL) {
    return new TributaryError(
      "ERR_OVERLOADED",
      "the NATS server has no room for more batches of this center; they are sent again when the hub has read some",
      { messageZh: "NATS 服务器上本中心的空间已满；枢纽读取后将自动重发", cause },
    );
  }
  if (error instanceof JetStreamApiError && error.code === MESSAGE_TOO_LARGE) {
    return frameTooLarge(cause);
  }
  // A publish that nothing listens to comes wrapped.
  if (hasNoResponders(error.cause)) {
    return new TributaryError(
      "ERR_UNAVAILABLE",
      "the NATS server has no stream for this center; the hub's operator has to run tributary-hub nats setup",
      {
        messageZh: "NATS 服务器上没有本中心的流；请枢纽管理员运行 tributary-hub nats setup",
        cause,
      },
    );
  }
  if (hasNoResponders(error)) {
    return new TributaryError(
      "ERR_UNAVAILABLE",
      `the hub does not listen on the NATS server ${where}`,
      { messageZh: `枢纽未连接到 NATS 服务器 ${where}`, cause },
    );
  }
  return new TributaryError("ERR_UNAVAILABLE", `NATS server ${where}: ${error.message}`, {
    messageZh: `NATS 服务器 ${where}：${error.message}`,
    cause,
  });
}

function hasNoResponders(error: unknown): boolean {
  return error instanceof errors.RequestError && error.isNoResponders();
}

/** A frame that only gRPC carries. */
export function frameTooLarge(cause?: Error): TributaryError {
  return new TributaryError(
    "ERR_FRAME_TOO_LARGE",
    "a batch is too large for NATS; it goes over gRPC: set transport to auto or grpc in tributary-agent.yaml",
    {
      messageZh:
        "有批次超出 NATS 的大小限制，只能经 gRPC 发送：请在 tributary-agent.yaml 中将 transport 设为 auto 或 grpc",
      cause,
    },
  );
}

function strangeNonce(): TributaryError {
  return new TributaryError(
    "ERR_HUB_IDENTITY",
    "the server asks for a signature over what is no NATS nonce; nothing was signed",
    { messageZh: "服务器要求签名的内容不是 NATS 随机数；未作任何签名" },
  );
}
