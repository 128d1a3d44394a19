// npm run drill [-- --only PART] [--minutes M] [--seeds N] [--seed S] [--rounds R]:
// breaks everything on purpose and looks whether anything is lost.
//
//   simulation  hub, agents, couriers and disks under faults, one seed after the other, in two processes
//   planted     bugs that the simulation must find, planted one at a time into a copy of the repository
//   kills       kill -9 of real hubs and agents at each step of their work and in the middle of each write
//   bits        flipped bits and lost ends in every class of files of a hub and of an agent
//   courier     NATS servers that restart, forget, are cut off, run full or lose the leader of their cluster
//
// Prints a line for each thing that does not hold, with the command that repeats it; the last line is one JSON object.
// What does not fit into the minutes is left out, and counts as not held.

import { parseArgs } from "node:util";
import { findPlanted } from "./find-planted.ts";
import { PLANTED_BUGS } from "./planted-bugs.ts";
import { type FaultResult, runTests } from "./run-tests.ts";
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
    /** Faults of each kind; if left out as many as there is time for in the whole, or all where a part runs alone. */
    rounds: { type: "string" },
    /** Most minutes; if left out 10 for the whole, and 60 where parts are chosen. */
    minutes: { type: "string" },
  },
});

const KILLS = [
  "hub/test/core-kill.test.ts",
  "node-agent/test/kill.test.ts",
  "hub/test/index-kill.test.ts",
];
const HUB_KILLS = ["hub/test/kill.test.ts"];
const BITS = ["hub/test/bit-rot.test.ts", "node-agent/test/bit-rot.test.ts"];
const COURIER = ["examples/test/courier-drill.test.ts"];

/** Parts, and their shares of the time. */
const SHARES = { simulation: 0.35, planted: 0.15, kills: 0.3, bits: 0.1, courier: 0.1 };
/** Faults of each kind: in the whole, and where a part runs alone. Whole hubs take seconds to start. */
const ROUNDS = { kills: [3, 10], hubs: [1, 1], bits: [40, 80], courier: [1, 20] } as const;
const roundsOf = (what: keyof typeof ROUNDS) =>
  Number(values.rounds ?? ROUNDS[what][values.only === undefined ? 0 : 1]);
const minutes = Number(values.minutes ?? (values.only === undefined ? 10 : 60));
const parts = values.seed === undefined ? (values.only ?? Object.keys(SHARES)) : ["simulation"];
const strange = parts.find((part) => !(part in SHARES));
if (strange !== undefined) {
  console.error(`there is no part ${strange}; parts are ${Object.keys(SHARES).join(", ")}`);
  process.exit(2);
}

/** Of a part; what other parts leave is its own where they are left out. */
const secondsOf = (part: keyof typeof SHARES) => {
  const wanted = parts.map((name) => SHARES[name as keyof typeof SHARES]);
  return (minutes * 60 * SHARES[part]) / wanted.reduce((a, b) => a + b);
};

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
    seconds: secondsOf("simulation"),
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
  const { planted, found, missed } = await findPlanted(
    PLANTED_BUGS,
    secondsOf("planted"),
    console.log,
  );
  Object.assign(result, { planted_found: found, planted, missed });
  isWhole &&= missed.length === 0;
}

if (parts.includes("kills")) {
  const rounds = roundsOf("kills");
  const seconds = secondsOf("kills");
  const cores = await runTests(KILLS, rounds, seconds * 0.7);
  const hubs = await runTests(HUB_KILLS, roundsOf("hubs"), seconds * 0.3);
  tell("the kills", cores);
  tell("the kills", hubs);
  const recoveryMs = Math.round(cores.recoveriesMs.at(-1) ?? 0);
  console.log(
    `kills: ${cores.kinds} of ${cores.kindsPlanned} points x ${rounds}, and ${hubs.faults} of whole hubs; the slowest recovery took ${recoveryMs} ms`,
  );
  Object.assign(result, {
    kill_points: cores.kinds,
    kills: cores.faults + hubs.faults,
    kills_of_whole_hubs: hubs.faults,
    recovery_ms: recoveryMs,
  });
}

if (parts.includes("bits")) {
  const rounds = roundsOf("bits");
  const bits = await runTests(BITS, rounds, secondsOf("bits"));
  tell("damaged files", bits);
  const { kinds, kindsPlanned, faults } = bits;
  console.log(`bits: ${kinds} of ${kindsPlanned} classes of files x ${rounds}`);
  Object.assign(result, { damaged_files: faults, file_classes: kinds });
}

if (parts.includes("courier")) {
  const courier = await runTests(COURIER, roundsOf("courier"), secondsOf("courier"));
  tell("the couriers", courier);
  const { faults, recoveriesMs } = courier;
  const p99Ms = Math.round(recoveriesMs[Math.ceil(recoveriesMs.length * 0.99) - 1] ?? 0);
  console.log(`courier: ${faults} faults; publishing resumed after at most ${p99Ms} ms (p99)`);
  Object.assign(result, { courier_faults: faults, courier_resumes_p99_ms: p99Ms });
}

console.log(JSON.stringify({ ...result, seconds: elapsedSeconds() }));
process.exit(isWhole ? 0 : 1);

/** Prints what tests with faults did not show to hold, and counts it. */
function tell(of: string, { problems, late, skipped, isWhole: isDone }: FaultResult): void {
  for (const test of skipped) console.log(`SKIPPED: ${test}`);
  for (const problem of problems) console.log(`VIOLATION of ${of}: ${problem}`);
  for (const tests of late) console.log(`NO TIME: ${tests}`);
  result["violations"] = Number(result["violations"] ?? 0) + problems.length;
  isWhole &&= problems.length === 0 && isDone;
}
