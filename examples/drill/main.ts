// npm run drill [-- --only PART] [--minutes M] [--seeds N] [--seed S]: breaks everything on purpose and looks whether anything is lost.
//
//   simulation  hub, agents, couriers and disks under faults, one seed after the other, in two processes
//   planted     bugs that the simulation must find, planted one at a time into a copy of the repository
//
// Prints a line for each thing that does not hold, with the command that repeats it; the last line is one JSON object.
// What does not fit into the minutes is left out, and counts as not held.

import { parseArgs } from "node:util";
import { findPlanted } from "./find-planted.ts";
import { PLANTED_BUGS } from "./planted-bugs.ts";
import { simulateSeeds } from "./simulate-seeds.ts";

const { values } = parseArgs({
  options: {
    /** A part; all of them if left out. */
    only: { type: "string", multiple: true },
    /** Seeds to simulate. */
    seeds: { type: "string", default: "1000" },
    /** The first of them; another range finds other things. */
    first: { type: "string", default: "0" },
    /** Only this seed, and no other part. */
    seed: { type: "string" },
    /** Most minutes of the whole. */
    minutes: { type: "string", default: "10" },
  },
});

const PARTS = ["simulation", "planted"];
/** Of each part; the rest is for starts and ends. */
const SECONDS = Number(values.minutes) * 60 * 0.45;
const parts = values.seed === undefined ? (values.only ?? PARTS) : ["simulation"];
const strange = parts.find((part) => !PARTS.includes(part));
if (strange !== undefined) {
  console.error(`there is no part ${strange}; parts are ${PARTS.join(", ")}`);
  process.exit(2);
}

const startedAtMs = performance.now();
const elapsedSeconds = () => Math.round((performance.now() - startedAtMs) / 1000);
const result: Record<string, unknown> = {};
let isWhole = true;

if (parts.includes("simulation")) {
  const first = Number(values.seed ?? values.first);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const { seeds, crashes, batches, violations } = await simulateSeeds({
    first,
    count,
    seconds: SECONDS,
  });
  for (const { seed, problems } of violations) {
    for (const problem of problems) console.log(`VIOLATION of seed ${seed}: ${problem}`);
    console.log(`  again: npm run drill -- --seed ${seed}`);
  }
  console.log(`simulation: ${seeds} of ${count} seeds, ${batches} batches, ${crashes} crashes`);
  Object.assign(result, {
    violations: violations.length,
    seeds,
    simulated_crashes: crashes,
    seconds_simulation: elapsedSeconds(),
  });
  isWhole &&= violations.length === 0 && seeds === count;
}

if (parts.includes("planted")) {
  const { planted, found, missed } = await findPlanted(PLANTED_BUGS, SECONDS, console.log);
  Object.assign(result, { planted_found: found, planted, missed });
  isWhole &&= missed.length === 0;
}

console.log(JSON.stringify({ ...result, seconds: elapsedSeconds() }));
process.exit(isWhole ? 0 : 1);
