/** Runs one program of a folder that several packages have, chosen by name on the command line. */

import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** `folder` is the folder's name in the packages, and the name of the npm script. Does not return. */
export function runNamedProgram(folder: "bench" | "eval"): never {
  const programs = new Map(
    globSync(`{proto,hub,node-agent,sdk,examples}/${folder}/*.ts`, { cwd: root })
      .sort()
      .map((file) => [basename(file, ".ts"), `${root}${file}`]),
  );
  const [name, ...args] = process.argv.slice(2);
  const file = programs.get(name ?? "");
  if (file === undefined) {
    const names = [...programs.keys()].map((known) => `\n  ${known}`).join("");
    console.error(`usage: npm run ${folder} -- NAME [ARG ...]\n${names}`);
    process.exit(2);
  }
  const flags = ["--conditions=source", "--expose-gc"];
  const run = spawnSync(process.execPath, [...flags, file, ...args], {
    stdio: "inherit",
    // As the hub and the agent do for themselves.
    env: { NODE_COMPILE_CACHE: `${root}node_modules/.cache/compiled`, ...process.env },
  });
  process.exit(run.status ?? 1);
}
