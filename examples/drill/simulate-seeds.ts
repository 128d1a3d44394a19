/**
 * Simulates a range of seeds in processes of their own.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { COMPILE_CACHE } from "../../hub/test/support/compile-cache.ts";

/** What a range of seeds came to. */
export interface SimulatedSeeds {
  readonly seeds: number;
  readonly crashes: number;
  readonly batches: number;
  readonly violations: readonly { readonly seed: number; readonly problems: readonly string[] }[];
}

export interface SimulateOptions {
  readonly first: number;
  readonly count: number;
  /** Seeds that have not begun by then are left out. */
  readonly seconds: number;
  /** Whether the first seed under which something does not hold is the last. Default false. */
  readonly stopsAtFirst?: boolean;
  /** Repository to run; default this one. */
  readonly root?: string;
  /** Default 2. */
  readonly processes?: number;
}

const OWN_ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** More than the longest seed takes on a slow machine. */
const GRACE_MS = 120_000;

const run = promisify(execFile);

/** @throws if a process ends otherwise than by itself, as where the simulation does not start. */
export async function simulateSeeds(options: SimulateOptions): Promise<SimulatedSeeds> {
  const { first, count, seconds, stopsAtFirst = false, root = OWN_ROOT } = options;
  const processes = Math.min(options.processes ?? 2, count);
  const untilMs = Date.now() + seconds * 1000;
  const results = await Promise.all(
    Array.from({ length: processes }, async (_, i) => {
      const own = Math.ceil((count - i) / processes);
      const range = [first + i, own, processes, untilMs, stopsAtFirst ? "stop" : ""].map(String);
      const { stdout } = await run(
        process.execPath,
        ["--conditions=source", join(root, "examples/drill/simulate.ts"), ...range],
        {
          env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
          timeout: seconds * 1000 + GRACE_MS,
          killSignal: "SIGKILL",
        },
      );
      return JSON.parse(stdout) as SimulatedSeeds;
    }),
  );
  const sum = (of: (result: SimulatedSeeds) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    seeds: sum(({ seeds }) => seeds),
    crashes: sum(({ crashes }) => crashes),
    batches: sum(({ batches }) => batches),
    violations: results.flatMap(({ violations }) => violations).sort((a, b) => a.seed - b.seed),
  };
}
