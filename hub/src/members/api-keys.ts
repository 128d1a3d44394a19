/**
 * API keys of programs: made, shown once, kept as hashes, ended by time or by an operator.
 *
 * @module
 */

import {
  type ApiKeyRequest,
  type ApiKeyView,
  type Clock,
  equalBytes,
  fromHex,
  type IssuedApiKey,
  sha256Text,
  TributaryError,
  toHex,
} from "@tributary/proto";
import { type ApiKeyStore, SCOPES, type Scope, type StoredApiKey } from "../ports/api-key-store.ts";
import {
  API_KEY_ID_BYTES,
  API_KEY_SECRET_BYTES,
  formatApiKey,
  parseApiKey,
} from "./api-key-text.ts";

export interface ApiKeysOptions {
  readonly store: ApiKeyStore;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
}

const DAY_S = 86_400;
const DEFAULT_VALIDITY_S = 90 * DAY_S;
const MAX_VALIDITY_S = 400 * DAY_S;
/** Keys that are kept; ended ones give way to new ones. */
const MAX_KEYS = 1_000;

/** All keys of a hub, in memory and in their store. Changes are made in turn. */
export class ApiKeys {
  readonly #options: ApiKeysOptions;
  #keys: ReadonlyMap<string, StoredApiKey>;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: ApiKeysOptions, keys: readonly StoredApiKey[]) {
    this.#options = options;
    this.#keys = byId(keys);
  }

  static async load(options: ApiKeysOptions): Promise<ApiKeys> {
    return new ApiKeys(options, await options.store.read());
  }

  /**
   * Makes a key; durable on return.
   *
   * @throws {TributaryError} `ERR_ARGUMENT_INVALID`; `ERR_QUOTA` if 1,000 keys are good.
   */
  create(request: ApiKeyRequest): Promise<IssuedApiKey> {
    const { clock, random } = this.#options;
    const name = nameOf(request.name);
    const scopes = scopesOf(request.scopes);
    const validForSeconds = request.validForSeconds || DEFAULT_VALIDITY_S;
    if (validForSeconds > MAX_VALIDITY_S) {
      throw invalid(
        `a key is good for at most ${MAX_VALIDITY_S} s, not ${validForSeconds}`,
        `密钥有效期最长 ${MAX_VALIDITY_S} 秒，收到 ${validForSeconds}`,
      );
    }
    return this.#inTurn(async () => {
      const createdAtMs = clock.now();
      const expiresAtMs = createdAtMs + validForSeconds * 1_000;
      const id = toHex(random(API_KEY_ID_BYTES));
      const secret = toHex(random(API_KEY_SECRET_BYTES));
      const secretHash = hashOf(secret);
      const key = { id, secretHash, name, scopes, createdAtMs, expiresAtMs };
      await this.#replace([...this.#roomForOne(), { ...key, revokedAtMs: undefined }]);
      return { key: formatApiKey(id, secret), id, expiresAtMs };
    });
  }

  /** In the order in which they were made. */
  list(): readonly ApiKeyView[] {
    return [...this.#keys.values()].map(({ secretHash: _, revokedAtMs = 0, ...key }) => ({
      ...key,
      revokedAtMs,
    }));
  }

  /** Ends a key; durable on return. Again changes nothing. @throws {TributaryError} `ERR_NOT_FOUND`. */
  revoke(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const key = this.#keys.get(id);
      if (key === undefined) {
        throw new TributaryError("ERR_NOT_FOUND", "there is no API key with this id", {
          messageZh: "没有此标识的 API 密钥",
        });
      }
      if (key.revokedAtMs !== undefined) return;
      const revoked = { ...key, revokedAtMs: this.#options.clock.now() };
      await this.#replace([...this.#keys.values()].map((each) => (each === key ? revoked : each)));
    });
  }

  /**
   * The key that the text is.
   *
   * @param text Attacker-controlled.
   * @throws {TributaryError} `ERR_TOKEN_INVALID` if there is none such or it is revoked; `ERR_TOKEN_EXPIRED`.
   */
  verify(text: string): StoredApiKey {
    const { id, secret } = parseApiKey(text) ?? { id: "", secret: "" };
    const key = this.#keys.get(id);
    // Hashes are compared, so that the time it takes tells nothing about the secret.
    const isRight =
      key !== undefined && equalBytes(fromHex(hashOf(secret)), fromHex(key.secretHash));
    if (!isRight || key.revokedAtMs !== undefined) {
      throw new TributaryError("ERR_TOKEN_INVALID", "this API key is not valid here", {
        messageZh: "此 API 密钥无效",
      });
    }
    if (key.expiresAtMs <= this.#options.clock.now()) {
      const endedAt = new Date(key.expiresAtMs).toISOString();
      throw new TributaryError("ERR_TOKEN_EXPIRED", `this API key ended at ${endedAt}`, {
        messageZh: `此 API 密钥已于 ${endedAt} 到期`,
      });
    }
    return key;
  }

  #roomForOne(): readonly StoredApiKey[] {
    const all = [...this.#keys.values()];
    if (all.length < MAX_KEYS) return all;
    const nowMs = this.#options.clock.now();
    const good = all.filter((key) => key.revokedAtMs === undefined && key.expiresAtMs > nowMs);
    if (good.length < MAX_KEYS) return good;
    throw new TributaryError("ERR_QUOTA", `a hub has at most ${MAX_KEYS} API keys; revoke some`, {
      messageZh: `枢纽最多 ${MAX_KEYS} 个 API 密钥，请先撤销一些`,
      details: { limitName: "api_keys", limitValue: MAX_KEYS },
    });
  }

  /** Stored first: what a caller is told to hold, holds after a crash. */
  async #replace(keys: readonly StoredApiKey[]): Promise<void> {
    await this.#options.store.write(keys);
    this.#keys = byId(keys);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function byId(keys: readonly StoredApiKey[]): ReadonlyMap<string, StoredApiKey> {
  return new Map(keys.map((key) => [key.id, key]));
}

function hashOf(secret: string): string {
  return toHex(sha256Text(secret));
}

function nameOf(text: string): string {
  const name = text.trim();
  if (name !== "" && name.length <= 200) return name;
  throw invalid("an API key needs a name of 1 to 200 characters", "密钥名称须为 1 至 200 个字符");
}

function scopesOf(given: readonly string[]): readonly Scope[] {
  const scopes = SCOPES.filter((scope) => given.includes(scope));
  if (scopes.length > 0 && scopes.length === given.length) return scopes;
  throw invalid(
    `the scopes of an API key are one or more of ${SCOPES.join(", ")}`,
    `密钥权限须为以下一项或多项：${SCOPES.join("、")}`,
  );
}

function invalid(message: string, messageZh: string): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", message, { messageZh });
}
