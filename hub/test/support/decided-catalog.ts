/**
 * A catalog of a small log, and a Merkle log for decisions about what it holds: for tests of services that decide.
 *
 * @module
 */

import { type Clock, generateSigningKey, ManualClock, randomBytes } from "@tributary/proto";
import { createMemoryCatalogStore } from "../../src/adapters/memory-catalog-store.ts";
import { MemoryCheckpointAnchor } from "../../src/adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../../src/adapters/memory-log-store.ts";
import { foldEntries } from "../../src/catalog/fold.ts";
import { createCheckpointSigner } from "../../src/log/checkpoint-signer.ts";
import { MerkleLog } from "../../src/log/merkle-log.ts";
import { type SmallLog, START_MS } from "./small-log.ts";

export async function openEmptyLog(clock: Clock, store = new MemoryLogStore()): Promise<MerkleLog> {
  return MerkleLog.open({
    store,
    anchor: new MemoryCheckpointAnchor(),
    signer: createCheckpointSigner("hub.example/log", await generateSigningKey()),
    clock,
  });
}

/** @param small Complete. */
export async function decidedCatalog(small: SmallLog) {
  const catalog = createMemoryCatalogStore();
  await catalog.write((await foldEntries(catalog, small.entries, small.lookup)).change);
  const clock = new ManualClock(START_MS + 60_000);
  const store = new MemoryLogStore();
  const log = await openEmptyLog(clock, store);
  let folded = 0;
  return {
    catalog,
    clock,
    log,
    /** Options that services share. */
    reading: {
      catalog,
      log,
      random: randomBytes,
      catalogPosition: () => small.entries.length,
      lastHeardMs: () => undefined,
      clock,
    },
    /** Folds the decisions that were made since. */
    async fold(): Promise<void> {
      const entries = await Array.fromAsync(log.entries(folded, log.size));
      folded = log.size;
      const { change } = await foldEntries(catalog, entries, (at) => store.readEntry(at));
      await catalog.write({ ...change, position: small.entries.length });
    },
  };
}
