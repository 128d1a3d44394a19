import {
  type Clock,
  ManualClock,
  type PublishAnswer,
  type PublishItem,
  refusalOf,
  TributaryError,
} from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { HELD, holdSnapshotOf } from "../../test/support/held-snapshot.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import type { BatchAnswer, Ingest } from "../ingest/ingest.ts";
import { PresenceBoard } from "../members/presence.ts";
import { ByteBudget } from "./byte-budget.ts";
import { CREDIT, createIngestApi } from "./ingest-api.ts";
import type { CallContext } from "./rpc.ts";

describe("publish", () => {
  test("grants credit first, and answers each batch", async () => {
    const { publish } = open();
    const answers = await Array.fromAsync(publish([batch(1), batch(2)]));
    expect(answers.map((a) => a.type)).toEqual(["credit", "receipt", "receipt"]);
    expect(answers[0]).toEqual({ type: "credit", credit: CREDIT });
  });

  test("answers what is in flight before it ends", async () => {
    const { publish, ingest } = open();
    ingest.hold();
    const answers = Array.fromAsync(publish([batch(1), batch(2), batch(3)]));
    await ingest.until(3);
    ingest.release();
    expect(await answers).toHaveLength(4);
  });

  test("tells with the head of a feed what is held back of the center, and of no other", async () => {
    const { feedHead, catalog } = open();
    await holdSnapshotOf(catalog, "aa");
    const feedId = new Uint8Array(16).fill(0xab);
    const { feedPosition: _, ...told } = { ...HELD, feedId };
    expect((await feedHead("aa")).held).toEqual(told);
    expect((await feedHead("bb")).held).toBeUndefined();
  });

  test("ends the stream when more batches are in flight than were granted", async () => {
    const { publish, ingest } = open();
    ingest.hold();
    const items = Array.from({ length: CREDIT.batches + 1 }, () => batch(1));
    await expect(Array.fromAsync(publish(items))).rejects.toMatchObject({
      code: "ERR_CREDIT",
      details: { limitName: "credit_batches", limitValue: CREDIT.batches },
    });
  });

  test("ends the stream when more bytes are in flight than were granted", async () => {
    const { publish, ingest } = open();
    ingest.hold();
    const items = [batch(CREDIT.bytes), batch(1)];
    await expect(Array.fromAsync(publish(items))).rejects.toMatchObject({
      code: "ERR_CREDIT",
      details: { limitName: "credit_bytes", limitValue: CREDIT.bytes },
    });
  });

  test("takes as much as was granted again and again", async () => {
    const { publish } = open();
    const items = Array.from({ length: 10 * CREDIT.batches }, () => batch(1));
    expect(await Array.fromAsync(slowly(publish, items))).toHaveLength(items.length + 1);
  });

  test("does not read on while the hub's bytes are used up, and gives them back", async () => {
    const budget = new ByteBudget(100);
    const { publish, ingest } = open({ budget });
    ingest.hold();
    const read: number[] = [];
    async function* items() {
      for (let i = 0; i < 4; i += 1) {
        read.push(i);
        yield batch(60);
      }
    }
    const answers = Array.fromAsync(publish(items()));
    await ingest.until(1);
    expect(read).toEqual([0, 1]);
    expect(budget.taken).toBe(60);
    ingest.release();
    expect(await answers).toHaveLength(5);
    expect(budget.taken).toBe(0);
  });

  test("pauses before it reads on in a stream whose center is over its quota", async () => {
    const clock = new ManualClock();
    const { publish, ingest } = open({ clock });
    const items = new Pushed<PublishItem>();
    const stream = publish(items)[Symbol.asyncIterator]();
    await stream.next();
    ingest.isOverQuota = true;
    items.push(batch(1));
    expect((await stream.next()).value).toMatchObject({ type: "refusal" });
    items.push(batch(1));
    items.push(batch(1));
    await settle();
    expect(ingest.started).toBe(1);
    ingest.isOverQuota = false;
    clock.advance(50);
    expect((await stream.next()).value).toMatchObject({ type: "receipt" });
    // Within the quota again, it reads on at once.
    expect((await stream.next()).value).toMatchObject({ type: "receipt" });
    await stream.return?.(undefined);
  });

  test("lets a center have a few streams, and another when one has ended", async () => {
    const { publish } = open();
    const streams = Array.from({ length: 4 }, () => publish(forever())[Symbol.asyncIterator]());
    for (const stream of streams) await stream.next();
    await expect(publish([])[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "ERR_OVERLOADED",
      details: { limitName: "streams", limitValue: 4 },
    });
    await streams[0]?.return?.(undefined);
    expect((await publish([])[Symbol.asyncIterator]().next()).value).toMatchObject({
      type: "credit",
    });
  });

  test("ends a stream that was silent for more than 5 minutes, and none that shows signs of life", async () => {
    const clock = new ManualClock();
    const { publish, presence } = open({ clock });
    const items = new Pushed<PublishItem>();
    const answers = Array.fromAsync(publish(items));
    const outcome = answers.then(
      () => "ended",
      (error) => (error as { code: string }).code,
    );
    for (let minute = 0; minute < 10; minute += 1) {
      items.push(heartbeat(minute));
      await settle();
      clock.advance(60_000);
      await settle();
    }
    expect(presence.get("aa")).toMatchObject({ agentVersion: "1", outboxBatches: 9 });
    for (let minute = 0; minute < 7; minute += 1) {
      clock.advance(60_000);
      await settle();
    }
    expect(await outcome).toBe("ERR_DEADLINE");
  });

  test("ends a silent stream although the clock was set back by years meanwhile", async () => {
    const time = new ManualClock();
    let skewMs = 0;
    const clock = {
      now: () => time.now() + skewMs,
      sleep: (ms: number, signal?: AbortSignal) => time.sleep(ms, signal),
    };
    const { publish } = open({ clock });
    const outcome = Array.fromAsync(publish(new Pushed<PublishItem>())).then(
      () => "ended",
      (error) => (error as { code: string }).code,
    );
    await settle();
    skewMs = -10 * 365 * 86_400_000;
    for (let minute = 0; minute < 7; minute += 1) {
      time.advance(60_000);
      await settle();
    }
    expect(await outcome).toBe("ERR_DEADLINE");
  });

  test("announces the acknowledgement of a receipt after it was sent", async () => {
    const steps: string[] = [];
    const { publish } = open({ onStep: (step) => steps.push(step) });
    const stream = publish([batch(1)])[Symbol.asyncIterator]();
    await stream.next();
    expect((await stream.next()).value).toMatchObject({ type: "receipt" });
    expect(steps).toEqual([]);
    await stream.next();
    expect(steps).toEqual(["ack"]);
  });
});

