/**
 * API keys, as operators see them.
 *
 * @module
 */

/** A key to make. */
export interface ApiKeyRequest {
  /** What it is for; 1 to 200 characters. */
  readonly name: string;
  /** At least one, none twice. */
  readonly scopes: readonly string[];
  /** 0 means 90 days; at most 400 days. */
  readonly validForSeconds: number;
}

/** A new key; its text is shown once. */
export interface IssuedApiKey {
  /** `trb_<id>_<secret>_<crc>`. */
  readonly key: string;
  readonly id: string;
  readonly expiresAtMs: number;
}

/** A key without its secret. */
export interface ApiKeyView {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** 0 when it was not revoked. */
  readonly revokedAtMs: number;
}
