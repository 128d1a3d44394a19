/**
 * The part of a hub that keeps things: log, ingest, erasure and catalog over their real stores, without threads, sockets and
 * search. It opens in a fraction of the time of a whole one, so that it can be killed hundreds of times.
 *
 * @module
 */

import { systemClock } from "@tributary/proto";
import { openDataFolder } from "../../src/adapters/data-folder.ts";
import { FileCheckpointAnchor } from "../../src/adapters/file-checkpoint-anchor.ts";
import { openLevelCatalogStore } from "../../src/adapters/level-catalog-store.ts";
import { openLevelLogStore } from "../../src/adapters/level-log-store.ts";
import { StoreLife } from "../../src/adapters/store-life.ts";
import { Projector } from "../../src/catalog/project.ts";
import { Eraser } from "../../src/ingest/eraser.ts";
import { FeedTable } from "../../src/ingest/feed-table.ts";
import { Ingest } from "../../src/ingest/ingest.ts";
import { QuotaMeter } from "../../src/ingest/quota.ts";
import { createCheckpointSigner } from "../../src/log/checkpoint-signer.ts";
import { MerkleLog } from "../../src/log/merkle-log.ts";
import { MemberRegistry } from "../../src/members/registry.ts";
import type { CatalogStore } from "../../src/ports/catalog-store.ts";
import { noEvents } from "../../src/ports/hub-events.ts";
import type { IndexWriter } from "../../src/ports/search-index.ts";

export interface CoreHub extends AsyncDisposable {
  readonly log: MerkleLog;
  readonly registry: MemberRegistry;
  readonly ingest: Ingest;
  readonly eraser: Eraser;
  readonly catalog: CatalogStore;
  /** Resolves when the catalog has followed the log to its end. */
  caughtUp(): Promise<void>;
  /** Reads the whole catalog, and makes it anew where it is damaged. */
  scrub(): Promise<void>;
}

/** @param passed Hears each step of a batch, and `store.method` when a method of a store was called and has not ended. */
export async function openCoreHub(
  path: string,
  passed: (point: string) => void = () => undefined,
): Promise<CoreHub> {
  await using opening = new AsyncDisposableStack();
  const folder = await openDataFolder(path);
  const { origin, signingKey } = folder;
  const life = opening.use(await StoreLife.open(folder));
  const store = watched(
    "log",
    opening.use(await openLevelLogStore(folder.logFolder, { reserveBytes: 0 })),
    passed,
  );
  const log = await MerkleLog.open({
    store,
    anchor: watched("anchor", new FileCheckpointAnchor(folder.checkpointFile), passed),
    signer: createCheckpointSigner(origin, signingKey),
    clock: systemClock,
    onStep: passed,
  });
  opening.defer(() => log.settled());
  const registry = await MemberRegistry.load(log, origin);
  const ingest = new Ingest({
    log,
    feeds: await FeedTable.load((prefix) => log.facts(prefix)),
    members: registry,
    quota: new QuotaMeter(NO_QUOTA, systemClock),
    events: noEvents,
    hubOrigin: origin,
    onStep: passed,
  });
  await life.begin(() => undefined);
  const catalog = watched(
    "catalog",
    opening.use(await openLevelCatalogStore(folder.catalogFolder)),
    passed,
  );
  const projector = await Projector.open(
    { log: store, catalog, index: noIndex(), onProgress: () => passed("index") },
    log.size,
  );
  const eraser = new Eraser({ log, store, catalog });
  await eraser.finish();

  const stopping = new AbortController();
  let projecting: Promise<void> | undefined;
  const project = async () => {
    while (!stopping.signal.aborted && projector.progress.catalogPosition < log.size) {
      await projector.advance(log.size, stopping.signal);
    }
  };
  const follow = () => {
    projecting ??= project().finally(() => {
      projecting = undefined;
    });
    return projecting;
  };
  opening.defer(async () => {
    stopping.abort();
    await projecting;
  });
  opening.defer(log.follow(follow));
  const open = opening.move();
  return {
    log,
    registry,
    ingest,
    eraser,
    catalog,
    caughtUp: follow,
    scrub: async () => {
      await projector.scrub(() => false);
      await follow();
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

const NO_QUOTA = { batchesPerSecond: 1e9, recordsPerMinute: 1e9, bytesPerDay: 1e15 };

/** Tells of each call of a method as soon as it has begun. */
function watched<Store extends object>(
  name: string,
  store: Store,
  passed: (point: string) => void,
): Store {
  return new Proxy(store, {
    get(target, property) {
      const value = Reflect.get(target, property, target);
      if (typeof value !== "function" || typeof property === "symbol") return value;
      return (...args: unknown[]) => {
        const result = value.apply(target, args);
        passed(`${name}.${property}`);
        return result;
      };
    },
  });
}

/** An index that holds nothing and remembers how far it is until the process ends. */
export function noIndex(): IndexWriter {
  let covered = 0;
  return {
    position: async () => covered,
    apply: async ({ position }) => {
      covered = position;
    },
    flush: async () => undefined,
    rest: async () => undefined,
    clear: async () => {
      covered = 0;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
