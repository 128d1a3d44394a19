import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readConfig, VARIABLES } from "./config.ts";

describe("readConfig", () => {
  test("has a default for everything", () => {
    expect(readConfig({})).toEqual({
      dataFolder: "./tributary-hub",
      grpc: { host: "127.0.0.1", port: 7443 },
      web: { host: "127.0.0.1", port: 7080 },
      publicAddress: undefined,
      tls: { mode: "off", files: undefined, centerLifeMs: 604_800_000 },
      connections: { total: 4_096, perAddress: 512 },
      natsServers: [],
      quota: { batchesPerSecond: 50, recordsPerMinute: 20_000, bytesPerDay: 2_147_483_648 },
      ingestMemoryBytes: 67_108_864,
      diskReserveBytes: 268_435_456,
      webRequestsPerMinute: 6_000,
      staleAfterMs: 86_400_000,
      semanticModelFolder: undefined,
      epochMs: 21_600_000,
      accessTokens: undefined,
      logLevel: "info",
    });
  });

  test("takes the command line over the environment", () => {
    const env = { TRIBUTARY_HUB_DATA: "/a", TRIBUTARY_HUB_GRPC: "0.0.0.0:1" };
    const { dataFolder, grpc } = readConfig(env, { data: "/b" });
    expect({ dataFolder, grpc }).toEqual({ dataFolder: "/b", grpc: { host: "0.0.0.0", port: 1 } });
  });

  test("reads an IPv6 address", () => {
    expect(readConfig({}, { web: "[::1]:0" }).web).toEqual({ host: "::1", port: 0 });
  });

  test("takes the operator's certificate with its key, and only where TLS is on", () => {
    const files = { TRIBUTARY_HUB_TLS_CERTIFICATE: "a.crt", TRIBUTARY_HUB_TLS_KEY: "a.key" };
    const { tls } = readConfig({ TRIBUTARY_HUB_TLS: "on", ...files });
    expect(tls.files).toEqual({ certificate: "a.crt", key: "a.key" });
    for (const env of [
      files,
      { TRIBUTARY_HUB_TLS: "proxy", ...files },
      { TRIBUTARY_HUB_TLS: "on", TRIBUTARY_HUB_TLS_KEY: "a.key" },
      { TRIBUTARY_HUB_TLS: "on", TRIBUTARY_HUB_TLS_CERTIFICATE: "a.crt" },
    ]) {
      expect(() => readConfig(env)).toThrow(/TRIBUTARY_HUB_TLS_CERTIFICATE/);
    }
  });

  test("leaves variables of others alone", () => {
    expect(() => readConfig({ TRIBUTARY_AGENT_DATA: "x", PATH: "y" })).not.toThrow();
  });

  test.each([
    ["TRIBUTARY_HUB_DTA", "/a"],
    ["TRIBUTARY_HUB_GRPC", "7443"],
    ["TRIBUTARY_HUB_WEB", "localhost:99999"],
    ["TRIBUTARY_HUB_QUOTA_BATCHES_PER_SECOND", "0"],
    ["TRIBUTARY_HUB_QUOTA_BATCHES_PER_SECOND", "many"],
    ["TRIBUTARY_HUB_LOG_LEVEL", "loud"],
  ])("refuses %s=%s and names it", (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(
      expect.objectContaining({
        code: "ERR_CONFIG_INVALID",
        message: expect.stringContaining(name),
      }),
    );
  });

  test("names all problems at once", () => {
    expect(() => readConfig({ TRIBUTARY_HUB_GRPC: "x", TRIBUTARY_HUB_LOG_LEVEL: "loud" })).toThrow(
      /TRIBUTARY_HUB_GRPC[\s\S]*TRIBUTARY_HUB_LOG_LEVEL|TRIBUTARY_HUB_LOG_LEVEL[\s\S]*TRIBUTARY_HUB_GRPC/,
    );
  });
});

