/**
 * Proof of possession: how a center shows a hub that it holds a key, when it joins or changes its key. A compact JWS
 * (RFC 7515) over what is to be proven. The verifier knows every byte of the payload and compares it: nothing is taken
 * from the proof.
 *
 * @module
 */

import { CompactSign, compactVerify } from "jose";
import { TributaryError } from "../errors.ts";
import { equalBytes, toBase64Url, toHex, utf8 } from "./bytes.ts";
import type { SigningKey, VerifyingKey } from "./keys.ts";
import { sha256 } from "./sha256.ts";

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
}

/** Proof by the new key that it is held: `join`. Permission by the current or recovery key to replace: `rotate`. */
export type JoinProofKind = "join" | "rotate";

/** The JSON that is signed: members in this order, bytes as base64url. */
function payloadOf(statement: JoinStatement): Uint8Array {
  return utf8(
    JSON.stringify({
      origin: statement.hubOrigin,
      center: statement.centerId,
      key: toBase64Url(statement.publicKey),
      recovery: toBase64Url(statement.recoveryPublicKey),
      challenge: toBase64Url(statement.challenge),
    }),
  );
}

function typeOf(kind: JoinProofKind): string {
  return `tributary-${kind}+jws`;
}

/** Signs the statement. */
export function signJoinProof(
  kind: JoinProofKind,
  key: SigningKey,
  statement: JoinStatement,
): Promise<string> {
  return new CompactSign(payloadOf(statement))
    .setProtectedHeader({ alg: "EdDSA", kid: toBase64Url(key.keyId), typ: typeOf(kind) })
    .sign(key.privateKey);
}

/**
 * Checks that `key` signed exactly this statement.
 *
 * @param proof Attacker-controlled.
 * @throws {TributaryError} `ERR_JOIN_PROOF` if it did not.
 */
export async function verifyJoinProof(
  kind: JoinProofKind,
  proof: string,
  key: VerifyingKey,
  statement: JoinStatement,
): Promise<void> {
  let cause: unknown;
  try {
    const opened = await compactVerify(proof, key.key, { algorithms: ["EdDSA"] });
    const { typ, kid } = opened.protectedHeader;
    if (
      typ === typeOf(kind) &&
      kid === toBase64Url(key.keyId) &&
      equalBytes(opened.payload, payloadOf(statement))
    ) {
      return;
    }
  } catch (error) {
    cause = error;
  }
  throw new TributaryError(
    "ERR_JOIN_PROOF",
    "the proof does not show that the key belongs to this center; join again with a new challenge",
    { messageZh: "密钥持有证明与本次加入不符，请重新获取挑战后再加入", cause },
  );
}

/** No letters or digits that people confuse: 0 O, 1 I L, U V. */
const CHECK_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ";

/**
 * Six characters that the center's and the operator's screen both show, so that two people can compare them: the
 * answer to somebody who sits between them with a key of his own.
 */
export function joinCheckCode(statement: Omit<JoinStatement, "challenge">): string {
  const hash = sha256(payloadOf({ ...statement, challenge: new Uint8Array() }));
  let number = BigInt(`0x${toHex(hash)}`);
  let code = "";
  for (let i = 0; i < 6; i++) {
    code += CHECK_ALPHABET[Number(number % BigInt(CHECK_ALPHABET.length))];
    number /= BigInt(CHECK_ALPHABET.length);
  }
  return code;
}
