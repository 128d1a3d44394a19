import { type Clock, ManualClock, systemClock, TributaryError } from "@tributary/proto";
import { MemberState } from "@tributary/proto/wire";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeHub } from "../../test/fake-hub.ts";
import { type FeedBench, feedBench } from "../../test/feed-fixture.ts";
import { grpcCourier } from "../adapters/grpc-courier.ts";
import { MemoryFeedStore } from "../adapters/memory-feed-store.ts";
import type { Feed } from "../feed/feed.ts";
import type { Courier } from "../ports/courier.ts";
import { aDraft } from "../ports/feed-store.contract.ts";
import { type Memo, openMemo } from "../sync/memo.ts";
import { Publisher } from "./publisher.ts";

let hub: FakeHub;
let parts: FeedBench;
let feed: Feed;
let memo: Memo;
let stop: AbortController;
let running: Promise<unknown>;

beforeEach(async () => {
  hub = await FakeHub.start();
  await setUp();
});

afterEach(async () => {
  stop.abort();
  await running;
  await hub[Symbol.asyncDispose]();
});

async function setUp(): Promise<void> {
  parts = await feedBench({ hubOrigin: hub.log.origin, hubVkey: hub.log.vkey, clock: systemClock });
  await hub.approve(parts.key.publicKey);
  feed = await parts.open();
  memo = await openMemo(parts.store);
  stop = new AbortController();
  running = Promise.resolve();
}

function courier(): Courier {
  return grpcCourier({
    hub: hub.address,
    tls: false,
    hubOrigin: hub.log.origin,
    centerId: "center-a",
    key: parts.key,
    clock: systemClock,
  });
}

/** Runs a publisher whose waits are as short as they may be. */
function publish(clock: Clock = impatient, over: Courier = courier()): Publisher {
  const publisher = new Publisher({
    courier: over,
    feed,
    store: parts.store,
    memo,
    clock,
    random: () => 0,
    steps: (step) => parts.steps.push(step),
    heartbeat: () => ({
      agentVersion: "test",
      outboxBatches: feed.outbox.batches,
      rejectedRows: 3,
      pausedReason: memo.agent.pause?.message ?? "",
    }),
  });
  running = publisher.run(stop.signal).catch(() => {});
  return publisher;
}

/** Waits of the publisher between sessions take no time; the times of a session stay. */
const impatient: Clock = {
  now: () => systemClock.now(),
  sleep: (ms, signal) => systemClock.sleep(ms === 5_000 ? 5 : ms, signal),
};

async function append(...keys: string[]): Promise<void> {
  for (const key of keys) {
    await feed.append({ feed: feed.state.ordinal, drafts: [aDraft({ key })], rows: [] });
  }
}

