import { statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { temporaryPath } from "../../test/support/temporary-folder.ts";
import { describeAccountStore } from "../ports/account-store.contract.ts";
import { FileAccountStore } from "./file-account-store.ts";

describeAccountStore(
  "FileAccountStore",
  () => new FileAccountStore(temporaryPath("accounts.json")),
);

test("a file of accounts is for its owner only", async () => {
  const file = temporaryPath("accounts.json");
  await new FileAccountStore(file).write([]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a file with an unknown role is not read as if the account had none", async () => {
  const file = temporaryPath("accounts.json");
  const account = { name: "x", role: "root", linkExpiresAtMs: 0, createdAtMs: 1 };
  writeFileSync(file, JSON.stringify([account]));
  await expect(new FileAccountStore(file).read()).rejects.toThrow();
});
