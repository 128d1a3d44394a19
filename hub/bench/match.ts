// npm run bench -- match: ranking and plans over 10,000 providers and 200,000 sealed buckets of 40 centers.
//
// Buckets are invented (test/support/match-world.ts) and go through the production reader; questions differ in scenario,
// sector, size and region, and half of them have budget and pains. Times are of the answer alone, on one thread, as the
// match thread of a hub computes it. "refresh" is what a new release costs once, before the next question.

import { Worker } from "node:worker_threads";

/** As `adapters/thread.ts` starts the threads of a hub. */
new Worker(new URL("./support/match-run.ts", import.meta.url), {
  resourceLimits: { maxYoungGenerationSizeMb: 96, maxOldGenerationSizeMb: 4096 },
});
