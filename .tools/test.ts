// npm test [-- ARG ...]: all tests. What they need from the machine is installed first where that is possible.

import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { installSystemPackages } from "./system-packages.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
// Debian keeps servers where not every user looks.
process.env["PATH"] = [process.env["PATH"], "/usr/sbin", "/sbin"].filter(Boolean).join(delimiter);
if (args.length === 0) {
  installSystemPackages([
    {
      command: "chromium",
      packages: ["chromium", "fonts-noto-cjk"],
      neededBy: "the page in a browser",
    },
    { command: "nats-server", packages: ["nats-server"], neededBy: "the NATS courier" },
  ]);
}
if (args.length === 0) {
  // Once, before files that each look at the page in a browser begin at the same time.
  const build = ["--conditions=source", `${root}hub/console/build.ts`];
  const built = spawnSync(process.execPath, build, { cwd: root, stdio: "inherit" });
  if (built.status !== 0) process.exit(built.status ?? 1);
}
const run = spawnSync(
  process.execPath,
  [
    `${root}node_modules/vitest/vitest.mjs`,
    "run",
    "--reporter=default",
    "--reporter=./.tools/summary-reporter.ts",
    ...args,
  ],
  { cwd: root, stdio: "inherit" },
);
process.exit(run.status ?? 1);
