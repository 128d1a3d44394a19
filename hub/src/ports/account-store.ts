/**
 * Where accounts of operators are kept. Outside of the log: who works at a hub is nobody else's business.
 *
 * @module
 */

import type { Role } from "@tributary/proto";

/** An account with hashes for secrets. */
export interface StoredAccount {
  readonly name: string;
  readonly role: Role;
  /** What the password hasher made; undefined until the link was used. */
  readonly password: string | undefined;
  /** SHA-256 of the link's secret, in hex; undefined without a link. */
  readonly linkHash: string | undefined;
  /** Ms since the epoch, like the other. 0 without a link. */
  readonly linkExpiresAtMs: number;
  readonly createdAtMs: number;
}

/** Durable accounts; at most some hundred. One writer. */
export interface AccountStore {
  read(): Promise<readonly StoredAccount[]>;
  /** Replaces all. Durable on return; a crash leaves the old or the new list. */
  write(accounts: readonly StoredAccount[]): Promise<void>;
}
