import { writeFileSync } from "node:fs";
import { systemClock } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import {
  type ClientAuthentication,
  OpenidTestProvider,
} from "../../test/support/openid-provider.ts";
import { temporaryPath } from "../../test/support/temporary-folder.ts";
import { openOpenidProvider } from "./openid-provider.ts";

const REDIRECT = "http://127.0.0.1:9/sign-in/organisation/callback";

/** Goes to a provider that takes one way alone and comes back, with a secret or as a public client. */
async function signIn(takes: ClientAuthentication | undefined, hasSecret: boolean) {
  const provider = await OpenidTestProvider.start();
  provider.authentication = takes;
  provider.saying.claims = { preferred_username: "alice" };
  const secret = temporaryPath("secret");
  writeFileSync(secret, `${provider.client.secret}\n`, { mode: 0o600 });
  const failures: string[] = [];
  const identity = await openOpenidProvider({
    issuer: provider.issuer,
    clientId: provider.client.id,
    clientSecretFile: hasSecret ? secret : undefined,
    redirectUri: REDIRECT,
    scopes: "openid",
    clock: systemClock,
    onFailed: (reason) => failures.push(reason),
  });
  const { url, attempt } = await identity.begin();
  const answered = await fetch(url, { redirect: "manual" });
  const { search } = new URL(answered.headers.get("location") as string);
  const finish = (verifier: string) => identity.finish(search.slice(1), { ...attempt, verifier });
  return {
    attempt,
    finish,
    failures,
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
}

describe("the hub says who it is at the provider", () => {
  test.each<[string, ClientAuthentication | undefined, boolean]>([
    ["by HTTP Basic where the provider announces nothing", undefined, true],
    ["by HTTP Basic", "client_secret_basic", true],
    ["by a secret in the form where that alone is taken", "client_secret_post", true],
    ["by nothing but its name and PKCE, as a public client", "none", false],
  ])("%s", async (_, takes, hasSecret) => {
    await using begun = await signIn(takes, hasSecret);
    expect(await begun.finish(begun.attempt.verifier)).toMatchObject({
      preferred_username: "alice",
    });
  });

  test("as a public client with PKCE, without which a code is worth nothing", async () => {
    await using begun = await signIn("none", false);
    await expect(begun.finish("x".repeat(43))).rejects.toMatchObject({ code: "ERR_TOKEN_INVALID" });
  });

  test("and where that is not taken, nobody signs in and operators hear why", async () => {
    await using begun = await signIn("client_secret_post", false);
    await expect(begun.finish(begun.attempt.verifier)).rejects.toMatchObject({
      code: "ERR_UNAVAILABLE",
    });
    expect(begun.failures).toEqual([expect.stringContaining("invalid_client")]);
  });
});
