import { ManualClock, randomBytes } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { MemoryAccountStore } from "../adapters/memory-account-store.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import { Accounts } from "./accounts.ts";

const PASSWORD = "copper foil pinhole";
const HOUR_MS = 3_600_000;

/** Fast, and as one-way as these tests need. */
const passwords: PasswordHasher = {
  hash: async (password) => `hashed ${password}`,
  matches: async (password, hashed) => hashed === `hashed ${password}`,
};

async function openAccounts() {
  const clock = new ManualClock();
  const options = { store: new MemoryAccountStore(), passwords, clock, random: randomBytes };
  return { accounts: await Accounts.load(options), clock, options };
}

/** Accounts with an administrator `admin`. */
async function withAdministrator() {
  const opened = await openAccounts();
  const { accounts } = opened;
  const begun = await accounts.redeemLink(accounts.firstLink() as string, "admin", PASSWORD);
  return { ...opened, begun };
}

describe("the first administrator", () => {
  test("comes by a link that works once, and signs in by password from then on", async () => {
    const { accounts, options } = await openAccounts();
    const link = accounts.firstLink() as string;
    const { session, secret } = await accounts.redeemLink(link, "王工", PASSWORD);
    expect(session).toMatchObject({ name: "王工", role: "admin" });
    expect(accounts.sessions.get(secret)).toEqual(session);
    await expect(accounts.redeemLink(link, "mallory", PASSWORD)).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
    expect(accounts.firstLink()).toBeUndefined();
    const again = await Accounts.load(options);
    expect(again.firstLink()).toBeUndefined();
    expect((await again.signIn("王工", PASSWORD)).session.role).toBe("admin");
    expect(JSON.stringify(await options.store.read())).not.toContain(link);
  });

  test("is not made by an older link when another one was given out", async () => {
    const { accounts } = await openAccounts();
    const old = accounts.firstLink() as string;
    accounts.firstLink();
    await expect(accounts.redeemLink(old, "x", PASSWORD)).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
  });

  test("of a hub that has one by invitation leaves the link without use", async () => {
    const { accounts } = await openAccounts();
    const first = accounts.firstLink() as string;
    const { link } = await accounts.invite({ name: "a", role: "admin" });
    await accounts.redeemLink(link, "", PASSWORD);
    await expect(accounts.redeemLink(first, "b", PASSWORD)).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
  });
});

describe("an account", () => {
  test("is invited with a role, and its link ends after a week", async () => {
    const { accounts, clock } = await withAdministrator();
    const { link, expiresAtMs } = await accounts.invite({ name: "curator-1", role: "curator" });
    expect(expiresAtMs - clock.now()).toBe(7 * 24 * HOUR_MS);
    expect(accounts.list()[1]).toMatchObject({ role: "curator", hasPassword: false });
    clock.advance(7 * 24 * HOUR_MS);
    await expect(accounts.redeemLink(link, "", PASSWORD)).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
    const { link: other } = await accounts.invite({ name: "curator-1", role: "viewer" });
    const { session } = await accounts.redeemLink(other, "admin", PASSWORD);
    expect(session).toMatchObject({ name: "curator-1", role: "viewer" });
  });

  test("that is invited again loses its password and its sessions", async () => {
    const { accounts, begun } = await withAdministrator();
    const { link } = await accounts.invite({ name: "two", role: "admin" });
    const { secret } = await accounts.redeemLink(link, "", PASSWORD);
    await accounts.invite({ name: "two", role: "viewer" });
    expect(accounts.sessions.get(secret)).toBeUndefined();
    expect(accounts.sessions.get(begun.secret)).toBeDefined();
    await expect(accounts.signIn("two", PASSWORD)).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
  });

  test("that is removed is nobody any more, at once", async () => {
    const { accounts } = await withAdministrator();
    const { link } = await accounts.invite({ name: "two", role: "viewer" });
    const { secret } = await accounts.redeemLink(link, "", PASSWORD);
    await accounts.remove("two");
    expect(accounts.sessions.get(secret)).toBeUndefined();
    await expect(accounts.signIn("two", PASSWORD)).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
    await expect(accounts.remove("two")).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  });

  test("of the only administrator can neither be removed nor lose its role", async () => {
    const { accounts } = await withAdministrator();
    // One who was invited and has no password yet is none.
    await accounts.invite({ name: "invited", role: "admin" });
    for (const change of [
      accounts.remove("admin"),
      accounts.invite({ name: "admin", role: "viewer" }),
    ]) {
      await expect(change).rejects.toMatchObject({ code: "ERR_ARGUMENT_INVALID" });
    }
  });

  test.each(["", " ", "-x", "a b", "a\nb", "x".repeat(65), "<script>", "a\u202eb"])(
    "cannot be called %j",
    async (name) => {
      const { accounts } = await openAccounts();
      await expect(async () => accounts.invite({ name, role: "viewer" })).rejects.toMatchObject({
        code: "ERR_ARGUMENT_INVALID",
      });
    },
  );

  test("needs a role that exists and a password that is long enough", async () => {
    const { accounts } = await openAccounts();
    await expect(async () => accounts.invite({ name: "x", role: "root" })).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
    const link = accounts.firstLink() as string;
    await expect(async () => accounts.redeemLink(link, "x", "elevenchars")).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
    expect((await accounts.redeemLink(link, "x", "twelve chars")).session.role).toBe("admin");
  });
});

describe("signing in", () => {
  test("does not tell whether a name or a password is wrong", async () => {
    const { accounts } = await withAdministrator();
    const failures = await Promise.all(
      [
        ["admin", "wrong password"],
        ["nobody", PASSWORD],
        ["admin", "x".repeat(100_000)],
      ].map(([name = "", password = ""]) =>
        accounts.signIn(name, password).catch((error: Error) => error.message),
      ),
    );
    expect(new Set(failures)).toEqual(new Set(["no account has this name and password"]));
  });

  test("is slowed down after ten failures for a name, for a quarter of an hour", async () => {
    const { accounts, clock } = await withAdministrator();
    for (let i = 0; i < 10; i += 1) {
      await expect(accounts.signIn("admin", "wrong")).rejects.toMatchObject({
        code: "ERR_TOKEN_INVALID",
      });
    }
    await expect(accounts.signIn("admin", PASSWORD)).rejects.toMatchObject({
      code: "ERR_QUOTA",
      details: { retryAfterMs: HOUR_MS / 4 },
    });
    clock.advance(HOUR_MS / 4);
    await accounts.signIn("admin", PASSWORD);
    // And the count begins anew.
    await expect(accounts.signIn("admin", "wrong")).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
    await accounts.signIn("admin", PASSWORD);
  });

  test("lasts half a day, or until it is ended", async () => {
    const { accounts, clock, begun } = await withAdministrator();
    clock.advance(12 * HOUR_MS - 1);
    expect(accounts.sessions.get(begun.secret)).toBeDefined();
    clock.advance(1);
    expect(accounts.sessions.get(begun.secret)).toBeUndefined();
    const { secret } = await accounts.signIn("admin", PASSWORD);
    accounts.sessions.end(secret);
    expect(accounts.sessions.get(secret)).toBeUndefined();
    expect(accounts.sessions.get("")).toBeUndefined();
  });
});
