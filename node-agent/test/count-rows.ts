// Reads one table of a source and prints how many rows it has. Run by tests with a small heap.
//
//   node --conditions=source --max-old-space-size=64 node-agent/test/count-rows.ts TYPE FILE TABLE

import { csvSourceType } from "../src/adapters/csv-source.ts";
import { excelSourceType } from "../src/adapters/excel-source.ts";
import { jsonSourceType } from "../src/adapters/json-source.ts";
import { SourceRegistry } from "../src/sources/source-registry.ts";

const [, , type = "", path = "", table = ""] = process.argv;
const registry = new SourceRegistry([csvSourceType, excelSourceType, jsonSourceType]);
let rows = 0;
const config = { type, path };
for await (const _ of registry.open(config, "/").read(table, AbortSignal.timeout(120_000)))
  rows += 1;
console.log(JSON.stringify({ rows, rssMb: Math.round(process.resourceUsage().maxRSS / 1024) }));