const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`);
const hubKeys = () => hub.records.map(({ key }) => key);
const isPublished = () => vi.waitFor(() => expect(feed.outbox.batches).toBe(0), 10_000);

describe("a publisher", () => {
  test("sends what waits and what comes later, each once and in order, with receipts that verify", async () => {
    await append(...keys(20));
    const publisher = publish();
    expect(await publisher.outcome(stop.signal)).toBe("published");
    await append("later");
    await isPublished();
    expect(hubKeys()).toEqual([...keys(20), "later"]);
    expect(hub.streams).toBe(1);
    for (let seq = 0n; seq < 21n; seq += 1n)
      expect(await parts.store.receipt(1, seq)).toBeDefined();
    expect(memo.agent.checkpoint?.size).toBe(21);
  });

  test("gives batches back that the hub lost, and says which it does not have, while it publishes nothing", async () => {
    await append("a");
    const sent = await feed.pendingFrom(0n);
    publish();
    await isPublished();
    const { feedId } = feed.state;
    hub.wanted = [
      { feedId, seq: 0n },
      { feedId, seq: 7n },
    ];
    // As a hub does that is being healed: it takes nothing meanwhile.
    hub.credit = { batches: 0, bytes: 0 };
    hub.breakStreams();
    await vi.waitFor(() => expect(hub.returned).toHaveLength(2), 10_000);
    expect(hub.returned[0]).toMatchObject({ feedId, seq: 0n });
    expect(hub.returned[0]?.batch).toEqual(sent?.frame);
    expect(hub.returned[1]).toMatchObject({ seq: 7n, batch: new Uint8Array() });
  });

  test("keeps a window in flight, and never more than the credit", async () => {
    hub.credit = { batches: 5, bytes: 16 * 2 ** 20 };
    hub.beforeAnswer = () => new Promise((resolve) => setTimeout(resolve, 5));
    await append(...keys(25));
    publish();
    await isPublished();
    expect(hub.mostInFlight).toBe(5);
  });

  test("takes receipts that come in another order than the batches", async () => {
    hub.reversed = 4;
    await append(...keys(8));
    publish();
    await isPublished();
    expect(hub.streams).toBe(1);
    expect(hubKeys()).toEqual(keys(8));
  });

  test("marks a batch before it sends it", async () => {
    await append("a");
    publish();
    await isPublished();
    expect(parts.steps).toEqual(["append", "sign", "sync", "mark", "send", "receipt", "truncate"]);
  });

  test("sends a sign of life with what waits and what was rejected", async () => {
    publish();
    await vi.waitFor(() => expect(hub.heartbeats.length).toBe(1));
    expect(hub.heartbeats[0]).toMatchObject({
      agentVersion: "test",
      outboxBatches: 0n,
      rejectedRows: 3n,
      pausedReason: "",
    });
  });

  test("goes on after the stream breaks, without loss and without doubles", async () => {
    let isBroken = false;
    hub.beforeAnswer = async (seq) => {
      if (seq !== 7n || isBroken) return;
      isBroken = true;
      hub.breakStreams();
    };
    await append(...keys(20));
    publish();
    await isPublished();
    expect(hubKeys()).toEqual(keys(20));
    expect(hub.streams).toBeGreaterThan(1);
  });

  test("goes on after the hub was replaced at the same address by one that has the same log", async () => {
    await append(...keys(5));
    publish();
    await isPublished();
    const { port, log, feeds, records } = hub;
    await hub[Symbol.asyncDispose]();
    await append("offline");
    await vi.waitFor(() => expect(memo.agent.connection?.code).toBe("ERR_UNAVAILABLE"), 10_000);
    hub = await FakeHub.start({ port, log });
    await hub.approve(parts.key.publicKey);
    for (const [id, state] of feeds) hub.feeds.set(id, state);
    hub.records.push(...records);
    await isPublished();
    expect(hubKeys()).toEqual([...keys(5), "offline"]);
    expect(memo.agent.connection).toBeUndefined();
  });

  test("counts a hub that cannot be reached", async () => {
    await hub[Symbol.asyncDispose]();
    await append("a");
    expect(await publish().outcome(stop.signal)).toBe("unreachable");
    expect(memo.agent.connection).toMatchObject({ code: "ERR_UNAVAILABLE" });
  });

  test("waits as long as a quota asks for, then sends the rest in order", async () => {
    let refusals = 0;
    hub.refuse = (seq) =>
      seq === 3n && refusals++ < 2 ? { code: "ERR_QUOTA", retryAfterMs: 20n } : undefined;
    await append(...keys(8));
    publish();
    await isPublished();
    expect(hubKeys()).toEqual(keys(8));
    expect(refusals).toBe(3);
  });

  test("sends again from where the hub is after a gap", async () => {
    let gaps = 0;
    hub.refuse = (seq) =>
      seq === 2n && gaps++ === 0 ? { code: "ERR_BATCH_GAP", expectedSeq: 2n } : undefined;
    await append(...keys(5));
    publish();
    await isPublished();
    expect(hubKeys()).toEqual(keys(5));
  });

  test("asks where the feed stands when a batch of it came before the first, and goes on", async () => {
    let overtaken = 0;
    hub.refuse = (seq) =>
      seq === 1n && overtaken++ === 0 ? { code: "ERR_FEED_UNKNOWN" } : undefined;
    await append(...keys(3));
    publish();
    await isPublished();
    expect(hubKeys()).toEqual(keys(3));
    expect(memo.agent.pause).toBeUndefined();
  });

  test("pauses on a refusal that cannot be helped, shows why, and sends nothing until a person resumes", async () => {
    hub.refuse = () => ({ code: "ERR_SIGNATURE" });
    await append("a", "b");
    expect(await publish().outcome(stop.signal)).toBe("paused");
    expect(memo.agent.pause).toMatchObject({ by: "hub", code: "ERR_SIGNATURE", messageZh: "拒绝" });
    const { streams } = hub;
    hub.refuse = () => undefined;
    await vi.waitFor(() => expect(memo.agent.heardAtMs).toBeGreaterThan(0));
    expect(hub.streams).toBe(streams);
    await memo.updateAgent({ pause: undefined });
    await isPublished();
    expect(hubKeys()).toEqual(["a", "b"]);
  });

  test("goes on by itself when the hub's operator ends a pause", async () => {
    await append("a");
    publish();
    await isPublished();
    hub.pausedCode = "ERR_MASS_CHANGE";
    await append("b");
    await vi.waitFor(() => expect(memo.agent.pause?.code).toBe("ERR_MASS_CHANGE"));
    hub.pausedCode = "";
    await isPublished();
    expect(hubKeys()).toEqual(["a", "b"]);
    expect(memo.agent.pause).toBeUndefined();
  });

  test("waits for approval, shows the operator's reason, and begins when it is there", async () => {
    hub.memberState = MemberState.REJECTED;
    hub.memberReason = "请补充授权书";
    await append("a");
    expect(await publish().outcome(stop.signal)).toBe("not-a-member");
    expect(memo.agent.membership).toMatchObject({ state: "rejected", reason: "请补充授权书" });
    expect(hub.streams).toBe(0);
    hub.memberState = MemberState.APPROVED;
    await isPublished();
    expect(memo.agent.membership?.state).toBe("approved");
  });

  test("sends nothing while a person paused it, and tells the hub why", async () => {
    await memo.updateAgent({
      pause: { by: "person", code: "PAUSED", message: "audit", messageZh: "审计", sinceMs: 1 },
    });
    await append("a");
    expect(await publish().outcome(stop.signal)).toBe("paused");
    await vi.waitFor(() => expect(hub.heartbeats[0]?.pausedReason).toBe("audit"));
    expect(hub.received).toEqual([]);
    await memo.updateAgent({ pause: undefined });
    await isPublished();
  });

  test("ends a pause of a person by itself at its time", async () => {
    const untilMs = systemClock.now() + 50;
    await memo.updateAgent({
      pause: { by: "person", code: "PAUSED", message: "", messageZh: "", sinceMs: 1, untilMs },
    });
    await append("a");
    publish();
    await isPublished();
    expect(systemClock.now()).toBeGreaterThanOrEqual(untilMs);
  });

  test("keeps a batch whose receipt does not verify, says so, and takes a good one later", async () => {
    hub.forge = (receipt) => {
      const forged = receipt.slice();
      // The position in the entry: still a message, no longer what was hashed.
      forged[4] = (forged[4] as number) ^ 1;
      return forged;
    };
    await append("a");
    publish();
    await vi.waitFor(() =>
      expect(memo.agent.connection?.code).toMatch(/^ERR_(INCLUSION|LOG_ENTRY)/),
    );
    expect(feed.outbox.batches).toBe(1);
    hub.forge = (receipt) => receipt;
    await isPublished();
    expect(hubKeys()).toEqual(["a"]);
  });

  test("stops at once when aborted, whatever it waits for", async () => {
    hub.beforeAnswer = () => new Promise(() => {});
    await append("a");
    publish();
    await vi.waitFor(() => expect(hub.received.length).toBe(1));
    stop.abort();
    await running;
  });

  test("stops at once when aborted while the stream opens", async () => {
    await using session = courier().connect();
    const answers = session.answers(stop.signal)[Symbol.asyncIterator]();
    const first = answers.next(); // signs the token first
    stop.abort(new Error("stopped"));
    await expect(first).rejects.toThrow("stopped");
    expect(hub.streams).toBe(0);
  });
});

describe("the outcome", () => {
  test("is not told before the hub said where the feed stands, with an empty outbox too", async () => {
    hub.memberState = MemberState.PENDING;
    await expect(publish().outcome(stop.signal)).resolves.toBe("not-a-member");
    stop.abort();
    await running;
    hub.memberState = MemberState.APPROVED;
    stop = new AbortController();
    memo = await openMemo(parts.store);
    const publisher = publish();
    await expect(publisher.outcome(stop.signal)).resolves.toBe("published");
    expect(memo.agent.membership?.state).toBe("approved");
  });
});

describe("a restored or lost history", () => {
  test("of the agent: a feed that the hub is ahead of is replaced, and the old one is not sent to", async () => {
    await append("a", "b");
    publish();
    await isPublished();
    stop.abort();
    await running;
    // The whole folder was restored, with its mark: only the hub can tell.
    const state = { ...feed.state, nextSeq: 0n, nextRecordSeq: 0n, lastHash: new Uint8Array(32) };
    const store = new MemoryFeedStore();
    await store.commit({ feed: state });
    parts.mark.mark = undefined;
    feed = await parts.open({ store });
    parts = { ...parts, store };
    memo = await openMemo(store);
    await append("other");
    stop = new AbortController();
    publish();
    await vi.waitFor(() => expect(feed.state).toMatchObject({ ordinal: 2, reason: "restored" }));
    await append("again");
    await isPublished();
    expect(hubKeys()).toEqual(["a", "b", "again"]);
    expect(memo.agent.pause).toBeUndefined();
  });

  test("of the agent: a feed that differs from the hub's is replaced", async () => {
    await append("a", "b");
    publish();
    await isPublished();
    const head = [...hub.feeds.values()][0];
    if (head !== undefined) head.lastHash = new Uint8Array(32).fill(1);
    hub.breakStreams();
    await vi.waitFor(() => expect(feed.state.ordinal).toBe(2));
  });

  test("of the agent: is not replaced again and again by a hub that is always ahead", async () => {
    publish();
    const aheadOf = async () => {
      hub.feeds.set(Buffer.from(feed.state.feedId).toString("hex"), {
        feedId: feed.state.feedId,
        nextSeq: 99n,
        lastHash: new Uint8Array(32),
        hashes: [],
        receipts: [],
      });
      hub.breakStreams();
    };
    await vi.waitFor(() => expect(hub.streams).toBe(1));
    await aheadOf();
    await vi.waitFor(() => expect(feed.state.ordinal).toBe(2));
    await vi.waitFor(() => expect(hub.streams).toBe(2));
    await aheadOf();
    await vi.waitFor(() => expect(memo.agent.pause?.code).toBe("ERR_FEED_LOST"));
    expect(feed.state.ordinal).toBe(2);
  });

  test("of the hub: batches that have receipts and are gone pause the feed for a person", async () => {
    await append("a", "b");
    publish();
    await isPublished();
    hub.forget();
    hub.breakStreams();
    await vi.waitFor(() => expect(memo.agent.pause?.code).toBe("ERR_FEED_LOST"));
    await append("c");
    expect(hubKeys()).toEqual([]);
  });

  test("of the hub: goes on by itself when the hub has its batches again, and not before", async () => {
    await append("a", "b");
    publish();
    await isPublished();
    const whole = new Map(hub.feeds);
    hub.forget();
    hub.breakStreams();
    await vi.waitFor(() => expect(memo.agent.pause?.code).toBe("ERR_FEED_LOST"));
    await append("c");
    const { heardAtMs } = memo.agent;
    await vi.waitFor(() => expect(memo.agent.heardAtMs).not.toBe(heardAtMs));
    expect(memo.agent.pause?.code).toBe("ERR_FEED_LOST");
    for (const [name, state] of whole) hub.feeds.set(name, state);
    await isPublished();
    expect(memo.agent.pause).toBeUndefined();
    expect(hubKeys()).toEqual(["c"]);
  });
});

describe("the watchdog", () => {
  test("makes a new connection when batches get no answer for 30 s, not before", async () => {
    const clock = new ManualClock(systemClock.now());
    hub.beforeAnswer = () => new Promise(() => {});
    await append("a");
    publish(clock);
    await vi.waitFor(() => expect(hub.received.length).toBe(1));
    for (let seconds = 5; seconds <= 35; seconds += 5) {
      await vi.waitFor(() => expect(clock.sleeping).toBe(2));
      expect(hub.streams).toBe(1);
      clock.advance(5_000);
    }
    await vi.waitFor(() => expect(hub.streams).toBe(2));
  });

  test("does so although the hub answers signs of life, as it does where a broker lost the batch", async () => {
    const clock = new ManualClock(systemClock.now());
    const credit = { type: "credit", batches: 8, bytes: 2 ** 20 } as const;
    let sessions = 0;
    let sent = 0;
    const loses: Courier = {
      connect: () => ({
        membership: async () => ({ state: "approved", sinceMs: 1, actor: "", reason: "" }),
        feedHead: async () => undefined,
        async *answers(signal) {
          sessions += 1;
          for (;;) {
            yield credit;
            await clock.sleep(5_000, signal);
          }
        },
        send: async () => {
          sent += 1;
        },
        giveBack: async () => {},
        beat: async () => {},
        [Symbol.asyncDispose]: async () => {},
      }),
    };
    await append("a");
    publish(clock, loses);
    await vi.waitFor(() => expect(sent).toBe(1));
    for (let seconds = 5; seconds <= 35; seconds += 5) {
      await vi.waitFor(() => expect(clock.sleeping).toBe(3));
      expect(sessions).toBe(1);
      clock.advance(5_000);
    }
    await vi.waitFor(() => expect(sent).toBe(2));
  });

  test("does so although the clock was set back by years meanwhile", async () => {
    const time = new ManualClock(systemClock.now());
    let skewMs = 0;
    const clock: Clock = {
      now: () => time.now() + skewMs,
      sleep: (ms, signal) => time.sleep(ms, signal),
    };
    hub.beforeAnswer = () => new Promise(() => {});
    await append("a");
    publish(clock);
    await vi.waitFor(() => expect(hub.received.length).toBe(1));
    skewMs = -10 * 365 * 86_400_000;
    for (let seconds = 5; seconds <= 40; seconds += 5) {
      await vi.waitFor(() => expect(time.sleeping).toBe(2));
      time.advance(5_000);
    }
    await vi.waitFor(() => expect(hub.streams).toBe(2));
  });

  test("asks an idle hub for a sign of life, and makes a new connection when none comes", async () => {
    const clock = new ManualClock(systemClock.now());
    let asked = 0;
    const real = courier();
    const deaf: Courier = {
      connect: () => {
        const session = real.connect();
        return new Proxy(session, {
          get: (target, name) => {
            if (name === "feedHead") {
              return async (feedId: Uint8Array, signal: AbortSignal) => {
                asked += 1;
                if (asked === 2) throw new TributaryError("ERR_DEADLINE", "no answer");
                return target.feedHead(feedId, signal);
              };
            }
            const value = Reflect.get(target, name);
            return typeof value === "function" ? value.bind(target) : value;
          },
        });
      },
    };
    publish(clock, deaf);
    await vi.waitFor(() => expect(hub.heartbeats.length).toBe(1));
    for (let i = 0; i < 6; i++) {
      await vi.waitFor(() => expect(clock.sleeping).toBeGreaterThanOrEqual(2));
      clock.advance(5_000);
    }
    await vi.waitFor(() => expect(hub.streams).toBe(2), 10_000);
    expect(asked).toBe(3);
  });

  test("hears what the hub holds back of a snapshot, and that it does so no more, and publishes on", async () => {
    const clock = new ManualClock(systemClock.now());
    await append("a");
    const publisher = publish(clock);
    await vi.waitFor(() => expect(hub.received.length).toBe(1));
    await publisher.outcome(stop.signal);
    const period = async () => {
      await vi.waitFor(() => expect(clock.sleeping).toBe(2));
      for (let seconds = 0; seconds < 30; seconds += 5) {
        clock.advance(5_000);
        await vi.waitFor(() => expect(clock.sleeping).toBe(2));
      }
    };
    const feedId = new Uint8Array(16).fill(0xab);
    hub.held = { feedId, position: 41n, omitted: 17n, kept: 3n, sinceMs: 5n };
    await period();
    const held = { feedId: "ab".repeat(16), position: 41, omitted: 17, kept: 3, sinceMs: 5 };
    await vi.waitFor(() => expect(memo.agent.held).toEqual(held));
    expect(memo.agent.pause).toBeUndefined();
    await append("b");
    await vi.waitFor(() => expect(hub.received.length).toBe(2));
    expect((await parts.store.agent()).held).toEqual(held);
    hub.held = undefined;
    await period();
    await vi.waitFor(() => expect(memo.agent.held).toBeUndefined());
  });
});
