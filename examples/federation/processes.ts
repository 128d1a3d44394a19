/**
 * The programs that the demo runs: a hub and agents as real processes, started by their own commands.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = {
  hub: fileURLToPath(new URL("../../hub/src/main.ts", import.meta.url)),
  agent: fileURLToPath(new URL("../../node-agent/src/main.ts", import.meta.url)),
  /** Builds the page that the hub serves; does nothing when it is current. */
  console: fileURLToPath(new URL("../../hub/console/build.ts", import.meta.url)),
};
const STOP_TIMEOUT_MS = 15_000;

export type ProgramName = keyof typeof MAIN;

/** A command that ended with another status than 0, with what it wrote to stderr. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly status: number | null;

  constructor(command: string, status: number | null, stderr: string) {
    super(`${command} ended with ${status}:\n${stderr}`);
    this.status = status;
  }
}

/** Runs a command to its end; resolves to its stdout. @throws {CommandError} if its status is not 0. */
export async function runCommand(
  program: ProgramName,
  args: readonly string[],
  options: { readonly folder: string; readonly input?: string },
): Promise<string> {
  const child = spawnProgram(program, args, options.folder);
  // A program that ends without reading says why by its status and stderr.
  child.stdin?.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") child.emit("error", error);
  });
  child.stdin?.end(options.input ?? "");
  const [stdout, stderr, status] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    new Promise<number | null>((resolve) => child.once("close", resolve)),
  ]);
  if (status !== 0) throw new CommandError(`${program} ${args.join(" ")}`, status, stderr);
  return stdout;
}

/** A long-running program. Disposing it sends SIGTERM and waits; SIGKILL follows if it does not end. */
export class RunningProgram implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("close", resolve));
  }

  /** Resolves to the exit status when the program ends; null when a signal ended it. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    const kill = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(kill);
  }
}

/**
 * Starts a long-running program, its stderr going to `logFile`.
 *
 * Resolves to the program and the first JSON line of its stdout, which both programs print when they are ready.
 *
 * @throws {CommandError} if it ends before.
 */
export async function startProgram(
  program: ProgramName,
  args: readonly string[],
  options: { readonly folder: string; readonly logFile: string },
): Promise<{ readonly program: RunningProgram; readonly ready: Record<string, unknown> }> {
  const child = spawnProgram(program, args, options.folder);
  child.stdin?.end();
  const log = createWriteStream(options.logFile, { flags: "a" });
  let lastLines = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    lastLines = (lastLines + chunk.toString()).slice(-2000);
  });
  child.stderr?.pipe(log);
  const running = new RunningProgram(child);
  const firstLine = new Promise<string>((resolve) => {
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", resolve);
  });
  const line = await Promise.race([firstLine, running.ended]);
  if (typeof line !== "string") {
    throw new CommandError(`${program} ${args.join(" ")}`, line, lastLines);
  }
  const ready = JSON.parse(line) as Record<string, unknown>;
  // A program that cannot start says why in its first line, and ends.
  if ("error" in ready) {
    throw new CommandError(`${program} ${args.join(" ")}`, await running.ended, lastLines);
  }
  return { program: running, ready };
}

function spawnProgram(program: ProgramName, args: readonly string[], folder: string): ChildProcess {
  // Detached: Ctrl-C reaches the demo alone, which then stops its programs in order.
  return spawn(process.execPath, ["--conditions=source", MAIN[program], ...args], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    // Programs that start often, as here, need not be compiled anew each time.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), "tributary-compile-cache"), ...process.env },
  });
}

async function collect(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) text += chunk.toString();
  return text;
}
