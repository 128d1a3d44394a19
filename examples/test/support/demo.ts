import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The demo as `npm start` runs it. Its addresses are known when it is ready. */
export interface Demo {
  /** Resolves when it says that it is ready; rejects with what it printed, if it ends before. */
  readonly ready: Promise<void>;
  readonly grpcUrl: string;
  readonly webUrl: string;
  /** Where its first administrator signs in. */
  readonly operateUrl: string;
  /** Ends it as Ctrl-C does, also while it starts; resolves to its exit status. */
  readonly stop: () => Promise<number | null>;
}

/** Starts the demo in a folder, on free ports. Stop it, also where it does not become ready. */
export function startDemo(folder: string): Demo {
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
  const saysReady = new Promise<"ready">((resolve) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      output += `${line}\n`;
      if (line.includes("Ctrl-C stops all")) resolve("ready");
      // A terminal tells the whole group, and npm's script passes it on: the signal comes more than once.
      if (line.startsWith("Stopping")) child.kill("SIGINT");
    });
  });
  const ready = Promise.race([saysReady, ended]).then((first) => {
    if (first !== "ready") throw new Error(`the demo ended with ${first}:\n${output}`);
  });
  const find = (pattern: RegExp) => pattern.exec(output)?.[1] ?? "";
  return {
    ready,
    get grpcUrl() {
      return find(/url: "(grpc:\/\/[^"]+)"/);
    },
    get webUrl() {
      return find(/Page 网页\s+(\S+)/);
    },
    get operateUrl() {
      return find(/Operate 运营\s+(\S+)/);
    },
    stop: () => {
      child.kill("SIGINT");
      return ended;
    },
  };
}
