/**
 * Connections to a NATS server with a key of ours, and what its errors mean.
 *
 * @module
 */

import { createPrivateKey, sign } from "node:crypto";
import { connect, errors, type NatsConnection } from "@nats-io/transport-node";
import {
  exportSigningKey,
  isNatsNonce,
  isTributaryError,
  natsUserOf,
  type SigningKey,
  TributaryError,
} from "@tributary/proto";

export interface NatsConnectionOptions {
  /** `nats://` or `tls://` addresses of one server or of the servers of one cluster. */
  readonly servers: readonly string[];
  readonly key: SigningKey;
  /** Where replies come; the user may subscribe below it. */
  readonly inboxPrefix: string;
  /** Shows in the server's list of connections. */
  readonly name: string;
}

/** Where replies to the hub come; no center has such a prefix, since theirs begin with `_INBOX_`. */
export const HUB_INBOX = "_HUB_INBOX";

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Connects once. A connection that breaks is not repaired: whoever uses it makes a new one.
 *
 * @throws {TributaryError} `ERR_UNAVAILABLE`, `ERR_UNAUTHENTICATED`, `ERR_CONFIG_INVALID`.
 */
export async function connectNats(options: NatsConnectionOptions): Promise<NatsConnection> {
  const { servers, key, inboxPrefix, name } = options;
  const privateKey = createPrivateKey({
    key: JSON.parse(await exportSigningKey(key)),
    format: "jwk",
  });
  const nkey = natsUserOf(key.publicKey);
  try {
    return await connect({
      servers: [...servers],
      inboxPrefix,
      name,
      reconnect: false,
      timeout: CONNECT_TIMEOUT_MS,
      // An address with tls:// insists on it; else the server decides.
      ...(servers.some((url) => url.startsWith("tls://")) && { tls: {} }),
      authenticator: (nonce = "") => {
        if (!isNatsNonce(nonce)) throw strangeNonce();
        return { nkey, sig: sign(null, Buffer.from(nonce), privateKey).toString("base64url") };
      },
    });
  } catch (error) {
    throw natsError(error, servers);
  }
}

/** The error of a NATS call in words of ours. */
export function natsError(error: unknown, servers: readonly string[]): TributaryError {
  if (isTributaryError(error)) return error;
  if (!(error instanceof Error)) throw error;
  const where = servers.join(", ");
  if (error instanceof errors.AuthorizationError) {
    return new TributaryError(
      "ERR_UNAUTHENTICATED",
      `the NATS server ${where} does not know the hub's key; load the configuration that tributary-hub nats setup wrote`,
      {
        messageZh: `NATS 服务器 ${where} 不认识枢纽的密钥；请加载 tributary-hub nats setup 写出的配置`,
        cause: error,
      },
    );
  }
  return new TributaryError("ERR_UNAVAILABLE", `NATS server ${where}: ${error.message}`, {
    messageZh: `NATS 服务器 ${where}：${error.message}`,
    cause: error,
  });
}

function strangeNonce(): TributaryError {
  return new TributaryError(
    "ERR_UNAUTHENTICATED",
    "the server asks for a signature over what is no NATS nonce; it is not a NATS server with nkeys",
    { messageZh: "服务器要求签名的内容不是 NATS 随机数；它不是启用 nkey 的 NATS 服务器" },
  );
}
