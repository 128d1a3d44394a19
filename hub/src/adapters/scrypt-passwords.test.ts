import { scryptSync } from "node:crypto";
import { expect, test } from "vitest";
import { ScryptPasswords } from "./scrypt-passwords.ts";

const passwords = new ScryptPasswords();

test("a hash is scrypt with its parameters in front, and another one each time", async () => {
  const [one, two] = await Promise.all([
    passwords.hash("铜箔针孔铜箔针孔铜箔针孔"),
    passwords.hash("x"),
  ]);
  const [name, logN, r, p, salt = "", hash] = one.split("$");
  expect([name, logN, r, p]).toEqual(["scrypt", "15", "8", "3"]);
  const options = { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 };
  const known = scryptSync("铜箔针孔铜箔针孔铜箔针孔", Buffer.from(salt, "base64url"), 32, options);
  expect(hash).toBe(known.toString("base64url"));
  expect(two.split("$")[4]).not.toBe(salt);
});

test("a password matches its own hash, also in another normal form, and no other", async () => {
  const hashed = await passwords.hash("Ａngström-passphrase");
  expect(await passwords.matches("A\u030angstro\u0308m", hashed)).toBe(false);
  expect(await passwords.matches("Angstro\u0308m-passphrase", hashed)).toBe(true);
  expect(await passwords.matches("angström-passphrase", hashed)).toBe(false);
});

test("what is no hash matches nothing, and neither does a missing one", async () => {
  for (const hashed of [undefined, "", "scrypt$", "plain", "scrypt$15$8$3$c2FsdA$"]) {
    expect(await passwords.matches("", hashed)).toBe(false);
  }
});
