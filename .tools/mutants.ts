// npm run mutants [-- NAME ...]: plants one bug at a time in a copy of the repository and runs the tests that must
// find it. A bug that no test finds is a hole in the tests; the last line is one JSON object.

import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MUTANTS } from "./mutant-list.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const wanted = process.argv.slice(2);
const chosen = MUTANTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

const copy = mkdtempSync(join(tmpdir(), "tributary-mutants-"));
cpSync(root, copy, {
  recursive: true,
  filter: (path) => !/\/(node_modules|\.git|\.demo[^/]*|dist)$/.test(path),
});
linkDependencies();

// A copy whose tests fail by themselves would call every bug found.
const guards = [...new Set(chosen.flatMap(({ tests }) => tests))];
if (!runTests(guards)) {
  console.error("the tests fail without any planted bug");
  process.exit(1);
}

const survivors: string[] = [];
for (const { name, file, find, replace, tests } of chosen) {
  const path = join(copy, file);
  const original = readFileSync(path, "utf8");
  if (original.split(find).length !== 2) {
    throw new Error(`mutant ${name}: the text to replace must stand once in ${file}`);
  }
  writeFileSync(
    path,
    original.replace(find, () => replace),
  );
  const isKilled = !runTests(tests);
  writeFileSync(path, original);
  if (!isKilled) survivors.push(name);
  console.log(`${isKilled ? "killed  " : "SURVIVED"} ${name}`);
}
rmSync(copy, { recursive: true });
console.log(
  JSON.stringify({ planted: chosen.length, found: chosen.length - survivors.length, survivors }),
);
process.exit(survivors.length === 0 ? 0 : 1);

function runTests(tests: readonly string[]): boolean {
  const args = ["run", "--bail", "1", ...tests];
  const run = spawnSync(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), ...args], {
    cwd: copy,
    stdio: "ignore",
    timeout: 300_000,
  });
  return run.status === 0;
}

/** Links every installed package, but our own to the copy: a bug in one must show in the others. */
function linkDependencies(): void {
  const modules = join(copy, "node_modules");
  mkdirSync(join(modules, "@tributary"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "@tributary" && !name.startsWith(".")) {
      symlinkSync(join(root, "node_modules", name), join(modules, name));
    }
  }
  for (const name of ["proto", "hub", "node-agent", "sdk", "examples"]) {
    symlinkSync(join(copy, name), join(modules, "@tributary", name));
  }
}
