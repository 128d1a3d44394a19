/**
 * The one error type that crosses a package boundary.
 *
 * Callers branch on {@link TributaryError.code}, never on the message. A code is public API: renaming one breaks
 * callers, adding one does not, so code outside this repository needs a default branch.
 *
 * To add a code, add one line with a comment to the area it belongs to, then run `node proto/vectors/make.ts`, which
 * writes the table of proto/README.md from the comments here.
 *
 * @module
 */

/**
 * What kind of no an error is: the canonical status names of gRPC (grpc/grpc, doc/statuscodes.md), since every code
 * has to map to one of them at the edge. See `errorStatus`.
 */
export type ErrorStatusName =
  | "cancelled"
  | "invalid_argument"
  | "deadline_exceeded"
  | "not_found"
  | "already_exists"
  | "permission_denied"
  | "resource_exhausted"
  | "failed_precondition"
  | "aborted"
  | "unimplemented"
  | "internal"
  | "unavailable"
  | "data_loss"
  | "unauthenticated";

/** Every code of this project, with the status that a remote caller sees. */
export const ERROR_CODES = {
  // any

  /** The caller gave up or its signal was aborted. */
  ERR_CANCELLED: "cancelled",
  /** The time allowed for the call is over; the call may have had its effect. */
  ERR_DEADLINE: "deadline_exceeded",
  /** The other side cannot be reached or is starting or stopping. */
  ERR_UNAVAILABLE: "unavailable",
  /** A queue or a worker is full. */
  ERR_OVERLOADED: "resource_exhausted",
  /** The thing asked for does not exist, or the caller may not know that it does. */
  ERR_NOT_FOUND: "not_found",
  /** The thing is there already; nothing was changed. */
  ERR_ALREADY_EXISTS: "already_exists",
  /** The other side does not offer this. */
  ERR_UNSUPPORTED: "unimplemented",
  /** A defect of the software; the log of the side that answers has the cause. */
  ERR_INTERNAL: "internal",
  /** Another program listens on the port. */
  ERR_PORT_IN_USE: "failed_precondition",
  /** A setting is missing, unknown or outside its range; the message names it. */
  ERR_CONFIG_INVALID: "failed_precondition",
  /** A folder does not hold an embedding model that can be used; the message says what is wrong with which file. */
  ERR_MODEL_INVALID: "failed_precondition",
  /** An argument is outside its range. */
  ERR_ARGUMENT_INVALID: "invalid_argument",
  /** What answers does not speak this protocol: a proxy, another service, or a wrong address. */
  ERR_PROTOCOL: "internal",

  // encodings

  /** A text is not canonical hex, base64 or base64url, or bytes are not UTF-8. */
  ERR_ENCODING_MALFORMED: "invalid_argument",
  /** A message does not have the shape that its schema asks for. */
  ERR_MESSAGE_MALFORMED: "invalid_argument",

  // keys and proofs of identity

  /** The bytes or the text are not an Ed25519 key. */
  ERR_KEY_MALFORMED: "invalid_argument",
  /** The public key is non-canonical, of low order or outside the prime-order subgroup, so signatures prove nothing. */
  ERR_KEY_WEAK: "invalid_argument",
  /** No valid key with this id is registered for the center. */
  ERR_KEY_UNKNOWN: "failed_precondition",
  /** A caller token is not well-formed, not for this audience, or not signed by the center's key. */
  ERR_TOKEN_INVALID: "unauthenticated",
  /** A caller token is outside its time, mostly because a clock is wrong. */
  ERR_TOKEN_EXPIRED: "unauthenticated",
  /** A proof of possession does not verify over what was to be proven. */
  ERR_JOIN_PROOF: "invalid_argument",

  // records

  /** A center id or other identifier does not match the rule for identifiers. */
  ERR_IDENTIFIER_INVALID: "invalid_argument",
  /** A record key is empty, longer than 128 bytes, or has control characters or outer spaces. */
  ERR_RECORD_KEY_INVALID: "invalid_argument",
  /** A text is not the canonical URN of a record. */
  ERR_URN_MALFORMED: "invalid_argument",
  /** The bytes are not the one encoding of a valid Record. */
  ERR_RECORD_MALFORMED: "invalid_argument",
  /** A body cannot be read, breaks a rule of its kind, or passes a limit on elements or depth. */
  ERR_BODY_MALFORMED: "invalid_argument",
  /** An outcome release breaks a rule of releases; the findings of its record say which, and what to change. */
  ERR_RELEASE_REFUSED: "invalid_argument",

  // batches

  /** A frame is not the one encoding of a SignedBatch. */
  ERR_FRAME_MALFORMED: "invalid_argument",
  /** A frame is larger than the courier allows. */
  ERR_FRAME_TOO_LARGE: "invalid_argument",
  /** The bytes are not the one encoding of a valid BatchHeader. */
  ERR_HEADER_MALFORMED: "invalid_argument",
  /** The run of records does not split into as many records as the header says. */
  ERR_RECORDS_MALFORMED: "invalid_argument",
  /** The batch was signed for another hub. */
  ERR_WRONG_AUDIENCE: "invalid_argument",
  /** The signature does not match the header, or what a center says, and the key. */
  ERR_SIGNATURE: "invalid_argument",
  /** The records do not hash to the header's records_root. */
  ERR_RECORDS_ROOT: "invalid_argument",
  /** The batch names another center than the transport identity. */
  ERR_WRONG_CENTER: "permission_denied",

  // feeds

  /** The batch is ahead of the feed; send again from the expected sequence. */
  ERR_BATCH_GAP: "failed_precondition",
  /** Another batch was accepted under the same sequence; the feed is paused. */
  ERR_BATCH_EQUIVOCATION: "failed_precondition",
  /** The batch does not follow the newest accepted one; the feed is paused. */
  ERR_BATCH_FORK: "failed_precondition",
  /** The feed is not known and the batch is not its first. */
  ERR_FEED_UNKNOWN: "failed_precondition",
  /** Another feed of the center is open; a new one needs a close statement or an operator's reset. */
  ERR_FEED_OPEN: "failed_precondition",
  /** The center has opened a newer feed since; this one takes no more batches. */
  ERR_FEED_CLOSED: "failed_precondition",
  /** The feed is paused until an operator or the center decides. */
  ERR_FEED_PAUSED: "failed_precondition",
  /** The batch would withdraw or change so much at once that somebody has to confirm it. */
  ERR_MASS_CHANGE: "failed_precondition",
  /** A quota of the center is used up; the refusal names the limit, its value and when to try again. */
  ERR_QUOTA: "resource_exhausted",
  /** The agent sent more than the credit that it was granted. */
  ERR_CREDIT: "resource_exhausted",

  // members and callers

  /** The call needs a proof of identity and has none. */
  ERR_UNAUTHENTICATED: "unauthenticated",
  /** The caller is known and may not do this. */
  ERR_FORBIDDEN: "permission_denied",
  /** A center calls over TLS without a certificate of this hub that is valid for it now: renew it, or join. */
  ERR_CERTIFICATE_REQUIRED: "unauthenticated",
  /** The center is not a member. */
  ERR_MEMBER_UNKNOWN: "not_found",
  /** The membership is not in a state that allows this. */
  ERR_MEMBER_STATE: "failed_precondition",
  /** The invitation is unknown, used, too old or for another center. */
  ERR_INVITATION_INVALID: "permission_denied",
  /** The challenge is unknown, used or too old; ask for a new one. */
  ERR_CHALLENGE_INVALID: "failed_precondition",

  // log

  /** Somebody else appended first, or positions have gaps; read the log again. */
  ERR_LOG_CONFLICT: "aborted",
  /** What the log holds does not hash to what it has signed; nothing more is written. */
  ERR_LOG_DAMAGED: "data_loss",
  /** The bytes are not the one encoding of a valid LogEntry. */
  ERR_LOG_ENTRY_MALFORMED: "invalid_argument",
  /** The statement of a log entry is not the one encoding of a valid message of its type. */
  ERR_STATEMENT_MALFORMED: "invalid_argument",
  /** A text is not a C2SP verifier key. */
  ERR_VKEY_MALFORMED: "invalid_argument",
  /** A text is not a C2SP signed note. */
  ERR_NOTE_MALFORMED: "invalid_argument",
  /** No signature of the trusted key verifies on the note. */
  ERR_NOTE_SIGNATURE: "invalid_argument",
  /** A text is not a C2SP tlog-checkpoint. */
  ERR_CHECKPOINT_MALFORMED: "invalid_argument",
  /** The checkpoint is of another log. */
  ERR_CHECKPOINT_ORIGIN: "invalid_argument",
  /** A text is not a request of C2SP tlog-witness to cosign a checkpoint. */
  ERR_ADD_CHECKPOINT_MALFORMED: "invalid_argument",
  /** A text is not a C2SP tlog-policy, or one for other logs; the message names the line. */
  ERR_WITNESS_POLICY: "invalid_argument",
  /** The witnesses that have cosigned what the hub shows are not the quorum of the policy. */
  ERR_QUORUM: "failed_precondition",
  /** A note is no offboarding certificate, or one of another hub. */
  ERR_CERTIFICATE_MALFORMED: "invalid_argument",
  /** A checkpoint is smaller than, or no extension of, one that was seen before. */
  ERR_CHECKPOINT_INCONSISTENT: "data_loss",
  /** Statements under the log's one key contradict each other; a file that verifies offline was written. */
  ERR_LOG_MISBEHAVED: "data_loss",
  /** The hub promised an epoch summary by a time that is over, and shows none. */
  ERR_EPOCH_OVERDUE: "failed_precondition",
  /** A text is not a misbehaviour file. */
  ERR_MISBEHAVIOUR_MALFORMED: "invalid_argument",
  /** The statements of a misbehaviour file are the log's, and do not contradict each other. */
  ERR_MISBEHAVIOUR_UNPROVEN: "invalid_argument",
  /** A text is not a C2SP tlog-proof. */
  ERR_PROOF_MALFORMED: "invalid_argument",
  /** An inclusion proof does not lead to the checkpoint's root. */
  ERR_INCLUSION: "invalid_argument",
  /** The bytes are not the one encoding of a Receipt. */
  ERR_RECEIPT_MALFORMED: "invalid_argument",

  // evidence

  /** The bytes are not the one encoding of an Evidence. */
  ERR_EVIDENCE_MALFORMED: "invalid_argument",
  /** The record is not in the batch that the evidence names. */
  ERR_EVIDENCE_RECORD: "invalid_argument",
  /** The batch is not signed by the key of the membership. */
  ERR_EVIDENCE_SIGNATURE: "invalid_argument",
  /** The log does not prove that the key was valid for the center before the batch. */
  ERR_EVIDENCE_MEMBERSHIP: "invalid_argument",
  /** A receipt in the evidence does not verify against the hub's key and origin. */
  ERR_EVIDENCE_LOG: "invalid_argument",

  // stores

  /** The disk is full; nothing was written. */
  ERR_STORE_FULL: "resource_exhausted",
  /** Another process has the store open. */
  ERR_STORE_LOCKED: "failed_precondition",
  /** Another process runs on the same data folder. */
  ERR_FOLDER_IN_USE: "failed_precondition",
  /** The data folder is not there or was not made by `init`. */
  ERR_FOLDER_MISSING: "failed_precondition",
  /** A write failed, so what the store holds is unknown until it is opened again. */
  ERR_STORE_FAILED: "unavailable",
  /** A stored value does not match its hash or a position is missing. */
  ERR_STORE_DAMAGED: "data_loss",

  // queries

  /** A query has a wrong field, filter, sort, size or text; the message names it. */
  ERR_QUERY_INVALID: "invalid_argument",
  /** A page token is not one of this hub or belongs to another query. */
  ERR_PAGE_TOKEN: "invalid_argument",

  // sources of an agent

  /** The file, table or database is not there. */
  ERR_SOURCE_MISSING: "not_found",
  /** The source is being written by another program. */
  ERR_SOURCE_LOCKED: "unavailable",
  /** The source is damaged, in an unknown encoding, or may not be read. */
  ERR_SOURCE_UNREADABLE: "failed_precondition",
  /** The source changed while it was read. */
  ERR_SOURCE_CHANGED: "aborted",
  /** The source has no such sheet or table. */
  ERR_SOURCE_TABLE: "not_found",
  /** A table lacks a column that the mapping names; it was probably renamed. */
  ERR_SOURCE_COLUMN: "failed_precondition",

  // agents

  /** A key file is missing, or others than its owner may read it. */
  ERR_KEY_FILE: "failed_precondition",
  /** The folder of the agent has not joined a hub. */
  ERR_NOT_JOINED: "failed_precondition",
  /** A text is not the one line of an invitation. */
  ERR_JOIN_CODE: "invalid_argument",
  /** The hub that answers is not the one of the invitation. */
  ERR_HUB_IDENTITY: "permission_denied",
  /** The privacy gate does not let this leave the center. */
  ERR_PRIVACY: "failed_precondition",
  /** The answer would take more of the privacy budget than its year or a lifetime has left. */
  ERR_BUDGET_SPENT: "resource_exhausted",
  /** The privacy budget of the answer is spent, but the answer was lost in a crash; it is never drawn again. */
  ERR_ANSWER_LOST: "data_loss",
  /** The epoch is before the newest one of the privacy budget ledger; mostly the clock was set back. */
  ERR_EPOCH_PAST: "failed_precondition",
  /** The outbox has no room: the hub has to answer first, or the disk needs space. */
  ERR_OUTBOX_FULL: "resource_exhausted",
  /** A new feed was opened while records were prepared for the one before. */
  ERR_FEED_RENEWED: "aborted",
  /** The hub does not know batches that it gave receipts for. */
  ERR_FEED_LOST: "data_loss",
  /** A receipt proves another batch than the one that was sent. */
  ERR_RECEIPT_MISMATCH: "data_loss",
  /** The source had rows and now has none that can be used. */
  ERR_SOURCE_EMPTY: "failed_precondition",
} as const satisfies Record<`ERR_${string}`, ErrorStatusName>;

