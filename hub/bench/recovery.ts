/**
 * How long a hub is away that was killed with SIGKILL in the middle of an append.
 *
 * Whether anything is lost is for the drill.
 *
 * npm run bench -- recovery [--entries 1000000] [--kills 5] [--folder FOLDER]
 *
 * `recovery_ms`: from starting the process to serving, the slowest of the kills. `accepts_ms`: likewise to the first receipt
 * for a batch, by a feeder that tries all the time, and `answers_ms` to the first answer of a search that is asked as soon as
 * it serves. `recovery_checked_ms`: to serving after two kills in a row, where the start
 * first compares all files with their checksums. The log has that many entries, batches of one record each, signed and
 * appended by the log's own code, and catalog and index cover them: made once in FOLDER, which is kept; else in one
 * that is deleted at the end.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { randomBytes, type SearchAnswer, systemClock, toHex } from "@tributary/proto";
import { QueryService } from "@tributary/proto/wire";
import { report } from "../../.tools/bench-report.ts";
import { initDataFolder, openDataFolder } from "../src/adapters/data-folder.ts";
import { openLevelLogStore } from "../src/adapters/level-log-store.ts";
import { openProjection } from "../src/adapters/worker-projection.ts";
import { Drill, operatorOf } from "../test/support/drill.ts";
import type { HubProcess } from "../test/support/hub-process.ts";
import { writeLog } from "./support/write-log.ts";

const { values } = parseArgs({
  options: {
    entries: { type: "string", default: "1000000" },
    kills: { type: "string", default: "5" },
    folder: { type: "string" },
  },
});
const entries = Number(values.entries);
const kills = Number(values.kills);
/** Steps of an append, in turn, and how often each is passed before the end; the first is passed by the start itself. */
const POINTS = [
  ["write", 4],
  ["sync", 3],
  ["head", 5],
] as const;
const TOLD_EVERY = 100_000;
const CATCH_UP_MS = 3_600_000;

const parent =
  values.folder === undefined ? await mkdtemp(join(tmpdir(), "tributary-recovery-")) : undefined;
const path = values.folder ?? join(parent as string, "hub");
try {
  if (!existsSync(path)) await make();
  await cover();
  const drill = await Drill.join(path, `bench-${toHex(randomBytes(4))}`);
  const once: Recovery[] = [];
  for (let kill = 0; kill < kills; kill += 1) once.push(await recovery(drill, 1, kill));
  const checked = await recovery(drill, 2, 0);
  report("recovery", {
    recovery_ms: Math.max(...once.map(({ servesMs }) => servesMs)),
    accepts_ms: Math.max(...once.map(({ acceptsMs }) => acceptsMs)),
    answers_ms: Math.max(...once.map(({ answersMs }) => answersMs)),
    recovery_checked_ms: checked.servesMs,
    entries: await entryCount(),
    kills,
  });
} finally {
  if (parent !== undefined) await rm(parent, { recursive: true, force: true });
}

interface Recovery {
  readonly servesMs: number;
  readonly acceptsMs: number;
  readonly answersMs: number;
}

/** Kills a hub so many times in a row, and starts it. It ends cleanly. */
async function recovery(drill: Drill, times: number, round: number): Promise<Recovery> {
  const [step, count] = POINTS[round % POINTS.length] as (typeof POINTS)[number];
  for (let time = 0; time < times; time += 1) await drill.killAt(step, count);
  const received = drill.received;
  const begin = performance.now();
  await using hub = await drill.start();
  const servesMs = performance.now() - begin;
  const asking = answer(drill, hub).then(() => performance.now() - begin);
  const feeding = drill.feed(hub, { untilDead: false, atLeast: 1 });
  while (drill.received === received) await systemClock.sleep(2);
  const acceptsMs = performance.now() - begin;
  const [answersMs] = await Promise.all([asking, feeding]);
  const [serves, accepts, answers] = [servesMs, acceptsMs, answersMs].map(Math.round);
  console.log(
    `killed ${times} x at ${step}: serves after ${serves} ms, a receipt after ${accepts} ms, an answer after ${answers} ms`,
  );
  return { servesMs, acceptsMs, answersMs };
}

/** Resolves when a search has been answered with hits. */
async function answer(drill: Drill, hub: HubProcess): Promise<void> {
  using operator = operatorOf(hub, drill.adminToken);
  const { hits } = await operator.call<SearchAnswer>(QueryService.method.search, {
    query: "设备",
    pageSize: 20,
  });
  if (hits.length !== 20) throw new Error(`${hits.length} hits`);
}

/** A hub with a log of that many entries. */
async function make(): Promise<void> {
  const folder = await initDataFolder(path, undefined);
  await writeLog(folder, { records: entries - 1, batchRecords: 1 }, (written) => {
    if (written % TOLD_EVERY < 512) console.log(`log: ${written} entries`);
  });
}

/** Lets catalog and index cover the log: also of a kept folder, whose catalog another version may have made. */
async function cover(): Promise<void> {
  const folder = await openDataFolder(path);
  const logSize = await entryCount();
  await using projection = await openProjection({
    ...folder,
    logSize,
    clock: systemClock,
    random: () => 0,
    onStopped: (error) => {
      throw error;
    },
  });
  await projection.opened;
  await projection.waitUntilSearchable(logSize, AbortSignal.timeout(CATCH_UP_MS));
  console.log("catalog and index cover it");
}

async function entryCount(): Promise<number> {
  await using store = await openLevelLogStore((await openDataFolder(path)).logFolder);
  return store.entryCount();
}
