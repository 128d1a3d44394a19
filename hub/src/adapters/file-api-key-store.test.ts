import { statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { temporaryPath } from "../../test/support/temporary-folder.ts";
import { describeApiKeyStore } from "../ports/api-key-store.contract.ts";
import { FileApiKeyStore } from "./file-api-key-store.ts";

describeApiKeyStore("FileApiKeyStore", () => new FileApiKeyStore(temporaryPath("keys.json")));

test("a file of keys is for its owner only", async () => {
  const file = temporaryPath("keys.json");
  await new FileApiKeyStore(file).write([]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a file with an unknown scope is not read as if the scope were not there", async () => {
  const file = temporaryPath("keys.json");
  const key = { id: "00".repeat(8), secretHash: "00".repeat(32), name: "x", scopes: ["all"] };
  writeFileSync(file, JSON.stringify([{ ...key, createdAtMs: 1, expiresAtMs: 2 }]));
  await expect(new FileApiKeyStore(file).read()).rejects.toThrow();
});
