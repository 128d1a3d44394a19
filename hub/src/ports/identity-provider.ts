/**
 * The OpenID provider of the operators' organisation: the authorization code flow of OpenID Connect Core 1.0 (3.1) with
 * PKCE (RFC 7636).
 *
 * @module
 */

/** What the hub keeps of a sign-in that waits for the provider's answer. */
export interface SignInAttempt {
  /** Comes back with the answer, and names the attempt. */
  readonly state: string;
  /** Stands in the ID token that is meant for this attempt. */
  readonly nonce: string;
  /** Secret of PKCE: without it the code is worth nothing. */
  readonly verifier: string;
}

/** Claims of an ID token that was verified. Names and values are the provider's. */
export type IdentityClaims = Readonly<Record<string, unknown>>;

/** Asks one provider who somebody is. Safe to call concurrently. */
export interface IdentityProvider {
  /**
   * Where the browser goes, and what to keep until it comes back.
   *
   * @throws {TributaryError} `ERR_UNAVAILABLE` if the provider cannot be asked now.
   */
  begin(): Promise<{ readonly url: string; readonly attempt: SignInAttempt }>;

  /**
   * Exchanges the code of an answer, and checks state, issuer, audience, time, nonce and signature.
   *
   * @param query Of the address at which the browser came back, without `?`. Attacker-controlled.
   * @throws {TributaryError} `ERR_FORBIDDEN` if the provider says no; `ERR_TOKEN_INVALID` if the answer is not one to this
   * attempt or its token proves nothing; `ERR_UNAVAILABLE` if the provider cannot be asked or does not take this hub.
   */
  finish(query: string, attempt: SignInAttempt): Promise<IdentityClaims>;
}
