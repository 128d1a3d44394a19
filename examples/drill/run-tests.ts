/**
 * Runs tests that make faults, as often as a drill wants, and adds up what they tell.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TaskMeta } from "vitest";
import { REPOSITORY } from "../../.tools/planted-copy.ts";
import type {} from "../../hub/test/support/rounds.ts";

export interface FaultResult {
  /** Tests that passed, each with one kind of fault, and made it as often as planned. */
  readonly kinds: number;
  /** Tests that make faults. */
  readonly kindsPlanned: number;
  readonly faults: number;
  /** From faults until things went on as before, ms, ascending. */
  readonly recoveriesMs: readonly number[];
  /** Tests that were left out for want of something. */
  readonly skipped: readonly string[];
  /** What did not hold. */
  readonly problems: readonly string[];
  /** What did not end in time, of which nothing is known. */
  readonly late: readonly string[];
  /** Whether all faults that were planned were made. */
  readonly isWhole: boolean;
}

/** What Vitest writes, as far as it is needed. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
      readonly meta: TaskMeta;
    }[];
  }[];
}

/** They reach only the drill, and not the group that it starts. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** Time for the round that has begun, and for the checks at the end. */
const GRACE_MS = 120_000;

/**
 * @param files Tests of this repository.
 * @param rounds Faults of each kind.
 * @param seconds Rounds that have not begun by then are left out.
 */
export async function runTests(
  files: readonly string[],
  rounds: number,
  seconds: number,
): Promise<FaultResult> {
  const folder = mkdtempSync(join(tmpdir(), "tributary-drill-"));
  const file = join(folder, "report.json");
  const mostMs = seconds * 1000 + GRACE_MS;
  try {
    const vitest = spawn(
      process.execPath,
      [
        join(REPOSITORY, "node_modules/vitest/vitest.mjs"),
        ...["run", ...files, "--reporter=json", `--outputFile=${file}`],
        ...[`--testTimeout=${mostMs}`, `--hookTimeout=${mostMs}`],
      ],
      {
        cwd: REPOSITORY,
        env: {
          ...process.env,
          TRIBUTARY_DRILL_ROUNDS: String(rounds),
          TRIBUTARY_DRILL_UNTIL_MS: String(Date.now() + seconds * 1000),
        },
        // A group of its own, so that what the tests have started ends with them.
        detached: true,
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    const exited = once(vitest, "exit");
    const end = () => process.kill(-(vitest.pid as number), "SIGKILL");
    const interrupt = () => {
      end();
      process.exit(1);
    };
    for (const signal of SIGNALS) process.once(signal, interrupt);
    const late = setTimeout(end, mostMs);
    await exited;
    clearTimeout(late);
    for (const signal of SIGNALS) process.off(signal, interrupt);
    const report = readReport(file);
    return report === undefined
      ? { ...NOTHING, late: [`${files.join(", ")} did not end within ${mostMs / 1000} s`] }
      : resultOf(report);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const NOTHING: FaultResult = {
  kinds: 0,
  kindsPlanned: 0,
  faults: 0,
  recoveriesMs: [],
  skipped: [],
  problems: [],
  late: [],
  isWhole: false,
};

/** Undefined if the tests did not come to their end. */
function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function resultOf({ testResults }: Report): FaultResult {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === "passed").map(({ meta }) => meta);
  const whole = passed.filter(({ planned = 0, faults }) => planned > 0 && faults === planned);
  const failed = tests.filter(({ status }) => status === "failed");
  const broken = testResults.filter(({ status, message }) => status === "failed" && message !== "");
  const sum = (of: (meta: TaskMeta) => number | undefined) =>
    passed.reduce((total, meta) => total + (of(meta) ?? 0), 0);
  return {
    kinds: whole.length,
    kindsPlanned: tests.filter(({ meta }) => (meta.planned ?? 0) > 0).length,
    faults: sum(({ faults }) => faults),
    recoveriesMs: passed.flatMap(({ recoveriesMs }) => recoveriesMs ?? []).sort((a, b) => a - b),
    skipped: tests.filter(({ status }) => status === "skipped").map(({ fullName }) => fullName),
    problems: [
      ...failed.map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0] ?? ""}`),
      ...broken.map(({ name, message }) => `${name}: ${message}`),
    ],
    late: [],
    isWhole: sum(({ faults }) => faults) === sum(({ planned }) => planned),
  };
}
