/**
 * Real NATS servers, in processes that are started, killed and started again.
 *
 * @module
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { connect, createServer } from "node:net";
import { dirname } from "node:path";
import { systemClock } from "@tributary/proto";

const START_TIMEOUT_MS = 20_000;

/** What the tests need of the machine; without it they are skipped, and say so. */
export const HAS_NATS_SERVER: boolean =
  spawnSync("nats-server", ["--version"], { stdio: "ignore" }).status === 0;
if (!HAS_NATS_SERVER) {
  console.error(
    "SKIPPED: tests of the NATS courier: no nats-server here (apt-get install nats-server)",
  );
}

/** One server with its configuration file. */
export class NatsServer implements AsyncDisposable {
  readonly url: string;
  readonly #file: string;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #output = "";

  constructor(file: string, port: number) {
    this.#file = file;
    this.#port = port;
    this.url = `nats://127.0.0.1:${port}`;
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const child = spawn("nats-server", ["-c", this.#file], {
      cwd: dirname(this.#file),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const keep = (text: unknown) => {
      this.#output = `${this.#output}${text}`.slice(-20_000);
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    const untilMs = systemClock.now() + START_TIMEOUT_MS;
    while (!(await accepts(this.#port))) {
      if (child.exitCode !== null || systemClock.now() > untilMs) {
        throw new Error(`nats-server did not start:\n${this.#output}`);
      }
      await systemClock.sleep(25);
    }
  }

  /** What it wrote lately. */
  get output(): string {
    return this.#output;
  }

  /** Reads the configuration again. */
  reload(): void {
    this.#child?.kill("SIGHUP");
  }

  /** Stops it at once, as a crash does. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** Free ports of this machine, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => {
      // The server greets: it is more than a port that is bound.
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
