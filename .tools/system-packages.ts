/**
 * Debian packages that tests use as real parts: a browser, later a broker and databases.
 *
 * Installed when missing and when this user may; otherwise the tests that need them are skipped and say so.
 *
 * @module
 */

import { type SpawnSyncOptions, spawnSync } from "node:child_process";

/** A program on the PATH and the Debian packages that bring it. */
export interface SystemPackage {
  readonly command: string;
  readonly packages: readonly string[];
  readonly neededBy: string;
}

export function installSystemPackages(wanted: readonly SystemPackage[]): void {
  const missing = wanted.filter(({ command }) => !isOnPath(command));
  if (missing.length === 0) return;
  const names = missing.flatMap(({ packages }) => packages);
  const mayInstall = process.getuid?.() === 0 && isOnPath("apt-get");
  if (mayInstall) {
    console.error(`Installing ${names.join(" ")} (Debian) ...`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const options: SpawnSyncOptions = { stdio: ["ignore", "ignore", 2], env, timeout: 600_000 };
    spawnSync("apt-get", ["update", "-qq"], options);
    spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...names], options);
  }
  for (const { command, packages, neededBy } of missing) {
    if (isOnPath(command)) continue;
    console.error(
      `SKIPPED: tests of ${neededBy}: no ${command} here (apt-get install ${packages.join(" ")})`,
    );
  }
}

export function isOnPath(command: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
}
