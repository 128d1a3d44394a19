// Simulates a range of seeds and prints one JSON object: what did not hold, and what it took.
//
//   node --conditions=source examples/drill/simulate.ts FIRST COUNT STEP UNTIL_MS [stop]
//
// Seeds FIRST, FIRST + STEP, ...; COUNT of them, or as many as begin before UNTIL_MS (since the epoch). With `stop` the
// first seed under which something does not hold is the last.

import { installSyncCrypto } from "./simulation/sync-crypto.ts";
import { simulate, simulationKeys } from "./simulation/world.ts";

const [first = 0, count = 1, step = 1, untilMs = 0] = process.argv.slice(2, 6).map(Number);
const stopsAtFirst = process.argv[6] === "stop";

const keys = await simulationKeys();
using _ = installSyncCrypto();

let [seeds, crashes, batches] = [0, 0, 0];
const violations: { readonly seed: number; readonly problems: readonly string[] }[] = [];
for (let seed = first; seeds < count && Date.now() < untilMs; seed += step) {
  const result = await simulate(seed, keys);
  seeds += 1;
  crashes += result.crashes;
  batches += result.batches;
  if (result.violations.length === 0) continue;
  violations.push({ seed, problems: result.violations });
  if (stopsAtFirst) break;
}
console.log(JSON.stringify({ seeds, crashes, batches, violations }));
