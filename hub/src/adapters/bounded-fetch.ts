/**
 * Asks an address that the operator set, and no other.
 *
 * @module
 */

/** What a request to an issuer or provider has. */
interface Asked {
  readonly method: string;
  readonly headers: Headers | Record<string, string>;
  /** Libraries write its type each in their way; all of them are what `fetch` takes. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** No redirects: the operator named one address. @returns A `fetch` that rejects answers of more than `maxBytes`. */
export function boundedFetch(maxBytes: number): (url: string, asked: Asked) => Promise<Response> {
  return async (url, { method, headers, body, signal }) => {
    const answer = await fetch(url, {
      method,
      headers,
      redirect: "error",
      ...(body !== undefined && { body: body as NonNullable<RequestInit["body"]> }),
      ...(signal !== undefined && { signal }),
    });
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of answer.body ?? []) {
      length += chunk.length;
      if (length > maxBytes) throw new TypeError(`${url} answered more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return new Response(Buffer.concat(chunks), { status: answer.status, headers: answer.headers });
  };
}
