import { X509Certificate } from "node:crypto";
import { copyFile, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomBytes } from "@tributary/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { openDataFolder } from "../src/adapters/data-folder.ts";
import { command } from "./support/command.ts";
import { Drill } from "./support/drill.ts";
import { temporaryPath } from "./support/temporary-folder.ts";
import { certified, testAuthority } from "./support/tls-authority.ts";

const MINUTE = 60_000;

/** A stopped hub with batches, a backup without the key that was taken while it ran, and a copy of the key. */
let drill: Drill;
let backup: string;
let key: string;
/** The copy of the checkpoint that the hub kept while it ran. */
let anchor: string;

beforeAll(async () => {
  drill = await Drill.open(temporaryPath("hub"));
  backup = temporaryPath("hub.backup");
  key = temporaryPath("checkpoint.jwk");
  anchor = temporaryPath("anchor");
  await copyFile(join(drill.folder, "keys", "checkpoint.jwk"), key);
  await using hub = await drill.start({ TRIBUTARY_HUB_ANCHOR: anchor });
  await drill.feed(hub, { untilDead: false, atLeast: 6 });
  // More batches arrive while it is taken.
  const [taken] = await Promise.all([
    command(["backup", backup, "--data", drill.folder]),
    drill.feed(hub, { untilDead: false, atLeast: 20 }),
  ]);
  expect(taken).toMatchObject({ status: 0, answer: { withKey: false } });
  // So that the backup is older than the log in any case.
  await drill.feed(hub, { untilDead: false, atLeast: 1 });
}, 5 * MINUTE);

async function restore(
  file: string,
  options: readonly string[] = ["--key", key],
  env: Readonly<Record<string, string>> = {},
) {
  const folder = temporaryPath("restored");
  return { folder, ...(await command(["restore", file, "--data", folder, ...options], env)) };
}

describe("a backup of a running hub", () => {
  test("is a prefix of its log with every batch that had a receipt, and nobody else may read it", async () => {
    const { size } = (await restore(backup)).answer;
    expect(size).toBeGreaterThanOrEqual(6);
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
  });

  test("holds the key only if it was asked for, and says what that means", async () => {
    const { d } = JSON.parse(await readFile(key, "utf8"));
    expect((await readFile(backup)).includes(d)).toBe(false);
    const file = temporaryPath("with-key");
    const taken = await command(["backup", file, "--data", drill.folder, "--with-key"]);
    expect(taken.messages).toContain("can sign a false history");
    expect((await readFile(file)).includes(d)).toBe(true);
    expect((await restore(file, [])).status).toBe(0);
  });

  test("never replaces a file", async () => {
    const before = await readFile(backup);
    const again = await command(["backup", backup, "--data", drill.folder]);
    expect(again.answer).toMatchObject({ error: { code: "ERR_ARGUMENT_INVALID" } });
    expect(await readFile(backup)).toEqual(before);
  });
});

describe("the authority for TLS", () => {
  test("comes back with a restore of a backup with the key: what it issued holds, and it issues what the old join codes trust", async () => {
    const { tlsAuthority } = await openDataFolder(drill.folder);
    const before = await testAuthority({ files: tlsAuthority });
    const names = { centerId: "jinling", keyId: randomBytes(32) };
    const issued = await certified(before, names);
    const file = temporaryPath("with-authority");
    await command(["backup", file, "--data", drill.folder, "--with-key"]);
    const { folder, status } = await restore(file, []);
    expect(status).toBe(0);
    const restored = await openDataFolder(folder);
    for (const path of Object.values(restored.tlsAuthority)) {
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }
    const after = await testAuthority({ files: restored.tlsAuthority });
    expect(after.certificate).toBe(before.certificate);
    const trusted = new X509Certificate(before.certificate);
    for (const { certificate } of [issued, await certified(after, names)]) {
      const own = new X509Certificate(certificate);
      expect(own.checkIssued(trusted) && own.verify(trusted.publicKey)).toBe(true);
    }
    // Another authority of the same name is no stand-in.
    const other = new X509Certificate((await certified(await testAuthority(), names)).certificate);
    expect(other.verify(trusted.publicKey)).toBe(false);
  });
});

