import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@tributary/sdk";
import { expect, test } from "vitest";
import { harmLog } from "../../hub/test/support/harm-log.ts";
import { HubProcess, NO_QUOTA, runHubCommand } from "../../hub/test/support/hub-process.ts";
import { PROVIDERS_MAPPING } from "../../node-agent/test/agent-process.ts";
import { runCommand, startProgram } from "../federation/processes.ts";

test(
  "a hub that lost a center's records has its agent give them back: the same root, and they are served again",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "tributary-heal-"));
    const [hubFolder, agentFolder] = [join(folder, "hub"), join(folder, "agent")];
    const hub = async (...args: string[]) => {
      const { status, stdout } = await runHubCommand([...args, "--data", hubFolder], NO_QUOTA);
      return { status, stdout };
    };
    const agent = (args: string[], input = "") => runCommand("agent", args, { folder, input });
    try {
      await hub("init");
      let grpc: string;
      {
        await using running = await HubProcess.start(hubFolder);
        ({ grpc } = running.up);
        const invite = ["--center", "center-a", "--name", "甲中心", "--preapproved"];
        const { stdout: code } = await hub("invite", ...invite);
        await agent(["init", agentFolder]);
        mkdirSync(join(agentFolder, "mappings"), { recursive: true });
        writeFileSync(join(agentFolder, "mappings", "providers.yaml"), PROVIDERS_MAPPING);
        writeFileSync(join(agentFolder, "providers.csv"), "编号,名称\n1,甲\n2,乙\n");
        await agent(["join", "--folder", agentFolder], code);
        await agent(["run", "--once", "--folder", agentFolder]);
      }
      const { root } = JSON.parse((await hub("fsck", "--json")).stdout);
      await harmLog(join(hubFolder, "log"), "r", { isGone: true });
      const { status, stdout } = await hub("fsck", "--json");
      expect({ status, problems: JSON.parse(stdout).problems.length }).toEqual({
        status: 1,
        problems: 1,
      });

      const logFile = join(folder, "agent.log");
      const started = startProgram("agent", ["run", "--json", "--folder", agentFolder], {
        folder,
        logFile,
      });
      const healed = await hub("heal", "--grpc", grpc, "--json");
      await using _ = (await started).program;
      expect(JSON.parse(healed.stdout)).toMatchObject({ healed: true, lost: 1, returned: 1 });
      const sound = await hub("fsck", "--json");
      expect(sound.status).toBe(0);
      expect(JSON.parse(sound.stdout)).toMatchObject({ root, problems: [] });

      await using again = await HubProcess.start(hubFolder, {}, { grpc });
      const sdk = createClient({ url: `grpc://${again.up.grpc}` });
      const total = async () => (await sdk.search("", { filters: { center: "center-a" } })).total;
      await expect.poll(total, { timeout: 60_000 }).toBe(2);
      sdk.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  10 * 60_000,
);
