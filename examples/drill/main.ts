// npm run drill [-- --seeds N] [-- --seed S]: breaks everything on purpose and looks whether anything is lost.
//
// Simulates hub, agents, couriers and disks under faults, one seed after the other, in two processes. Prints one line for
// each thing that does not hold, with the command that repeats it; the last line is one JSON object.

import { parseArgs } from "node:util";
import { simulateSeeds } from "./simulate-seeds.ts";

const { values } = parseArgs({
  options: {
    /** Seeds to simulate. */
    seeds: { type: "string", default: "1000" },
    /** The first of them; another range finds other things. */
    first: { type: "string", default: "0" },
    /** Only this seed. */
    seed: { type: "string" },
    /** Most seconds for the simulation. */
    seconds: { type: "string", default: "300" },
  },
});

const startedAtMs = performance.now();
const first = Number(values.seed ?? values.first);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const simulated = await simulateSeeds({ first, count, seconds: Number(values.seconds) });
for (const { seed, problems } of simulated.violations) {
  for (const problem of problems) console.log(`VIOLATION of seed ${seed}: ${problem}`);
  console.log(`  again: npm run drill -- --seed ${seed}`);
}
const violations = simulated.violations.length;
console.log(
  JSON.stringify({
    violations,
    seeds: simulated.seeds,
    simulated_crashes: simulated.crashes,
    simulated_batches: simulated.batches,
    seconds: Math.round((performance.now() - startedAtMs) / 1000),
  }),
);
process.exit(violations === 0 ? 0 : 1);
