/**
 * Where API keys are kept. Outside of the log: who may read a hub is nobody else's business.
 *
 * @module
 */

/** What a program may do; also the scopes of access tokens. */
export const SCOPES = ["read", "read:members", "metrics", "operate"] as const;

/** One of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

/** An API key without its secret. */
export interface StoredApiKey {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** SHA-256 of the secret, in hex. */
  readonly secretHash: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Ms since the epoch, like the others. */
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly revokedAtMs: number | undefined;
}

/** Durable keys; at most some thousand. One writer. */
export interface ApiKeyStore {
  read(): Promise<readonly StoredApiKey[]>;
  /** Replaces all. Durable on return; a crash leaves the old or the new list. */
  write(keys: readonly StoredApiKey[]): Promise<void>;
}