describe("a restore", () => {
  test("is refused without the key or with another", async () => {
    expect((await restore(backup, [])).answer).toMatchObject({
      error: { code: "ERR_ARGUMENT_INVALID" },
    });
    const other = temporaryPath("other");
    await command(["init", "--data", other]);
    const wrong = await restore(backup, ["--key", join(other, "keys", "checkpoint.jwk")]);
    expect(wrong.answer).toMatchObject({ error: { code: "ERR_ARGUMENT_INVALID" } });
    expect(wrong.answer.error.message).toContain("not the one that signed");
  });

  test(
    "of a file that was changed or cut anywhere is refused and leaves no folder",
    async () => {
      const whole = await readFile(backup);
      const places = Array.from({ length: 6 }, (_, i) =>
        Math.floor((whole.length * (i + 0.5)) / 6),
      );
      const changed = places.map((at) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] as number) ^ 1;
        return bytes;
      });
      const cut = [whole.subarray(0, whole.length - 1), whole.subarray(0, whole.length >> 1)];
      for (const bytes of [...changed, ...cut]) {
        const file = temporaryPath("damaged");
        await writeFile(file, bytes);
        const { status, answer, folder } = await restore(file);
        expect([status, answer.error?.code], JSON.stringify(answer)).not.toContain(0);
        await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
      }
    },
    MINUTE,
  );

  test("is refused when the copy of the newest checkpoint is larger than the backup", async () => {
    const { answer } = await restore(backup, ["--key", key], { TRIBUTARY_HUB_ANCHOR: anchor });
    expect(answer).toMatchObject({ error: { code: "ERR_CHECKPOINT_INCONSISTENT" } });
  });

  test("of the newest state needs nobody to accept it when the copy of the checkpoint says so", async () => {
    const newest = temporaryPath("newest");
    await command(["backup", newest, "--data", drill.folder]);
    const { answer } = await restore(newest, ["--key", key], { TRIBUTARY_HUB_ANCHOR: anchor });
    expect(answer).toMatchObject({ held: false });
  });
});

test("a data folder that went back in time is noticed by the copy of the checkpoint, accepted or not", async () => {
  const { folder } = await restore(backup);
  for (const options of [[], ["--accept-restored"]]) {
    const { answer } = await command(["up", "--data", folder, ...options], {
      TRIBUTARY_HUB_ANCHOR: anchor,
      TRIBUTARY_HUB_DISK_RESERVE_BYTES: "0",
    });
    expect(answer).toMatchObject({ error: { code: "ERR_CHECKPOINT_INCONSISTENT" } });
    // It is still not accepted.
    expect((await stat(join(folder, "restored.json"))).isFile()).toBe(true);
  }
});

test(
  "a hub that lost its disk comes back from its newest backup: held until accepted, nothing lost, nothing double, every receipt holds",
  async () => {
    const newest = temporaryPath("newest");
    expect(await command(["backup", newest, "--data", drill.folder])).toMatchObject({ status: 0 });
    await rm(drill.folder, { recursive: true });
    const restored = await command(["restore", newest, "--data", drill.folder, "--key", key]);
    expect(restored.answer).toMatchObject({ held: true });
    const checkpoint = await readFile(join(drill.folder, "checkpoint"), "utf8");
    {
      await using hub = await drill.start();
      const { frame, seq } = await drill.sign();
      await using publisher = await drill.agent.publisher(hub.up.grpc);
      await publisher.credit;
      const refused = await publisher.send(frame, drill.agent.feedId, seq);
      expect(refused).toMatchObject({ refusal: { code: "ERR_UNAVAILABLE", retryAfterMs: 30_000 } });
      const head = await command(["log", "head", "--data", drill.folder]);
      expect(head.answer).toMatchObject({ size: restored.answer.size, checkpoint });
    }
    expect(await readFile(join(drill.folder, "checkpoint"), "utf8")).toBe(checkpoint);
    await drill.check({ acceptRestored: true });
  },
  5 * MINUTE,
);
