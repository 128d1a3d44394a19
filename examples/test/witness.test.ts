/**
 * Witnesses with a real hub, in a process of its own, and three agents over gRPC: they cosign one checkpoint together, and the one that has seen another
 * history refuses the hub that shows it, with a file that convicts it.
 */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  openCosigned,
  parseMisbehaviourFile,
  parseWitnessPolicy,
  verifyMisbehaviour,
} from "@tributary/proto";
import { createClient } from "@tributary/sdk";
import { expect, test } from "vitest";
import { HubProcess } from "../../hub/test/support/hub-process.ts";
import {
  agentCommand,
  CENTERS,
  hubCommand,
  joinWitnesses,
  policyOf,
  runningAgent,
} from "./support/witnesses.ts";

const WAIT = { timeout: 90_000, interval: 300 };

test("three agents cosign what a hub shows, and the one that saw another history refuses it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tributary-witness-"));
  const hubFolder = join(folder, "hub");
  const command = (...args: string[]) => hubCommand(...args, "--data", hubFolder);
  const witnesses = async () => {
    const { witnesses } = JSON.parse(await command("witness", "list", "--json"));
    return witnesses as { centerId: string; size: number; problem: string; connected: boolean }[];
  };
  const start = (center: string) => runningAgent(join(folder, center));

  await command("init");
  let trust: { readonly origin: string; readonly vkey: string };
  let grpc: string;
  {
    await using hub = await HubProcess.start(hubFolder);
    trust = { origin: hub.up.origin, vkey: hub.up.vkey };
    grpc = hub.up.grpc;
    const policy = parseWitnessPolicy(policyOf(await joinWitnesses(folder, hubFolder)));
    await using _a = await start("center-a");
    await using _b = await start("center-b");
    await using _c = await start("center-c");
    const cosigners = async () => {
      const answer = await fetch(`${hub.up.web}/log/checkpoint`);
      const { cosigned } = await openCosigned(await answer.text(), trust, policy);
      return cosigned.map(({ name }) => name).sort();
    };
    await expect.poll(cosigners, WAIT).toEqual([...CENTERS]);
    using sdk = createClient({ url: `grpc://${hub.up.grpc}` });
    expect((await sdk.witnesses()).map(({ connected }) => connected)).toEqual([true, true, true]);
    const status = JSON.parse(
      await agentCommand(["status", "--json", "--folder", join(folder, "center-a")]),
    );
    expect(status.witness.cosigned.size).toBeGreaterThan(0);
  }

  // A copy of the hub before one witness sees more; then the copy goes on as if that had not been.
  const copy = join(folder, "copy");
  cpSync(hubFolder, copy, { recursive: true });
  {
    await using _hub = await HubProcess.start(hubFolder, {}, { grpc });
    await using _a = await start("center-a");
    const before = (await witnesses())[0]?.size ?? 0;
    await command("witness", "remove", "center-c");
    await expect.poll(async () => (await witnesses())[0]?.size ?? 0, WAIT).toBeGreaterThan(before);
  }
  rmSync(hubFolder, { recursive: true });
  cpSync(copy, hubFolder, { recursive: true });
  {
    await using _hub = await HubProcess.start(hubFolder, {}, { grpc });
    for (const [i, center] of CENTERS.slice(1).entries()) {
      await command("members", "suspend", center, "--reason", `other history ${i}`);
      await command("members", "approve", center);
    }
    await using _a = await start("center-a");
    await using _b = await start("center-b");
    await expect
      .poll(async () => {
        const [a, b] = await witnesses();
        return [/refuses/.test(a?.problem ?? ""), (b?.size ?? 0) > 0 && b?.problem === ""];
      }, WAIT)
      .toEqual([true, true]);
    const reports = join(folder, "center-a", "reports");
    await expect
      .poll(() => readdirSync(reports).filter((name) => /^misbehaviour-/.test(name)).length, WAIT)
      .toBeGreaterThan(0);
    const [name = ""] = readdirSync(reports).filter((each) => /^misbehaviour-/.test(each));
    const { misbehaviour } = parseMisbehaviourFile(readFileSync(join(reports, name), "utf8"));
    expect(await verifyMisbehaviour(misbehaviour, trust)).toMatchObject({
      kind: expect.stringMatching(/fork|rewritten|replaced|shrunk/),
    });
  }
  rmSync(folder, { recursive: true });
}, 400_000);
