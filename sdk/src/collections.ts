/**
 * Collections that curators of a hub put together for everybody.
 *
 * Apart from the query client, so that who does not show them does not carry them.
 *
 * @module
 */

import { type CollectionsAnswer, collectionsAnswerCodec } from "@tributary/proto";
import { CollectionService } from "@tributary/proto/wire";
import type { CallOptions } from "./calls.ts";
import { type Client, callsOf } from "./client.ts";
import { readAnswer } from "./read-answer.ts";

export type { Collection, CollectionsAnswer } from "@tributary/proto";

/** Which collections. */
export interface CollectionsOptions extends CallOptions {
  /** Identifier of one. Default: all, each with its first 3 records. */
  readonly id?: string | undefined;
}

/**
 * Collections with the records that the caller may see, the one that was decided last first. Needs no token. Rejects with
 * `ERR_NOT_FOUND` where one is named and there is none of that name.
 */
export async function listCollections(
  client: Client,
  { id = "", ...options }: CollectionsOptions = {},
): Promise<CollectionsAnswer> {
  const { method } = CollectionService;
  const answer = await callsOf(client).unary(method.listCollections, { id }, options);
  return readAnswer(collectionsAnswerCodec, answer);
}
