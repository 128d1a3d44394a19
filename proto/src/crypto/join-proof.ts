/**
 * Proof of possession: how a center shows a hub that it holds a key, when it joins or changes its key.
 *
 * @module
 */

import { decodeJwt } from "jose";
import { isTributaryError, TributaryError } from "../errors.ts";
import type { MembershipChange } from "../log/statement.ts";
import { fromBase64Url, toBase64Url, toHex, utf8 } from "./bytes.ts";
import { importVerifyingKey, type SigningKey, type VerifyingKey } from "./keys.ts";
import { sha256 } from "./sha256.ts";
import { type SignedStatement, signStatement, verifyStatement } from "./signed-statement.ts";

/** What a proof is about. */
export interface JoinStatement {
  /** Origin of the hub. */
  readonly hubOrigin: string;
  readonly centerId: string;
  /** The key that is to become valid; 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The key that can replace it; 32 bytes. */
  readonly recoveryPublicKey: Uint8Array;
  /** What the hub gave for this one use; 32 bytes. */
  readonly challenge: Uint8Array;
  /** With a rotation: where the key before ends; left out, it ends at once. */
  readonly previousKeyUntil?: FeedPlace | undefined;
  /** With a certificate: the key for TLS that it is to name, SubjectPublicKeyInfo in DER. */
  readonly tlsPublicKey?: Uint8Array | undefined;
}

/** A place in a feed. */
export interface FeedPlace {
  /** 16 bytes. */
  readonly feedId: Uint8Array;
  readonly seq: number;
}

/**
 * Proof by the new key that it is held: `join`. Permission by the current or recovery key to replace it: `rotate`; to end the
 * membership: `leave`; to certify a key for TLS: `certificate`, by the current key. The statements of both name the current key.
 */
export type JoinProofKind = "join" | "rotate" | "leave" | "certificate";

/** Members of the JSON in this order, bytes as base64url. */
function signedOf(kind: JoinProofKind, statement: JoinStatement): SignedStatement {
  const { previousKeyUntil: until, tlsPublicKey } = statement;
  const payload = utf8(
    JSON.stringify({
      origin: statement.hubOrigin,
      center: statement.centerId,
      key: toBase64Url(statement.publicKey),
      recovery: toBase64Url(statement.recoveryPublicKey),
      challenge: toBase64Url(statement.challenge),
      ...(until && { feed: toBase64Url(until.feedId), before: until.seq }),
      ...(tlsPublicKey && { tls: toBase64Url(sha256(tlsPublicKey)) }),
    }),
  );
  return { type: `tributary-${kind}+jws`, payload };
}

/** Signs the statement. */
export function signJoinProof(
  kind: JoinProofKind,
  key: SigningKey,
  statement: JoinStatement,
): Promise<string> {
  return signStatement(key, signedOf(kind, statement));
}

/**
 * Checks that `key` signed exactly this statement.
 *
 * @param proof Attacker-controlled.
 * @throws {TributaryError} `ERR_JOIN_PROOF` if it did not.
 */
export function verifyJoinProof(
  kind: JoinProofKind,
  proof: string,
  key: VerifyingKey,
  statement: JoinStatement,
): Promise<void> {
  return verifyStatement(proof, key, signedOf(kind, statement), (cause) => {
    return new TributaryError(
      "ERR_JOIN_PROOF",
      "the proof does not show that the key belongs to this center; join again with a new challenge",
      { messageZh: "密钥持有证明与本次加入不符，请重新获取挑战后再加入", cause },
    );
  });
}

/** The keys that can permit a rotation, or that a center leaves. */
export interface RotationKeys {
  readonly key: VerifyingKey;
  /** 32 bytes. */
  readonly recoveryPublicKey: Uint8Array;
}

/**
 * Checks that the current or the recovery key permits what the statement says.
 *
 * @param kind `rotate` or `leave`.
 * @param authorization Attacker-controlled.
 * @throws {TributaryError} `ERR_JOIN_PROOF` if neither does.
 */
export async function verifyAuthorization(
  kind: JoinProofKind,
  authorization: string,
  before: RotationKeys,
  statement: JoinStatement,
): Promise<void> {
  try {
    await verifyJoinProof(kind, authorization, before.key, statement);
  } catch (error) {
    if (!isTributaryError(error, "ERR_JOIN_PROOF")) throw error;
    const recovery = await importVerifyingKey(before.recoveryPublicKey);
    await verifyJoinProof(kind, authorization, recovery, statement);
  }
}

/**
 * Checks offline that a center itself left: its current or its recovery key says so, for this hub and center.
 *
 * @param before The keys that the log had for the center.
 * @throws {TributaryError} `ERR_JOIN_PROOF` if it does not hold; `ERR_KEY_MALFORMED`, `ERR_KEY_WEAK`.
 */
export async function verifyLeave(
  hubOrigin: string,
  { centerId, proofOfPossession }: Pick<MembershipChange, "centerId" | "proofOfPossession">,
  before: RotationKeys,
): Promise<void> {
  await verifyAuthorization("leave", proofOfPossession, before, {
    hubOrigin,
    centerId,
    publicKey: before.key.publicKey,
    recoveryPublicKey: before.recoveryPublicKey,
    challenge: challengeOf(proofOfPossession),
  });
}

/**
 * Checks a logged rotation offline: the new key shows that it is held, and the key before or the recovery key permits
 * it, for this hub and center. The challenge was the hub's at the time; it is taken from the proof.
 *
 * @param before The keys that the log had for the center.
 * @throws {TributaryError} `ERR_JOIN_PROOF` if it does not hold; `ERR_KEY_MALFORMED`, `ERR_KEY_WEAK`.
 */
export async function verifyRotation(
  hubOrigin: string,
  change: MembershipChange,
  before: RotationKeys,
): Promise<void> {
  const { centerId, publicKey, recoveryPublicKey, previousKeyFeed, previousKeyBeforeSeq } = change;
  const statement: JoinStatement = {
    hubOrigin,
    centerId,
    publicKey,
    recoveryPublicKey,
    challenge: challengeOf(change.proofOfPossession),
    ...(previousKeyFeed.length > 0 && {
      previousKeyUntil: { feedId: previousKeyFeed, seq: previousKeyBeforeSeq },
    }),
  };
  const key = await importVerifyingKey(publicKey);
  await verifyJoinProof("join", change.proofOfPossession, key, statement);
  await verifyAuthorization("rotate", change.authorization, before, statement);
}

/** The challenge that a proof names; empty where it names none, which then fits no signature. */
function challengeOf(proof: string): Uint8Array {
  try {
    const { challenge } = decodeJwt<{ challenge?: string }>(proof);
    return fromBase64Url(challenge ?? "");
  } catch {
    return new Uint8Array(); // no JWS, or no JSON in it: the check of the signature says so
  }
}

/** No letters or digits that people confuse: 0 O, 1 I L, U V. */
const CHECK_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ";

/**
 * Six characters that the center's and the operator's screen both show, so that two people can compare them: the
 * answer to somebody who sits between them with a key of his own.
 */
export function joinCheckCode(statement: Omit<JoinStatement, "challenge">): string {
  const hash = sha256(signedOf("join", { ...statement, challenge: new Uint8Array() }).payload);
  let number = BigInt(`0x${toHex(hash)}`);
  let code = "";
  for (let i = 0; i < 6; i++) {
    code += CHECK_ALPHABET[Number(number % BigInt(CHECK_ALPHABET.length))];
    number /= BigInt(CHECK_ALPHABET.length);
  }
  return code;
}
