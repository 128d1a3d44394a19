import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Client, createClient } from "@tributary/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Federation, startFederation } from "../federation/federation.ts";
import { runCommand } from "../federation/processes.ts";

const AGENT = fileURLToPath(new URL("../../node-agent/src/main.ts", import.meta.url));
/** The steps of the agent's side of the protocol, as `TRIBUTARY_KILL_AT` names them. */
const STEPS = ["append", "sign", "sync", "mark", "send", "receipt", "truncate"] as const;
const TIMES = 5;
const ROWS = 30;

describe("an agent that is killed", () => {
  const folder = mkdtempSync(join(tmpdir(), "tributary-kill-"));
  const agentFolder = join(folder, "agent");
  const file = join(agentFolder, "sources/providers.csv");
  const descriptions = Array.from({ length: ROWS }, (_, row) => `第${row}家的简介`);
  /** Every version of every row that was ever in the file while the agent ran. */
  let versions = ROWS;
  let federation: Federation;
  let hub: Client;

  const save = () => {
    const lines = descriptions.map((text, row) => `P${row},测试服务商${row}号有限公司,${text}`);
    writeFileSync(`${file}.tmp`, `编号,企业名称,简介\n${lines.join("\n")}\n`);
    renameSync(`${file}.tmp`, file);
  };
  /** Runs the agent once. Resolves to the signal that ended it, or its exit status. */
  const run = (killAt?: string) =>
    new Promise<NodeJS.Signals | number | null>((resolve) => {
      const args = ["--conditions=source", AGENT, "run", "--once", "--folder", agentFolder];
      const env = { ...process.env, ...(killAt !== undefined && { TRIBUTARY_KILL_AT: killAt }) };
      spawn(process.execPath, args, { env, stdio: "ignore" }).once("exit", (code, signal) =>
        resolve(signal ?? code),
      );
    });
  const acceptedByHub = async () => {
    const text = await runCommand("hub", ["status", "--json", "--data", join(folder, "hub")], {
      folder,
    });
    const { records } = JSON.parse(text) as { records: { state: string; count: number }[] };
    return records.reduce((sum, { count }) => sum + Number(count), 0);
  };

  beforeAll(async () => {
    federation = await startFederation({
      folder,
      webPort: 0,
      grpcPort: 0,
      centers: [],
      signal: AbortSignal.timeout(60_000),
      onProgress: () => {},
    });
    hub = createClient({ url: federation.grpcUrl });
    await runCommand("agent", ["init", agentFolder], { folder });
    const invite = ["invite", "--center", "kill", "--name", "断电测试中心", "--preapproved"];
    const code = await runCommand("hub", [...invite, "--data", join(folder, "hub")], { folder });
    await runCommand("agent", ["join", "--folder", agentFolder], { folder, input: code });
    mkdirSync(join(agentFolder, "sources"), { recursive: true });
    writeFileSync(
      join(agentFolder, "mappings/providers.yaml"),
      `source: { type: csv, path: sources/providers.csv }
tables:
  - kind: provider
    key: [编号]
    fields: { name: 企业名称, selfDescription: 简介 }
`,
    );
    save();
    expect(await run()).toBe(0);
  });
  afterAll(async () => {
    hub?.close();
    await federation?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  test.each(STEPS)(
    `loses nothing and doubles nothing when it dies at "%s", ${TIMES} times`,
    async (step) => {
      for (let time = 1; time <= TIMES; time++) {
        const row = (STEPS.indexOf(step) * TIMES + time) % ROWS;
        descriptions[row] = `在 ${step} 第 ${time} 次断电之前改过`;
        versions += 1;
        save();
        expect(await run(`${step}:1`), `${step} is passed`).toBe("SIGKILL");
        expect(await run(), "the next run publishes what waits").toBe(0);
        const wanted = descriptions[row];
        await expect
          .poll(
            async () => {
              const { record } = await hub.get({
                centerId: "kill",
                kind: "provider",
                key: `P${row}`,
              });
              return record.body?.kind === "provider"
                ? record.body.value.selfDescription
                : undefined;
            },
            { timeout: 20_000, interval: 50 },
          )
          .toBe(wanted);
      }
      // One accepted version for each that was written: nothing lost, nothing twice.
      expect(await acceptedByHub()).toBe(versions);
      await runCommand("agent", ["feed", "verify", "--folder", agentFolder], { folder });
    },
    600_000,
  );
});