test("the README names every setting with its default", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const rows = [...readme.matchAll(/^\| `(TRIBUTARY_HUB_\w+)` \| `?([^`|]*?)`? \|/gm)];
  expect(rows.map(([, name]) => name)).toEqual(Object.keys(VARIABLES));
  const withDefault = Object.fromEntries(
    rows
      .map(([, name, value]) => [name, value])
      .filter(([name, value]) => {
        return value !== "not set" && name !== "TRIBUTARY_HUB_PUBLIC";
      }),
  );
  expect(readConfig(withDefault)).toEqual(readConfig({}));
});

describe("the organisation's provider", () => {
  const env = {
    TRIBUTARY_HUB_OIDC_ISSUER: "https://login.example/realms/dth",
    TRIBUTARY_HUB_OIDC_CLIENT_ID: "hub",
    TRIBUTARY_HUB_OIDC_HUB_URL: "https://hub.example/",
    TRIBUTARY_HUB_OIDC_ROLES: "cn=admins,ou=dth=admin; curators=curator",
    TRIBUTARY_HUB_OIDC_EMAIL_DOMAINS: "Copper.example,dth.example",
  };

  test("is read with names of groups as directories write them", () => {
    expect(readConfig(env).organisation).toEqual({
      issuer: "https://login.example/realms/dth",
      clientId: "hub",
      clientSecretFile: undefined,
      hubUrl: "https://hub.example",
      scopes: "openid profile email",
      nameClaim: "preferred_username",
      roleClaim: "tributary_role",
      roles: [
        ["cn=admins,ou=dth", "admin"],
        ["curators", "curator"],
      ],
      emailDomains: ["copper.example", "dth.example"],
    });
    expect(readConfig({}).organisation).toBeUndefined();
  });

  test.each<Record<string, string | undefined>>([
    { TRIBUTARY_HUB_OIDC_ISSUER: undefined },
    { TRIBUTARY_HUB_OIDC_ISSUER: "http://login.example" },
    { TRIBUTARY_HUB_OIDC_CLIENT_ID: undefined },
    { TRIBUTARY_HUB_OIDC_HUB_URL: undefined },
    { TRIBUTARY_HUB_OIDC_HUB_URL: "https://hub.example/path" },
    { TRIBUTARY_HUB_OIDC_HUB_URL: "http://hub.example" },
    { TRIBUTARY_HUB_OIDC_HUB_URL: "hub.example" },
    { TRIBUTARY_HUB_OIDC_ROLES: undefined },
    { TRIBUTARY_HUB_OIDC_ROLES: "" },
    { TRIBUTARY_HUB_OIDC_ROLES: "=admin" },
    { TRIBUTARY_HUB_OIDC_ROLES: "admin" },
    { TRIBUTARY_HUB_OIDC_ROLES: "admins=root" },
    { TRIBUTARY_HUB_OIDC_ROLES: "admins=admin;" },
    { TRIBUTARY_HUB_OIDC_EMAIL_DOMAINS: "" },
    { TRIBUTARY_HUB_OIDC_EMAIL_DOMAINS: "@copper.example" },
    { TRIBUTARY_HUB_OIDC_SCOPES: "profile" },
  ])("is not taken with %j", (change) => {
    expect(() => readConfig({ ...env, ...change })).toThrow(/not valid/);
  });
});

describe("access tokens", () => {
  const env = {
    TRIBUTARY_HUB_TOKEN_ISSUER: "https://login.example",
    TRIBUTARY_HUB_TOKEN_AUDIENCE: "https://hub.example",
    TRIBUTARY_HUB_TOKEN_JWKS: "https://login.example/keys",
  };

  test.each(["./jwks.json", "http://127.0.0.1:80/keys", "http://[::1]/k", "https://a.example"])(
    "are taken with the keys at %s",
    (jwks) => {
      const { accessTokens } = readConfig({ ...env, TRIBUTARY_HUB_TOKEN_JWKS: jwks });
      expect(accessTokens).toEqual({
        issuer: "https://login.example",
        audience: "https://hub.example",
        jwks,
        algorithms: ["EdDSA", "ES256", "RS256"],
      });
    },
  );

  test.each<[string, Record<string, string | undefined>]>([
    [
      "keys that anybody on the way could change",
      { TRIBUTARY_HUB_TOKEN_JWKS: "http://a.example/k" },
    ],
    [
      "keys on another host that begins alike",
      { TRIBUTARY_HUB_TOKEN_JWKS: "http://127.0.0.1.a.example" },
    ],
    ["another scheme", { TRIBUTARY_HUB_TOKEN_JWKS: "ftp://a.example/k" }],
    ["a shared secret", { TRIBUTARY_HUB_TOKEN_ALGORITHMS: "HS256" }],
    ["no signature", { TRIBUTARY_HUB_TOKEN_ALGORITHMS: "none" }],
    ["no issuer", { TRIBUTARY_HUB_TOKEN_ISSUER: undefined }],
    ["no audience", { TRIBUTARY_HUB_TOKEN_AUDIENCE: undefined }],
  ])("are not taken with %s", (_, change) => {
    expect(() => readConfig({ ...env, ...change })).toThrow(/not valid/);
  });
});
