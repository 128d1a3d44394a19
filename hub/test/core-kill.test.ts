/**
 * `kill -9` of the part of a hub that keeps things, at each step of a batch and in the middle of each write: nothing is lost,
 * nothing is doubled, and every receipt that was ever issued holds. The stores are real, threads and sockets are left out,
 * so that there is time for many lives; `kill.test.ts` kills whole hubs.
 */

import { expect, test } from "vitest";
import { STEPS } from "../src/log/steps.ts";
import { CoreDrill } from "./support/core-drill.ts";
import { rounds } from "./support/rounds.ts";
import { temporaryPath } from "./support/temporary-folder.ts";

/** The first are passed while the hub starts. */
const COUNTS = [1, 2, 5, 3, 8, 4, 11, 6, 7, 9];
/** Of calls that happen seldom. */
const FEW = [1, 2, 3];
/** From the call of a method to the end of the process, ms; a synced write takes some of them. */
const DELAYS_MS = [1, 0, 2, 0, 3, 1, 5, 2, 8, 0];

const at = (values: readonly number[], round: number) => values[round % values.length] as number;

test.for(STEPS)("survives kill -9 at the step %s", async (point, context) => {
  const drill = await CoreDrill.open(temporaryPath("hub"));
  for (const round of rounds(context, 1)) {
    await drill.live({ point, count: at(COUNTS, round), delayMs: 0 });
  }
  await drill.check();
  context.task.meta.recoveriesMs = drill.recoveriesMs;
});

test.for([
  ["log.writeEntries", COUNTS],
  ["log.writeHead", COUNTS],
  ["anchor.write", COUNTS],
  ["catalog.write", COUNTS],
  ["log.replaceRecords", FEW],
  ["log.dropReplaced", FEW],
] as const)("survives kill -9 in the middle of %s", async ([point, counts], context) => {
  const drill = await CoreDrill.open(temporaryPath("hub"));
  for (const round of rounds(context, 1)) {
    await drill.live({ point, count: at(counts, round), delayMs: at(DELAYS_MS, round) });
  }
  await drill.check();
  context.task.meta.recoveriesMs = drill.recoveriesMs;
});

test("survives kill -9 while it recovers from another", async (context) => {
  const drill = await CoreDrill.open(temporaryPath("hub"));
  for (const round of rounds(context, 1)) {
    // Leaves entries behind the head, which the next start has to conclude.
    await drill.live({ point: "sync", count: at(COUNTS, round) + 1, delayMs: 0 });
    const opened = drill.recoveriesMs.length;
    await drill.live({ point: "log.readHead", count: 1, delayMs: at(DELAYS_MS, round) * 2 });
    expect(drill.recoveriesMs.length - opened).toBeLessThanOrEqual(1);
  }
  await drill.check();
  context.task.meta.recoveriesMs = drill.recoveriesMs;
});

test("survives kill -9 at any moment", async (context) => {
  const drill = await CoreDrill.open(temporaryPath("hub"));
  for (const round of rounds(context, 1)) {
    await drill.live({ receipts: 1 + round * 3, delayMs: at(DELAYS_MS, round) });
  }
  await drill.check();
  context.task.meta.recoveriesMs = drill.recoveriesMs;
});
