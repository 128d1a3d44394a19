/**
 * What log entries state, but for batches: decisions and events of the hub. Each has one encoding.
 *
 * @see ../../tributary/v1/log.proto
 * @module
 */

import { type DescMessage, toBinary } from "@bufbuild/protobuf";
import { decodeCanonical } from "../canonical.ts";
import { parseConfirmationArgument } from "../crypto/confirmation.ts";
import { PUBLIC_KEY_BYTES } from "../crypto/keys.ts";
import { HASH_BYTES } from "../crypto/sha256.ts";
import { TributaryError } from "../errors.ts";
import * as pb from "../gen/tributary/v1/log_pb.ts";
import { completeCodec } from "../plain.ts";
import { isIdentifier } from "../record/identifier.ts";
import { centerUrnOf } from "../record/urn.ts";

/** States of a member. */
export type MemberState = "pending" | "approved" | "rejected" | "suspended" | "revoked" | "left";

/** A member joined, changed its state or its keys. A key is valid from the change that is `approved` and carries it. */
export interface MembershipChange {
  readonly centerId: string;
  readonly state: MemberState;
  /** 32 bytes; empty where the change is not about a key. */
  readonly publicKey: Uint8Array;
  /** 32 bytes; empty where the change is not about a key. */
  readonly recoveryPublicKey: Uint8Array;
  /** Who decided: an operator's name, or the center's id. */
  readonly actor: string;
  /** Why; shown to the center. */
  readonly reason: string;
  /** Compact JWS; empty where the change is not about a key. */
  readonly proofOfPossession: string;
  /** As the operator entered it in the invitation. */
  readonly centerName: string;
  /** With a rotation: compact JWS by the key before or the recovery key; else empty. */
  readonly authorization: string;
  /** With a rotation: feed in which the key before stays valid, 16 bytes; empty when it ends here. */
  readonly previousKeyFeed: Uint8Array;
  /** The key before stays valid for batches of that feed below this sequence, and for no others. */
  readonly previousKeyBeforeSeq: number;
  /** With revoked: position from which on no batch of the center is believed; 0 when all before stay. */
  readonly distrustedFrom: number;
}

/** What only rotations and revocations say. */
type KeyEnd = "authorization" | "previousKeyFeed" | "previousKeyBeforeSeq" | "distrustedFrom";

const NO_KEY_END: Pick<MembershipChange, KeyEnd> = {
  authorization: "",
  previousKeyFeed: new Uint8Array(),
  previousKeyBeforeSeq: 0,
  distrustedFrom: 0,
};

/** A change to encode: what only rotations and revocations say may be left out. */
export type MembershipChangeInput = Omit<MembershipChange, KeyEnd> &
  Partial<Pick<MembershipChange, KeyEnd>>;

/** What an operator decides about records or entities, or a center says of such a decision or of its own snapshot. */
export interface CurationDecision {
  readonly decisionId: string;
  /** Verb; see the message. */
  readonly action: string;
  /** URNs of records or entities; at least one, but with retract. */
  readonly subjects: readonly string[];
  /** The label, target entity or other argument of the verb; see the message. */
  readonly argument: string;
  readonly actor: string;
  /** Why; shown to the centers concerned. */
  readonly reason: string;
  /** With retract: the decision that is undone. */
  readonly retracts: string;
  /** With object and confirm: compact JWS by the center's key; else empty. */
  readonly authorization: string;
}

/** A decision to encode: what only a center says may be left out. */
export type CurationDecisionInput = Omit<CurationDecision, "authorization"> &
  Partial<Pick<CurationDecision, "authorization">>;

/** A record's body was erased; its hash and proof stay. */
export interface Erasure {
  /** Position in the log of the batch. */
  readonly position: number;
  /** Index of the record in the batch. */
  readonly index: number;
  readonly actor: string;
  readonly reason: string;
}

/** A rule of the hub changed. */
export interface PolicyChange {
  readonly name: string;
  /** Its new value, as JSON. */
  readonly value: string;
  readonly actor: string;
}

/** The hub started. */
export interface Restart {
  /** Version of the hub's software. */
  readonly version: string;
  /** Size of the log that it found. */
  readonly logSize: number;
}

