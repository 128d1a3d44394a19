import {
  type Clock,
  consistencyPath,
  decodeEntryBundle,
  decodeLogEntry,
  generateSigningKey,
  inclusionPath,
  leafHash,
  ManualClock,
  merkleRoot,
  openCheckpoint,
  TributaryError,
  utf8,
  verifyConsistency,
  verifyReceipt,
} from "@tributary/proto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { MemoryCheckpointAnchor } from "../adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../adapters/memory-log-store.ts";
import type { StoredEntry, StoredHead } from "../ports/log-store.ts";
import { type CheckpointSigner, createCheckpointSigner } from "./checkpoint-signer.ts";
import { type EntryDraft, MerkleLog } from "./merkle-log.ts";
import type { Step } from "./steps.ts";
import { TileTree } from "./tile-tree.ts";

let signer: CheckpointSigner;
const clock: Clock = new ManualClock();

beforeAll(async () => {
  signer = createCheckpointSigner("hub.example/log", await generateSigningKey());
});

describe("TileTree", () => {
  test("answers the roots and proofs of RFC 6962 for any way of growing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 4, maxLength: 4 }),
        async (steps, picks) => {
          const tiles = new Map<string, Uint8Array>();
          const readTile = async (path: string) => tiles.get(path);
          let tree = await TileTree.open(0, readTile);
          const leaves: Uint8Array[] = [];
          for (const [index, step] of steps.entries()) {
            const more = Array.from({ length: step }, (_, i) => leaf(leaves.length + i));
            leaves.push(...more);
            for (const [path, hashes] of tree.append(more)) tiles.set(path, hashes);
            if (index % 2 === 1) tree = await TileTree.open(leaves.length, readTile);
            expect(await tree.root()).toEqual(merkleRoot(leaves));
          }
          const size = leaves.length;
          const [a = 0, b = 0, c = 0, d = 0] = picks.map((pick) => Math.floor(pick * size));
          expect(await tree.inclusionPaths([a, b], size)).toEqual([
            inclusionPath(leaves, a),
            inclusionPath(leaves, b),
          ]);
          const [from = 0, to = 0] = [c, d + 1].sort((x, y) => x - y);
          expect(await tree.consistencyPath(from, to)).toEqual(
            consistencyPath(leaves.slice(0, to), from),
          );
          expect(await tree.root(to)).toEqual(merkleRoot(leaves.slice(0, to)));
        },
      ),
      { numRuns: 40 },
    );
  });

  test("fills the second level after 65,536 leaves", async () => {
    const tiles = new Map<string, Uint8Array>();
    const readTile = async (path: string) => tiles.get(path);
    const leaves = Array.from({ length: 65_536 + 300 }, (_, i) => leaf(i));
    const tree = await TileTree.open(0, readTile);
    for (const [path, hashes] of tree.append(leaves)) tiles.set(path, hashes);
    expect(tiles.get("tile/1/000")).toHaveLength(256 * 32);
    expect(tiles.get("tile/2/000")).toHaveLength(32);
    expect(tiles.get("tile/1/001")).toHaveLength(32);
    const again = await TileTree.open(leaves.length, readTile);
    expect(await again.root()).toEqual(merkleRoot(leaves));
    expect(await again.inclusionPaths([70, 65_600], leaves.length)).toEqual([
      inclusionPath(leaves, 70),
      inclusionPath(leaves, 65_600),
    ]);
  });

  test("refuses to open without a tile of its edge", async () => {
    await expect(TileTree.open(3, async () => undefined)).rejects.toMatchObject({
      code: "ERR_LOG_DAMAGED",
    });
    await expect(TileTree.open(3, async () => new Uint8Array(64))).rejects.toMatchObject({
      code: "ERR_LOG_DAMAGED",
    });
  });
});

