import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HubProcess, runHubCommand } from "../../hub/test/support/hub-process.ts";
import { agent, PROVIDERS_MAPPING, RunningAgent } from "../../node-agent/test/agent-process.ts";

const CENTER = "center-a";
/** Long enough for a slow machine to join and publish, short enough to see renewals. */
const LIFE_MS = 15_000;

describe("a hub with TLS and an agent with its certificate, as processes", () => {
  let folder: string;
  let hub: HubProcess;
  const hubFolder = () => join(folder, "hub");
  const agentFolder = () => join(folder, "agent");
  const tlsFile = () => join(agentFolder(), "keys", "tls.pem");

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tributary-mtls-"));
    await hubCommand("init", "--data", hubFolder());
    hub = await HubProcess.start(hubFolder(), {
      TRIBUTARY_HUB_TLS: "on",
      TRIBUTARY_HUB_TLS_CENTER_MS: String(LIFE_MS),
    });
    await agent(["init", agentFolder()]);
    mkdirSync(join(agentFolder(), "mappings"), { recursive: true });
    writeFileSync(join(agentFolder(), "mappings", "providers.yaml"), PROVIDERS_MAPPING);
    writeFileSync(join(agentFolder(), "providers.csv"), "编号,名称\n1,甲\n");
  });
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  async function hubCommand(...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await runHubCommand(args);
    if (status !== 0) throw new Error(`hub ${args[0]} ended with ${status}: ${stderr}`);
    return stdout;
  }
  const onHub = (...args: string[]) => hubCommand(...args, "--data", hubFolder());
  const onAgent = (...args: string[]) => agent([...args, "--folder", agentFolder()]);
  const sequence = async () =>
    JSON.parse(await onHub("members", "list", "--json")).members[0].nextSeq as number;
  const doctor = async () => {
    const { stdout } = await onAgent("doctor", "--json");
    const { checks } = JSON.parse(stdout) as { checks: { id: string; severity: string }[] };
    return checks.find(({ id }) => id === "certificate")?.severity;
  };

  test("joins by a code that carries the hub's authority, publishes, renews, and is refused when suspended", async () => {
    const code = await onHub("invite", "--center", CENTER, "--name", "甲中心", "--preapproved");
    const joined = await agent(["join", "--folder", agentFolder()], code);
    expect(joined.stderr).not.toContain("✖");
    expect(statSync(tlsFile()).mode & 0o077).toBe(0);
    expect(statSync(join(hubFolder(), "keys", "tls-ca.key")).mode & 0o077).toBe(0);
    const first = readFileSync(tlsFile(), "utf8");

    {
      await using running = new RunningAgent(["run", "--folder", agentFolder()]);
      await expect.poll(sequence, { timeout: 60_000 }).toBeGreaterThan(0);
      await expect
        .poll(() => readFileSync(tlsFile(), "utf8") === first, { timeout: 60_000 })
        .toBe(false);
      expect(await doctor()).toBe("ok");
      expect(running.isRunning).toBe(true);
    }

    // Its end is waited for: it is renewed by the center's key alone.
    await expect.poll(doctor, { timeout: 60_000 }).toBe("failure");
    const before = await sequence();
    writeFileSync(join(agentFolder(), "providers.csv"), "编号,名称\n1,甲\n2,乙\n");
    expect((await onAgent("run", "--once")).status).toBe(0);
    expect(await sequence()).toBeGreaterThan(before);

    await onHub("members", "suspend", CENTER, "--reason", "数据核查");
    const refused = await onAgent("run", "--once", "--json");
    expect(refused.status).not.toBe(0);
    expect(refused.stdout).toContain("数据核查");
    const decisions = await onAgent("decisions");
    expect(decisions.status).not.toBe(0);
    expect(decisions.stderr).toMatch(/ERR_CERTIFICATE_REQUIRED|ERR_MEMBER_STATE/);
  });

  test("outlives a caller without TLS, which gets no answer", async () => {
    const [host, port] = hub.up.grpc.split(":");
    const socket = connect(Number(port), host);
    const heard: Buffer[] = [];
    socket.on("data", (bytes) => heard.push(bytes));
    socket.on("error", () => undefined);
    socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    await new Promise((resolve) => socket.once("close", resolve));
    expect(Buffer.concat(heard).includes("HTTP")).toBe(false);
    expect(await onHub("status", "--json")).toContain(hub.up.origin);
  });
});
