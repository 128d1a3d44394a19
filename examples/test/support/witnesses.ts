/**
 * Centers whose agents cosign a hub's log. Commands run in this process, which spares their start.
 *
 * @module
 */

import { appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli as runHub } from "../../../hub/src/cli/cli.ts";
import { runCli as runAgent } from "../../../node-agent/src/cli/cli.ts";

export const CENTERS = ["center-a", "center-b", "center-c"] as const;
const NEVER = new AbortController().signal;

/** Runs a command of the hub. @throws {Error} with what it said if its status is not 0. */
export async function hubCommand(...args: readonly string[]): Promise<string> {
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

/** Runs a command of an agent. @throws {Error} with what it said if its status is not 0. */
export async function agentCommand(
  args: readonly string[],
  { input = "", signal = NEVER, onOut = () => {} }: AgentCommandOptions = {},
): Promise<string> {
  const said: string[] = [];
  let answer = "";
  const status = await runAgent(args, {
    env: {},
    cwd: tmpdir(),
    out: (text) => {
      answer += text;
      onOut();
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

interface AgentCommandOptions {
  readonly input?: string;
  readonly signal?: AbortSignal;
  /** Told of each piece of stdout. */
  readonly onOut?: () => void;
}

/** An agent that runs until it is disposed. Resolves when it has opened its folder, so that commands ask it. */
export async function runningAgent(folder: string): Promise<AsyncDisposable> {
  const stop = new AbortController();
  const ready = Promise.withResolvers<void>();
  const ended = agentCommand(["run", "--json", "--folder", folder], {
    signal: stop.signal,
    onOut: ready.resolve,
  });
  await Promise.race([ready.promise, ended]);
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort("SIGTERM");
      await ended;
    },
  };
}

/** Makes an agent of a center under `folder` and has it join the hub that runs on `hubFolder`; resolves to its folder. */
export async function joinedAgent(
  folder: string,
  hubFolder: string,
  center: string,
): Promise<string> {
  const path = join(folder, center);
  await agentCommand(["init", path]);
  const invite = ["invite", "--center", center, "--name", center, "--preapproved"];
  const input = await hubCommand(...invite, "--data", hubFolder);
  await agentCommand(["join", "--folder", path], { input });
  return path;
}

/**
 * As {@link joinedAgent} for each center, and names it a witness of the hub.
 *
 * @returns By center, the verifier key of its witness.
 */
export async function joinWitnesses(
  folder: string,
  hubFolder: string,
  centers: readonly string[] = CENTERS,
): Promise<ReadonlyMap<string, string>> {
  const vkeys = new Map<string, string>();
  for (const center of centers) {
    const path = await joinedAgent(folder, hubFolder, center);
    appendFileSync(join(path, "tributary-agent.yaml"), "\nwitness: true\n");
    const keys = JSON.parse(await agentCommand(["keys", "show", "--json", "--folder", path]));
    await hubCommand("witness", "add", center, keys.witnessVkey, "--data", hubFolder);
    vkeys.set(center, keys.witnessVkey);
  }
  return vkeys;
}

/** A C2SP tlog-policy with a quorum of two of the witnesses. */
export function policyOf(vkeys: ReadonlyMap<string, string>): string {
  const lines = [...vkeys].map(([center, vkey]) => `witness ${center} ${vkey}\n`);
  return `${lines.join("")}group most 2 ${[...vkeys.keys()].join(" ")}\nquorum most\n`;
}
