/**
 * The one mapping of error codes to what a remote caller is told.
 *
 * @module
 */

import { ERROR_CODES, type ErrorStatusName, isErrorCode } from "./errors.ts";

/** What a remote caller is told. */
export interface ErrorStatus {
  /** Number of the gRPC status (grpc/grpc, doc/statuscodes.md). */
  readonly grpc: number;
  /** Status of a unary call over HTTP (Connect protocol, section "Error Codes"). */
  readonly http: number;
  /** True if the same call may succeed later without anybody changing it. */
  readonly retryable: boolean;
}

const STATUS: Readonly<Record<ErrorStatusName, ErrorStatus>> = {
  cancelled: { grpc: 1, http: 499, retryable: false },
  invalid_argument: { grpc: 3, http: 400, retryable: false },
  deadline_exceeded: { grpc: 4, http: 504, retryable: true },
  not_found: { grpc: 5, http: 404, retryable: false },
  already_exists: { grpc: 6, http: 409, retryable: false },
  permission_denied: { grpc: 7, http: 403, retryable: false },
  resource_exhausted: { grpc: 8, http: 429, retryable: true },
  failed_precondition: { grpc: 9, http: 400, retryable: false },
  aborted: { grpc: 10, http: 409, retryable: true },
  unimplemented: { grpc: 12, http: 501, retryable: false },
  internal: { grpc: 13, http: 500, retryable: false },
  unavailable: { grpc: 14, http: 503, retryable: true },
  data_loss: { grpc: 15, http: 500, retryable: false },
  unauthenticated: { grpc: 16, http: 401, retryable: false },
};

/** The status of an error code. A code that this version does not know, from a newer peer, is `internal`. */
export function errorStatus(code: string): ErrorStatus {
  return STATUS[isErrorCode(code) ? ERROR_CODES[code] : "internal"];
}
