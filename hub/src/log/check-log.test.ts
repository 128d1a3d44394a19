import { generateSigningKey, ManualClock, utf8 } from "@tributary/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { MemoryCheckpointAnchor } from "../adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../adapters/memory-log-store.ts";
import type { StoredEntry } from "../ports/log-store.ts";
import { checkLog } from "./check-log.ts";
import { type CheckpointSigner, createCheckpointSigner } from "./checkpoint-signer.ts";
import { MerkleLog } from "./merkle-log.ts";

const SIZE = 600;

let signer: CheckpointSigner;

beforeAll(async () => {
  signer = createCheckpointSigner("hub.example/log", await generateSigningKey());
});

describe("checkLog", () => {
  test("finds nothing wrong with a sound log, and shows each entry once", async () => {
    const { store, anchor } = await written();
    const seen: number[] = [];
    const check = await checkLog({
      store,
      trusted: signer,
      anchor: await anchor.read(),
      onEntry: async ({ position }) => {
        seen.push(position);
      },
    });
    expect(check).toMatchObject({ size: SIZE, pending: 0, problems: [] });
    expect(seen).toEqual(Array.from({ length: SIZE }, (_, i) => i));
  });

  test("counts entries that wait for a head", async () => {
    const { store, anchor } = await written();
    await store.writeEntries([{ position: SIZE, entry: utf8("x"), records: utf8("") }], new Map());
    expect(await check(store, await anchor.read())).toMatchObject({ pending: 1, problems: [] });
  });

  test("finds an entry that is another", async () => {
    const { store, anchor } = await written();
    const broken = new Changed(store, { entry: 300 });
    const { problems } = await check(broken, await anchor.read());
    expect(problems.map((p) => p.position)).toContain(300);
    expect(problems.map((p) => p.problem)).toEqual(
      expect.arrayContaining([
        expect.stringContaining("root of the checkpoint"),
        expect.stringContaining("tile/0/001"),
      ]),
    );
  });

  test.each(["tile/0/000", "tile/0/002", "tile/1/000"])("finds a wrong %s", async (tile) => {
    const { store, anchor } = await written();
    const { problems } = await check(new Changed(store, { tile }), await anchor.read());
    expect(problems).toEqual([{ position: undefined, problem: expect.stringContaining(tile) }]);
  });

  test("finds a wrong and a missing receipt", async () => {
    const { store, anchor } = await written();
    const swapped = await check(new Changed(store, { receipt: 7 }), await anchor.read());
    expect(swapped.problems).toEqual([{ position: 7, problem: "its receipt is of another entry" }]);
    const missing = await check(new Changed(store, { noReceipt: 9 }), await anchor.read());
    expect(missing.problems).toEqual([{ position: 9, problem: "its receipt is missing" }]);
  });

  test("finds a log that is behind or beside what was published", async () => {
    const { anchor } = await written();
    const shorter = await written(20);
    const { problems } = await check(shorter.store, await anchor.read());
    expect(problems).toEqual([
      { position: undefined, problem: expect.stringContaining("600 entries were published") },
    ]);
    const beside = await written(SIZE, "other");
    const other = await check(beside.store, await anchor.read());
    expect(other.problems).toEqual([
      { position: SIZE - 1, problem: expect.stringContaining("does not extend the published") },
    ]);
  });
});

/** A store that shows something else at one place. */
class Changed extends MemoryLogStore {
  readonly #store: MemoryLogStore;
  readonly #change: {
    readonly entry?: number;
    readonly tile?: string;
    readonly receipt?: number;
    readonly noReceipt?: number;
  };

  constructor(store: MemoryLogStore, change: Changed["change"]) {
    super();
    this.#store = store;
    this.#change = change;
  }

  get change() {
    return this.#change;
  }

  override entryCount() {
    return this.#store.entryCount();
  }

  override readHead() {
    return this.#store.readHead();
  }

  override async *readEntries(from: number, to: number): AsyncIterable<StoredEntry> {
    for await (const entry of this.#store.readEntries(from, to)) {
      yield entry.position === this.#change.entry ? { ...entry, entry: utf8("another") } : entry;
    }
  }

  override async readTile(path: string) {
    const tile = (await this.#store.readTile(path))?.slice();
    if (tile !== undefined && path === this.#change.tile) tile[40 % tile.length] = 0;
    return tile;
  }

  override async readReceipt(position: number) {
    if (position === this.#change.noReceipt) return undefined;
    return this.#store.readReceipt(position === this.#change.receipt ? position + 1 : position);
  }
}

async function written(size = SIZE, word = "entry") {
  const store = new MemoryLogStore();
  const anchor = new MemoryCheckpointAnchor();
  const log = await MerkleLog.open({ store, anchor, signer, clock: new ManualClock() });
  await Promise.all(
    Array.from({ length: size }, (_, i) =>
      log.append({ type: "restart", statement: utf8(`${word} ${i}`) }),
    ),
  );
  return { store, anchor };
}

function check(store: MemoryLogStore, anchor: string | undefined) {
  return checkLog({ store, trusted: signer, anchor, onEntry: async () => undefined });
}
