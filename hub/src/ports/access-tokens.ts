/**
 * Access tokens of an issuer that the operator trusts (RFC 9068).
 *
 * @module
 */

import type { Scope } from "./api-key-store.ts";

/** Values of `typ` that make a JWT an access token (RFC 9068, section 4); lower case. */
export const ACCESS_TOKEN_TYPES: ReadonlySet<string> = new Set(["at+jwt", "application/at+jwt"]);

/** What a token proves. */
export interface AccessToken {
  /** The issuer's name of who holds it. */
  readonly subject: string;
  /** Those of its scopes that mean something here. */
  readonly scopes: ReadonlySet<Scope>;
}

/** Checks access tokens. Safe to call concurrently. */
export interface AccessTokens {
  /**
   * @param token Attacker-controlled.
   * @throws {TributaryError} `ERR_TOKEN_INVALID`; `ERR_TOKEN_EXPIRED`; `ERR_UNAVAILABLE` if the issuer's keys cannot be
   * read now.
   */
  verify(token: string): Promise<AccessToken>;
}
