import { ManualClock, randomBytes } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryApiKeyStore } from "../adapters/memory-api-key-store.ts";
import { formatApiKey, parseApiKey } from "./api-key-text.ts";
import { ApiKeys } from "./api-keys.ts";

const READ = { name: "x", scopes: ["read"], validForSeconds: 0 };

async function openKeys() {
  const store = new MemoryApiKeyStore();
  const clock = new ManualClock();
  const options = { store, clock, random: randomBytes };
  return { keys: await ApiKeys.load(options), store, clock, options };
}

describe("the text of an API key", () => {
  test("is the known one: CRC-32 as zlib computes it", () => {
    expect(formatApiKey("0".repeat(16), "f".repeat(64))).toBe(
      `trb_${"0".repeat(16)}_${"f".repeat(64)}_59656a4b`,
    );
  });

  test("with any character changed is none", () => {
    const text = formatApiKey("0123456789abcdef", "0a".repeat(32));
    expect(parseApiKey(text)).toEqual({ id: "0123456789abcdef", secret: "0a".repeat(32) });
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.constantFrom(..."0123456789abcdefABCDEF_ \n"),
        (at, to) => {
          const changed = text.slice(0, at) + to + text.slice(at + 1);
          fc.pre(changed !== text);
          expect(parseApiKey(changed)).toBeUndefined();
        },
      ),
    );
    for (const other of ["", `${text}\n`, ` ${text}`, text.toUpperCase(), `${text}0`]) {
      expect(parseApiKey(other)).toBeUndefined();
    }
  });
});

describe("API keys", () => {
  test("are stored without what they prove themselves with", async () => {
    const { keys, store } = await openKeys();
    const { key } = await keys.create(READ);
    const secret = parseApiKey(key)?.secret ?? "";
    expect(secret).toHaveLength(64);
    expect(JSON.stringify([await store.read(), keys.list()])).not.toContain(secret);
  });

  test("hold after a restart, and so does a revocation", async () => {
    const { keys, options } = await openKeys();
    const kept = await keys.create(READ);
    const ended = await keys.create(READ);
    await keys.revoke(ended.id);
    const again = await ApiKeys.load(options);
    expect(again.verify(kept.key)).toMatchObject({ id: kept.id, scopes: ["read"] });
    expect(() => again.verify(ended.key)).toThrow(/not valid/);
  });

  test("with the secret of another key are not valid", async () => {
    const { keys } = await openKeys();
    const [a, b] = [await keys.create(READ), await keys.create(READ)];
    const mixed = formatApiKey(a.id, parseApiKey(b.key)?.secret ?? "");
    expect(() => keys.verify(mixed)).toThrow(/not valid/);
  });

  test.each([
    [{ ...READ, scopes: [] }],
    [{ ...READ, scopes: ["all"] }],
    [{ ...READ, scopes: ["__proto__"] }],
    [{ ...READ, scopes: ["read", "read"] }],
    [{ ...READ, name: " " }],
    [{ ...READ, name: "x".repeat(201) }],
    [{ ...READ, validForSeconds: 400 * 86_400 + 1 }],
  ])("are not made as %j", async (request) => {
    const { keys } = await openKeys();
    await expect((async () => keys.create(request))()).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
    expect(keys.list()).toEqual([]);
  });

  test("are at most 1,000, of which ended ones give way", async () => {
    const { keys, clock } = await openKeys();
    const first = await keys.create({ ...READ, validForSeconds: 1 });
    for (let i = 1; i < 1_000; i += 1) await keys.create(READ);
    await expect(keys.create(READ)).rejects.toMatchObject({
      code: "ERR_QUOTA",
      details: { limitName: "api_keys", limitValue: 1_000 },
    });
    clock.advance(1_000);
    await keys.create(READ);
    expect(keys.list()).toHaveLength(1_000);
    expect(keys.list().some(({ id }) => id === first.id)).toBe(false);
  });

  test("that are made at one moment are all kept", async () => {
    const { keys, store } = await openKeys();
    await Promise.all(Array.from({ length: 20 }, () => keys.create(READ)));
    expect(new Set((await store.read()).map(({ id }) => id)).size).toBe(20);
  });

  test("cannot be revoked when there is none", async () => {
    const { keys } = await openKeys();
    await expect(keys.revoke("0".repeat(16))).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  });
});
