/**
 * A fetch that tells a broken connection from a wrong answer, and that reads no more than it should.
 *
 * The Connect library sees only "some error" when a body breaks off, and allocates what the length prefix of a stream
 * announces, up to 4 GiB, before a byte of it has come.
 *
 * @module
 */

import { ClientError } from "./errors.ts";
import { MAX_MESSAGE_BYTES } from "./transport.ts";

/** @throws {ClientError} `ERR_UNAVAILABLE` when the connection fails, `ERR_PROTOCOL` when an answer is too large. */
export function guardedFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    let response: Response;
    try {
      response = await fetch(input, init);
    } catch (cause) {
      throw unavailable("the hub cannot be reached", cause);
    }
    if (response.body === null) return response;
    const isStream = response.headers.get("content-type")?.startsWith("application/connect+");
    return new Response(guardedBody(response.body, isStream ? envelopeLimit() : totalLimit()), {
      status: response.status,
      headers: response.headers,
    });
  };
}

/** Throws when a chunk takes the answer past a limit. */
type Limit = (chunk: Uint8Array) => void;

function guardedBody(
  body: ReadableStream<Uint8Array>,
  check: Limit,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const chunk = await reader.read().catch((cause: unknown) => {
        throw unavailable("the connection broke off in the middle of an answer", cause);
      });
      if (chunk.done) {
        controller.close();
        return;
      }
      try {
        check(chunk.value);
      } catch (error) {
        await reader.cancel(error);
        throw error;
      }
      controller.enqueue(chunk.value as Uint8Array<ArrayBuffer>);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function totalLimit(): Limit {
  let bytes = 0;
  return (chunk) => {
    bytes += chunk.length;
    checkSize(bytes);
  };
}

/** Follows the envelopes of a Connect stream: one byte of flags, a length of 4 bytes in network order, the message. */
function envelopeLimit(): Limit {
  let headerBytes = 0;
  let length = 0;
  let left = 0;
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const step = Math.min(left, chunk.length - at);
        left -= step;
        at += step;
        continue;
      }
      const byte = chunk[at] as number;
      at += 1;
      if (headerBytes > 0) length = length * 256 + byte;
      headerBytes += 1;
      if (headerBytes === 5) {
        checkSize(length);
        left = length;
        headerBytes = 0;
        length = 0;
      }
    }
  };
}

function checkSize(bytes: number): void {
  if (bytes <= MAX_MESSAGE_BYTES) return;
  throw new ClientError(
    "ERR_PROTOCOL",
    `expected an answer of at most ${MAX_MESSAGE_BYTES} bytes, got ${bytes} or more; ask for smaller pages`,
    { messageZh: `响应超过 ${MAX_MESSAGE_BYTES} 字节上限；请减小每页条数` },
  );
}

function unavailable(message: string, cause: unknown): ClientError {
  return new ClientError("ERR_UNAVAILABLE", message, { cause, messageZh: "无法连接枢纽" });
}
