/**
 * {@link IdentityProvider} with `openid-client`: OpenID Connect Core 1.0 and Discovery 1.0, PKCE with S256 (RFC 7636), issuer
 * identification (RFC 9207).
 *
 * @module
 */

import { readFile, stat } from "node:fs/promises";
import { type Clock, TributaryError } from "@tributary/proto";
import * as openid from "openid-client";
import type { IdentityProvider } from "../ports/identity-provider.ts";
import { boundedFetch } from "./bounded-fetch.ts";

export interface OpenidProviderOptions {
  /** `iss` of the provider; https, or http on this machine. */
  readonly issuer: string;
  readonly clientId: string;
  /** File with the client's secret, readable by its owner only; undefined for a public client. */
  readonly clientSecretFile: string | undefined;
  /** Where the provider sends browsers back to. */
  readonly redirectUri: string;
  /** With spaces between. */
  readonly scopes: string;
  readonly clock: Clock;
  /** Told why the provider cannot be asked, or does not take this hub: what whoever runs the hub has to know. */
  readonly onFailed: (reason: string) => void;
}

/** For each request to the provider. */
const TIMEOUT_S = 5;
const MAX_ANSWER_BYTES = 256 * 1024;
/** For how long what the provider says of itself is good. Keys are asked for anew when a token names an unknown one. */
const CACHE_MS = 3_600_000;

/** What the library finds wrong with an answer or a token; anything else is the provider's or the network's. */
const PROVES_NOTHING = new Set([
  "OAUTH_INVALID_RESPONSE",
  "OAUTH_JWT_CLAIM_COMPARISON_FAILED",
  "OAUTH_JWT_TIMESTAMP_CHECK_FAILED",
  "OAUTH_KEY_SELECTION_FAILED",
  "OAUTH_PARSE_ERROR",
  "OAUTH_UNSUPPORTED_OPERATION",
]);

/** @throws {TributaryError} `ERR_CONFIG_INVALID` if the secret cannot be read, or others can read it. */
export async function openOpenidProvider(
  options: OpenidProviderOptions,
): Promise<IdentityProvider> {
  const { issuer, clientId, clientSecretFile, redirectUri, scopes, clock, onFailed } = options;
  const authentication =
    clientSecretFile === undefined
      ? openid.None()
      : withSecret(await readClientSecret(clientSecretFile));
  let known: { readonly client: openid.Configuration; readonly untilMs: number } | undefined;
  let asking: Promise<openid.Configuration> | undefined;

  async function discover(): Promise<openid.Configuration> {
    const client = await openid.discovery(new URL(issuer), clientId, {}, authentication, {
      timeout: TIMEOUT_S,
      [openid.customFetch]: boundedFetch(MAX_ANSWER_BYTES),
      execute: [
        // The signature too, though the token comes from the provider itself.
        openid.enableNonRepudiationChecks,
        ...(new URL(issuer).protocol === "http:" ? [openid.allowInsecureRequests] : []),
      ],
    });
    // The library lets some providers name another issuer, for many organisations at once; one is meant here.
    if (new URL(client.serverMetadata().issuer).href !== new URL(issuer).href) {
      throw new TypeError(`the provider calls itself ${client.serverMetadata().issuer}`);
    }
    known = { client, untilMs: clock.now() + CACHE_MS };
    return client;
  }

  /** All who wait, wait for one question. */
  async function current(): Promise<openid.Configuration> {
    if (known !== undefined && known.untilMs > clock.now()) return known.client;
    asking ??= discover()
      .catch((cause) => {
        throw unavailable(cause);
      })
      .finally(() => {
        asking = undefined;
      });
    return asking;
  }

  function unavailable(cause: unknown): TributaryError {
    onFailed(reasonOf(cause));
    return new TributaryError(
      "ERR_UNAVAILABLE",
      "your organisation's provider cannot be asked now; accounts with a password can sign in",
      { messageZh: "暂时无法连接单位身份平台；有密码的账户仍可登录", cause },
    );
  }

  return {
    async begin() {
      const client = await current();
      const attempt = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        verifier: openid.randomPKCECodeVerifier(),
      };
      const url = openid.buildAuthorizationUrl(client, {
        redirect_uri: redirectUri,
        scope: scopes,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, attempt };
    },

    async finish(query, { state, nonce, verifier }) {
      const client = await current();
      const answer = new URL(redirectUri);
      answer.search = query;
      try {
        const tokens = await openid.authorizationCodeGrant(client, answer, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        return { ...tokens.claims() };
      } catch (cause) {
        throw refusalBy(cause) ?? unavailable(cause);
      }
    },
  };
}

/** By the way that the provider takes; the default is `client_secret_basic` (OpenID Connect Discovery 1.0, section 3). */
function withSecret(secret: string): openid.ClientAuth {
  const basic = openid.ClientSecretBasic(secret);
  const post = openid.ClientSecretPost(secret);
  return (server, ...rest) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    (ways.includes("client_secret_basic") ? basic : post)(server, ...rest);
  };
}

async function readClientSecret(file: string): Promise<string> {
  const [text, { mode }] = await Promise.all([readFile(file, "utf8"), stat(file)]).catch(
    (cause: Error) => {
      throw new TributaryError("ERR_CONFIG_INVALID", `${file} cannot be read: ${cause.message}`, {
        messageZh: `无法读取 ${file}：${cause.message}`,
        cause,
      });
    },
  );
  const secret = text.trim();
  if ((mode & 0o077) === 0 && secret !== "") return secret;
  throw new TributaryError(
    "ERR_CONFIG_INVALID",
    `${file} has to hold the client's secret and be readable by its owner only (mode 0600)`,
    { messageZh: `${file} 须存有客户端密钥，且仅属主可读（权限 0600）` },
  );
}

/** What the answer or its token is refused for; undefined where nothing is wrong with them. */
function refusalBy(cause: unknown): TributaryError | undefined {
  if (cause instanceof openid.AuthorizationResponseError) {
    return new TributaryError("ERR_FORBIDDEN", "your organisation's provider did not sign you in", {
      messageZh: "单位身份平台未予登录",
      cause,
    });
  }
  const isCodeRefused =
    cause instanceof openid.ResponseBodyError && cause.error === "invalid_grant";
  const isProofless = cause instanceof openid.ClientError && PROVES_NOTHING.has(cause.code ?? "");
  if (!isCodeRefused && !isProofless) return undefined;
  return new TributaryError(
    "ERR_TOKEN_INVALID",
    "what your organisation's provider answered does not prove who you are to this hub",
    { messageZh: "单位身份平台的答复不能向本枢纽证明您的身份", cause },
  );
}

/** What happened and what made it happen, without what was sent. */
function reasonOf(cause: unknown): string {
  if (cause instanceof openid.ResponseBodyError) return `the provider answered ${cause.error}`;
  if (!(cause instanceof Error)) return "";
  const because = reasonOf(cause.cause);
  return because === "" ? cause.message : `${cause.message}: ${because}`;
}
