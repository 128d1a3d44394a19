/**
 * Accounts of the people who operate the hub: invited by a single-use link, then known by name and password.
 *
 * @module
 */

import {
  type AccountLink,
  type AccountView,
  type Clock,
  ROLES,
  type Role,
  sha256Text,
  TributaryError,
  toBase64Url,
  toHex,
} from "@tributary/proto";
import type { AccountStore, StoredAccount } from "../ports/account-store.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import { type NewSession, Sessions } from "./sessions.ts";
import { SignInBrake } from "./sign-in-brake.ts";

export interface AccountsOptions {
  readonly store: AccountStore;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
}

/** A name in any script, without what could be taken for another or break a line of a log. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;
/** NIST SP 800-63B-4, 3.1.1.2: length is what counts, no rules of composition. */
const MIN_PASSWORD = 12;
const MAX_PASSWORD = 200;
const MAX_ACCOUNTS = 200;
const LINK_BYTES = 32;
const LINK_MS = 7 * 86_400_000;

/** All accounts of a hub, in memory and in their store. Changes are made in turn. */
export class Accounts {
  readonly sessions: Sessions;
  readonly #options: AccountsOptions;
  readonly #brake: SignInBrake;
  #accounts: ReadonlyMap<string, StoredAccount>;
  /** Of the link for the first administrator; undefined when there is none. */
  #firstLinkHash: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: AccountsOptions, accounts: readonly StoredAccount[]) {
    this.#options = options;
    this.#accounts = byName(accounts);
    this.sessions = new Sessions(options.clock, options.random);
    this.#brake = new SignInBrake(options.clock);
  }

  static async load(options: AccountsOptions): Promise<Accounts> {
    return new Accounts(options, await options.store.read());
  }

  /**
   * The secret of a link with which whoever holds it makes the first administrator; good until it is used, until any
   * administrator has a password, or until the hub stops. Undefined where there is an administrator.
   */
  firstLink(): string | undefined {
    if (this.#hasAdministrator()) return undefined;
    const secret = this.#secret();
    this.#firstLinkHash = hashOf(secret);
    return secret;
  }

  /** In the order in which they were made. */
  list(): readonly AccountView[] {
    return [...this.#accounts.values()].map(
      ({ name, role, createdAtMs, password, linkExpiresAtMs }) => ({
        name,
        role,
        createdAtMs,
        hasPassword: password !== undefined,
        linkExpiresAtMs,
      }),
    );
  }

  /**
   * Makes an account, or a new link and role for one, whose password and sessions end; durable on return.
   *
   * @throws {TributaryError} `ERR_ARGUMENT_INVALID`; `ERR_QUOTA` if there are 200.
   */
  invite(request: { readonly name: string; readonly role: string }): Promise<AccountLink> {
    const name = nameOf(request.name);
    const role = roleOf(request.role);
    return this.#inTurn(async () => {
      const old = this.#accounts.get(name);
      if (old === undefined) this.#requireRoom();
      if (old !== undefined && role !== "admin") this.#requireOtherAdministrator(name);
      const secret = this.#secret();
      const nowMs = this.#options.clock.now();
      const expiresAtMs = nowMs + LINK_MS;
      await this.#put({
        name,
        role,
        password: undefined,
        linkHash: hashOf(secret),
        linkExpiresAtMs: expiresAtMs,
        createdAtMs: old?.createdAtMs ?? nowMs,
      });
      this.sessions.endAll(name);
      return { link: secret, expiresAtMs };
    });
  }

  /** Ends an account with its sessions; durable on return. @throws {TributaryError} `ERR_NOT_FOUND`. */
  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#accounts.has(name)) {
        throw new TributaryError("ERR_NOT_FOUND", "there is no account of this name", {
          messageZh: "没有此名称的账户",
        });
      }
      this.#requireOtherAdministrator(name);
      await this.#replace([...this.#accounts.values()].filter((account) => account.name !== name));
      this.sessions.endAll(name);
    });
  }

  /**
   * Begins a session with a link, which is over then, and sets the password.
   *
   * @param link Attacker-controlled, like the others.
   * @param name Of the account to make, with the link for the first administrator.
   * @throws {TributaryError} `ERR_TOKEN_INVALID` if the link is no link, was used or is over; `ERR_ARGUMENT_INVALID`.
   */
  redeemLink(link: string, name: string, password: string): Promise<NewSession> {
    requirePassword(password);
    const hash = hashOf(link);
    return this.#inTurn(async () => {
      const account = this.#linked(hash, name);
      const hashed = await this.#options.passwords.hash(password);
      await this.#put({ ...account, password: hashed, linkHash: undefined, linkExpiresAtMs: 0 });
      if (account.role === "admin") this.#firstLinkHash = undefined;
      this.sessions.endAll(account.name);
      return this.sessions.begin(account.name, account.role);
    });
  }

  /**
   * Begins a session with a name and a password.
   *
   * @throws {TributaryError} `ERR_TOKEN_INVALID`, which does not tell whether the name exists; `ERR_QUOTA` after some
   * failures, for a while.
   */
  async signIn(name: string, password: string): Promise<NewSession> {
    this.#brake.require(name);
    const { passwords } = this.#options;
    const account = this.#accounts.get(name);
    const isRight =
      password.length <= MAX_PASSWORD && (await passwords.matches(password, account?.password));
    // Read again: it may have been ended or changed meanwhile.
    const now = this.#accounts.get(name);
    if (!isRight || now === undefined || now.password !== account?.password) {
      this.#brake.fail(name);
      throw new TributaryError("ERR_TOKEN_INVALID", "no account has this name and password", {
        messageZh: "名称或密码不正确",
      });
    }
    this.#brake.succeed(name);
    return this.sessions.begin(now.name, now.role);
  }

  #linked(hash: string, name: string): StoredAccount {
    if (hash === this.#firstLinkHash && !this.#hasAdministrator()) {
      const wished = nameOf(name);
      if (!this.#accounts.has(wished)) this.#requireRoom();
      return {
        name: wished,
        role: "admin",
        password: undefined,
        linkHash: undefined,
        linkExpiresAtMs: 0,
        createdAtMs: this.#options.clock.now(),
      };
    }
    const account = [...this.#accounts.values()].find(({ linkHash }) => linkHash === hash);
    if (account === undefined || account.linkExpiresAtMs <= this.#options.clock.now()) {
      throw new TributaryError("ERR_TOKEN_INVALID", "this link was used already or is over", {
        messageZh: "此链接已被使用或已过期",
      });
    }
    return account;
  }

  #hasAdministrator(except?: string): boolean {
    return [...this.#accounts.values()].some(
      ({ name, role, password }) => role === "admin" && password !== undefined && name !== except,
    );
  }

  /** The last administrator with a password stays one: nobody else could invite another. */
  #requireOtherAdministrator(name: string): void {
    const account = this.#accounts.get(name);
    if (account?.role !== "admin" || account.password === undefined) return;
    if (this.#hasAdministrator(name)) return;
    throw new TributaryError(
      "ERR_ARGUMENT_INVALID",
      `${name} is the only administrator; invite another one first`,
      { messageZh: `${name} 是唯一的管理员，请先邀请另一位` },
    );
  }

  #requireRoom(): void {
    if (this.#accounts.size < MAX_ACCOUNTS) return;
    throw new TributaryError("ERR_QUOTA", `a hub has at most ${MAX_ACCOUNTS} accounts`, {
      messageZh: `枢纽最多 ${MAX_ACCOUNTS} 个账户`,
      details: { limitName: "accounts", limitValue: MAX_ACCOUNTS },
    });
  }

  #secret(): string {
    return toBase64Url(this.#options.random(LINK_BYTES));
  }

  #put(account: StoredAccount): Promise<void> {
    return this.#replace([...new Map(this.#accounts).set(account.name, account).values()]);
  }

  /** Stored first: what a caller is told to hold, holds after a crash. */
  async #replace(accounts: readonly StoredAccount[]): Promise<void> {
    await this.#options.store.write(accounts);
    this.#accounts = byName(accounts);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function byName(accounts: readonly StoredAccount[]): ReadonlyMap<string, StoredAccount> {
  return new Map(accounts.map((account) => [account.name, account]));
}

function hashOf(secret: string): string {
  return toHex(sha256Text(secret));
}

function nameOf(text: string): string {
  const name = text.normalize("NFKC").trim();
  if (NAME.test(name)) return name;
  throw invalid(
    "an account's name has 1 to 64 letters, digits and . _ -, and begins with a letter or digit",
    "账户名称为 1 至 64 个字母、汉字、数字或 . _ -，并以字母、汉字或数字开头",
  );
}

function roleOf(text: string): Role {
  const role = ROLES.find((one) => one === text);
  if (role !== undefined) return role;
  throw invalid(`a role is one of ${ROLES.join(", ")}`, `角色须为 ${ROLES.join("、")} 之一`);
}

function requirePassword(password: string): void {
  if (password.length >= MIN_PASSWORD && password.length <= MAX_PASSWORD) return;
  throw invalid(
    `a password has ${MIN_PASSWORD} to ${MAX_PASSWORD} characters, not ${password.length}`,
    `密码须为 ${MIN_PASSWORD} 至 ${MAX_PASSWORD} 个字符，收到 ${password.length} 个`,
  );
}

function invalid(message: string, messageZh: string): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", message, { messageZh });
}
