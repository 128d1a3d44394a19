/**
 * Who calls.
 *
 * @module
 */

import {
  type Clock,
  equalBytes,
  sha256,
  TributaryError,
  utf8,
  verifyCallerToken,
} from "@tributary/proto";
import type { MemberRegistry } from "../members/registry.ts";

/** The proven identity of a caller. */
export type Principal =
  /** Showed nothing. */
  | { readonly type: "visitor" }
  /** Showed a token signed by the key of this center. Says nothing about the state of its membership. */
  | { readonly type: "center"; readonly centerId: string }
  /** Showed the administrator's token. */
  | { readonly type: "operator"; readonly name: string };

/** Turns what a call carries into who calls. */
export interface Authenticator {
  /**
   * @param authorization Value of the `authorization` header; undefined when there is none. Attacker-controlled.
   * @throws {TributaryError} `ERR_TOKEN_INVALID`, `ERR_TOKEN_EXPIRED`. A wrong token is never taken for none.
   */
  authenticate(authorization: string | undefined): Promise<Principal>;
}

export interface AuthenticatorOptions {
  readonly hubOrigin: string;
  readonly registry: MemberRegistry;
  readonly clock: Clock;
  /** SHA-256 of the administrator's token. */
  readonly adminTokenHash: Uint8Array;
}

const SCHEME = "Bearer ";
/** A caller token has three parts; the administrator's token has none. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { hubOrigin, registry, clock, adminTokenHash } = options;
  return {
    async authenticate(authorization) {
      if (authorization === undefined) return { type: "visitor" };
      if (!authorization.startsWith(SCHEME)) throw invalid();
      const token = authorization.slice(SCHEME.length);
      if (JWT.test(token)) {
        const { centerId } = await verifyCallerToken(token, {
          audience: hubOrigin,
          nowMs: clock.now(),
          keyOf: (center, keyId) => registry.keyOf(center, keyId),
        });
        return { type: "center", centerId };
      }
      // Hashes are compared, so that the time it takes tells nothing about the token.
      if (equalBytes(sha256(utf8(token)), adminTokenHash)) {
        return { type: "operator", name: "operator" };
      }
      throw invalid();
    },
  };
}

function invalid(): TributaryError {
  return new TributaryError("ERR_TOKEN_INVALID", "the authorization header holds no valid token", {
    messageZh: "authorization 请求头中没有有效令牌",
  });
}