describe("MerkleLog", () => {
  test("gives entries dense positions in the order of appends, with receipts that verify", async () => {
    const { log } = await openLog();
    const committed = await Promise.all(
      [draft("a"), draft("b"), draft("c")].map((d) => log.append(d)),
    );
    expect(committed.map((c) => c.position)).toEqual([0, 1, 2]);
    for (const { position, receipt } of committed) {
      const verified = await verifyReceipt(receipt, signer);
      expect(verified.position).toBe(position);
      expect(verified.entry.statement).toEqual(utf8("abc"[position] as string));
    }
    expect(log.size).toBe(3);
  });

  test("proves every earlier checkpoint consistent with every later one", async () => {
    const { log } = await openLog();
    const heads = [];
    for (let i = 0; i < 20; i += 1) {
      await Promise.all(Array.from({ length: i % 4 }, (_, k) => log.append(draft(`${i}.${k}`))));
      if (log.head !== undefined) heads.push(log.head);
    }
    for (const from of heads) {
      for (const to of heads.filter((head) => head.size >= from.size)) {
        const path = await log.consistencyProof(from.size, to.size);
        expect(
          verifyConsistency({
            fromSize: from.size,
            fromRoot: from.root,
            toSize: to.size,
            toRoot: to.root,
            path,
          }),
        ).toBe(true);
      }
    }
    await expect(async () => log.consistencyProof(2, 1)).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
    await expect(async () => log.consistencyProof(0, log.size + 1)).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
  });

  test("keeps the issued receipt byte for byte, and makes a fresh one that verifies", async () => {
    const { log } = await openLog();
    const { receipt } = await log.append(draft("a"));
    await log.append(draft("b"));
    expect(await log.issuedReceipt(0)).toEqual(receipt);
    const fresh = await verifyReceipt(await log.freshReceipt(0), signer);
    expect([fresh.position, fresh.size]).toEqual([0, 2]);
    await expect(log.issuedReceipt(2)).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    await expect(log.freshReceipt(2)).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  });

  test("keeps the time of entries from going back with the clock, also across a restart", async () => {
    const store = new MemoryLogStore();
    const anchor = new MemoryCheckpointAnchor();
    for (const startMs of [5_000, 3_000]) {
      const clock = new ManualClock(startMs);
      const log = await MerkleLog.open({ store, anchor, signer, clock });
      await log.append(draft("a"));
      clock.advance(1_000);
      await log.append(draft("b"));
    }
    const times: number[] = [];
    for await (const { entry } of store.readEntries(0, 9)) {
      times.push(decodeLogEntry(entry).receivedAtMs);
    }
    expect(times).toEqual([5_000, 6_000, 6_000, 6_000]);
  });

  test("refuses an entry that no bundle could hold, and goes on", async () => {
    const { log } = await openLog();
    expect(() => log.append(draft("a".repeat(65_500)))).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT_INVALID" }),
    );
    await log.append(draft("b"));
    const [entry] = decodeEntryBundle((await log.entryBundle(0, 1)) as Uint8Array, 1);
    expect(entry).toEqual((await log.entry(0)).entry);
    expect(await log.entryBundle(0, 2)).toBeUndefined();
  });

  test("writes what waits together, and asks for facts at the settled position", async () => {
    const store = new CountingStore();
    const { log } = await openLog({ store });
    await Promise.all(
      Array.from({ length: 600 }, (_, i) =>
        log.append({
          ...draft(`${i}`),
          facts: (position) => [[`at/${i}`, Uint8Array.of(position % 256)]],
        }),
      ),
    );
    expect(store.writes).toBe(2);
    expect(await store.readFact("at/599")).toEqual(Uint8Array.of(599 % 256));
  });

  test("tells followers each head after it is durable", async () => {
    const store = new MemoryLogStore();
    const { log } = await openLog({ store });
    const seen: number[] = [];
    log.follow((head) => seen.push(head.size));
    const beyond = log.waitBeyond(1, AbortSignal.timeout(5_000));
    await log.append(draft("a"));
    await log.append(draft("b"));
    expect(seen).toEqual([1, 2]);
    expect(await beyond).toBe(2);
    expect((await store.readHead())?.size).toBe(2);
    await expect(log.waitBeyond(9, AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  });

  test("answers only when head and checkpoint are durable", async () => {
    const store = new SlowStore();
    const { log, anchor } = await openLog({ store });
    let isAnswered = false;
    const appended = log.append(draft("a")).then(() => {
      isAnswered = true;
    });
    await store.reached;
    await new Promise((resolve) => setImmediate(resolve));
    expect([isAnswered, log.size, await anchor.read()]).toEqual([false, 0, undefined]);
    store.release();
    await appended;
    expect(await anchor.read()).toBe(log.head?.checkpoint);
  });

  test("announces its steps in their order", async () => {
    const steps: Step[] = [];
    const { log } = await openLog({ onStep: (step) => steps.push(step) });
    await log.append(draft("a"));
    expect(steps).toEqual(["write", "sync", "tiles", "head", "publish", "receipt"]);
  });

  test("refuses more than may wait, and takes more when it was written", async () => {
    const { log } = await openLog({ maxQueuedBytes: 8 });
    const first = log.append(draft("123456"));
    expect(() => log.append(draft("789"))).toThrow(
      expect.objectContaining({ code: "ERR_OVERLOADED" }),
    );
    await first;
    await log.append(draft("789"));
    expect(log.size).toBe(2);
  });

  test.each([1, 3, 700])(
    "concludes %i entries that a crash left without a head, with the receipts of the normal path",
    async (count) => {
      const store = new MemoryLogStore();
      const anchor = new MemoryCheckpointAnchor();
      const { log } = await openLog({ store, anchor });
      await log.append(draft("before"));
      const orphans = new MemoryLogStore();
      const { log: other } = await openLog({ store: orphans });
      await other.append(draft("before"));
      await Promise.all(Array.from({ length: count }, (_, i) => other.append(draft(`${i}`))));
      const left: StoredEntry[] = [];
      for await (const entry of orphans.readEntries(1, count + 1)) left.push(entry);
      await store.writeEntries(left, new Map());

      const again = await MerkleLog.open({ store, anchor, signer, clock });
      expect(again.size).toBe(count + 1);
      const verified = await verifyReceipt(await again.issuedReceipt(count), signer);
      expect(verified.position).toBe(count);
      const next = await again.append(draft("after"));
      expect(next.position).toBe(count + 1);
    },
  );

  test("concludes entries of a crash before the first head", async () => {
    const store = new MemoryLogStore();
    const { log } = await openLog();
    await log.append(draft("a"));
    await store.writeEntries([await log.entry(0)], new Map());
    const again = await MerkleLog.open({
      store,
      anchor: new MemoryCheckpointAnchor(),
      signer,
      clock,
    });
    expect(again.size).toBe(1);
    expect((await openCheckpoint(again.head?.checkpoint ?? "", signer)).size).toBe(1);
  });

  describe("stops with a sentence that names fsck", () => {
    const stops = (code: string) =>
      expect.objectContaining({ code, message: expect.stringContaining("tributary-hub fsck") });

    test("when entries below the head are missing", async () => {
      const { store, anchor } = await filled();
      const broken = new MemoryLogStore();
      await broken.writeHead((await headOf(store)) as StoredHead);
      await expect(MerkleLog.open({ store: broken, anchor, signer, clock })).rejects.toEqual(
        stops("ERR_LOG_DAMAGED"),
      );
    });

    test("when an entry below the head is another", async () => {
      const { store, anchor } = await filled();
      const broken = await copyOf(store, (entry) =>
        entry.position === 1 ? { ...entry, entry: utf8("another") } : entry,
      );
      await expect(MerkleLog.open({ store: broken, anchor, signer, clock })).rejects.toEqual(
        stops("ERR_LOG_DAMAGED"),
      );
    });

    test("when a tile is another", async () => {
      const { store, anchor } = await filled();
      await store.writeHead({
        ...((await headOf(store)) as StoredHead),
        tiles: new Map([["tile/0/000", new Uint8Array(96)]]),
      });
      await expect(MerkleLog.open({ store, anchor, signer, clock })).rejects.toEqual(
        stops("ERR_LOG_DAMAGED"),
      );
    });

    test("when only a tile above the leaves is another", async () => {
      const { store, anchor } = await openLogWith(Array.from({ length: 300 }, (_, i) => `${i}`));
      const tiles = new Map([["tile/1/000", new Uint8Array(32)]]);
      await store.writeHead({ ...((await headOf(store)) as StoredHead), tiles });
      await expect(MerkleLog.open({ store, anchor, signer, clock })).rejects.toEqual(
        stops("ERR_LOG_DAMAGED"),
      );
    });

    test("when its own memory of the last root is another", async () => {
      const { log } = await filled();
      const root = log.head?.root as Uint8Array;
      root[0] = (root[0] as number) ^ 1;
      await expect(log.append(draft("d"))).rejects.toEqual(stops("ERR_LOG_DAMAGED"));
      expect(log.size).toBe(3);
    });

    test("when the whole store is behind the published checkpoint", async () => {
      const { anchor } = await filled();
      await expect(
        MerkleLog.open({ store: new MemoryLogStore(), anchor, signer, clock }),
      ).rejects.toEqual(stops("ERR_CHECKPOINT_INCONSISTENT"));
    });

    test("when entries are lost with the head, before what is left is concluded", async () => {
      const { anchor, store: whole } = await filled();
      const published = await anchor.read();
      const store = new MemoryLogStore();
      await store.writeEntries(await Array.fromAsync(whole.readEntries(0, 2)), new Map());
      await expect(MerkleLog.open({ store, anchor, signer, clock })).rejects.toEqual(
        stops("ERR_CHECKPOINT_INCONSISTENT"),
      );
      expect(await anchor.read()).toBe(published);
    });

    test("when the published checkpoint is of another history", async () => {
      const { anchor } = await filled();
      const { store } = await openLogWith(["x", "y", "z", "w"]);
      await expect(MerkleLog.open({ store, anchor, signer, clock })).rejects.toEqual(
        stops("ERR_CHECKPOINT_INCONSISTENT"),
      );
    });
  });

  test("does not start with a key that did not sign its checkpoint", async () => {
    const { store, anchor } = await filled();
    const other = createCheckpointSigner(signer.origin, await generateSigningKey());
    await expect(MerkleLog.open({ store, anchor, signer: other, clock })).rejects.toMatchObject({
      code: "ERR_NOTE_SIGNATURE",
    });
  });

  test("undoes everything that waits, newest first, when the disk is full, and goes on later", async () => {
    const store = new FailingStore();
    const { log } = await openLog({ store });
    await log.append(draft("a"));
    store.nextError = new TributaryError("ERR_STORE_FULL", "full");
    const undone: string[] = [];
    const results = await Promise.allSettled(
      ["b", "c", "d"].map((name) =>
        log.append({ ...draft(name), abandon: () => undone.push(name) }),
      ),
    );
    expect(results.map((r) => r.status === "rejected" && r.reason.code)).toEqual(
      Array(3).fill("ERR_STORE_FULL"),
    );
    expect(undone).toEqual(["d", "c", "b"]);
    expect((await log.append(draft("e"))).position).toBe(1);
    expect(log.queuedBytes).toBe(0);
  });

  test("rejects what waits behind a commit that found the disk full, so that nothing is left out", async () => {
    const store = new GatedStore();
    const { log } = await openLog({ store });
    const first = log.append(draft("a"));
    await store.reached;
    const behind = ["b", "c"].map((name) => log.append(draft(name)));
    store.fail(new TributaryError("ERR_STORE_FULL", "full"));
    const results = await Promise.allSettled([first, ...behind]);
    expect(results.map((r) => r.status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(await store.entryCount()).toBe(0);
  });

  test("takes nothing more after the store failed", async () => {
    const store = new FailingStore();
    const { log } = await openLog({ store });
    store.nextError = new Error("input/output error");
    await expect(log.append(draft("a"))).rejects.toMatchObject({ code: "ERR_STORE_FAILED" });
    expect(() => log.append(draft("b"))).toThrow(
      expect.objectContaining({ code: "ERR_STORE_FAILED" }),
    );
    expect(log.failure?.code).toBe("ERR_STORE_FAILED");
  });

  test("takes nothing more after an entry reads back otherwise than it was written", async () => {
    const store = new LyingStore();
    const { log } = await openLog({ store });
    await expect(log.append({ ...draft("a"), records: utf8("rows") })).rejects.toMatchObject({
      code: "ERR_LOG_DAMAGED",
    });
    expect(log.size).toBe(0);
    expect(() => log.append(draft("b"))).toThrow(
      expect.objectContaining({ code: "ERR_LOG_DAMAGED" }),
    );
  });
});

class CountingStore extends MemoryLogStore {
  writes = 0;

  override async writeEntries(
    entries: readonly StoredEntry[],
    facts: ReadonlyMap<string, Uint8Array>,
  ): Promise<void> {
    this.writes += 1;
    await super.writeEntries(entries, facts);
  }
}

class FailingStore extends MemoryLogStore {
  nextError: Error | undefined;

  override async writeEntries(
    entries: readonly StoredEntry[],
    facts: ReadonlyMap<string, Uint8Array>,
  ): Promise<void> {
    const error = this.nextError;
    this.nextError = undefined;
    if (error !== undefined) throw error;
    await super.writeEntries(entries, facts);
  }
}

/** Its head waits until the test lets it go. */
class SlowStore extends MemoryLogStore {
  readonly #reached = Promise.withResolvers<void>();
  readonly #released = Promise.withResolvers<void>();

  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  release(): void {
    this.#released.resolve();
  }

  override async writeHead(head: StoredHead): Promise<void> {
    this.#reached.resolve();
    await this.#released.promise;
    await super.writeHead(head);
  }
}

/** Its first write waits until the test lets it fail. */
class GatedStore extends MemoryLogStore {
  readonly #reached = Promise.withResolvers<void>();
  readonly #failed = Promise.withResolvers<never>();
  #isFirst = true;

  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  fail(error: Error): void {
    this.#failed.reject(error);
  }

  override async writeEntries(
    entries: readonly StoredEntry[],
    facts: ReadonlyMap<string, Uint8Array>,
  ): Promise<void> {
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#reached.resolve();
      await this.#failed.promise;
    }
    await super.writeEntries(entries, facts);
  }
}

/** A disk that returns other records than were written. */
class LyingStore extends MemoryLogStore {
  override async *readEntries(from: number, to: number): AsyncIterable<StoredEntry> {
    for await (const entry of super.readEntries(from, to))
      yield { ...entry, records: utf8("lies") };
  }
}

function draft(statement: string): EntryDraft {
  return { type: "restart", statement: utf8(statement) };
}

function leaf(index: number): Uint8Array {
  return leafHash(utf8(`leaf ${index}`));
}

async function openLog(options: Partial<Parameters<typeof MerkleLog.open>[0]> = {}) {
  const store = options.store ?? new MemoryLogStore();
  const anchor = options.anchor ?? new MemoryCheckpointAnchor();
  const log = await MerkleLog.open({ ...options, store, anchor, signer, clock });
  return { log, store: store as MemoryLogStore, anchor };
}

async function openLogWith(statements: readonly string[]) {
  const opened = await openLog();
  for (const statement of statements) await opened.log.append(draft(statement));
  return opened;
}

function filled() {
  return openLogWith(["a", "b", "c"]);
}

async function headOf(store: MemoryLogStore): Promise<StoredHead | undefined> {
  const head = await store.readHead();
  const tile = await store.readTile("tile/0/000");
  return head && tile && { ...head, tiles: new Map([["tile/0/000", tile]]), receipts: [] };
}

async function copyOf(
  store: MemoryLogStore,
  change: (entry: StoredEntry) => StoredEntry,
): Promise<MemoryLogStore> {
  const copy = new MemoryLogStore();
  const entries: StoredEntry[] = [];
  for await (const entry of store.readEntries(0, Number.MAX_SAFE_INTEGER))
    entries.push(change(entry));
  await copy.writeEntries(entries, new Map());
  await copy.writeHead((await headOf(store)) as StoredHead);
  return copy;
}
