/**
 * A program that writes the index in the folder of its argument until it is killed. Prints a line for what it begins and
 * ends: `merge`, `merged`, `flush`, `durable <position>`.
 *
 * @module
 */

import { writeSync } from "node:fs";
import { openLevelIndexStore } from "../../src/adapters/level-index-store.ts";
import { WorkerSegments } from "../../src/adapters/worker-segments.ts";
import { openIndexWriter } from "../../src/index/writer.ts";
import { changeAt } from "./index-changes.ts";
import { testAnalyzer } from "./open-test-index.ts";

const CHANGES_BETWEEN_FLUSHES = 5;

const folder = process.argv[2] as string;
const merger = new WorkerSegments({ goesLast: true });
const writer = await openIndexWriter({
  series: "life",
  store: await openLevelIndexStore(folder),
  analyzer: testAnalyzer(),
  publish: () => {},
  merge: async (inputs) => {
    say("merge");
    const merged = await merger.merge(inputs);
    say("merged");
    return merged;
  },
  onReset: (reason) => say(`reset ${reason}`),
});

for (let position = await writer.position(); ; ) {
  await writer.apply(changeAt(position));
  position += 1;
  if (position % CHANGES_BETWEEN_FLUSHES !== 0) continue;
  say("flush");
  await writer.flush();
  say(`durable ${position}`);
}

/** At once, so that it is read whatever comes next. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
