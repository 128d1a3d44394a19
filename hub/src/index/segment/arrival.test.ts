import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestWriter } from "../../../test/support/open-test-index.ts";
import { MemoryIndexStore } from "../../adapters/memory-index-store.ts";
import { WorkerIndexReader } from "../../adapters/worker-index-reader.ts";
import { type ArrivingBlob, PART_BYTES, PartState } from "../../ports/index-store.ts";
import { aDocument, aQuery, keysOf } from "../../ports/search-index.contract.ts";

const NEVER = new AbortController().signal;
const DOCS = 3000;

/** Reads what is left of its blobs, once they are opened, when it is told to. */
class HeldStore extends MemoryIndexStore {
  isOpening = false;
  #go: (error?: Error) => void = () => undefined;
  #held: Promise<Error | undefined> = Promise.resolve(undefined);

  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#go = resolve;
    });
  }

  /** Lets it read on, or fail. */
  release(error?: Error): void {
    this.#go(error);
  }

  override async openBlob(name: string): Promise<ArrivingBlob> {
    const blob = await super.openBlob(name);
    return {
      buffer: blob.buffer,
      parts: blob.parts,
      read: async (from, to) => {
        const error = this.isOpening ? undefined : await this.#held;
        if (error !== undefined) throw error;
        await blob.read(from, to);
      },
      lose: () => blob.lose(),
    };
  }
}

describe("a segment that is asked while it is read", () => {
  const store = new HeldStore();
  let reader: WorkerIndexReader;
  beforeAll(async () => {
    reader = new WorkerIndexReader({ threads: 1 });
    await using writer = await open();
    const upserts = Array.from({ length: DOCS }, (_, i) =>
      aDocument({ key: `k${i}`, title: `设备 ${i}`, body: hanOf(i) }),
    );
    await writer.apply({ upserts, deletes: [], position: 1 });
    await writer.flush();
  });
  afterAll(() => reader[Symbol.asyncDispose]());

  async function open(onLost?: (error: unknown) => void) {
    store.isOpening = true;
    const { writer } = await openTestWriter({
      store,
      publish: (data) => {
        store.isOpening = false;
        reader.publish(data);
        parts = data.segments[0]?.parts;
      },
      ...(onLost === undefined ? {} : { onLost }),
    });
    return writer;
  }
  let parts: Int32Array | undefined;
  const find = (text: string) => reader.search(aQuery(text), NEVER);

  test("is opened before its postings and texts are here, and answers when they are", async () => {
    store.hold();
    await using _writer = await open();
    expect(parts?.length).toBeGreaterThan(2);
    expect(parts).toContain(PartState.absent);
    const asked = find(hanOf(DOCS - 1).slice(0, 6));
    await expect.poll(() => parts?.includes(PartState.wanted), { timeout: 10_000 }).toBe(true);
    store.release();
    expect(keysOf(await asked)[0]).toBe(`k${DOCS - 1}`);
  });

  test("is not merged and not dropped before all of it is here", async () => {
    store.hold();
    await using writer = await open();
    const deletes = Array.from({ length: DOCS }, (_, i) => aDocument({ key: `k${i}` }).ref);
    await writer.apply({ upserts: [], deletes, position: 2 });
    expect(parts).toContain(PartState.absent);
    expect((await find("")).total).toBe(0);
    store.release();
    await writer.settle();
    await writer.apply({ upserts: [], deletes: [], position: 3 });
    expect(parts).toBeUndefined();
  });

  test("is told to be lost when the writer is closed before", async () => {
    store.hold();
    const writer = await open();
    const asked = find(hanOf(DOCS - 2).slice(0, 6));
    asked.catch(() => undefined);
    await expect.poll(() => parts?.includes(PartState.wanted), { timeout: 10_000 }).toBe(true);
    const closed = writer[Symbol.asyncDispose]();
    store.release();
    await closed;
    await expect(asked).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
  });

  test("refuses questions and changes when a part cannot be read, until it is cleared", async () => {
    store.hold();
    const lost: unknown[] = [];
    await using writer = await open((error) => lost.push(error));
    const damage = new Error("does not match its checksum");
    store.release(damage);
    await writer.settle();
    expect(lost).toEqual([damage]);
    await expect(find(hanOf(DOCS - 3).slice(0, 6))).rejects.toMatchObject({
      code: "ERR_UNAVAILABLE",
    });
    const change = {
      upserts: [aDocument({ key: "new", title: "新的" })],
      deletes: [],
      position: 2,
    };
    await expect(writer.apply(change)).rejects.toBe(damage);
    await writer.clear();
    await writer.apply(change);
    expect(keysOf(await find("新的"))).toEqual(["new"]);
  });
});

/** A text that no other number has, long enough that all of them fill more than one part. */
function hanOf(number: number): string {
  let state = number + 1;
  const characters = Math.ceil((2 * PART_BYTES) / DOCS);
  return Array.from({ length: characters }, () => {
    state = (state * 48_271) % 0x7fffffff;
    return String.fromCodePoint(0x4e00 + (state % 5000));
  }).join("");
}