/** One center's part of an epoch. */
export interface CenterSummary {
  readonly centerId: string;
  /** Feed of its newest batch, 16 bytes; empty when the log has no batch of it. */
  readonly feedId: Uint8Array;
  /** The sequence behind that batch. */
  readonly nextSeq: number;
  /** SHA-256 of that batch's header, 32 bytes; empty with `feedId`. */
  readonly lastHash: Uint8Array;
  readonly accepted: number;
  readonly quarantined: number;
  /** Shown records past their `valid_until`. */
  readonly stale: number;
  readonly withdrawn: number;
  readonly erased: number;
  /** Root over its records in the catalog; 32 bytes. */
  readonly catalogDigest: Uint8Array;
}

/** State of each center at the end of an epoch, or a part of the centers. */
export interface EpochSummary {
  readonly epoch: number;
  /** Ascending by center id. */
  readonly centers: readonly CenterSummary[];
  /** Root over the rows of all centers of all parts; 32 bytes. */
  readonly catalogDigest: Uint8Array;
  /** The summary is of the entries below. */
  readonly logSize: number;
  /** Within which the next summary is promised; ms. */
  readonly periodMs: number;
  /** The part is of the centers behind this one; empty for the first. */
  readonly afterCenterId: string;
  /** The part is of the centers up to this one; empty for the last. */
  readonly untilCenterId: string;
}

interface StatementCodec<Value> {
  readonly encode: (value: Value) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Value;
}

/** @param problemOf Says which field is outside its range, if one is. */
function statementCodec<Value extends object>(
  desc: DescMessage,
  problemOf: (value: Value) => string | undefined,
): StatementCodec<Value> {
  const codec = completeCodec<Value, DescMessage>(desc);
  const assertValid = (value: Value): void => {
    const problem = problemOf(value);
    if (problem !== undefined) throw malformed(desc, `${problem} is not valid`);
  };
  const encode = (value: Value): Uint8Array => {
    assertValid(value);
    return toBinary(desc, codec.encode(value));
  };
  const decode = (bytes: Uint8Array): Value => {
    const message = decodeCanonical(desc, bytes, "ERR_STATEMENT_MALFORMED");
    let value: Value;
    try {
      value = codec.decode(message);
    } catch (cause) {
      throw malformed(desc, "a field cannot be read", cause);
    }
    assertValid(value);
    return value;
  };
  return { encode, decode };
}

function malformed(desc: DescMessage, problem: string, cause?: unknown): TributaryError {
  return new TributaryError("ERR_STATEMENT_MALFORMED", `${desc.name}: ${problem}`, { cause });
}

const isEmptyOr = (length: number, bytes: Uint8Array) =>
  bytes.length === 0 || bytes.length === length;

const membershipChange = statementCodec<MembershipChange>(pb.MembershipChangeSchema, (value) => {
  if (!isIdentifier(value.centerId)) return "center_id";
  if (!isEmptyOr(PUBLIC_KEY_BYTES, value.publicKey)) return "public_key";
  if (!isEmptyOr(PUBLIC_KEY_BYTES, value.recoveryPublicKey)) return "recovery_public_key";
  if (value.authorization !== "" && value.publicKey.length === 0) return "authorization";
  if (!isEmptyOr(16, value.previousKeyFeed)) return "previous_key_feed";
  if (value.previousKeyFeed.length > 0 && value.authorization === "") return "previous_key_feed";
  if (value.previousKeyFeed.length === 0 && value.previousKeyBeforeSeq > 0) {
    return "previous_key_before_seq";
  }
  if (value.distrustedFrom > 0 && value.state !== "revoked") return "distrusted_from";
  return value.actor === "" ? "actor" : undefined;
});

/** Verbs that only a center says, with its signature. */
const CENTER_VERBS: ReadonlySet<string> = new Set(["object", "confirm"]);

