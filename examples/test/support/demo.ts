import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The demo as `npm start` runs it. */
export interface Demo {
  readonly grpcUrl: string;
  readonly webUrl: string;
  /** Where its first administrator signs in. */
  readonly operateUrl: string;
  /** Ends it as Ctrl-C does; resolves to its exit status. */
  readonly stop: () => Promise<number | null>;
}

/**
 * Starts the demo in a folder, on free ports. Resolves when it says that it is ready.
 *
 * @throws {Error} with what it printed, if it ends before.
 */
export async function startDemo(folder: string): Promise<Demo> {
  const main = join(root, "examples/federation/main.ts");
  const args = ["--folder", folder, "--web-port", "0", "--grpc-port", "0"];
  const child = spawn(process.execPath, ["--conditions=source", main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let output = "";
  child.stderr?.on("data", (chunk) => {
    output += chunk;
  });
  const isReady = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      output += `${line}\n`;
      if (line.includes("Ctrl-C stops all")) resolve();
      // A terminal tells the whole group, and npm's script passes it on: the signal comes more than once.
      if (line.startsWith("Stopping")) child.kill("SIGINT");
    });
  });
  const first = await Promise.race([isReady.then(() => "ready"), ended]);
  if (first !== "ready") throw new Error(`the demo ended with ${first}:\n${output}`);
  const find = (pattern: RegExp) => pattern.exec(output)?.[1] ?? "";
  return {
    grpcUrl: find(/url: "(grpc:\/\/[^"]+)"/),
    webUrl: find(/Page 网页\s+(\S+)/),
    operateUrl: find(/Operate 运营\s+(\S+)/),
    stop: () => {
      child.kill("SIGINT");
      return ended;
    },
  };
}
