/**
 * The static files of a log over HTTP.
 *
 * @module
 */

import { concatBytes } from "../crypto/bytes.ts";
import { TributaryError } from "../errors.ts";
import type { ReadLogFile } from "./audit-log.ts";

/** A bundle of 256 entries of the largest size, and no file is larger. */
const MAX_FILE_BYTES = 256 * (2 + 65_535);

/**
 * Reads files below `prefix`, for example `https://hub.example.org/log`.
 *
 * @param fetch Brings its own deadline; redirects are not followed.
 * @returns Rejects with `ERR_NOT_FOUND` where there is no such file, `ERR_UNAVAILABLE` where the log cannot be read, and
 * `ERR_PROTOCOL` where a file is larger than any of a log can be.
 */
export function httpLogFiles(prefix: string, fetch: typeof globalThis.fetch): ReadLogFile {
  return async (path, signal) => {
    const url = `${prefix}/${path}`;
    let response: Response;
    try {
      response = await fetch(url, { signal, redirect: "error" });
      if (response.ok) return await bodyOf(response, url);
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof TributaryError) throw cause;
      throw unreadable(url, "no answer", cause);
    }
    if (response.status !== 404) throw unreadable(url, `status ${response.status}`);
    throw new TributaryError("ERR_NOT_FOUND", `${url} is not there`, {
      messageZh: `${url} 不存在`,
    });
  };
}

async function bodyOf(response: Response, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_FILE_BYTES) {
      throw new TributaryError("ERR_PROTOCOL", `${url} has more than ${MAX_FILE_BYTES} bytes`, {
        messageZh: `${url} 超过 ${MAX_FILE_BYTES} 字节`,
        details: { limitName: "log_file_bytes", limitValue: MAX_FILE_BYTES, bytes },
      });
    }
    chunks.push(chunk);
  }
  return concatBytes(...chunks);
}

function unreadable(url: string, why: string, cause?: unknown): TributaryError {
  return new TributaryError("ERR_UNAVAILABLE", `${url} cannot be read: ${why}`, {
    messageZh: `无法读取 ${url}：${why}`,
    cause,
  });
}
