/**
 * What does an agent find out about a hub that does not keep to its log, and can it prove it to others?
 *
 * Each attack is made by a hub that signs with its own key, against an agent that follows its log. A file that the agent
 * writes is verified by `tributary-agent verify-misbehaviour` in a process of its own, with the hub's key and nothing else.
 * Prints a table and one JSON line; exits with 1 if an attack was not found within two checkpoint periods, or a provable
 * one has no file that verifies. What leaves no contradicting signatures (`provable` no) is told to the operator only. That a
 * hub leaves a center out of its answers, and not out of its summaries, is for the auditor to find: `tributary-hub log audit`.
 *
 * Usage: npm run eval -- hostile-hub
 *
 * @module
 */

import { report } from "../../.tools/bench-report.ts";
import { agent } from "../../node-agent/test/agent-process.ts";
import { temporaryFolder } from "../../node-agent/test/temporary-folder.ts";
import { ATTACKS, observe } from "../test/support/hostile-hub.ts";

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
report("eval-hostile-hub", { attacks, detected, provable, files_verified: verified });
if (detected < attacks || verified < provable) process.exitCode = 1;

async function verifies(file: string, vkey: string): Promise<boolean> {
  const { status } = await agent(["verify-misbehaviour", file, "--vkey", vkey]);
  return status === 0;
}
