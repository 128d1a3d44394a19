/**
 * How long does a hub need to open a log, and does it depend on how long the log is?
 *
 * Writes a log of small batches with their facts, and opens it: tree, newest entries, feeds and members; without the
 * catalog and the index, which the benchmark `rebuild` measures.
 *
 * Arguments: entries (default 1,000,000), opens (default 5).
 *
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  generateSigningKey,
  randomBytes,
  sha256,
  systemClock,
  utf8,
  ZERO_HASH,
} from "@tributary/proto";
import { median, report } from "../../.tools/bench-report.ts";
import { FileCheckpointAnchor } from "../src/adapters/file-checkpoint-anchor.ts";
import { openLevelLogStore } from "../src/adapters/level-log-store.ts";
import { batchFactName, encodeBatchPlace, FeedTable, feedFact } from "../src/ingest/feed-table.ts";
import { createCheckpointSigner } from "../src/log/checkpoint-signer.ts";
import { MerkleLog } from "../src/log/merkle-log.ts";
import { MemberRegistry } from "../src/members/registry.ts";

const entries = Number(process.argv[2] ?? 1_000_000);
const opens = Number(process.argv[3] ?? 5);
const ORIGIN = "hub.example/log";
const HEADER_BYTES = 200;

const folder = await mkdtemp(join(tmpdir(), "tributary-start-"));
const signer = createCheckpointSigner(ORIGIN, await generateSigningKey());
try {
  const writtenS = await write();
  console.log(`${entries} entries written in ${writtenS.toFixed(0)} s`);
  const times: number[] = [];
  for (let i = 0; i < opens; i += 1) times.push(await open());
  report("start", { entries, open_s: median(times), written_s: writtenS });
} finally {
  await rm(folder, { recursive: true });
}

async function openLog() {
  const store = await openLevelLogStore(join(folder, "log"), { reserveBytes: 0 });
  const anchor = new FileCheckpointAnchor(join(folder, "checkpoint"));
  return { store, log: await MerkleLog.open({ store, anchor, signer, clock: systemClock }) };
}

/** Seconds to write. */
async function write(): Promise<number> {
  const startedAtMs = performance.now();
  const { store, log } = await openLog();
  await using _store = store;
  const feed = {
    centerId: "bench",
    feedId: randomBytes(16),
    lastHash: ZERO_HASH,
    nextRecordSeq: 0n,
    pausedCode: "",
    isOpen: true,
  };
  for (let from = 0; from < entries; from += 4_096) {
    const to = Math.min(entries, from + 4_096);
    await Promise.all(
      Array.from({ length: to - from }, (_, i) => {
        const seq = BigInt(from + i);
        const statement = new Uint8Array(HEADER_BYTES).fill((from + i) % 251);
        return log.append({
          type: "batch",
          statement,
          signature: new Uint8Array(64),
          records: utf8(`records of ${seq}`),
          facts: (position) => [
            feedFact({ ...feed, nextSeq: seq + 1n }),
            [
              batchFactName(feed.centerId, feed.feedId, seq),
              encodeBatchPlace({ position, headerHash: sha256(statement) }),
            ],
          ],
        });
      }),
    );
  }
  return (performance.now() - startedAtMs) / 1_000;
}

/** Seconds to open. */
async function open(): Promise<number> {
  const startedAtMs = performance.now();
  const { store, log } = await openLog();
  await FeedTable.load((prefix) => log.facts(prefix));
  await MemberRegistry.load(log, ORIGIN);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  if (log.size !== entries) throw new Error(`${log.size} entries instead of ${entries}`);
  await store[Symbol.asyncDispose]();
  return seconds;
}
