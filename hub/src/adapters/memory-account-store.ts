/**
 * {@link AccountStore} in memory, for tests.
 *
 * @module
 */

import type { AccountStore, StoredAccount } from "../ports/account-store.ts";

export class MemoryAccountStore implements AccountStore {
  #accounts: readonly StoredAccount[] = [];

  async read(): Promise<readonly StoredAccount[]> {
    return this.#accounts;
  }

  async write(accounts: readonly StoredAccount[]): Promise<void> {
    this.#accounts = accounts;
  }
}
