/**
 * How fast is publishing over NATS, compared with gRPC?
 *
 * One hub process, one real NATS server as `tributary-hub nats setup` configures it, and centers that publish with the agent's
 * own publisher. Batches are signed before the clock starts and published over one courier, then as many over the other, in
 * turn, so that whatever else the machine does falls on both. The clock runs from when every center has its first receipt until
 * every batch has one that verified.
 *
 * npm run bench -- nats [--turns 4] [--centers 4] [--batches 80] [--records 250]
 *
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encodeBody, systemClock } from "@tributary/proto";
import { median, report } from "../../.tools/bench-report.ts";
import { aDraft } from "../../node-agent/src/ports/feed-store.contract.ts";
import { type NatsCenter, NatsWorld } from "../test/support/nats-world.ts";

const { values } = parseArgs({
  options: {
    turns: { type: "string", default: "4" },
    centers: { type: "string", default: "4" },
    batches: { type: "string", default: "80" },
    /** Of a batch. */
    records: { type: "string", default: "250" },
  },
});
const turns = Number(values.turns);
const batches = Number(values.batches);
const records = Number(values.records);
const centerIds = Array.from({ length: Number(values.centers) }, (_, i) => `center-${i}`);

const COURIERS = ["grpc", "nats"] as const;
type CourierName = (typeof COURIERS)[number];

const folder = await mkdtemp(join(tmpdir(), "tributary-bench-"));
try {
  await using world = await NatsWorld.open(join(folder, "hub"), centerIds);
  const centers = centerIds.map((id) => world.center(id));
  const rates: Record<CourierName, number[]> = { grpc: [], nats: [] };
  for (const courier of COURIERS) await publishAll(centers, courier); // until code is compiled and files are open
  for (let turn = 1; turn <= turns; turn += 1) {
    for (const courier of COURIERS) rates[courier].push(await publishAll(centers, courier));
    const [grpc, nats] = COURIERS.map((courier) => Math.round(rates[courier].at(-1) as number));
    console.log(`turn ${turn}: ${grpc} batches/s over gRPC, ${nats} over NATS`);
  }
  const ratios = rates.nats.map((rate, turn) => rate / (rates.grpc[turn] as number));
  report("nats", {
    centers: centers.length,
    records_per_batch: records,
    grpc_batches_per_s: median(rates.grpc),
    nats_batches_per_s: median(rates.nats),
    grpc_records_per_s: Math.round(median(rates.grpc) * records),
    nats_records_per_s: Math.round(median(rates.nats) * records),
    /** Median of the turns. */
    ratio: median(ratios),
  });
} finally {
  await rm(folder, { recursive: true });
}

/** Signs, then publishes; batches per second from when every center is connected and has a receipt to the last receipt. */
async function publishAll(centers: readonly NatsCenter[], courier: CourierName): Promise<number> {
  for (const center of centers) for (let i = 0; i < batches; i += 1) await signBatch(center);
  for (const center of centers) center.publish(center[courier]);
  while (centers.some(({ feed }) => feed.outbox.batches === batches)) await systemClock.sleep(1);
  const startedAtMs = performance.now();
  const left = centers.reduce((sum, { feed }) => sum + feed.outbox.batches, 0);
  await Promise.all(centers.map((center) => center.published()));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  await Promise.all(centers.map((center) => center.pause()));
  return left / seconds;
}

async function signBatch({ feed }: NatsCenter): Promise<void> {
  const { nextSeq, ordinal } = feed.state;
  const drafts = Array.from({ length: records }, (_, i) => {
    const key = `k${nextSeq}-${i}`;
    const abstract = "铜加工车间的能耗在线监测，改造投入在一年内收回。".repeat(8);
    return aDraft({ kind: "case", key, body: encodeBody("case", { title: key, abstract }) });
  });
  await feed.append({ feed: ordinal, drafts, rows: [] });
}
