/**
 * Connect over fetch (https://connectrpc.com/docs/protocol): browsers, and Node with an http(s) address.
 *
 * @module
 */

import { ConnectError } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { refusalCodec } from "@tributary/proto";
import { RefusalSchema } from "@tributary/proto/wire";
import { ClientError, errorOfHub, errorOfStatus } from "./errors.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import { readAnswer } from "./read-answer.ts";
import type { Transport } from "./transport.ts";

/** `baseUrl` has no slash at its end. */
export function connectTransport(baseUrl: string, fetch: typeof globalThis.fetch): Transport {
  const connect = createConnectTransport({
    baseUrl,
    useBinaryFormat: true,
    fetch: guardedFetch(fetch),
  });

  return {
    async unary(method, message, { signal, timeoutMs, headers }) {
      try {
        return (await connect.unary(method, signal, timeoutMs, headers, message)).message;
      } catch (error) {
        throw errorOfConnect(error);
      }
    },

    async *stream(method, message, { signal, timeoutMs, headers }) {
      try {
        yield* (await connect.stream(method, signal, timeoutMs, headers, once(message))).message;
      } catch (error) {
        throw errorOfConnect(error);
      }
    },

    close() {}, // fetch owns its connections
  };
}

async function* once<T>(value: T): AsyncIterable<T> {
  yield value;
}

function errorOfConnect(error: unknown): ClientError {
  const failure = ConnectError.from(error);
  // What the guarded fetch throws, and the reason of an aborted signal, arrive as the cause.
  if (failure.cause instanceof ClientError) return failure.cause;
  const [refusal] = failure.findDetails(RefusalSchema);
  if (refusal !== undefined) return errorOfHub(readAnswer(refusalCodec, refusal), failure);
  return errorOfStatus({
    status: failure.code,
    message: failure.rawMessage,
    retryAfter: failure.metadata.get("retry-after") ?? undefined,
    cause: failure,
  });
}
