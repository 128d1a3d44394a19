/**
 * How long does a center with 100,000 engagements in one quarter wait for its release?
 *
 * The agent's own code, with its ledger on disk: the engagements are taken (pseudonyms, bands, one synced write), then the
 * epoch is sealed, encoded and written (one synced write). Invented engagements, skewed as those of a real center.
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
import { parseEpoch, tickOf } from "../src/privacy/release/epoch.ts";
import { MEMBERS_POLICY } from "../src/privacy/release/policy.ts";
import { pseudonymsOf } from "../src/privacy/release/pseudonym.ts";
import { Releases } from "../src/privacy/release/releases.ts";

const { values } = parseArgs({ options: { records: { type: "string", default: "100000" } } });
const count = Number(values.records);
const EPOCH = parseEpoch("2025Q1") as number;

const folder = mkdtempSync(join(tmpdir(), "tributary-seal-"));
try {
  await using ledger = await openLevelReleaseLedger(folder);
  await ledger.commit({ head: { openEpoch: EPOCH, nextSeq: 0, lastHash: new Uint8Array() } });
  const releases = new Releases({
    ledger,
    clock: new ManualClock(tickOf(EPOCH)),
    pseudonyms: pseudonymsOf({
      enterprise: randomBytes(32),
      nullifier: randomBytes(32),
      salt: randomBytes(32),
    }),
    terms: {
      policy: MEMBERS_POLICY,
      hierarchies: standardHierarchies(),
      agentVersion: "bench",
      consentBasis: "contract",
    },
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
  const begin = performance.now();
  const { added } = await releases.take("bench", rows);
  const taken = performance.now();
  const before = process.cpuUsage();
  const released = await releases.tick(new AbortController().signal);
  const sealed = performance.now();
  const { user, system } = process.cpuUsage(before);
  const buckets = released.flatMap(({ body }) => decodeBody("outcome", body).buckets ?? []);
  report("seal", {
    records: added,
    sealed: buckets.reduce((sum, { n }) => sum + n, 0),
    buckets: buckets.length,
    parts: released.length,
    body_bytes: released.reduce((sum, { body }) => sum + body.length, 0),
    take_seconds: (taken - begin) / 1000,
    seal_seconds: (sealed - taken) / 1000,
    seal_cpu_seconds: (user + system) / 1e6,
    rss_mb: process.memoryUsage().rss / 2 ** 20,
  });
} finally {
  rmSync(folder, { recursive: true });
}
