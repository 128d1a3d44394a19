// npm run check: everything that must hold before a change lands, each step a program that can be run alone.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const env = { ...process.env, PATH: `${root}node_modules/.bin${delimiter}${process.env["PATH"]}` };

const generated = mkdtempSync(join(tmpdir(), "tributary-gen-"));
const base = ["main", "origin/main"].find((ref) =>
  run("git", ["rev-parse", "-q", "--verify", ref], "ignore"),
);
const steps: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ["format and lint", "biome", ["check", "--error-on-warnings"]],
  ["types", "tsc", ["-b"]],
  ["proto lint", "buf", ["lint"]],
  ["proto format", "buf", ["format", "--diff", "--exit-code"]],
  ...(base === undefined
    ? []
    : ([["proto breaking", "buf", ["breaking", "--against", `.git#ref=${base}`]]] as const)),
  ["generate", "buf", ["generate", "--output", generated]],
  ["generated code is current", "diff", ["-r", join(generated, "proto/src/gen"), "proto/src/gen"]],
  ["dead code", "knip", []],
  ["unit tests", "vitest", ["run", "--project", "unit"]],
];

let failed = 0;
for (const [name, command, args] of steps) {
  const startedAtMs = performance.now();
  const isOk = run(command, args, "inherit");
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`${isOk ? "✔" : "✖"} ${name} (${seconds} s)`);
  if (!isOk) failed += 1;
}
rmSync(generated, { recursive: true });
if (base === undefined)
  console.log("! proto breaking: no branch main to compare with, not checked");
process.exit(failed === 0 ? 0 : 1);

function run(command: string, args: readonly string[], output: "inherit" | "ignore"): boolean {
  return (
    spawnSync(command, args, { cwd: root, env, stdio: ["ignore", output, output] }).status === 0
  );
}
