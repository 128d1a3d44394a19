// Real input that nobody here wrote: 457 European digital innovation hubs, published by one agent through a mapping
// file alone. Starts a hub of its own, publishes the catalogue, and says what became of every row.
//
//   node --conditions=source examples/edih/main.ts [--folder FOLDER]

import { copyFileSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createClient } from "@tributary/sdk";
import { startFederation } from "../federation/federation.ts";
import { runCommand } from "../federation/processes.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values } = parseArgs({
  options: { folder: { type: "string", default: join(here, "../../.demo-edih") } },
});
const folder = resolve(values.folder);
mkdirSync(folder, { recursive: true });

await using federation = await startFederation({
  folder,
  webPort: 7090,
  grpcPort: 7453,
  centers: [
    {
      id: "edih",
      nameZh: "欧洲数字创新中心目录",
      mappings: join(here, "mappings"),
      write: async (sources) =>
        copyFileSync(
          join(here, "edih_catalogue_2025.csv"),
          join(sources, "edih_catalogue_2025.csv"),
        ),
    },
  ],
  signal: AbortSignal.timeout(300_000),
  onProgress: (line) => console.log(line),
});

const hub = createClient({ url: federation.grpcUrl });
const { total, hits } = await hub.search("silver economy", { pageSize: 3 });
const everything = await hub.search("", { pageSize: 1 });
console.log(`${everything.total} records; "silver economy" finds ${total}:`);
for (const hit of hits) console.log(`  ${hit.record.title}`);

console.log(
  await runCommand("agent", ["status", "--folder", join(folder, "centers", "edih")], { folder }),
);
