/**
 * What does an agent find out about a hub that does not keep to its log, and can it prove it to others?
 *
 * Each attack is made by a hub that signs with its own key, against an agent that follows its log. A file that the agent
 * writes is verified by `tributary-agent verify-misbehaviour` in a process of its own, with the hub's key and nothing else.
 * Then it shows one agent a fork, against a quorum of two of three witnesses: no receipt there may become final, and the witnesses
 * that see the other log refuse the fork, with files.
 * Prints tables and one JSON line; exits with 1 if an attack was not found within two checkpoint periods, a provable
 * one has no file that verifies, or a receipt on a fork became final. What leaves no contradicting signatures (`provable` no) is told to the operator only. That a
 * hub leaves a center out of its answers, and not out of its summaries, is for the auditor to find: `tributary-hub log audit`.
 *
 * Usage: npm run eval -- hostile-hub
 *
 * @module
 */

import { WITNESS_STATUS } from "@tributary/proto";
import { report } from "../../.tools/bench-report.ts";
import { agent } from "../../node-agent/test/agent-process.ts";
import { temporaryFolder } from "../../node-agent/test/temporary-folder.ts";
import { ATTACKS, observe } from "../test/support/hostile-hub.ts";
import { observeSplitView, SHOWN } from "../test/support/split-view.ts";

let [attacks, detected, provable, verified] = [0, 0, 0, 0];
const rows: Record<string, Readonly<Record<string, string | number>>> = {};
for (const [name, { act, isProvable }] of Object.entries(ATTACKS)) {
  await using folder = await temporaryFolder();
  const { periods, code, file, trust } = await observe(act, folder.path);
  const isVerified = file !== undefined && (await verifies(file, trust.vkey));
  attacks += 1;
  if (periods !== undefined) detected += 1;
  if (isProvable) provable += 1;
  if (isVerified) verified += 1;
  rows[name] = {
    periods: periods ?? "never",
    code,
    provable: isProvable ? "yes" : "no",
    file: isVerified ? "verifies" : "-",
  };
}
console.table(rows);

let [forks, final, pending, refused] = [0, 0, 0, 0];
const forkRows: Record<string, Readonly<Record<string, string | number>>> = {};
for (const shown of SHOWN) {
  await using folder = await temporaryFolder();
  const { before, after, answers, files, victimFiles, trust } = await observeSplitView(
    shown,
    folder.path,
  );
  const proofs = [...files, ...victimFiles];
  const good = await Promise.all(proofs.map((file) => verifies(file, trust.vkey)));
  const refusals = answers.filter(({ status }) => status === WITNESS_STATUS.conflict).length;
  forks += 1;
  final += after.final - before.final;
  pending += after.pending;
  refused += refusals;
  provable += answers.length;
  verified += good.filter(Boolean).length;
  forkRows[shown] = {
    "receipts on the fork": after.pending + after.final - before.final,
    final: after.final - before.final,
    "witnesses that refuse": `${refusals} of ${answers.length}`,
    "files that verify": `${good.filter(Boolean).length} of ${proofs.length}`,
  };
}
console.table(forkRows);
report("eval-hostile-hub", {
  attacks,
  detected,
  forks,
  final_on_forks: final,
  witnesses_refused: refused,
  provable,
  files_verified: verified,
});
const isSafe = pending === forks && final === 0 && refused === 2 * forks;
if (detected < attacks || verified < provable || !isSafe) process.exitCode = 1;

async function verifies(file: string, vkey: string): Promise<boolean> {
  const { status } = await agent(["verify-misbehaviour", file, "--vkey", vkey]);
  return status === 0;
}
