/** Signing in at the organisation's OpenID provider, with a real hub and a real provider over HTTP. */

import { chmodSync, writeFileSync } from "node:fs";
import { systemClock } from "@tributary/proto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { initDataFolder } from "../src/adapters/data-folder.ts";
import { openOpenidProvider } from "../src/adapters/openid-provider.ts";
import { HubProcess } from "./support/hub-process.ts";
import { freePorts } from "./support/nats-broker.ts";
import { OpenidTestProvider } from "./support/openid-provider.ts";
import { temporaryPath } from "./support/temporary-folder.ts";

const ALICE = {
  preferred_username: "alice",
  email: "alice@copper.example",
  email_verified: true,
  groups: ["staff", "cn=hub-curators,ou=铜箔"],
};

let provider: OpenidTestProvider;
let secret: string;
let hub: HubProcess;

beforeAll(async () => {
  provider = await OpenidTestProvider.start();
  const folder = temporaryPath("hub");
  await initDataFolder(folder, undefined);
  const [port] = await freePorts(1);
  secret = temporaryPath("secret");
  writeFileSync(secret, `${provider.client.secret}\n`, { mode: 0o600 });
  const env = {
    TRIBUTARY_HUB_OIDC_ISSUER: provider.issuer,
    TRIBUTARY_HUB_OIDC_CLIENT_ID: provider.client.id,
    TRIBUTARY_HUB_OIDC_CLIENT_SECRET_FILE: secret,
    TRIBUTARY_HUB_OIDC_HUB_URL: `http://127.0.0.1:${port}`,
    TRIBUTARY_HUB_OIDC_ROLE_CLAIM: "groups",
    TRIBUTARY_HUB_OIDC_ROLES: "cn=hub-admins,ou=铜箔=admin;cn=hub-curators,ou=铜箔=curator",
    TRIBUTARY_HUB_OIDC_EMAIL_DOMAINS: "copper.example",
  };
  hub = await HubProcess.start(folder, env, { web: `127.0.0.1:${port}` });
});

afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

beforeEach(() => {
  const { saying } = provider;
  Object.assign(saying, { claims: ALICE, change: (c: object) => c, signature: "own", error: "" });
});

/** Keeps cookies for the hub, and follows no redirect by itself. */
class Browser {
  readonly cookies = new Map<string, string>();

