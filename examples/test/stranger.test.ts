/**
 * An agent that shares no code with ours publishes to a real hub: what proto/README.md says is enough.
 */

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type Invitation, systemClock } from "@tributary/proto";
import { AdminService } from "@tributary/proto/wire";
import { createClient, verifyEvidence } from "@tributary/sdk";
import { expect, test } from "vitest";
import { initDataFolder } from "../../hub/src/adapters/data-folder.ts";
import { operatorOf } from "../../hub/test/support/drill.ts";
import { HubProcess } from "../../hub/test/support/hub-process.ts";
import { temporaryPath } from "../../hub/test/support/temporary-folder.ts";

const program = fileURLToPath(new URL("../stranger/main.ts", import.meta.url));

test("imports nothing but Node's standard library", () => {
  const source = readFileSync(program, "utf8");
  const imports = [...source.matchAll(/from "([^"]+)"|import\("([^"]+)"/g)].map(([, name]) => name);
  expect(imports.length).toBeGreaterThan(0);
  for (const name of imports) expect(name).toMatch(/^node:/);
});

test("a record of a stranger's agent is found, and its evidence verifies", async () => {
  const folder = temporaryPath("hub");
  const { adminToken } = await initDataFolder(folder, undefined);
  await using hub = await HubProcess.start(folder);
  using operator = operatorOf(hub, adminToken);
  const { code } = await operator.call<Invitation>(AdminService.method.createInvitation, {
    centerId: "stranger",
    centerName: "陌生人",
    preapproved: true,
  });
  const { status, stdout, stderr } = await run(code);
  expect([status, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toMatchObject({ center: "stranger", key: "first", size: 3 });

  using client = createClient({ url: `grpc://${hub.up.grpc}` });
  const urn = "urn:dth:stranger:case:first";
  const untilMs = systemClock.now() + 60_000;
  for (;;) {
    const { hits } = await client.search("陌生语言");
    if (hits[0]?.record.urn === urn) break;
    if (systemClock.now() > untilMs) throw new Error("the record is not found");
    await systemClock.sleep(50);
  }
  const proven = await verifyEvidence(await client.evidence(urn), hub.up);
  expect(proven).toMatchObject({ centerId: "stranger" });

  const again = await run(code);
  expect(again.status).not.toBe(0);
  expect(again.stderr).toContain("ERR_");
});

async function run(joinCode: string) {
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(joinCode);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await ended, stdout, stderr };
}
