/**
 * The one error that calls of this package reject with.
 *
 * Its `code` is the hub's where the hub answered, and the client's own (`ERR_CANCELLED`, `ERR_DEADLINE`,
 * `ERR_UNAVAILABLE`, `ERR_PROTOCOL`) where it did not. Branch on the code with `isTributaryError(error, code)`.
 *
 * @module
 */

import {
  type ErrorDetails,
  errorOfRefusal,
  errorStatus,
  type Refusal,
  TributaryError,
  type TributaryErrorCode,
} from "@tributary/proto";

/** What a {@link ClientError} knows beside its code and message. */
export interface ClientErrorOptions extends ErrorOptions {
  readonly messageZh?: string | undefined;
  readonly details?: ErrorDetails | undefined;
  readonly retryable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** A call that failed. `isTributaryError` is true of it. */
export class ClientError extends TributaryError {
  /** Whether the same call may succeed later. The client has already retried as far as its policy allows. */
  readonly retryable: boolean;
  /** How long the hub asked to wait before the next try; ms. */
  readonly retryAfterMs: number | undefined;
  /** The client's name of the call, which the hub's operator finds in the log; undefined where none was made. */
  requestId: string | undefined;

  constructor(code: TributaryErrorCode, message: string, options: ClientErrorOptions = {}) {
    const { messageZh, details, retryable, retryAfterMs } = options;
    super(code, message, {
      messageZh,
      details,
      ...("cause" in options ? { cause: options.cause } : {}),
    });
    this.retryable = retryable ?? errorStatus(code).retryable;
    this.retryAfterMs = retryAfterMs;
  }

  /** One sentence on what to do next. */
  get hint(): string {
    return HINTS[this.code] ?? (this.retryable ? HINT_RETRY : HINT_CHANGE);
  }
}

const HINT_RETRY = "Try again in a moment.";
const HINT_CHANGE =
  "Change the call as the message says, or give the request id to the hub's operator.";

const HINTS: { readonly [code in TributaryErrorCode]?: string } = {
  ERR_CANCELLED: "Nothing to do: the caller's signal ended the call, or the client was closed.",
  ERR_DEADLINE: "Give the call more time with deadlineMs, ask for less, or try again.",
  ERR_NOT_FOUND: "Check center, kind and key, and whether a token is needed to see the record.",
  ERR_PROTOCOL:
    "Check that the URL is a hub's: grpc(s)://host:port, or http(s)://host:port of its web port.",
  ERR_UNAUTHENTICATED: "Pass a token that the hub's operator gave you.",
  ERR_UNAVAILABLE: "Check that the hub runs and that its address and port are reachable from here.",
};

/** The error of the hub's reasoned no. */
export function errorOfHub(refusal: Refusal, cause: unknown): ClientError {
  const { code, message, messageZh, details } = errorOfRefusal(refusal);
  const { retryAfterMs } = refusal;
  return new ClientError(code, message, {
    cause,
    messageZh,
    details,
    retryAfterMs,
    retryable: retryAfterMs !== undefined,
  });
}

/** A failed attempt that no hub gave a reason for. */
export interface StatusFailure {
  /** Number of the status; gRPC and Connect use the same ones. */
  readonly status: number;
  readonly message: string;
  /** The header `retry-after`, if there is one. */
  readonly retryAfter?: string | undefined;
  readonly cause: unknown;
}

/** The error of what connections, proxies and libraries say. */
export function errorOfStatus({ status, message, retryAfter, cause }: StatusFailure): ClientError {
  return new ClientError(CODE_OF_STATUS[status] ?? "ERR_PROTOCOL", message, {
    cause,
    messageZh: `枢纽没有正常应答：${message}`,
    retryAfterMs: parseRetryAfter(retryAfter),
  });
}

/** Anything else is not a hub. */
const CODE_OF_STATUS: Readonly<Record<number, TributaryErrorCode>> = {
  1: "ERR_UNAVAILABLE", // CANCELLED, by the other side: ours is told apart by the signal
  4: "ERR_DEADLINE",
  7: "ERR_FORBIDDEN",
  8: "ERR_OVERLOADED",
  14: "ERR_UNAVAILABLE",
  16: "ERR_UNAUTHENTICATED",
};

/** Only the form in seconds (RFC 9110 section 10.2.3): a date would trust two clocks. */
function parseRetryAfter(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined;
}
