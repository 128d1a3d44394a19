/**
 * The contract of {@link ApiKeyStore}, as tests.
 *
 * @module
 */

import { describe, expect, test } from "vitest";
import type { ApiKeyStore, StoredApiKey } from "./api-key-store.ts";

/** @param open Makes a new, empty store. Called once a test. */
export function describeApiKeyStore(name: string, open: () => ApiKeyStore): void {
  describe(`${name} is an ApiKeyStore`, () => {
    test("starts empty", async () => {
      expect(await open().read()).toEqual([]);
    });

    test("reads back what was written last, in its order", async () => {
      const store = open();
      const good: StoredApiKey = {
        id: "00112233445566ff",
        secretHash: "ab".repeat(32),
        name: '监控 "x" ../',
        scopes: ["metrics", "read:members"],
        createdAtMs: 1,
        expiresAtMs: 2 ** 52,
        revokedAtMs: undefined,
      };
      const revoked = { ...good, id: "ff".repeat(8), revokedAtMs: 5 };
      await store.write([good]);
      await store.write([revoked, good]);
      expect(await store.read()).toEqual([revoked, good]);
    });
  });
}
