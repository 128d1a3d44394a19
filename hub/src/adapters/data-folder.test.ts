import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "@tributary/proto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { initDataFolder, openDataFolder, readRunning, writeRunning } from "./data-folder.ts";

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "tributary-folder-"));
});

afterEach(() => rmSync(parent, { recursive: true }));

describe("a data folder", () => {
  test("opens with the origin, key and token that it was made with", async () => {
    const made = await initDataFolder(join(parent, "hub"), "hub.example/log");
    const opened = await openDataFolder(join(parent, "hub"));
    expect(opened.origin).toBe("hub.example/log");
    expect(toHex(opened.signingKey.publicKey)).toBe(toHex(made.signingKey.publicKey));
    expect(opened.adminToken).toBe(made.adminToken);
    expect(opened.adminToken).toMatch(/^[\w-]{43}$/);
  });

  test("has another key, token and origin each time one is made", async () => {
    const a = await initDataFolder(join(parent, "a"), undefined);
    const b = await initDataFolder(join(parent, "b"), undefined);
    expect(a.origin).not.toBe(b.origin);
    expect(a.adminToken).not.toBe(b.adminToken);
    expect(toHex(a.signingKey.publicKey)).not.toBe(toHex(b.signingKey.publicKey));
  });

  test("keeps its secrets to its owner", async () => {
    const { path } = await initDataFolder(join(parent, "hub"), undefined);
    for (const [name, mode] of [
      ["", 0o700],
      ["keys", 0o700],
      ["keys/checkpoint.jwk", 0o600],
      ["keys/admin-token", 0o600],
    ] as const) {
      expect(statSync(join(path, name)).mode & 0o777).toBe(mode);
    }
  });

  test("is not made where something is, nor under a name that cannot be an origin", async () => {
    writeFileSync(join(parent, "something"), "");
    await expect(initDataFolder(parent, undefined)).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
    await expect(initDataFolder(join(parent, "hub"), "https://x y")).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
  });

  test("is missing where init did not end", async () => {
    mkdirSync(join(parent, "hub", "keys"), { recursive: true });
    await expect(openDataFolder(join(parent, "hub"))).rejects.toMatchObject({
      code: "ERR_FOLDER_MISSING",
    });
  });

  test.each(["{", '{"version":2,"origin":"a.example/x"}', '{"version":1}'])(
    "is refused with %s as its hub.json",
    async (text) => {
      const { path } = await initDataFolder(join(parent, "hub"), undefined);
      writeFileSync(join(path, "hub.json"), text);
      await expect(openDataFolder(path)).rejects.toMatchObject({ code: "ERR_CONFIG_INVALID" });
    },
  );

  test("says which hub runs on it, until it stops", async () => {
    const folder = await initDataFolder(join(parent, "hub"), undefined);
    expect(await readRunning(folder)).toBeUndefined();
    const running = { pid: 1, grpc: "127.0.0.1:1", web: "127.0.0.1:2" };
    const stop = await writeRunning(folder, running);
    expect(await readRunning(folder)).toEqual(running);
    await stop();
    expect(await readRunning(folder)).toBeUndefined();
  });
});
