/**
 * What needs no schema: errors, bytes, time, and the names of things. All of it is in the main entry, too; a thread that
 * needs no more than this starts in half the time.
 *
 * @module
 */

export { type Clock, systemClock } from "./clock.ts";
export { randomBytes, toHex, utf8 } from "./crypto/bytes.ts";
export { sha256, sha256Text } from "./crypto/sha256.ts";
export {
  type ErrorDetails,
  isTributaryError,
  TributaryError,
  type TributaryErrorCode,
} from "./errors.ts";
export { FACET_FIELDS, MAX_QUERY_LENGTH, MAX_SIMILAR_LENGTH } from "./query/fields.ts";
export { type RecordRef, urnOf } from "./record/urn.ts";
