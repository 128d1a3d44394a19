/**
 * How long does a center with 100,000 engagements in one quarter wait for its release?
 *
 * The agent's own code: the engagements are taken (pseudonyms, bands), then the epoch is sealed and encoded; once with the
 * ledger in memory, once on disk, where both steps end with a synced write. Invented engagements, skewed as those of a real
 * center.
 *
 * Usage: npm run bench -- seal [--records N]
 *
 * @module
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decodeBody, ManualClock, randomBytes, standardHierarchies } from "@tributary/proto";
import { report } from "../../.tools/bench-report.ts";
import { asEngagement } from "../eval/support/agent-releaser.ts";
import { generateEngagements } from "../eval/support/generate-engagements.ts";
import { openLevelReleaseLedger } from "../src/adapters/level-release-ledger.ts";
import { MemoryReleaseLedger } from "../src/adapters/memory-release-ledger.ts";
import type { ReleaseLedger } from "../src/ports/release-ledger.ts";
import { parseEpoch, tickOf } from "../src/privacy/release/epoch.ts";
import { MEMBERS_POLICY } from "../src/privacy/release/policy.ts";
import { pseudonymsOf } from "../src/privacy/release/pseudonym.ts";
import { Releases } from "../src/privacy/release/releases.ts";

const { values } = parseArgs({ options: { records: { type: "string", default: "100000" } } });
const count = Number(values.records);
const EPOCH = parseEpoch("2025Q1") as number;

/** The ledger as the center of this bench begins it. */
async function begun<Ledger extends ReleaseLedger>(ledger: Ledger): Promise<Ledger> {
  await ledger.commit({ head: { openEpoch: EPOCH, nextSeq: 0, lastHash: new Uint8Array() } });
  return ledger;
}

/** Takes the rows and releases the epoch; how long each took, in seconds. */
async function run(ledger: ReleaseLedger) {
  const releases = new Releases({
    ledger,
    clock: new ManualClock(tickOf(EPOCH)),
    pseudonyms,
    terms: {
      policy: MEMBERS_POLICY,
      hierarchies: standardHierarchies(),
      agentVersion: "bench",
      consentBasis: "contract",
    },
  });
  const begin = performance.now();
  const { added } = await releases.take("bench", rows);
  const taken = performance.now();
  const before = process.cpuUsage();
  const released = await releases.tick(new AbortController().signal);
  const { user, system } = process.cpuUsage(before);
  return {
    added,
    released,
    take: (taken - begin) / 1000,
    seal: (performance.now() - taken) / 1000,
    cpu: (user + system) / 1e6,
  };
}

const pseudonyms = pseudonymsOf({
  enterprise: randomBytes(32),
  nullifier: randomBytes(32),
  salt: randomBytes(32),
});
// As if the year's engagements had all been finished in its first quarter.
const { engagements } = generateEngagements({
  seed: 1,
  years: 1,
  perYear: count,
  enterprises: count,
});
const rows = new Map(
  engagements.map((each) => [each.id, { ...asEngagement(each), finished: "2025Q1" }]),
);
const inMemory = await run(await begun(new MemoryReleaseLedger()));
const folder = mkdtempSync(join(tmpdir(), "tributary-seal-"));
try {
  await using ledger = await begun(await openLevelReleaseLedger(folder));
  const onDisk = await run(ledger);
  const buckets = onDisk.released.flatMap(({ body }) => decodeBody("outcome", body).buckets ?? []);
  report("seal", {
    records: onDisk.added,
    sealed: buckets.reduce((sum, { n }) => sum + n, 0),
    buckets: buckets.length,
    parts: onDisk.released.length,
    body_bytes: onDisk.released.reduce((sum, { body }) => sum + body.length, 0),
    seal_seconds: inMemory.seal,
    seal_cpu_seconds: inMemory.cpu,
    seal_on_disk_seconds: onDisk.seal,
    take_seconds: inMemory.take,
    take_on_disk_seconds: onDisk.take,
    rss_mb: process.memoryUsage().rss / 2 ** 20,
  });
} finally {
  rmSync(folder, { recursive: true });
}
