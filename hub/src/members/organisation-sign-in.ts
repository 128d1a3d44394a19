/**
 * Signing in through the organisation's own OpenID provider: who comes back from it begins a session, with the role that
 * the operator's table gives to a claim, and with none otherwise.
 *
 * @module
 */

import {
  type Clock,
  equalBytes,
  type Role,
  sha256Text,
  TributaryError,
  toBase64Url,
} from "@tributary/proto";
import type {
  IdentityClaims,
  IdentityProvider,
  SignInAttempt,
} from "../ports/identity-provider.ts";
import type { NewSession, Sessions } from "./sessions.ts";

/** Who of the provider's people may sign in, and as what. */
export interface OrganisationRules {
  /** Claim that names the person. */
  readonly nameClaim: string;
  /** Claim that holds a value, or a list of values, of `roles`. */
  readonly roleClaim: string;
  /** The first value that a person has decides. */
  readonly roles: readonly (readonly [value: string, role: Role])[];
  /** Lower case; empty: any, and none is needed. */
  readonly emailDomains: readonly string[];
}

export interface OrganisationSignInOptions {
  readonly provider: IdentityProvider;
  readonly rules: OrganisationRules;
  readonly sessions: Pick<Sessions, "begin">;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
}

/** A sign-in begun, with what only its browser may hold. */
export interface BegunSignIn {
  /** At the provider. */
  readonly url: string;
  /** 43 characters. */
  readonly secret: string;
  readonly expiresAtMs: number;
}

/** Before names of the provider's people. No account of the hub has a colon in its name, so none is taken for another. */
const PREFIX = "oidc:";
/** What an address or a name in any script has, without what could break a line of a log. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,127}$/u;
const ATTEMPT_MS = 600_000;
/** Sign-ins that wait for the provider; the oldest gives way. */
const MAX_ATTEMPTS = 10_000;
const SECRET_BYTES = 32;

interface Waiting {
  readonly attempt: SignInAttempt;
  /** SHA-256 of the browser's secret. */
  readonly browser: Uint8Array;
  readonly expiresAtMs: number;
}

export class OrganisationSignIn {
  readonly #options: OrganisationSignInOptions;
  /** By state, the oldest first. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(options: OrganisationSignInOptions) {
    this.#options = options;
  }

  /** @throws {TributaryError} `ERR_UNAVAILABLE` if the provider cannot be asked now. */
  async begin(): Promise<BegunSignIn> {
    const { provider, clock, random } = this.#options;
    const { url, attempt } = await provider.begin();
    const secret = toBase64Url(random(SECRET_BYTES));
    const expiresAtMs = clock.now() + ATTEMPT_MS;
    this.#waiting.set(attempt.state, { attempt, browser: sha256Text(secret), expiresAtMs });
    for (const [state, oldest] of this.#waiting) {
      if (this.#waiting.size <= MAX_ATTEMPTS && oldest.expiresAtMs > clock.now()) break;
      this.#waiting.delete(state);
    }
    return { url, secret, expiresAtMs };
  }

  /**
   * Begins a session with the provider's answer, once.
   *
   * @param secret What the browser brought. Attacker-controlled, like the query.
   * @param query Of the address at which the browser came back, without `?`.
   * @throws {TributaryError} `ERR_TOKEN_INVALID` if this browser has no such sign-in or the answer proves nothing;
   * `ERR_FORBIDDEN` if the provider or the rules say no; `ERR_UNAVAILABLE`.
   */
  async finish(secret: string | undefined, query: string): Promise<NewSession> {
    const { provider, rules, sessions } = this.#options;
    const claims = await provider.finish(query, this.#take(secret, query));
    requireDomain(claims, rules);
    return sessions.begin(PREFIX + nameOf(claims, rules), roleOf(claims, rules));
  }

  /** Taken before the provider is asked, so that no answer counts twice; left where it is another browser's. */
  #take(secret: string | undefined, query: string): SignInAttempt {
    const state = new URLSearchParams(query).get("state") ?? "";
    const waiting = this.#waiting.get(state);
    const isOwn =
      waiting !== undefined &&
      secret !== undefined &&
      equalBytes(waiting.browser, sha256Text(secret));
    if (isOwn) this.#waiting.delete(state);
    if (isOwn && waiting.expiresAtMs > this.#options.clock.now()) return waiting.attempt;
    throw new TributaryError(
      "ERR_TOKEN_INVALID",
      "this sign-in was not begun in this browser, is over, or was used already; begin again",
      { messageZh: "此次登录不是在本浏览器中发起，或已过期、已使用，请重新登录" },
    );
  }
}

function requireDomain(claims: IdentityClaims, { emailDomains }: OrganisationRules): void {
  if (emailDomains.length === 0) return;
  const { email, email_verified: isVerified } = claims;
  const domain = typeof email === "string" ? email.slice(email.lastIndexOf("@") + 1) : "";
  if (isVerified === true && emailDomains.includes(domain.toLowerCase())) return;
  throw new TributaryError(
    "ERR_FORBIDDEN",
    "your organisation's account has no verified e-mail address of a domain that may sign in here",
    { messageZh: "您的单位账号没有经验证的、属于允许域名的电子邮箱，不能登录本枢纽" },
  );
}

function nameOf(claims: IdentityClaims, { nameClaim }: OrganisationRules): string {
  const name = Object.hasOwn(claims, nameClaim) ? claims[nameClaim] : undefined;
  // Not made canonical here: two names of the provider must not become one.
  if (typeof name === "string" && NAME.test(name) && name.normalize("NFKC") === name) return name;
  throw new TributaryError(
    "ERR_FORBIDDEN",
    `the claim ${nameClaim} of your organisation's account is not a name of 1 to 128 letters, digits and . _ @ + -`,
    {
      messageZh: `您的单位账号的声明 ${nameClaim} 不是由 1 至 128 个字母、汉字、数字或 . _ @ + - 组成的名称`,
    },
  );
}

function roleOf(claims: IdentityClaims, { roleClaim, roles }: OrganisationRules): Role {
  const values = Object.hasOwn(claims, roleClaim) ? [claims[roleClaim]].flat() : [];
  const found = roles.find(([value]) => values.includes(value));
  if (found !== undefined) return found[1];
  throw new TributaryError(
    "ERR_FORBIDDEN",
    "your organisation's account has no role on this hub; ask whoever administers it",
    { messageZh: "您的单位账号在本枢纽没有角色，请联系枢纽管理员" },
  );
}
