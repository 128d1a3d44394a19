/**
 * The contract of {@link AccountStore}, as tests.
 *
 * @module
 */

import { describe, expect, test } from "vitest";
import type { AccountStore, StoredAccount } from "./account-store.ts";

/** @param open Makes a new, empty store. Called once a test. */
export function describeAccountStore(name: string, open: () => AccountStore): void {
  describe(`${name} is an AccountStore`, () => {
    test("starts empty", async () => {
      expect(await open().read()).toEqual([]);
    });

    test("reads back what was written last, in its order", async () => {
      const store = open();
      const invited: StoredAccount = {
        name: "王-1.x",
        role: "enrolment",
        password: undefined,
        linkHash: "ab".repeat(32),
        linkExpiresAtMs: 2 ** 52,
        createdAtMs: 1,
      };
      const admin: StoredAccount = {
        ...invited,
        name: "admin",
        role: "admin",
        password: "scrypt$15$8$3$c2FsdA$aGFzaA",
        linkHash: undefined,
        linkExpiresAtMs: 0,
      };
      await store.write([invited]);
      await store.write([admin, invited]);
      expect(await store.read()).toEqual([admin, invited]);
    });
  });
}
