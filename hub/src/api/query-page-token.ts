/**
 * Page tokens: where a page ended, bound to the query that it belongs to.
 *
 * A token survives restarts of client and hub, since it names a place in an order, not something that is kept. It is
 * no secret and grants nothing: whoever makes one up gets another place in an answer that he may have anyway.
 *
 * @module
 */

import {
  fromBase64Url,
  fromUtf8,
  isTributaryError,
  sha256Text,
  TributaryError,
  toBase64Url,
  toHex,
  utf8,
} from "@tributary/proto";
import { z } from "zod";

const ref = z.strictObject({
  kind: z.enum([
    "center",
    "provider",
    "case",
    "policy",
    "training",
    "event",
    "outcome",
    "demand",
    "voucher_programme",
  ]),
  centerId: z.string().max(63),
  key: z.string().max(128),
});

/** Place of a hit in a search. */
export const searchPlace = z.strictObject({
  score: z.number(),
  receivedAtMs: z.number(),
  ref,
});

/** Place of a record in a list. */
export const listPlace = z.strictObject({ ref });

/** The token of a place in the answer to `query`. @param query Whatever decides the order and what is in it. */
export function pageTokenOf(place: object, query: object): string {
  return toBase64Url(utf8(JSON.stringify([fingerprintOf(query), place])));
}

/**
 * Reads a token.
 *
 * @param token Attacker-controlled; empty means the beginning.
 * @throws {TributaryError} `ERR_PAGE_TOKEN` if it is not a token of this query.
 */
export function placeOfPage<Place>(
  token: string,
  query: object,
  schema: z.ZodType<Place>,
): Place | undefined {
  if (token === "") return undefined;
  const [fingerprint, place] = partsOf(token);
  const result = schema.safeParse(place);
  if (fingerprint !== fingerprintOf(query) || !result.success) throw invalid();
  return result.data;
}

function partsOf(token: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(fromUtf8(fromBase64Url(token)));
    if (Array.isArray(parts) && parts.length === 2) return parts;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isTributaryError(error)) throw error;
  }
  throw invalid();
}

function fingerprintOf(query: object): string {
  return toHex(sha256Text(JSON.stringify(query)).subarray(0, 12));
}

function invalid(): TributaryError {
  return new TributaryError(
    "ERR_PAGE_TOKEN",
    "the page token does not belong to this query; begin again without one",
    { messageZh: "翻页令牌与本次查询不符，请不带令牌重新查询" },
  );
}
