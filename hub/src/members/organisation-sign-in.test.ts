import { ManualClock, randomBytes } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { MemoryAccountStore } from "../adapters/memory-account-store.ts";
import type { IdentityClaims, IdentityProvider } from "../ports/identity-provider.ts";
import { Accounts } from "./accounts.ts";
import { OrganisationSignIn } from "./organisation-sign-in.ts";
import { Sessions } from "./sessions.ts";

const MINUTE_MS = 60_000;

function open(claims: IdentityClaims = { name: "alice", groups: ["curators"] }) {
  const clock = new ManualClock();
  let begun = 0;
  const finished: string[] = [];
  const provider: IdentityProvider = {
    begin: async () => {
      begun += 1;
      const state = `s${begun}`;
      return {
        url: `https://login.example/?state=${state}`,
        attempt: { state, nonce: "n", verifier: "v" },
      };
    },
    finish: async (_query, { state }) => {
      finished.push(state);
      return claims;
    },
  };
  const signIn = new OrganisationSignIn({
    provider,
    rules: {
      nameClaim: "name",
      roleClaim: "groups",
      roles: [
        ["admins", "admin"],
        ["curators", "curator"],
        ["viewers", "viewer"],
      ],
      emailDomains: [],
    },
    sessions: new Sessions(clock, randomBytes),
    clock,
    random: randomBytes,
  });
  return { signIn, clock, finished };
}

describe("a sign-in at the organisation's provider", () => {
  test.each<[string | readonly string[], string]>([
    ["viewers", "viewer"],
    [["viewers", "curators"], "curator"],
    [["others", "viewers", "admins"], "admin"],
  ])("gives %j the role that stands first in the table: %s", async (groups, role) => {
    const { signIn } = open({ name: "王工@单位.example", groups });
    const { secret } = await signIn.begin();
    const { session } = await signIn.finish(secret, "state=s1");
    expect(session).toMatchObject({ name: "oidc:王工@单位.example", role });
  });

  test.each([
    ["", "a list in it", ["curators"]],
    ["curatorsx"],
    { curators: 1 },
    1,
    null,
    undefined,
  ])("gives no role for %j", async (groups) => {
    const { signIn, finished } = open({ name: "alice", groups });
    const { secret } = await signIn.begin();
    await expect(signIn.finish(secret, "state=s1")).rejects.toMatchObject({
      code: "ERR_FORBIDDEN",
    });
    expect(finished).toEqual(["s1"]);
  });

  test.each([
    "ａlice",
    "a".repeat(129),
    "",
    " alice",
    "a b",
    "oidc:alice",
    "a\u202Eb",
    1,
    ["alice"],
  ])("knows nobody by the name %j", async (name) => {
    const { signIn } = open({ name, groups: "admins" });
    const { secret } = await signIn.begin();
    await expect(signIn.finish(secret, "state=s1")).rejects.toMatchObject({
      code: "ERR_FORBIDDEN",
    });
  });

  test("gives a name that no account of the hub can have", async () => {
    const { signIn, clock } = open();
    const { secret } = await signIn.begin();
    const { name } = (await signIn.finish(secret, "state=s1")).session;
    const accounts = await Accounts.load({
      store: new MemoryAccountStore(),
      passwords: { hash: async (password) => password, matches: async () => false },
      clock,
      random: randomBytes,
    });
    expect(() => accounts.invite({ name, role: "admin" })).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT_INVALID" }),
    );
  });

  test("is over after ten minutes", async () => {
    const { signIn, clock, finished } = open();
    const [first, second] = [await signIn.begin(), await signIn.begin()];
    clock.advance(10 * MINUTE_MS - 1);
    expect((await signIn.finish(first.secret, "state=s1")).session.name).toBe("oidc:alice");
    clock.advance(1);
    await expect(signIn.finish(second.secret, "state=s2")).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
    expect(finished).toEqual(["s1"]);
  });

  test("gives way only to ten thousand younger ones, so that a flood takes no more memory", async () => {
    const { signIn, finished } = open();
    const [first, second] = [await signIn.begin(), await signIn.begin()];
    for (let i = 0; i < 9_999; i += 1) await signIn.begin();
    await expect(signIn.finish(first.secret, "state=s1")).rejects.toMatchObject({
      code: "ERR_TOKEN_INVALID",
    });
    await signIn.finish(second.secret, "state=s2");
    expect(finished).toEqual(["s2"]);
  });
});
