/**
 * Who calls.
 *
 * @module
 */

import {
  type Clock,
  equalBytes,
  fromBase64Url,
  fromUtf8,
  type Role,
  sha256Text,
  TributaryError,
  verifyCallerToken,
} from "@tributary/proto";
import { looksLikeApiKey } from "../members/api-key-text.ts";
import type { ApiKeys } from "../members/api-keys.ts";
import type { MemberRegistry } from "../members/registry.ts";
import type { Sessions } from "../members/sessions.ts";
import { ACCESS_TOKEN_TYPES, type AccessTokens } from "../ports/access-tokens.ts";
import type { Scope } from "../ports/api-key-store.ts";
import { certificateProblem, type TlsPeer } from "./tls-peer.ts";

/** The proven identity of a caller. */
export type Principal =
  /** Showed nothing. */
  | { readonly type: "visitor" }
  /** Proved to be this center, by a token or a certificate. Says nothing about the state of its membership. */
  | {
      readonly type: "center";
      readonly centerId: string;
      /** Over TLS: why the connection is not the center's own; absent where it is, and without TLS. */
      readonly uncertified?: TributaryError;
    }
  /** Showed an API key or an access token. The name says which. */
  | { readonly type: "program"; readonly name: string; readonly scopes: ReadonlySet<Scope> }
  /** Signed in on the page. */
  | { readonly type: "account"; readonly name: string; readonly role: Role }
  /** Showed the administrator's token. */
  | { readonly type: "operator"; readonly name: string };

/** Turns what a call carries into who calls. */
export interface Authenticator {
  /**
   * @param authorization Value of the `authorization` header; undefined when there is none. Attacker-controlled.
   * @param session Secret of a session; looked at where there is no authorization. Attacker-controlled.
   * @param peer What the call's TLS connection showed; undefined where the port has no TLS, and a token is all there is.
   * @throws {TributaryError} `ERR_TOKEN_INVALID`, `ERR_TOKEN_EXPIRED`; `ERR_CERTIFICATE_REQUIRED` if a certificate is all
   * that is shown, and not valid now; `ERR_UNAVAILABLE` if the keys of the issuer of access tokens cannot be read. A wrong
   * token is never taken for none.
   */
  authenticate(
    authorization: string | undefined,
    session?: string,
    peer?: TlsPeer,
  ): Promise<Principal>;
}

export interface AuthenticatorOptions {
  readonly hubOrigin: string;
  readonly registry: MemberRegistry;
  readonly apiKeys: ApiKeys;
  readonly sessions: Pick<Sessions, "get">;
  /** Undefined where the operator named no issuer: no access token is valid then. */
  readonly accessTokens: AccessTokens | undefined;
  readonly clock: Clock;
  /** SHA-256 of the administrator's token. */
  readonly adminTokenHash: Uint8Array;
}

const SCHEME = "Bearer ";
/** Caller and access tokens have three parts; the administrator's token and API keys have none. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** Longest token that is looked at; a JWT with some claims of an identity provider has 2 KiB. */
const MAX_TOKEN_LENGTH = 8 * 1024;

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { hubOrigin, registry, apiKeys, sessions, accessTokens, clock, adminTokenHash } = options;

  async function programOf(token: string): Promise<Principal> {
    if (accessTokens === undefined) throw invalid();
    const { subject, scopes } = await accessTokens.verify(token);
    return { type: "program", name: `token ${subject}`, scopes };
  }

  const problemOf = (peer: TlsPeer, centerId: string) =>
    certificateProblem(peer, centerId, registry, clock.now());

  return {
    async authenticate(authorization, secret, peer) {
      if (authorization === undefined && peer?.certificate !== undefined) {
        const { centerId } = peer.certificate;
        const problem = problemOf(peer, centerId);
        if (problem !== undefined) throw problem;
        return { type: "center", centerId };
      }
      if (authorization === undefined) {
        // A session that is over is no error: whoever was signed in reads on as a visitor.
        const session = secret === undefined ? undefined : sessions.get(secret);
        if (session === undefined) return { type: "visitor" };
        return { type: "account", name: session.name, role: session.role };
      }
      const token = authorization.slice(SCHEME.length);
      if (!authorization.startsWith(SCHEME) || token.length > MAX_TOKEN_LENGTH) throw invalid();
      if (looksLikeApiKey(token)) {
        const { id, scopes } = apiKeys.verify(token);
        return { type: "program", name: `key ${id}`, scopes: new Set(scopes) };
      }
      if (JWT.test(token)) {
        // The type decides who checks the token, and whoever checks it checks the type again.
        if (ACCESS_TOKEN_TYPES.has(typeOf(token))) return programOf(token);
        const { centerId } = await verifyCallerToken(token, {
          audience: hubOrigin,
          nowMs: clock.now(),
          keyOf: (center, keyId) => registry.keyOf(center, keyId),
        });
        const uncertified = peer && problemOf(peer, centerId);
        return { type: "center", centerId, ...(uncertified && { uncertified }) };
      }
      // Hashes are compared, so that the time it takes tells nothing about the token.
      if (equalBytes(sha256Text(token), adminTokenHash)) {
        return { type: "operator", name: "operator" };
      }
      throw invalid();
    },
  };
}

/** Whose decision an entry of the log says it is. */
export function actorOf(principal: Principal): string {
  switch (principal.type) {
    case "account":
      return `account ${principal.name}`;
    case "operator":
    case "program":
      return principal.name;
    default:
      return "operator";
  }
}

/** What the header of a JWT says it is; empty if it says nothing that can be read. Nothing is believed of it. */
function typeOf(token: string): string {
  try {
    const header: unknown = JSON.parse(fromUtf8(fromBase64Url(token.split(".", 1)[0] ?? "")));
    const type = (header as { readonly typ?: unknown } | null)?.typ;
    return typeof type === "string" ? type.toLowerCase() : "";
  } catch {
    return "";
  }
}

function invalid(): TributaryError {
  return new TributaryError("ERR_TOKEN_INVALID", "the authorization header holds no valid token", {
    messageZh: "authorization 请求头中没有有效令牌",
  });
}