/** Every code that this project throws. */
export type TributaryErrorCode = keyof typeof ERROR_CODES;

/** Facts for logs: ids, sizes, limits. Never payloads, keys or tokens. */
export type ErrorDetails = Readonly<Record<string, string | number | bigint>>;

/** Options of a {@link TributaryError}. */
export interface TributaryErrorOptions extends ErrorOptions {
  /** The message in Chinese, where a user sees it. */
  readonly messageZh?: string | undefined;
  readonly details?: ErrorDetails | undefined;
}

/** A refusal: bad input, conflict, overload. Says what was expected, what came, and what to do. */
export class TributaryError extends Error {
  override readonly name = "TributaryError";
  readonly code: TributaryErrorCode;
  /** The message in Chinese; the English one where there is none. */
  readonly messageZh: string;
  readonly details: ErrorDetails;

  constructor(code: TributaryErrorCode, message: string, options: TributaryErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.messageZh = options.messageZh ?? message;
    this.details = options.details ?? {};
  }
}

/**
 * True for a {@link TributaryError}, optionally of one code. Compares by shape, since two copies of this package in
 * one process make `instanceof` lie.
 */
export function isTributaryError(
  value: unknown,
  code?: TributaryErrorCode,
): value is TributaryError {
  return (
    value instanceof Error &&
    value.name === "TributaryError" &&
    "code" in value &&
    typeof value.code === "string" &&
    (code === undefined || value.code === code)
  );
}

/** True for a text that is one of the codes of this version. */
export function isErrorCode(text: string): text is TributaryErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}
