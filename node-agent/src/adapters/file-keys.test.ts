import { chmodSync, existsSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SigningKey } from "@tributary/proto";
import { expect, test } from "vitest";
import { adoptNextKey, ensureKeyFile, readKeyFile, readRetiredKeys } from "./file-keys.ts";

const newFile = () => join(mkdtempSync(join(tmpdir(), "tributary-keys-")), "keys", "agent.jwk");

test("makes a key once, readable by its owner only", async () => {
  const file = newFile();
  const key = await ensureKeyFile(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(file, "..")).mode & 0o077).toBe(0);
  expect((await ensureKeyFile(file)).publicKey).toEqual(key.publicKey);
  expect((await readKeyFile(file)).publicKey).toEqual(key.publicKey);
});

test("refuses a key that others may read, instead of making a new one", async () => {
  const file = newFile();
  await ensureKeyFile(file);
  for (const mode of [0o640, 0o604, 0o620]) {
    chmodSync(file, mode);
    await expect(ensureKeyFile(file)).rejects.toMatchObject({ code: "ERR_KEY_FILE" });
  }
});

test("refuses a file that holds no key, instead of making a new one", async () => {
  const file = newFile();
  await ensureKeyFile(file);
  writeFileSync(file, "{}");
  await expect(ensureKeyFile(file)).rejects.toMatchObject({ code: "ERR_KEY_MALFORMED" });
});

test("puts the next key in the place of the current one, and keeps the public part of that", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tributary-keys-"));
  const [agentKeyFile, nextKeyFile, retiredKeysFile] = ["a.jwk", "n.jwk", "r.json"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const files = { agentKeyFile, nextKeyFile, retiredKeysFile };
  expect(await readRetiredKeys(retiredKeysFile)).toEqual([]);
  const keys = [await ensureKeyFile(agentKeyFile)];
  for (let i = 0; i < 2; i += 1) {
    const next = await ensureKeyFile(nextKeyFile);
    await adoptNextKey(files, keys.at(-1) as SigningKey);
    expect((await readKeyFile(agentKeyFile)).publicKey).toEqual(next.publicKey);
    expect(existsSync(nextKeyFile)).toBe(false);
    keys.push(next);
  }
  const retired = await readRetiredKeys(retiredKeysFile);
  expect(retired.map(({ keyId }) => keyId)).toEqual(keys.slice(0, 2).map(({ keyId }) => keyId));
  writeFileSync(retiredKeysFile, "[1]");
  await expect(readRetiredKeys(retiredKeysFile)).rejects.toMatchObject({ code: "ERR_KEY_FILE" });
});

test("says which file is missing", async () => {
  const file = newFile();
  await expect(readKeyFile(file)).rejects.toMatchObject({
    code: "ERR_KEY_FILE",
    message: expect.stringContaining(file),
  });
});
