/**
 * A demand as its message.
 *
 * @module
 */

import { fromPlain, isTributaryError, type MatchDemandInput } from "@tributary/proto";
import { type MatchDemand, MatchDemandSchema } from "@tributary/proto/wire";
import type { CallOptions } from "./calls.ts";
import { ClientError } from "./errors.ts";

/** What is wanted of providers; what is left out neither discounts nor filters. */
export type Demand = MatchDemandInput;

/** How to match. */
export interface MatchOptions extends CallOptions {
  /** Providers wanted; 1 to 50. Default 10. */
  readonly limit?: number | undefined;
}

/** @throws {ClientError} `ERR_QUERY_INVALID` for a member that a demand does not have. */
export function demandMessage(demand: Demand): MatchDemand {
  try {
    return fromPlain(MatchDemandSchema, demand);
  } catch (cause) {
    if (!isTributaryError(cause)) throw cause;
    throw new ClientError("ERR_QUERY_INVALID", cause.message, { cause });
  }
}
