import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("support/index-alive.ts", import.meta.url));

test("a process that only waits for the index lives until the answer comes, and not longer", () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--conditions=source", program], {
    encoding: "utf8",
    timeout: 25_000,
  });
  expect({ stdout, stderr, status }).toEqual({ stdout: "3\n", stderr: "", status: 0 });
});
