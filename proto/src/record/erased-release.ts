/**
 * What a hub keeps of an outcome release that was erased. It has one encoding.
 *
 * @see ../../tributary/v1/outcome.proto
 * @module
 */

import { toBinary } from "@bufbuild/protobuf";
import { decodeCanonical } from "../canonical.ts";
import { ErasedReleaseSchema } from "../gen/tributary/v1/outcome_pb.ts";
import { completeCodec } from "../plain.ts";
import { assertBodyWithinLimits } from "./body-scan.ts";

/** What later releases are held to, and nothing else of the release. */
export interface ErasedRelease {
  /** 32 bytes. */
  readonly bodyHash: Uint8Array;
  /** Code under which it was quarantined; empty where it was accepted. */
  readonly reason: string;
  /** Absent where the body could not be read. */
  readonly seq?: number | undefined;
  readonly records: number;
  readonly buckets: readonly {
    /** 32 bytes. */
    readonly digest: Uint8Array;
    readonly nullifiers: readonly Uint8Array[];
  }[];
  /** Ids of buckets. */
  readonly retracted: readonly Uint8Array[];
  readonly answers: readonly {
    readonly name: string;
    /** 32 bytes. */
    readonly digest: Uint8Array;
    readonly rho: string;
  }[];
  /** Year whose budget paid; absent where the release has no budget. */
  readonly year?: number | undefined;
  readonly spentRho: string;
}

const codec = completeCodec<ErasedRelease, typeof ErasedReleaseSchema>(ErasedReleaseSchema);

export function encodeErasedRelease(erased: ErasedRelease): Uint8Array {
  return toBinary(ErasedReleaseSchema, codec.encode(erased));
}

/**
 * @param bytes Attacker-controlled: a center can write a record that looks like an erased one.
 * @throws {TributaryError} `ERR_BODY_MALFORMED` if they are not the one encoding of such a message, or above
 * a limit of bodies; `ERR_MESSAGE_MALFORMED` if a number is too large.
 */
export function decodeErasedRelease(bytes: Uint8Array): ErasedRelease {
  assertBodyWithinLimits(ErasedReleaseSchema, bytes);
  return codec.decode(decodeCanonical(ErasedReleaseSchema, bytes, "ERR_BODY_MALFORMED"));
}
