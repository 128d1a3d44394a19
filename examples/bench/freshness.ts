// npm run bench -- freshness: how long after a row changes at a center the SDK finds the new text.
//
// Real processes: a hub, an agent that watches a CSV file of 1,000 rows, and this process as the SDK's user. The time
// runs from before the file is written to the answer that has the record.

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@tributary/sdk";
import { median, quantile, report } from "../../.tools/bench-report.ts";
import { startFederation } from "../federation/federation.ts";

const ROUNDS = 5;
const CHANGES_PER_ROUND = 40;
const ROWS = 1_000;
const POLL_MS = 5;
const TIMEOUT_MS = 20_000;

const folder = mkdtempSync(join(tmpdir(), "tributary-freshness-"));
const mappings = join(folder, "mappings");
mkdirSync(mappings);
writeFileSync(
  join(mappings, "providers.yaml"),
  `source: { type: csv, path: sources/providers.csv }
tables:
  - kind: provider
    key: [编号]
    fields: { name: 企业名称, selfDescription: 简介 }
`,
);
const descriptions = Array.from({ length: ROWS }, (_, row) => `为第${row}类车间做排产`);
const file = join(folder, "centers", "freshness", "sources", "providers.csv");

/** As an editor saves: written beside, then renamed. */
function save(path: string): void {
  const lines = descriptions.map((text, row) => `P${row},测试服务商${row}号有限公司,${text}`);
  writeFileSync(`${path}.tmp`, `编号,企业名称,简介\n${lines.join("\n")}\n`);
  renameSync(`${path}.tmp`, path);
}

{
  await using federation = await startFederation({
    folder,
    webPort: 0,
    grpcPort: 0,
    centers: [
      {
        id: "freshness",
        nameZh: "时效测试中心",
        mappings,
        write: async (sources) => save(join(sources, "providers.csv")),
      },
    ],
    signal: AbortSignal.timeout(600_000),
    onProgress: console.log,
  });
  const hub = createClient({ url: federation.grpcUrl });
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const times: number[] = [];
    for (let change = 0; change < CHANGES_PER_ROUND; change++) {
      const word = `fresh${round}x${change}`;
      descriptions[(round * CHANGES_PER_ROUND + change) % ROWS] = `为车间做排产 ${word}`;
      const startedAtMs = performance.now();
      save(file);
      while ((await hub.search(word, { pageSize: 1 })).total === 0) {
        if (performance.now() - startedAtMs > TIMEOUT_MS) throw new Error(`${word} is not found`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      times.push(performance.now() - startedAtMs);
    }
    rounds.push(times);
    console.log(
      `round ${round + 1}: p50 ${quantile(times, 0.5).toFixed(0)} ms, p99 ${quantile(times, 0.99).toFixed(0)} ms`,
    );
  }
  report("freshness", {
    p50_ms: median(rounds.map((times) => quantile(times, 0.5))),
    p99_ms: median(rounds.map((times) => quantile(times, 0.99))),
    max_ms: Math.max(...rounds.flat()),
    rounds: ROUNDS,
    changes: ROUNDS * CHANGES_PER_ROUND,
    rows: ROWS,
  });
}
rmSync(folder, { recursive: true });
