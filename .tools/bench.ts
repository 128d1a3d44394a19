// npm run bench -- NAME [ARG ...]: runs <package>/bench/NAME.ts; without a name lists what there is.

import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const benches = new Map(
  globSync("{proto,hub,node-agent,sdk,examples}/bench/*.ts", { cwd: root })
    .sort()
    .map((file) => [basename(file, ".ts"), `${root}${file}`]),
);
const [name, ...args] = process.argv.slice(2);
const file = benches.get(name ?? "");
if (file === undefined) {
  console.error(`usage: npm run bench -- NAME [ARG ...]\n\n  ${[...benches.keys()].join("\n  ")}`);
  process.exit(2);
}
const run = spawnSync(process.execPath, ["--conditions=source", "--expose-gc", file, ...args], {
  stdio: "inherit",
});
process.exit(run.status ?? 1);
