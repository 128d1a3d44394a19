/**
 * {@link AccessTokens} by the JSON Web Key Set of one issuer (RFC 7517, RFC 9068), with `jose`.
 *
 * The set comes from a file, read once, or from the one address that the operator set; never from an address that a
 * token names (`jku`, `x5u`) or a key that it carries (`jwk`).
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { type Clock, TributaryError } from "@tributary/proto";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";
import { z } from "zod";
import type { AccessTokens } from "../ports/access-tokens.ts";
import { SCOPES, type Scope } from "../ports/api-key-store.ts";
import { boundedFetch } from "./bounded-fetch.ts";

export interface JwksAccessTokensOptions {
  /** `iss` of the tokens, character by character. */
  readonly issuer: string;
  /** `aud` of the tokens. */
  readonly audience: string;
  /** A path, or an http(s) URL. */
  readonly jwks: string;
  /** The only algorithms that are accepted. */
  readonly algorithms: readonly string[];
  readonly clock: Clock;
}

/** How far the clocks of issuer and hub may differ. */
const TOLERANCE_S = 60;
/** Largest key set that is read. */
const MAX_JWKS_BYTES = 256 * 1024;
const TIMEOUT_MS = 5_000;
/** How long a key set is good, and how long an unknown key id waits before the set is fetched again. */
const CACHE_MS = 600_000;
const COOLDOWN_MS = 30_000;

const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

/** @throws {TributaryError} `ERR_CONFIG_INVALID` if the file holds no key set. */
export async function openJwksAccessTokens(
  options: JwksAccessTokensOptions,
): Promise<AccessTokens> {
  const { issuer, audience, algorithms, clock } = options;
  const keys = await keysOf(options.jwks);
  return {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms: [...algorithms],
          typ: "at+jwt",
          currentDate: new Date(clock.now()),
          clockTolerance: TOLERANCE_S,
          requiredClaims: ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"],
        });
        return { subject: String(payload.sub), scopes: scopesOf(payload["scope"]) };
      } catch (cause) {
        throw refusal(cause);
      }
    },
  };
}

async function keysOf(jwks: string): Promise<JWTVerifyGetKey> {
  if (!/^https?:\/\//i.test(jwks)) return createLocalJWKSet(await readKeySet(jwks));
  return createRemoteJWKSet(new URL(jwks), {
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: CACHE_MS,
    cooldownDuration: COOLDOWN_MS,
    [customFetch]: boundedFetch(MAX_JWKS_BYTES),
  });
}

async function readKeySet(file: string): Promise<JSONWebKeySet> {
  try {
    return keySet.parse(JSON.parse(await readFile(file, "utf8"))) as JSONWebKeySet;
  } catch (cause) {
    throw new TributaryError("ERR_CONFIG_INVALID", `${file} is not a JSON Web Key Set`, {
      messageZh: `${file} 不是有效的 JSON Web Key Set`,
      cause,
    });
  }
}

/** Unknown scopes are of other services. */
function scopesOf(claim: unknown): ReadonlySet<Scope> {
  const given = typeof claim === "string" ? claim.split(" ") : [];
  return new Set(SCOPES.filter((scope) => given.includes(scope)));
}

function refusal(cause: unknown): TributaryError {
  if (cause instanceof errors.JWTExpired) {
    return new TributaryError("ERR_TOKEN_EXPIRED", "the access token has ended", {
      messageZh: "访问令牌已到期",
      cause,
    });
  }
  // What jose says of the token itself; anything else happened on the way to the issuer's keys.
  const isOfToken =
    cause instanceof errors.JOSEError &&
    !(cause instanceof errors.JWKSTimeout) &&
    !(cause instanceof errors.JWKSInvalid) &&
    cause.code !== "ERR_JOSE_GENERIC";
  return isOfToken
    ? new TributaryError("ERR_TOKEN_INVALID", "the access token is not valid for this hub", {
        messageZh: "访问令牌对本枢纽无效",
        cause,
      })
    : new TributaryError("ERR_UNAVAILABLE", "the keys of the issuer of tokens cannot be read now", {
        messageZh: "暂时无法读取令牌签发方的密钥",
        cause,
      });
}
