/**
 * Receipts and witnesses with a real hub, in a process of its own, and three agents over gRPC: one publishes and asks for two of
 * three cosignatures, all of them cosign.
 */

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, verifyEvidence } from "@tributary/sdk";
import { parseWitnessPolicy, verifyWitnessedEvidence } from "@tributary/sdk/audit";
import { expect, test } from "vitest";
import { HubProcess } from "../../hub/test/support/hub-process.ts";
import type { AgentStatus } from "../../node-agent/src/cli/status-operation.ts";
import { PROVIDERS_MAPPING } from "../../node-agent/test/agent-process.ts";
import {
  agentCommand,
  hubCommand,
  joinWitnesses,
  policyOf,
  runningAgent,
} from "./support/witnesses.ts";

const WAIT = { timeout: 150_000, interval: 500 };

test("receipts become final while two of three witnesses cosign, wait without a stop of publishing while they do not, and become final then", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tributary-quorum-"));
  const [hubFolder, publisher] = [join(folder, "hub"), join(folder, "center-a")];
  const rows: string[] = [];
  const addRow = () => {
    rows.push(`${rows.length + 1},甲${rows.length + 1}`);
    writeFileSync(join(publisher, "providers.csv"), `编号,名称\n${rows.join("\n")}\n`);
  };
  const status = async (): Promise<AgentStatus> =>
    JSON.parse(await agentCommand(["status", "--json", "--folder", publisher]));
  const receipts = async () => {
    const { feed, quorum } = await status();
    const received = Number(feed.nextSeq) - feed.outboxBatches;
    return { received, final: quorum?.final ?? 0, pending: quorum?.pendingWitness ?? 0 };
  };
  const received = async (isWanted: (now: Awaited<ReturnType<typeof receipts>>) => boolean) => {
    await expect.poll(async () => isWanted(await receipts()), WAIT).toBe(true);
    return receipts();
  };
  const allFinalBeyond = (count: number) =>
    received((now) => now.received > count && now.final === now.received && now.pending === 0);

  await hubCommand("init", "--data", hubFolder);
  {
    await using hub = await HubProcess.start(hubFolder);
    const policy = policyOf(await joinWitnesses(folder, hubFolder));
    mkdirSync(join(publisher, "mappings"), { recursive: true });
    writeFileSync(join(publisher, "mappings", "providers.yaml"), PROVIDERS_MAPPING);
    addRow();
    const quorum = `schedule: "*/3 * * * * *"\nquorum: |\n${policy.replaceAll(/^/gm, "  ").trimEnd()}\n`;
    appendFileSync(join(publisher, "tributary-agent.yaml"), quorum);
    expect((await status()).quorum).toEqual({ final: 0, pendingWitness: 0, size: 0 });

    let before: Awaited<ReturnType<typeof receipts>>;
    {
      await using _a = await runningAgent(publisher);
      await using _b = await runningAgent(join(folder, "center-b"));
      {
        await using _c = await runningAgent(join(folder, "center-c"));
        before = await allFinalBeyond(0);
      }
      addRow();
      before = await allFinalBeyond(before.received);
      const { quorum: seen } = await status();
      expect(seen?.size).toBeGreaterThan(0);
      expect(seen?.ageMs).toBeGreaterThanOrEqual(0);
    }

    using sdk = createClient({ url: `grpc://${hub.up.grpc}` });
    const log = { origin: hub.up.origin, vkey: hub.up.vkey };
    const trust = { log, policy: parseWitnessPolicy(policy) };
    const evidence = await sdk.evidence("urn:dth:center-a:provider:1");
    const { checkpointSize } = await verifyEvidence(evidence, log);
    const proof = await sdk.witnessProof(checkpointSize);
    const { witnessed } = await verifyWitnessedEvidence(evidence, proof, trust);
    expect(witnessed.cosigned.length).toBeGreaterThanOrEqual(2);
    const policyFile = join(folder, "policy.txt");
    writeFileSync(policyFile, policy);
    const audit = () =>
      hubCommand("log", "audit", "--policy", policyFile, "--lang", "en", "--data", hubFolder);
    expect(await audit()).toMatch(/cosigned by center-\w .*✔ the log is what/s);

    const { final } = before;
    {
      await using _a = await runningAgent(publisher);
      for (const more of [1, 2]) {
        addRow();
        const now = await received(({ received }) => received === before.received + more);
        expect(now).toMatchObject({ final, pending: more });
      }
    }
    expect(await receipts()).toEqual({ received: final + 2, final, pending: 2 });
    await expect(audit()).rejects.toThrow(/ended with/);
    const text = (language: string) =>
      agentCommand(["status", "--lang", language, "--folder", publisher]);
    expect(await text("en")).toMatch(`receipts: ${final} final, 2 pending-witness; last quorum 2`);
    expect(await text("zh")).toMatch(
      `回执：${final} 份最终有效，2 份等待见证；最近一次达到法定见证 2`,
    );

    await using _a = await runningAgent(publisher);
    await using _b = await runningAgent(join(folder, "center-b"));
    await using _c = await runningAgent(join(folder, "center-c"));
    await allFinalBeyond(before.received + 1);
    expect((await status()).summary.turn).toBe("nobody");
  }
  rmSync(folder, { recursive: true });
}, 600_000);
