import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { agent, joinedFolder, RunningAgent, writeRows } from "./agent-process.ts";
import { FakeHub } from "./fake-hub.ts";

const rowsOf = (count: number, version: string): Map<string, string> =>
  new Map(Array.from({ length: count }, (_, n) => [`k${n}`, `青禾 ${n} ${version}`]));

async function runOnce(folder: string): Promise<void> {
  const { status, stderr } = await agent(["run", "--once", "--folder", folder]);
  expect(status, stderr).toBe(0);
}

/** Publishes, takes a copy of what `part` is, publishes more, and puts the copy back. */
async function restore(folder: string, part: string): Promise<void> {
  writeRows(folder, rowsOf(20, "a"));
  await runOnce(folder);
  const backup = join(mkdtempSync(join(tmpdir(), "tributary-backup-")), "copy");
  cpSync(join(folder, part), backup, { recursive: true });
  writeRows(folder, rowsOf(20, "b"));
  await runOnce(folder);
  rmSync(join(folder, part), { recursive: true });
  cpSync(backup, join(folder, part), { recursive: true });
}

test.each([
  ["the database alone, as the mark tells", "data/store"],
  ["the whole data folder, as only the hub can tell", "data"],
])(
  "an agent restored from a backup of %s opens a new feed with a snapshot",
  async (_, part) => {
    await using hub = await FakeHub.start();
    const folder = await joinedFolder(hub);
    await restore(folder, part);
    const before = hub.records.length;
    writeRows(folder, rowsOf(20, "c"));
    await runOnce(folder);
    expect(hub.feeds.size).toBe(2);
    const repeated = hub.records.slice(before);
    expect(new Set(repeated.map(({ key }) => key)).size).toBe(20);
    // The hub takes a revision only if it is higher than the one before.
    const highest = new Map<string, bigint>();
    for (const { key, revision } of hub.records) {
      expect(revision).toBeGreaterThan(highest.get(key) ?? 0n);
      highest.set(key, revision);
    }
    const { stdout } = await agent(["status", "--json", "--folder", folder]);
    expect(JSON.parse(stdout).feed).toMatchObject({ reason: "restored", isSnapshotOpen: false });
  },
  120_000,
);

test("an agent whose machine is gone goes on from its backup, with the same keys and mappings", async () => {
  await using hub = await FakeHub.start();
  const folder = await joinedFolder(hub);
  writeRows(folder, rowsOf(20, "a"));
  await runOnce(folder);
  const file = join(folder, "..", "backup");
  {
    await using running = new RunningAgent(["run", "--folder", folder]);
    await vi.waitFor(() => expect(running.stderr).toContain("running"), { timeout: 30_000 });
    expect((await agent(["backup", file, "--folder", folder])).status).toBe(0);
  }
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const again = await agent(["restore", file, "--folder", folder]);
  expect([again.status, again.stderr]).toEqual([6, expect.stringContaining("has files")]);
  const changed = `${file}.changed`;
  writeFileSync(changed, readFileSync(file, "utf8").replace('"ledger":""', '"ledger":"x"'));
  rmSync(folder, { recursive: true });
  expect((await agent(["restore", changed, "--folder", folder])).stderr).toContain("was changed");
  const restored = await agent(["restore", file, "--folder", folder]);
  expect(restored.status, restored.stderr).toBe(0);
  writeRows(folder, rowsOf(20, "b"));
  const before = hub.records.length;
  await runOnce(folder);
  expect(new Set(hub.records.slice(before).map(({ key }) => key)).size).toBe(20);
  expect(hub.feeds.size).toBe(2);
}, 120_000);

test("a backup with a path out of the folder is refused", async () => {
  const folder = join(mkdtempSync(join(tmpdir(), "tributary-backup-")), "agent");
  const json = JSON.stringify({ files: { "keys/../../evil": "" }, ledger: "" });
  const hash = createHash("sha256").update(json).digest("hex");
  const file = `${folder}.backup`;
  writeFileSync(file, `tributary-agent-backup/1 ${hash}\n${json}\n`);
  const { status, stderr } = await agent(["restore", file, "--folder", folder]);
  expect([status, stderr]).toEqual([1, expect.stringContaining("ERR_STORE_DAMAGED")]);
  expect(existsSync(folder)).toBe(false);
});

