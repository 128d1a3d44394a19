/**
 * The one error that calls of this package reject with.
 *
 * Its `code` is the hub's where the hub answered, and the client's own (`ERR_CANCELLED`, `ERR_DEADLINE`,
 * `ERR_UNAVAILABLE`, `ERR_PROTOCOL`) where it did not. Branch on the code with `isTributaryError(error, code)`.
 *
 * @module
 */

import {
  errorStatus,
  isErrorCode,
  TributaryError,
  type TributaryErrorCode,
} from "@tributary/proto";

/** What a {@link ClientError} knows beside its code and message. */
export interface ClientErrorOptions extends ErrorOptions {
  readonly messageZh?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** A call that failed. `isTributaryError` is true of it. */
export class ClientError extends TributaryError {
  /** Whether the same call may succeed later. The client has already retried as far as its policy allows. */
  readonly retryable: boolean;
  /** The hub's name of the request, for its operator's logs; undefined where no hub answered. */
  readonly requestId: string | undefined;
  /** How long the hub asked to wait before the next try; ms. */
  readonly retryAfterMs: number | undefined;

  constructor(code: TributaryErrorCode, message: string, options: ClientErrorOptions = {}) {
    const { requestId } = options;
    super(code, message, {
      ...("cause" in options ? { cause: options.cause } : {}),
      messageZh: options.messageZh,
      details: requestId === undefined ? undefined : { requestId },
    });
    this.retryable = options.retryable ?? errorStatus(code).retryable;
    this.requestId = requestId;
    this.retryAfterMs = options.retryAfterMs;
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

/** A failed attempt as a transport sees it. */
export interface StatusFailure {
  /** Number of the status; gRPC and Connect use the same ones. */
  readonly status: number;
  readonly message: string;
  /** Value of a header or trailer of the answer. */
  readonly metadata: (name: string) => string | undefined;
  readonly cause: unknown;
}

/**
 * The error of a failed attempt. Where the hub itself answered, the metadata `tributary-code`, `tributary-message-zh`
 * (percent-encoded), `request-id` and `retry-after` (seconds) say more than the status.
 */
export function errorOfStatus(failure: StatusFailure): ClientError {
  const { status, message, metadata, cause } = failure;
  const coded = metadata("tributary-code");
  const options = {
    cause,
    messageZh: decodeText(metadata("tributary-message-zh")) ?? "枢纽没有正常应答",
    requestId: metadata("request-id"),
    retryAfterMs: parseRetryAfter(metadata("retry-after")),
  };
  if (coded === undefined || !/^ERR_[A-Z0-9_]{1,60}$/.test(coded)) {
    return new ClientError(CODE_OF_STATUS[status] ?? "ERR_PROTOCOL", message, options);
  }
  // A newer hub may have codes that this version does not know: then the status decides.
  const retryable = isErrorCode(coded) ? undefined : RETRYABLE_STATUS.has(status);
  return new ClientError(coded as TributaryErrorCode, message, { ...options, retryable });
}

/** What connections, proxies and libraries say when no hub answered. Anything else is not a hub. */
const CODE_OF_STATUS: Readonly<Record<number, TributaryErrorCode>> = {
  1: "ERR_UNAVAILABLE", // CANCELLED, by the other side: ours is told apart by the signal
  4: "ERR_DEADLINE",
  7: "ERR_FORBIDDEN",
  8: "ERR_OVERLOADED",
  14: "ERR_UNAVAILABLE",
  16: "ERR_UNAUTHENTICATED",
};

/** RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE. */
const RETRYABLE_STATUS: ReadonlySet<number> = new Set([8, 10, 14]);

function decodeText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // not percent-encoded: the English message is shown
  }
}

/** Only the form in seconds (RFC 9110 section 10.2.3): a date would trust two clocks. */
function parseRetryAfter(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined;
}
