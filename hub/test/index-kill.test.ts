/** `kill -9` of a process that writes the index, in the middle of merges and of flushes: what was durable is all there. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { systemClock } from "@tributary/proto";
import { expect, test } from "vitest";
import { openLevelIndexStore } from "../src/adapters/level-index-store.ts";
import { COMPILE_CACHE } from "./support/compile-cache.ts";
import { expectedAt, titlesOf } from "./support/index-changes.ts";
import { openTestIndex } from "./support/open-test-index.ts";
import { rounds } from "./support/rounds.ts";
import { temporaryPath } from "./support/temporary-folder.ts";

const PROGRAM = fileURLToPath(new URL("support/index-life.ts", import.meta.url));
/** From the line at which a life is to end to its end, ms. */
const DELAYS_MS = [0, 3, 10, 30, 80];

test.for(["merge", "flush"])("survives kill -9 in the middle of a %s", async (moment, context) => {
  const folder = temporaryPath("index");
  let durable = 0;
  for (const life of rounds(context, 3)) {
    const delayMs = DELAYS_MS[life % DELAYS_MS.length] as number;
    const lines = await live(folder, { moment, nth: 1 + ((life + 1) % 3), delayMs });
    expect(lines.filter((line) => line.startsWith("reset"))).toEqual([]);
    for (const line of lines)
      durable = Math.max(durable, Number(/^durable (\d+)/.exec(line)?.[1] ?? 0));

    await using index = await openTestIndex(await openLevelIndexStore(folder));
    const position = await index.writer.position();
    expect(position).toBeGreaterThanOrEqual(durable);
    expect(titlesOf(index.generation())).toEqual(expectedAt(position));
  }
  expect(durable > 0 || context.task.meta.faults === 0).toBe(true);
});

interface Death {
  readonly moment: string;
  /** How often the moment is seen before the life ends. */
  readonly nth: number;
  readonly delayMs: number;
}

/** Runs the program, kills it, and returns what it said. */
async function live(folder: string, { moment, nth, delayMs }: Death): Promise<readonly string[]> {
  const program = spawn(process.execPath, ["--conditions=source", PROGRAM, folder], {
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(program, "exit");
  const lines: string[] = [];
  let seen = 0;
  for await (const line of createInterface(program.stdout)) {
    lines.push(line);
    if (line !== moment) continue;
    seen += 1;
    if (seen !== nth) continue;
    await systemClock.sleep(delayMs);
    program.kill("SIGKILL");
  }
  expect(await exited).toEqual([null, "SIGKILL"]);
  return lines;
}
