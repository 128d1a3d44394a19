/**
 * {@link ApiKeyStore} in memory, for tests.
 *
 * @module
 */

import type { ApiKeyStore, StoredApiKey } from "../ports/api-key-store.ts";

export class MemoryApiKeyStore implements ApiKeyStore {
  #keys: readonly StoredApiKey[] = [];

  async read(): Promise<readonly StoredApiKey[]> {
    return this.#keys;
  }

  async write(keys: readonly StoredApiKey[]): Promise<void> {
    this.#keys = keys;
  }
}