const curationDecision = statementCodec<CurationDecision>(pb.CurationDecisionSchema, (value) => {
  if (value.decisionId === "") return "decision_id";
  if (value.action === "") return "action";
  if ((value.action === "retract") !== (value.retracts !== "")) return "retracts";
  if (value.action !== "retract" && value.subjects.length === 0) return "subjects";
  if (CENTER_VERBS.has(value.action) !== (value.authorization !== "")) return "authorization";
  if (value.action === "confirm") {
    if (value.subjects.join(" ") !== centerUrnOf(value.actor)) return "subjects";
    if (parseConfirmationArgument(value.argument) === undefined) return "argument";
  }
  return value.actor === "" ? "actor" : undefined;
});

const erasure = statementCodec<Erasure>(pb.ErasureSchema, (value) =>
  value.actor === "" ? "actor" : undefined,
);

const policyChange = statementCodec<PolicyChange>(pb.PolicyChangeSchema, (value) =>
  value.name === "" ? "name" : undefined,
);

const restart = statementCodec<Restart>(pb.RestartSchema, (value) =>
  value.version === "" ? "version" : undefined,
);

const isIdentifierOrEmpty = (id: string) => id === "" || isIdentifier(id);
/** ASCII, where order by code unit is order by byte. */
const isBefore = (a: string, b: string) => a < b;

function problemOfCenter(center: CenterSummary): string | undefined {
  if (!isIdentifier(center.centerId)) return "center_id";
  if (!isEmptyOr(16, center.feedId)) return "feed_id";
  const hasBatch = center.feedId.length > 0;
  if (center.lastHash.length !== (hasBatch ? HASH_BYTES : 0)) return "last_hash";
  if (hasBatch !== center.nextSeq > 0) return "next_seq";
  return center.catalogDigest.length === HASH_BYTES ? undefined : "catalog_digest of a center";
}

const centerSummary = statementCodec<CenterSummary>(pb.CenterSummarySchema, problemOfCenter);

const epochSummary = statementCodec<EpochSummary>(pb.EpochSummarySchema, (summary) => {
  const { centers, catalogDigest, periodMs, afterCenterId, untilCenterId } = summary;
  if (!isIdentifierOrEmpty(afterCenterId)) return "after_center_id";
  if (!isIdentifierOrEmpty(untilCenterId)) return "until_center_id";
  let before = afterCenterId;
  for (const center of centers) {
    const problem = problemOfCenter(center);
    if (problem !== undefined) return problem;
    if (!isBefore(before, center.centerId)) return "order of centers";
    before = center.centerId;
  }
  if (untilCenterId !== "" && isBefore(untilCenterId, before)) return "until_center_id";
  if (periodMs < 1) return "period_ms";
  return catalogDigest.length === HASH_BYTES ? undefined : "catalog_digest";
});

/** @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if a field is outside its range. */
export const encodeMembershipChange = (change: MembershipChangeInput): Uint8Array =>
  membershipChange.encode({ ...NO_KEY_END, ...change });
/** @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if the bytes are not the one encoding of a valid value. */
export const decodeMembershipChange = membershipChange.decode;
/** @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if a field is outside its range. */
export const encodeCurationDecision = (decision: CurationDecisionInput): Uint8Array =>
  curationDecision.encode({ authorization: "", ...decision });
/** @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if the bytes are not the one encoding of a valid value. */
export const decodeCurationDecision = curationDecision.decode;
/** @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if a field is outside its range. */
export const encodeErasure = erasure.encode;
/** @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if the bytes are not the one encoding of a valid value. */
export const decodeErasure = erasure.decode;
/** @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if a field is outside its range. */
export const encodePolicyChange = policyChange.encode;
/** @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if the bytes are not the one encoding of a valid value. */
export const decodePolicyChange = policyChange.decode;
/** @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if a field is outside its range. */
export const encodeRestart = restart.encode;
/** @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if the bytes are not the one encoding of a valid value. */
export const decodeRestart = restart.decode;
/** @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if a field is outside its range. */
export const encodeEpochSummary = epochSummary.encode;
/** @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if the bytes are not the one encoding of a valid value. */
export const decodeEpochSummary = epochSummary.decode;
/** The bytes of one row of a summary. @throws {TributaryError} `ERR_STATEMENT_MALFORMED` if a field is outside its range. */
export const encodeCenterSummary = centerSummary.encode;
