/**
 * Does what a center releases about outcomes keep its promise?
 *
 * Releases the engagements of FILE.jsonl quarter by quarter, and attacks the bytes: linkage, intersection, differencing,
 * reconstruction, homogeneity, co-members, non-interference, pseudonyms. The register (`--register`, else the
 * `*register*.csv` beside the file) is what an attacker knows of all enterprises. The same attacks on unsafe releasers
 * show that they can find something. `--removals` is how many pending records are taken out, one at a time. Prints each attack's figures with the bar, and one JSON line a center; exits with 1
 * if an attack found something.
 *
 * Usage: npm run eval -- privacy FILE.jsonl [--register FILE.csv] [--k 5] [--removals N] [--no-controls]
 *        npm run eval -- privacy --generate [25,120,500,2000] [--years 5] [--seed 1] [--out DIR]
 *
 * With `--generate` synthetic centers of so many engagements a year are released; `--out` only writes their files.
 *
 * @module
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Papa from "papaparse";
import { report } from "../../.tools/bench-report.ts";
import { agentReleaser } from "./support/agent-releaser.ts";
import type { AttackResult } from "./support/attacks/attack.ts";
import { type Audit, audit } from "./support/audit.ts";
import { attackControls } from "./support/controls.ts";
import type { EvalEngagement, RegisterEntry } from "./support/engagement.ts";
import { generateEngagements } from "./support/generate-engagements.ts";
import { hierarchiesOf } from "./support/hierarchies-of.ts";
import { findRegister, parseRegister, readEngagements } from "./support/read-engagements.ts";

interface Center {
  readonly name: string;
  readonly engagements: readonly EvalEngagement[];
  readonly register: readonly RegisterEntry[];
}

const ALL_SIZES = "25,120,500,2000";
const SALTED_DIGESTS = 600_000;
/** Records that are released again, in all, to see whether a pending one shows. */
const RELEASED_AGAIN = 20_000;

const { values: flags, positionals } = parseArgs({
  args: process.argv
    .slice(2)
    .flatMap((arg, i, all) =>
      arg === "--generate" && !/^[\d,]+$/.test(all[i + 1] ?? "") ? [arg, ALL_SIZES] : [arg],
    ),
  allowPositionals: true,
  options: {
    generate: { type: "string" },
    years: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    out: { type: "string" },
    register: { type: "string" },
    k: { type: "string", default: "5" },
    removals: { type: "string" },
    "no-controls": { type: "boolean", default: false },
  },
});
const [file] = positionals;
if (file === undefined && flags.generate === undefined) {
  console.error("usage: npm run eval -- privacy FILE.jsonl | --generate [SIZES]");
  process.exit(2);
}

for await (const center of centers()) {
  if (flags.out === undefined) await evaluate(center);
  else await writeCenter(flags.out, center);
}

async function* centers(): AsyncGenerator<Center> {
  if (file !== undefined) yield await readCenter(file);
  for (const size of flags.generate?.split(",").map(Number) ?? []) {
    const options = { seed: Number(flags.seed), years: Number(flags.years), perYear: size };
    yield { name: `generated-${size}`, ...generateEngagements(options) };
  }
}

async function readCenter(path: string): Promise<Center> {
  const { items: engagements, assumptions } = await readEngagements(path);
  const registerFile = flags.register ?? (await findRegister(path));
  const register =
    registerFile === undefined
      ? { items: [], assumptions: new Map<string, number>() }
      : parseRegister(await readFile(registerFile, "utf8"));
  console.log(`register: ${registerFile ?? "none found"}, ${register.items.length} enterprises`);
  for (const [assumption, count] of [...assumptions, ...register.assumptions]) {
    console.log(`assumed ${count} times: ${assumption}`);
  }
  return { name: path, engagements, register: register.items };
}

async function evaluate({ name, engagements, register }: Center): Promise<void> {
  const k = Number(flags.k);
  const { hierarchies, added } = hierarchiesOf(engagements);
  console.log(`\n${name}: ${engagements.length} engagements, k = ${k}`);
  const unknown = Object.entries(added).filter(([, count]) => count > 0);
  for (const [kind, count] of unknown) {
    console.log(`  ${count} ${kind} are not in the vocabulary: added to the hierarchies`);
  }
  const startedAtMs = performance.now();
  const removals = Number(flags.removals ?? Math.max(3, RELEASED_AGAIN / engagements.length));
  const found = await audit(agentReleaser, {
    engagements,
    register,
    hierarchies,
    k,
    removals: Math.round(removals),
    saltedDigests: SALTED_DIGESTS,
  });
  const seconds = (performance.now() - startedAtMs) / 1000;
  for (const attack of found.attacks) console.log(lineOf(attack, attack.passed ? "pass" : "FAIL"));
  const controls = flags["no-controls"]
    ? []
    : await attackControls(engagements, { k, hierarchies });
  if (controls.length > 0) console.log("  the same attacks on unsafe releasers:");
  for (const { releaser, attack } of controls) {
    console.log(lineOf(attack, attack.passed ? "HOLDS" : "broken", releaser));
  }
  if (found.attacks.some(({ passed }) => !passed)) process.exitCode = 1;
  report("eval-privacy", { center: name, k, seconds, ...summaryOf(found), ...detailsOf(found) });
}

function lineOf({ id, name, figures, bar }: AttackResult, verdict: string, of = ""): string {
  const numbers = Object.entries(figures).map(([key, value]) => `${key} ${+value.toPrecision(4)}`);
  const title = of === "" ? name : `${of}: ${name}`;
  return `  ${id.padEnd(4)}${verdict.padEnd(7)}${title.padEnd(37)}${numbers.join(", ")}  [${bar}]`;
}

/** What an independent scorer asks for. */
function summaryOf({ attacks, utility }: Audit): Record<string, number> {
  const figure = (id: string, name: string) =>
    attacks.find((attack) => attack.id === id)?.figures[name] ?? Number.NaN;
  return {
    released: utility.released,
    provider_kept: utility.providerKept,
    mean_wait_q: utility.meanWaitQuarters,
    mean_bucket: utility.meanBucket,
    below_k: Math.max(figure("X1", "below_k"), figure("X2", "below_k")),
    exact: Math.max(figure("X2", "exact"), figure("X4", "exact")),
    isolated: figure("X3", "isolated"),
  };
}

function detailsOf({ attacks, utility }: Audit): Record<string, unknown> {
  return {
    levels: utility.levels.map((share) => Number(share.toPrecision(3))),
    passed: attacks.filter(({ passed }) => passed).map(({ id }) => id),
    failed: attacks.filter(({ passed }) => !passed).map(({ id }) => id),
    attacks: Object.fromEntries(attacks.map(({ id, figures }) => [id, figures])),
  };
}

/** Writes a generated center as `NAME.jsonl` and `NAME-register.csv`. */
async function writeCenter(folder: string, { name, engagements, register }: Center): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = engagements.map((engagement) => `${JSON.stringify(engagement)}\n`);
  await writeFile(join(folder, `${name}.jsonl`), lines.join(""));
  await writeFile(join(folder, `${name}-register.csv`), Papa.unparse([...register]));
  console.log(`${join(folder, name)}.jsonl: ${engagements.length} engagements`);
}
