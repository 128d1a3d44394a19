/**
 * Witnesses with a real hub, in a process of its own, and three agents over gRPC: they cosign one checkpoint together, and the one that has seen another
 * history refuses the hub that shows it, with a file that convicts it.
 */

import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
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
import { runCli as runHub } from "../../hub/src/cli/cli.ts";
import { HubProcess } from "../../hub/test/support/hub-process.ts";
import { runCli as runAgent } from "../../node-agent/src/cli/cli.ts";

const CENTERS = ["center-a", "center-b", "center-c"] as const;
const WAIT = { timeout: 90_000, interval: 300 };
const NEVER = new AbortController().signal;

/** Runs a command of the hub in this process. */
async function hubCommand(...args: readonly string[]): Promise<string> {
  const said: string[] = [];
  let answer = "";
  const status = await runHub(args, {
    env: {},
    out: (text) => {
      answer += text;
    },
    err: (text) => said.push(text),
    isTerminal: false,
    signal: NEVER,
  });
  if (status !== 0) throw new Error(`hub ${args.join(" ")} ended with ${status}: ${said}`);
  return answer;
}

/** Runs a command of an agent in this process. */
async function agentCommand(
  args: readonly string[],
  { input = "", signal = NEVER } = {},
): Promise<string> {
  const said: string[] = [];
  let answer = "";
  const status = await runAgent(args, {
    env: {},
    cwd: tmpdir(),
    out: (text) => {
      answer += text;
    },
    err: (text) => said.push(text),
    isInteractive: false,
    readStdin: async () => input,
    askSecret: async () => undefined,
    signal,
  });
  if (status !== 0) throw new Error(`agent ${args.join(" ")} ended with ${status}: ${said}`);
  return answer;
}

/** An agent that runs until it is disposed. */
function running(folder: string): AsyncDisposable {
  const stop = new AbortController();
  const ended = agentCommand(["run", "--folder", folder], { signal: stop.signal });
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort("SIGTERM");
      await ended;
    },
  };
}

test("three agents cosign what a hub shows, and the one that saw another history refuses it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tributary-witness-"));
  const hubFolder = join(folder, "hub");
  const command = (...args: string[]) => hubCommand(...args, "--data", hubFolder);
  const run = (args: readonly string[], input = "") => agentCommand(args, { input });
  const witnesses = async () => {
    const { witnesses } = JSON.parse(await command("witness", "list", "--json"));
    return witnesses as { centerId: string; size: number; problem: string; connected: boolean }[];
  };
  const start = (center: string) => running(join(folder, center));

  await command("init");
  const policyLines: string[] = [];
  let trust: { readonly origin: string; readonly vkey: string };
  let grpc: string;
  {
    await using hub = await HubProcess.start(hubFolder);
    trust = { origin: hub.up.origin, vkey: hub.up.vkey };
    grpc = hub.up.grpc;
    for (const center of CENTERS) {
      const path = join(folder, center);
      await run(["init", path]);
      const invite = ["invite", "--center", center, "--name", center, "--preapproved"];
      await run(["join", "--folder", path], await command(...invite));
      appendFileSync(join(path, "tributary-agent.yaml"), "\nwitness: true\n");
      const keys = JSON.parse(await run(["keys", "show", "--json", "--folder", path]));
      await command("witness", "add", center, keys.witnessVkey);
      policyLines.push(`witness ${center} ${keys.witnessVkey}`);
    }
    const policy = parseWitnessPolicy(
      `${policyLines.join("\n")}\ngroup most 2 ${CENTERS.join(" ")}\nquorum most`,
    );
    await using _a = start("center-a");
    await using _b = start("center-b");
    await using _c = start("center-c");
    const cosigners = async () => {
      const answer = await fetch(`${hub.up.web}/log/checkpoint`);
      const { cosigned } = await openCosigned(await answer.text(), trust, policy);
      return cosigned.map(({ name }) => name).sort();
    };
    await expect.poll(cosigners, WAIT).toEqual([...CENTERS]);
    using sdk = createClient({ url: `grpc://${hub.up.grpc}` });
    expect((await sdk.witnesses()).map(({ connected }) => connected)).toEqual([true, true, true]);
    const status = JSON.parse(
      await run(["status", "--json", "--folder", join(folder, "center-a")]),
    );
    expect(status.witness.cosigned.size).toBeGreaterThan(0);
  }

  // A copy of the hub before one witness sees more; then the copy goes on as if that had not been.
  const copy = join(folder, "copy");
  cpSync(hubFolder, copy, { recursive: true });
  {
    await using _hub = await HubProcess.start(hubFolder, {}, { grpc });
    await using _a = start("center-a");
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
    await using _a = start("center-a");
    await using _b = start("center-b");
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
