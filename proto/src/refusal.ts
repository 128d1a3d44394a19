/**
 * Refusals: errors as they cross the wire. A refusal becomes an error with the same code on the other side, so a
 * caller cannot tell, and need not, where it was thrown.
 *
 * @see ../tributary/v1/batch.proto
 * @module
 */

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  isErrorCode,
  isTributaryError,
  TributaryError,
  type TributaryErrorCode,
} from "./errors.ts";
import { RefusalSchema } from "./gen/tributary/v1/batch_pb.ts";
import { type Codec, completeCodec } from "./plain.ts";
import { errorStatus } from "./status.ts";

/** The hub's reasoned no. */
export interface Refusal {
  /** One of the codes; a newer peer may know more. */
  readonly code: string;
  readonly message: string;
  readonly messageZh: string;
  /** With `ERR_BATCH_GAP`: the sequence that the hub expects. */
  readonly expectedSeq?: number | undefined;
  /** Name of the limit that was passed, such as a quota; empty where none was. */
  readonly limitName: string;
  /** Its value; 0 where none was passed. */
  readonly limitValue: number;
  /** After how many ms trying again may help; absent when it cannot. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Name of the gRPC trailer, and type of the Connect error detail, that carries a refusal: the bytes of a Refusal
 * message beside the status, which alone cannot carry the code.
 */
export const REFUSAL_TRAILER = "tributary-refusal-bin";

/** How long to wait before a retryable call is tried again, where the error does not say. */
const DEFAULT_RETRY_AFTER_MS = 1000;

/**
 * What a peer is told of an error. Its details and cause stay here, but for `expectedSeq`, `limitName`, `limitValue`
 * and `retryAfterMs`. Anything that is not a {@link TributaryError} is a defect: the peer gets `ERR_INTERNAL` and no
 * text of it.
 */
export function refusalOf(error: unknown): Refusal {
  if (!isTributaryError(error)) {
    return {
      code: "ERR_INTERNAL" satisfies TributaryErrorCode,
      message: "the hub made a mistake; its log has the cause",
      messageZh: "枢纽内部错误，原因见其日志",
      limitName: "",
      limitValue: 0,
    };
  }
  const { details } = error;
  const { retryable } = errorStatus(error.code);
  return {
    code: error.code,
    message: error.message,
    messageZh: error.messageZh,
    expectedSeq: numberOf(details["expectedSeq"]),
    limitName: String(details["limitName"] ?? ""),
    limitValue: numberOf(details["limitValue"]) ?? 0,
    retryAfterMs:
      numberOf(details["retryAfterMs"]) ?? (retryable ? DEFAULT_RETRY_AFTER_MS : undefined),
  };
}

/**
 * The error of a refusal. A code that this version does not know becomes `ERR_INTERNAL`, with the code in
 * `details.peerCode`.
 */
export function errorOfRefusal(refusal: Refusal): TributaryError {
  const { code, message, messageZh, expectedSeq, limitName, limitValue, retryAfterMs } = refusal;
  const known = isErrorCode(code);
  return new TributaryError(known ? code : "ERR_INTERNAL", message, {
    messageZh: messageZh === "" ? undefined : messageZh,
    details: {
      ...(!known && { peerCode: code }),
      ...(expectedSeq !== undefined && { expectedSeq }),
      ...(limitName !== "" && { limitName, limitValue }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  });
}

/** A whole number from 0 to 2^53 - 1; undefined for everything else. */
function numberOf(value: string | number | bigint | undefined): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
}

/** Between a refusal and its message. */
export const refusalCodec: Codec<Refusal, typeof RefusalSchema> = completeCodec<
  Refusal,
  typeof RefusalSchema
>(RefusalSchema);

/** The bytes of a refusal, for a trailer or a log entry's detail. */
export function encodeRefusal(refusal: Refusal): Uint8Array {
  return toBinary(RefusalSchema, refusalCodec.encode(refusal));
}

/** @throws {TributaryError} `ERR_MESSAGE_MALFORMED` if the bytes are not a refusal. */
export function decodeRefusal(bytes: Uint8Array): Refusal {
  try {
    return refusalCodec.decode(fromBinary(RefusalSchema, bytes));
  } catch (cause) {
    throw new TributaryError("ERR_MESSAGE_MALFORMED", "bytes are not a Refusal message", { cause });
  }
}
