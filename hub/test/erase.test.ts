/** A record's contents are erased for good: from answers, from the log, from the disk; what surrounds them stays provable. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Invitation, randomBytes, systemClock, toHex, verifyEvidence } from "@tributary/proto";
import { AdminService } from "@tributary/proto/wire";
import { createClient } from "@tributary/sdk";
import { expect, test } from "vitest";
import { initDataFolder } from "../src/adapters/data-folder.ts";
import { operatorOf } from "./support/drill.ts";
import { HubProcess, runHubCommand } from "./support/hub-process.ts";
import { temporaryPath } from "./support/temporary-folder.ts";
import { caseRecord, TestAgent } from "./support/test-agent.ts";

test("an erased record is nowhere, also after a restart, and its neighbour stays provable", async () => {
  const folder = temporaryPath("hub");
  const { adminToken } = await initDataFolder(folder, undefined);
  const marker = toHex(randomBytes(24));
  const urn = "urn:dth:c-one:case:gone";
  {
    await using hub = await HubProcess.start(folder);
    using operator = operatorOf(hub, adminToken);
    const invitation = { centerId: "c-one", centerName: "一号中心", preapproved: true };
    const { code } = await operator.call<Invitation>(
      AdminService.method.createInvitation,
      invitation,
    );
    const agent = await TestAgent.join(code);
    await using publisher = await agent.publisher(hub.up.grpc);
    const records = [caseRecord("gone", `甲 ${marker}`), caseRecord("stays", "乙 能耗看板")];
    const { frame } = await agent.batch(records, "end");
    expect((await publisher.send(frame, agent.feedId, 0n)).type).toBe("receipt");
    using client = createClient({ url: `grpc://${hub.up.grpc}` });
    const found = async () => (await client.search(marker)).total;
    await until(async () => (await found()) === 1);

    const unsure = await erase(urn);
    expect([unsure.status, unsure.stderr]).toEqual([2, expect.stringContaining("--yes")]);
    const erased = await erase(urn, "--yes");
    expect([erased.status, erased.stdout]).toEqual([0, expect.stringContaining("1 versions")]);
    await until(async () => (await found()) === 0);
    expect((await erase(urn, "--yes")).stdout).toContain("Nothing to erase");
    expect((await erase("urn:dth:c-one:case", "--yes")).stderr).toContain("ERR_URN_MALFORMED");
    const evidence = await client.evidence("urn:dth:c-one:case:stays");
    const verified = await verifyEvidence(evidence, await client.trust());
    expect(verified.record).toMatchObject({ kind: "case", key: "stays" });
    expect(filesWith(join(folder, "log"), marker)).toEqual([]);
  }
  const check = await runHubCommand(["fsck", "--data", folder]);
  expect([check.status, check.stderr]).toEqual([0, expect.any(String)]);
  await using again = await HubProcess.start(folder);
  using client = createClient({ url: `grpc://${again.up.grpc}` });
  await until(async () => (await client.search("能耗看板")).total === 1);
  expect((await client.search(marker)).total).toBe(0);

  function erase(...args: string[]) {
    return runHubCommand(["erase", "--data", folder, "--reason", "应企业要求", ...args]);
  }
}, 120_000);

function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const endMs = systemClock.now() + 60_000;
  while (!(await holds())) {
    if (systemClock.now() > endMs) throw new Error("it does not come true");
    await systemClock.sleep(50);
  }
}