const mayMount = process.getuid?.() === 0 && process.platform === "linux";
if (!mayMount) console.warn("SKIPPED: disk full needs root on Linux, to mount a small file system");

test.skipIf(!mayMount)(
  "an agent whose disk is full says so, lives on, and publishes everything once when there is space",
  async () => {
    await using hub = await FakeHub.start();
    const small = mkdtempSync(join(tmpdir(), "tributary-full-"));
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", small]);
    expect(mounted.status, String(mounted.stderr)).toBe(0);
    try {
      const folder = await joinedFolder(hub, small);
      writeRows(folder, rowsOf(10, "a"));
      await runOnce(folder);
      const filler = join(small, "filler");
      const more = rowsOf(9_000, "b");
      writeRows(folder, more);
      writeUntilFull(filler);

      await using running = new RunningAgent(["run", "--folder", folder]);
      await vi.waitFor(() => expect(running.stderr).toContain("disk"), {
        timeout: 60_000,
        interval: 100,
      });
      expect(running.isRunning).toBe(true);
      rmSync(filler);
      const versions = () => hub.records.filter(({ key }) => more.has(key)).length;
      await vi.waitFor(() => expect(versions()).toBe(10 + more.size), {
        timeout: 90_000,
        interval: 200,
      });
      expect(running.isRunning).toBe(true);
      expect(hub.feeds.size).toBe(1);
    } finally {
      spawnSync("umount", ["-l", small]);
    }
  },
  240_000,
);

function writeUntilFull(path: string): void {
  try {
    writeFileSync(path, new Uint8Array(64 * 2 ** 20));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

test("a second process on the folder is refused with a code, and the first goes on", async () => {
  await using hub = await FakeHub.start();
  const folder = await joinedFolder(hub);
  writeRows(folder, rowsOf(5, "a"));
  await using running = new RunningAgent(["run", "--json", "--folder", folder]);
  await vi.waitFor(() => expect(hub.records.length).toBe(5), { timeout: 30_000, interval: 50 });
  const second = await agent(["run", "--once", "--json", "--folder", folder]);
  expect(second.status).toBe(6);
  expect(JSON.parse(second.stdout)).toMatchObject({ error: { code: "ERR_FOLDER_IN_USE" } });

  const status = await agent(["status", "--json", "--folder", folder]);
  expect(JSON.parse(status.stdout)).toMatchObject({ isRunning: true, center: "center-a" });
  await agent(["pause", "--folder", folder]);
  writeRows(folder, rowsOf(6, "a"));
  const feed = () => agent(["feed", "list", "--json", "--folder", folder]);
  await vi.waitFor(
    async () => expect(JSON.parse((await feed()).stdout).batches.at(-1).state).toBe("waiting"),
    { timeout: 30_000, interval: 50 },
  );
  expect(hub.records.length).toBe(5);
  await agent(["resume", "--folder", folder]);
  await vi.waitFor(() => expect(hub.records.length).toBe(6), { timeout: 30_000, interval: 50 });
  expect(running.isRunning).toBe(true);
}, 120_000);

test("a mass change pauses the source until a person accepts it", async () => {
  await using hub = await FakeHub.start();
  const folder = await joinedFolder(hub);
  writeRows(folder, rowsOf(40, "a"));
  await runOnce(folder);
  writeRows(folder, rowsOf(4, "a"));
  const paused = await agent(["run", "--once", "--folder", folder]);
  expect(paused.status).toBe(6);
  expect(paused.stderr).toContain("ERR_MASS_CHANGE");
  expect(hub.records.length).toBe(40);
  const resumed = await agent(["resume", "providers", "--accept-mass-change", "--folder", folder]);
  expect(resumed.status, resumed.stderr).toBe(0);
  await runOnce(folder);
  expect(hub.records.filter(({ operation }) => operation === "withdraw").length).toBe(36);
}, 120_000);

test("join takes the code from stdin or a file, and has no option that would hold it", async () => {
  const help = await agent(["join", "--help"]);
  expect(help.status).toBe(0);
  expect(help.stdout).toContain("--code-file");
  expect(help.stdout).not.toMatch(/--(code|secret|token)[ =<]/);
  const refused = await agent(["join", "tributary-join-1.abc"]);
  expect(refused.status).toBe(2);
}, 60_000);
