import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startDemo } from "./support/demo.ts";

test("the demo that is stopped while its agents start leaves no process behind", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tributary-stopped-"));
  const demo = startDemo(folder);
  const ended = expect(demo.ready).rejects.toThrow("ended with 130");
  try {
    // The first that has joined is about to run; the others are on their way there.
    await expect.poll(() => joined(folder).length).toBeGreaterThan(0);
    expect(running(folder)).not.toEqual([]);
  } finally {
    expect(await demo.stop()).toBe(130);
  }
  await ended;
  expect(running(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

function joined(folder: string): string[] {
  const centers = join(folder, "centers");
  if (!existsSync(centers)) return [];
  return readdirSync(centers).filter((id) => existsSync(join(centers, id, "keys", "hub.json")));
}

/** Command lines of the processes that were started with a folder. */
function running(folder: string): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .map(commandLine)
    .filter((line) => line.includes(folder));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch (error) {
    // It ended meanwhile.
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw error;
  }
}