class HeldIngest {
  started = 0;
  isOverQuota = false;
  #gate: Promise<void> = Promise.resolve();
  release: () => void = () => undefined;
  readonly #watchers: (() => void)[] = [];

  hold(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    this.release = resolve;
  }

  async until(count: number): Promise<void> {
    while (this.started < count) await new Promise<void>((r) => this.#watchers.push(r));
    await settle();
  }

  feedHead(): undefined {}

  async accept(_centerId: string, frame: Uint8Array): Promise<BatchAnswer> {
    this.started += 1;
    for (const wake of this.#watchers.splice(0)) wake();
    await this.#gate;
    if (this.isOverQuota) {
      const refusal = refusalOf(new TributaryError("ERR_QUOTA", "the quota is used up"));
      return { type: "refusal", feedId: new Uint8Array(16), seq: 0n, refusal };
    }
    return {
      type: "receipt",
      feedId: new Uint8Array(16),
      seq: BigInt(frame.length),
      receipt: frame,
    };
  }
}

/** An iterable that grows while it is read, and never ends by itself. */
class Pushed<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #wake: () => void = () => undefined;

  push(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      while (this.#items.length > 0) yield this.#items.shift() as T;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function open(
  options: {
    readonly budget?: ByteBudget;
    readonly clock?: Clock;
    readonly onStep?: (step: string) => void;
  } = {},
) {
  const clock = options.clock ?? new ManualClock();
  const ingest = new HeldIngest();
  const presence = new PresenceBoard(clock);
  const catalog = createMemoryCatalogStore();
  const api = createIngestApi({
    ingest: ingest as unknown as Ingest,
    catalog,
    presence,
    budget: options.budget ?? new ByteBudget(64 * 2 ** 20),
    clock,
    onStep: options.onStep ?? (() => undefined),
  });
  const context: CallContext = {
    principal: { type: "center", centerId: "aa" },
    requestId: "1",
    signal: new AbortController().signal,
  };
  const publish = (items: Iterable<PublishItem> | AsyncIterable<PublishItem>) =>
    api.publish(toAsync(items), context);
  const feedHead = (centerId: string) => api.feedHead({ centerId, feedId: new Uint8Array() });
  return { publish, feedHead, catalog, ingest, presence };
}

/** Sends the next item only when the one before was answered. */
async function* slowly(
  publish: (items: AsyncIterable<PublishItem>) => AsyncIterable<PublishAnswer>,
  items: readonly PublishItem[],
): AsyncIterable<PublishAnswer> {
  const source = new Pushed<PublishItem>();
  let sent = 0;
  let answered = 0;
  for await (const answer of publish(source)) {
    yield answer;
    if (answer.type !== "credit") answered += 1;
    if (answered === items.length) return;
    if (sent < items.length && sent === answered) {
      source.push(items[sent] as PublishItem);
      sent += 1;
    }
  }
}

async function* toAsync<T>(items: Iterable<T> | AsyncIterable<T>): AsyncIterable<T> {
  yield* items;
}

async function* forever(): AsyncIterable<never> {
  await new Promise(() => undefined);
}

function batch(bytes: number): PublishItem {
  return { type: "batch", frame: new Uint8Array(bytes) };
}

function heartbeat(outboxBatches: number): PublishItem {
  return {
    type: "heartbeat",
    heartbeat: { agentVersion: "1", outboxBatches, rejectedRows: 0, pausedReason: "" },
  };
}

/** Lets everything run that can run without time passing. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
