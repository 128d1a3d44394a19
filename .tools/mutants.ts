// npm run mutants [-- NAME ...]: plants one bug at a time in a copy of the repository and runs the tests that must
// find it. A bug that no test finds is a hole in the tests; the last line is one JSON object.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { MUTANTS } from "./mutant-list.ts";
import { PlantedCopy, REPOSITORY } from "./planted-copy.ts";

const wanted = process.argv.slice(2);
const chosen = MUTANTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const copy = new PlantedCopy();

// A copy whose tests fail by themselves would call every bug found.
const guards = [...new Set(chosen.flatMap(({ tests }) => tests))];
if (!runTests(guards)) {
  console.error("the tests fail without any planted bug");
  process.exit(1);
}

const survivors: string[] = [];
for (const mutant of chosen) {
  const { name, tests } = mutant;
  using _ = copy.plant(mutant);
  const isKilled = !runTests(tests);
  if (!isKilled) survivors.push(name);
  console.log(`${isKilled ? "killed  " : "SURVIVED"} ${name}`);
}
copy[Symbol.dispose]();
console.log(
  JSON.stringify({ planted: chosen.length, found: chosen.length - survivors.length, survivors }),
);
process.exit(survivors.length === 0 ? 0 : 1);

function runTests(tests: readonly string[]): boolean {
  const args = ["run", "--bail", "1", ...tests];
  const vitest = join(REPOSITORY, "node_modules/vitest/vitest.mjs");
  const run = spawnSync(process.execPath, [vitest, ...args], {
    cwd: copy.root,
    stdio: "ignore",
    timeout: 300_000,
  });
  return run.status === 0;
}
