/**
 * How long does it take to find out which of 100,000 provider records are one provider, from nothing, and where one more
 * record belongs? Invented companies as several centers would list them, with subsidiaries and branches.
 *
 * Seconds are of the clock (`seconds`) and of the processor (`cpu_seconds`), since other work on the machine counts in the
 * first only. Learning is a part of the whole.
 *
 * Options: --records 100000, --more 1000 (records that are added one by one), --seed 1.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { median, quantile, report } from "../../.tools/bench-report.ts";
import { entityFigures } from "../eval/support/entity-figures.ts";
import { PROVIDER_SCHEMA } from "../src/catalog/entities/record.ts";
import { resolve } from "../src/catalog/entities/resolve.ts";
import { trainModel } from "../src/catalog/entities/train.ts";
import { type ListedProvider, providerList } from "./support/provider-list.ts";

const { values: options } = parseArgs({
  options: {
    records: { type: "string", default: "100000" },
    more: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
  },
});
const count = Number(options.records);
const more = Number(options.more);
const list: ListedProvider[] = [];
for (const listed of providerList(Number(options.seed))) {
  if (list.length === count + more) break;
  list.push(listed);
}
const records = list.map(({ record }) => record);

const started = performance.now();
const cpuBefore = process.cpuUsage();
const model = trainModel(PROVIDER_SCHEMA, records.slice(0, count));
const trainSeconds = secondsSince(started);
const resolver = resolve(model, records.slice(0, count));
const entities = resolver.entities();
const seconds = secondsSince(started);
const { user, system } = process.cpuUsage(cpuBefore);
console.log(`${count} records are ${entities.length} entities`);

const found = new Map(
  entities.flatMap(({ id, members }) => members.map((member) => [member, id] as const)),
);
const truth = new Map(list.map(({ company, record }) => [record.id, company]));
const { p, r } = entityFigures(records.slice(0, count), truth, found, false);

const times = records.slice(count).map((record) => {
  const before = performance.now();
  resolver.add(record);
  resolver.entityOf(record.id);
  return performance.now() - before;
});

report("entities", {
  records: count,
  entities: entities.length,
  seconds,
  train_seconds: trainSeconds,
  cpu_seconds: (user + system) / 1e6,
  add_p50_ms: median(times),
  add_p99_ms: quantile(times, 0.99),
  auto_p: p,
  auto_r: r,
  rss_mb: process.memoryUsage().rss / 2 ** 20,
});

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