  async get(url: string): Promise<Response> {
    const isHub = url.startsWith(hub.up.web);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers: Record<string, string> = isHub ? { cookie } : {};
    const answer = await fetch(url, { redirect: "manual", headers });
    for (const set of isHub ? answer.headers.getSetCookie() : []) {
      const [, name = "", value = ""] = /^(\w+)=([^;]*)/.exec(set) ?? [];
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** Goes to the provider and back. @returns The address at which the hub is called back. */
  async comeBack(): Promise<string> {
    const begun = await this.get(`${hub.up.web}/sign-in/organisation`);
    expect(begun.status).toBe(303);
    const answered = await this.get(begun.headers.get("location") as string);
    return answered.headers.get("location") as string;
  }

  async signIn(): Promise<Response> {
    return this.get(await this.comeBack());
  }

  /** Calls as the hub's own page does. */
  async call(rpc: string, body: object = {}): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${hub.up.web}/tributary.v1.AccountService/${rpc}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: hub.up.web,
        cookie: `tributary_session=${this.cookies.get("tributary_session") ?? ""}`,
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  }
}

async function refusalOf(answer: Response) {
  const text = await answer.text();
  return { status: answer.status, code: /<code>(ERR_\w+)</.exec(text)?.[1], text };
}

describe("somebody with a role at the organisation's provider", () => {
  test("gets a session of that role, with a name that no account has, and ends it", async () => {
    const browser = new Browser();
    expect((await browser.call("GetSession")).body).toEqual({ hasOrganisationSignIn: true });
    const done = await browser.signIn();
    expect([done.status, done.headers.get("location")]).toEqual([303, "/#/operate"]);
    expect(done.headers.get("cache-control")).toBe("no-store");
    const [session, over] = done.headers.getSetCookie();
    expect(session).toMatch(
      /^tributary_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Expires=/,
    );
    expect(over).toBe(
      "tributary_sign_in=; Path=/sign-in/organisation; HttpOnly; SameSite=Lax; Max-Age=0",
    );
    expect((await browser.call("GetSession")).body).toMatchObject({
      session: { name: "oidc:alice", role: "curator" },
    });
    expect((await browser.call("ListAccounts")).status).toBe(403);
    await browser.call("SignOut");
    expect((await browser.call("GetSession")).body).toEqual({ hasOrganisationSignIn: true });
  });

  test("never goes on with a session that was there before", async () => {
    const browser = new Browser();
    const planted = "a".repeat(43);
    browser.cookies.set("tributary_session", planted);
    await browser.signIn();
    expect(browser.cookies.get("tributary_session")).not.toBe(planted);
    const other = new Browser();
    other.cookies.set("tributary_session", planted);
    expect((await other.call("GetSession")).body).not.toHaveProperty("session");
  });

  test("is asked for with PKCE, a state and a nonce that are new each time, and comes back to the set address", async () => {
    const asked = await Promise.all(
      [1, 2].map(async () => {
        const begun = await new Browser().get(
          `${hub.up.web}/sign-in/organisation?return=https://evil.example`,
        );
        expect(begun.headers.get("set-cookie")).toMatch(
          /^tributary_sign_in=[\w-]{43}; Path=\/sign-in\/organisation; HttpOnly; SameSite=Lax; Expires=/,
        );
        return new URL(begun.headers.get("location") as string).searchParams;
      }),
    );
    for (const each of asked) {
      expect(Object.fromEntries(each)).toMatchObject({
        response_type: "code",
        code_challenge_method: "S256",
        scope: "openid profile email",
        redirect_uri: `${hub.up.web}/sign-in/organisation/callback`,
      });
    }
    for (const name of ["state", "nonce", "code_challenge"]) {
      expect(new Set(asked.map((each) => each.get(name))).size).toBe(2);
    }
  });
});

test("a client's secret that others can read, or that is not there, stops the start", async () => {
  const open = (clientSecretFile: string) =>
    openOpenidProvider({
      issuer: provider.issuer,
      clientId: provider.client.id,
      clientSecretFile,
      redirectUri: `${hub.up.web}/x`,
      scopes: "openid",
      clock: systemClock,
      onFailed: () => undefined,
    });
  await expect(open(secret)).resolves.toBeDefined();
  chmodSync(secret, 0o640);
  await expect(open(secret)).rejects.toThrow(/0600/);
  await expect(open(`${secret}.missing`)).rejects.toMatchObject({ code: "ERR_CONFIG_INVALID" });
});

describe("nobody signs in", () => {
  test.each<[string, () => void]>([
    ["the nonce of another sign-in", () => change((claims) => ({ ...claims, nonce: "another" }))],
    ["the audience of another client", () => change((claims) => ({ ...claims, aud: "another" }))],
    ["another issuer", () => change((claims) => ({ ...claims, iss: "https://evil.example" }))],
    ["a token that has ended", () => change((claims) => ({ ...claims, exp: 1_000_000 }))],
    ["no signature", () => sign("none")],
    ["a signature by the shared secret", () => sign("secret")],
    ["a signature by another key", () => sign("another's")],
  ])("with %s", async (_, arrange) => {
    arrange();
    const browser = new Browser();
    const { status, code } = await refusalOf(await browser.signIn());
    expect([status, code]).toEqual([401, "ERR_TOKEN_INVALID"]);
    expect(browser.cookies.has("tributary_session")).toBe(false);
  });

  test.each<[string, object]>([
    ["no role", { groups: ["staff"] }],
    ["no claim for a role", { groups: undefined }],
    ["a foreign domain", { email: "alice@copper.example.evil.example" }],
    ["an address that nobody verified", { email_verified: false }],
    ["no name", { preferred_username: undefined }],
    ["a name that breaks lines", { preferred_username: "alice\nadmin" }],
  ])("with %s, and hears so in both languages", async (_, other) => {
    provider.saying.claims = { ...ALICE, ...other };
    const browser = new Browser();
    const { status, code, text } = await refusalOf(await browser.signIn());
    expect([status, code]).toEqual([403, "ERR_FORBIDDEN"]);
    expect(text).toMatch(/您的单位账号[\s\S]*your organisation&#39;s account/);
    expect(browser.cookies.has("tributary_session")).toBe(false);
  });

  test("whom the provider does not let in", async () => {
    provider.saying.error = "access_denied";
    expect(await refusalOf(await new Browser().signIn())).toMatchObject({ code: "ERR_FORBIDDEN" });
  });

  test("with an answer that was used, and the one who used it stays in", async () => {
    const browser = new Browser();
    const back = await browser.comeBack();
    const before = new Map(browser.cookies);
    expect((await browser.get(back)).status).toBe(303);
    const tokens = provider.asked.get("/token");
    for (const [name, value] of before) browser.cookies.set(name, value);
    expect(await refusalOf(await browser.get(back))).toMatchObject({ code: "ERR_TOKEN_INVALID" });
    expect(provider.asked.get("/token")).toBe(tokens);
    expect((await browser.call("GetSession")).body).toHaveProperty("session");
  });

  test("with another browser's answer, which stays good for its own", async () => {
    const [browser, other] = [new Browser(), new Browser()];
    const back = await browser.comeBack();
    await other.comeBack();
    for (const thief of [other, new Browser()]) {
      expect(await refusalOf(await thief.get(back))).toMatchObject({ code: "ERR_TOKEN_INVALID" });
    }
    expect((await browser.get(back)).status).toBe(303);
  });

  test.each(["state=x&code=y", "", "code=y", "error=access_denied&error_description=<script>"])(
    "with an answer that nobody asked for: %j",
    async (query) => {
      const browser = new Browser();
      await browser.comeBack();
      const url = `${hub.up.web}/sign-in/organisation/callback?${query}`;
      const { code, text } = await refusalOf(await browser.get(url));
      expect(code).toBe("ERR_TOKEN_INVALID");
      expect(text).not.toContain("<script");
    },
  );

  test("while the provider is down, and passwords are not concerned", async () => {
    const browser = new Browser();
    const back = await browser.comeBack();
    await provider[Symbol.asyncDispose]();
    expect(await refusalOf(await browser.get(back))).toMatchObject({
      status: 503,
      code: "ERR_UNAVAILABLE",
    });
    expect(hub.messages).toMatch(/organisation_sign_in_failed.*ECONNREFUSED/);
    const link = /[\w-]{43}$/.exec(hub.up.firstLink ?? "")?.[0];
    const body = { link, name: "admin", password: "copper foil pinhole" };
    expect((await browser.call("RedeemLink", body)).status).toBe(200);
  });
});

function change(to: OpenidTestProvider["saying"]["change"]): void {
  provider.saying.change = to;
}

function sign(signature: OpenidTestProvider["saying"]["signature"]): void {
  provider.saying.signature = signature;
}
