/**
 * A hub whose disk is full: a code, a sentence, nothing lost, and it goes on when there is room again.
 *
 * Some tests need a small file system of their own, which only root can mount.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Drill } from "./support/drill.ts";
import type { HubProcess } from "./support/hub-process.ts";
import { temporaryPath } from "./support/temporary-folder.ts";
import type { Publisher } from "./support/test-agent.ts";

const MIB = 2 ** 20;
const canMount = process.getuid?.() === 0 && process.platform === "linux";

if (!canMount) {
  console.warn("SKIPPED: the tests of a full disk need root, to mount a file system of 256 MiB");
}

let disk: string;

describe.skipIf(!canMount)("a hub on a full disk", () => {
  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), "tributary-full-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256m", "tmpfs", disk]);
  });

  afterEach(() => {
    execFileSync("umount", ["-l", disk]);
    rmSync(disk, { recursive: true });
  });

  test("refuses batches while its reserve is touched, answers queries, and goes on when there is room", async () => {
    const drill = await Drill.open(join(disk, "hub"));
    const reserve = { TRIBUTARY_HUB_DISK_RESERVE_BYTES: String(96 * MIB) };
    {
      await using hub = await drill.start(reserve);
      await drill.feed(hub, { untilDead: false, atLeast: 5 });
      fillUpTo(64 * MIB);
      const refusal = await refusalOf(drill, hub);
      expect(refusal).toMatchObject({ code: "ERR_STORE_FULL", retryAfterMs: expect.any(Number) });
      expect(refusal.message).toMatch(/6\d MiB are free and 96 MiB must stay free/);
      expect(hub.isRunning).toBe(true);
      expect((await fetch(`${hub.up.web}/livez`)).status).toBe(200);
      empty();
      await drill.feed(hub, { untilDead: false, atLeast: 5 });
    }
    await drill.check();
  });

  test("refuses batches when nothing is left at all, and goes on when there is room", async () => {
    const drill = await Drill.open(join(disk, "hub"));
    {
      await using hub = await drill.start();
      await drill.feed(hub, { untilDead: false, atLeast: 5 });
      fillUpTo(0);
      expect(await refusalOf(drill, hub)).toMatchObject({ code: "ERR_STORE_FULL" });
      expect(hub.isRunning).toBe(true);
      empty();
      await drill.feed(hub, { untilDead: false, atLeast: 50 });
    }
    await drill.check();
  });
});

describe("a hub whose writes fail in their middle", () => {
  test("opens its stores again by itself, loses nothing and doubles nothing", async () => {
    const drill = await Drill.open(temporaryPath("hub"));
    drill.textBytes = 4_000;
    {
      await using hub = await drill.start({}, { maxFileBytes: 4 * MIB });
      await drill.feed(hub, { untilDead: false, atLeast: 200 });
      expect(hub.messages.split('"log_stopped"').length).toBeGreaterThan(2);
      expect(hub.messages).toContain("ERR_STORE_FAILED");
      expect(hub.messages).toContain("The hub is open again.");
    }
    await drill.check();
  });
});

/** Writes a file that leaves `bytes` free. */
function fillUpTo(bytes: number): void {
  const { bavail, bsize } = statfsSync(disk);
  const wanted = bavail * bsize - bytes;
  try {
    writeFileSync(join(disk, "filler"), Buffer.alloc(wanted));
  } catch (error) {
    // What the hub wrote meanwhile is room that the file does not get.
    expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
  }
}

function empty(): void {
  rmSync(join(disk, "filler"));
}

async function refusalOf(drill: Drill, hub: HubProcess) {
  await using publisher: Publisher = await drill.agent.publisher(hub.up.grpc);
  await publisher.credit;
  const { frame, seq } = await drill.sign();
  const answer = await publisher.send(frame, drill.agent.feedId, seq);
  if (answer.type !== "refusal") throw new Error(answer.type);
  return answer.refusal;
}
