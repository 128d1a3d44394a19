import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMPILE_CACHE } from "../../hub/test/support/compile-cache.ts";
import type { FakeHub } from "./fake-hub.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Env = Readonly<Record<string, string>>;

/** Runs a command of the agent, as a process of its own, to its end. */
export function agent(args: readonly string[], input = "", env: Env = {}): Promise<Ended> {
  const child = spawnAgent(args, env);
  child.stdin?.end(input);
  return endOf(child);
}

/** An agent that runs until it is stopped; collects what it says. */
export class RunningAgent implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly ended: Promise<Ended>;
  stderr = "";
  stdout = "";

  constructor(args: readonly string[], env: Env = {}) {
    this.#child = spawnAgent(args, env);
    this.#child.stderr?.on("data", (text) => {
      this.stderr += text;
    });
    this.#child.stdout?.on("data", (text) => {
      this.stdout += text;
    });
    this.ended = endOf(this.#child);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Kills it without a word. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.ended;
  }
}

/** A folder with one source, joined to the hub. */
export async function joinedFolder(
  hub: FakeHub,
  parent = mkdtempSync(join(tmpdir(), "tributary-agent-")),
): Promise<string> {
  const folder = join(parent, "agent");
  await succeeds(agent(["init", folder]));
  await succeeds(agent(["join", "--folder", folder], hub.invite("center-a")));
  mkdirSync(join(folder, "mappings"), { recursive: true });
  writeFileSync(join(folder, "mappings", "providers.yaml"), PROVIDERS_MAPPING);
  return folder;
}

/** Text of a mapping file: providers of a CSV file with a key and a name, as {@link writeRows} writes it. */
export const PROVIDERS_MAPPING = `source: { type: csv, path: providers.csv }
tables:
  - kind: provider
    key: [编号]
    fields:
      name: 名称
`;

/** Writes the list of a folder: rows of key and name. */
export function writeRows(folder: string, rows: ReadonlyMap<string, string>): void {
  const lines = [...rows].map(([key, name]) => `${key},${name}\n`);
  writeFileSync(join(folder, "providers.csv"), `编号,名称\n${lines.join("")}`);
}

async function succeeds(ended: Promise<Ended>): Promise<void> {
  const { status, stderr } = await ended;
  if (status !== 0) throw new Error(`ended with ${status}: ${stderr}`);
}

function spawnAgent(args: readonly string[], env: Env): ChildProcess {
  return spawn(process.execPath, ["--conditions=source", MAIN, ...args], {
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE, LANG: "C", LC_ALL: "C", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

function endOf(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (text) => {
    stdout += text;
  });
  child.stderr?.on("data", (text) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.once("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}
