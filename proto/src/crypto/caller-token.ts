/**
 * Caller token: how an agent proves who it is on one machine, where mTLS would be a burden. A JWT (RFC 7519) signed
 * with the agent's key (EdDSA, RFC 8037), for one hub, for at most ten minutes.
 *
 * @module
 */

import { decodeJwt, errors, jwtVerify, SignJWT } from "jose";
import { TributaryError } from "../errors.ts";
import { MAX_CALLER_TOKEN_MS } from "../limits.ts";
import { fromBase64Url, randomBytes, toBase64Url } from "./bytes.ts";
import type { SigningKey, VerifyingKey } from "./keys.ts";

const TYPE = "tributary-caller+jwt";

/** How far the clocks of agent and hub may differ. */
const TOLERANCE_S = 60;

/** Finds the key that is valid now for a center; undefined if it has none with this id. */
export type CallerKeyLookup = (
  centerId: string,
  keyId: Uint8Array,
) => VerifyingKey | undefined | Promise<VerifyingKey | undefined>;

/**
 * Makes a token that is good for five minutes.
 *
 * @param to.audience Origin of the hub.
 */
export function signCallerToken(
  key: SigningKey,
  to: { readonly centerId: string; readonly audience: string; readonly nowMs: number },
): Promise<string> {
  const issuedAt = Math.floor(to.nowMs / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: "EdDSA", kid: toBase64Url(key.keyId), typ: TYPE })
    .setIssuer(to.centerId)
    .setSubject(to.centerId)
    .setAudience(to.audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + MAX_CALLER_TOKEN_MS / 2000)
    .setJti(toBase64Url(randomBytes(16)))
    .sign(key.privateKey);
}

/**
 * Checks a token. Every check is made; there is no call without a key lookup.
 *
 * @param token Attacker-controlled.
 * @returns The center that the token proves, and the key that proved it.
 * @throws {TributaryError} `ERR_TOKEN_EXPIRED` if it is outside its time, with the hub's time in `details`;
 * `ERR_TOKEN_INVALID` for everything else.
 */
export async function verifyCallerToken(
  token: string,
  expected: {
    readonly audience: string;
    readonly nowMs: number;
    readonly keyOf: CallerKeyLookup;
  },
): Promise<{ readonly centerId: string; readonly keyId: Uint8Array }> {
  let used: VerifyingKey | undefined;
  try {
    const { payload } = await jwtVerify(
      token,
      async (header) => {
        const centerId = unverifiedSubject(token);
        used = await expected.keyOf(centerId, fromBase64Url(header.kid ?? ""));
        if (used === undefined) throw new Error("no valid key with this id for the center");
        return used.key;
      },
      {
        algorithms: ["EdDSA"],
        typ: TYPE,
        audience: expected.audience,
        currentDate: new Date(expected.nowMs),
        clockTolerance: TOLERANCE_S,
        maxTokenAge: MAX_CALLER_TOKEN_MS / 1000,
        requiredClaims: ["sub", "iss", "aud", "iat", "exp"],
      },
    );
    if (payload.sub === undefined || payload.iss !== payload.sub || used === undefined) {
      throw new Error("issuer and subject differ");
    }
    return { centerId: payload.sub, keyId: used.keyId };
  } catch (cause) {
    throw refusal(cause, expected.nowMs);
  }
}

/** Names the center whose key is to be tried. Nothing is believed before the signature is checked with that key. */
function unverifiedSubject(token: string): string {
  const { sub } = decodeJwt(token);
  if (sub === undefined) throw new Error("the token names no center");
  return sub;
}

function refusal(cause: unknown, nowMs: number): TributaryError {
  const outsideItsTime =
    cause instanceof errors.JWTExpired ||
    (cause instanceof errors.JWTClaimValidationFailed &&
      cause.reason === "check_failed" &&
      (cause.claim === "iat" || cause.claim === "nbf"));
  if (outsideItsTime) {
    return new TributaryError(
      "ERR_TOKEN_EXPIRED",
      `the caller token is outside its time; the hub's time is ${new Date(nowMs).toISOString()}: set the clock of this machine`,
      {
        messageZh: `调用令牌不在有效期内；汇流枢纽时间为 ${new Date(nowMs).toISOString()}，请校准本机时钟`,
        details: { hubNowMs: nowMs },
        cause,
      },
    );
  }
  return new TributaryError("ERR_TOKEN_INVALID", "the caller token is not valid for this hub", {
    messageZh: "调用令牌对本枢纽无效",
    cause,
  });
}
