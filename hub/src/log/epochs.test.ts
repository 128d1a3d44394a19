import {
  type CenterSummary,
  decodeEpochSummary,
  decodeLogEntry,
  generateSigningKey,
  MAX_EPOCH_CENTERS,
  ManualClock,
  TributaryError,
} from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { MemoryCheckpointAnchor } from "../adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../adapters/memory-log-store.ts";
import { createCheckpointSigner } from "./checkpoint-signer.ts";
import { Epochs } from "./epochs.ts";
import { MerkleLog } from "./merkle-log.ts";

const PERIOD_MS = 60_000;
const NEVER = new AbortController().signal;

function silent(centerId: string): CenterSummary {
  const none = new Uint8Array();
  const counts = { accepted: 0, quarantined: 0, stale: 0, withdrawn: 0, erased: 0 };
  const catalogDigest = new Uint8Array(32);
  return { centerId, feedId: none, nextSeq: 0, lastHash: none, ...counts, catalogDigest };
}

async function world(centers: readonly CenterSummary[] = [silent("copper")]) {
  const clock = new ManualClock();
  const store = new MemoryLogStore();
  const log = await MerkleLog.open({
    store,
    anchor: new MemoryCheckpointAnchor(),
    signer: createCheckpointSigner("hub.test", await generateSigningKey()),
    clock,
  });
  const failures: unknown[] = [];
  const asked: number[] = [];
  const options = {
    log,
    clock,
    periodMs: PERIOD_MS,
    summarize: async (logSize: number) => {
      asked.push(logSize);
      return { logSize: log.size, centers };
    },
    onFailed: (error: unknown) => failures.push(error),
  };
  const summaries = async () => {
    const found: ReturnType<typeof decodeEpochSummary>[] = [];
    for await (const { entry } of log.entries(0, log.size)) {
      found.push(decodeEpochSummary(decodeLogEntry(entry).statement));
    }
    return found;
  };
  return { clock, log, store, options, asked, failures, summaries };
}

/** Lets everything run that does not wait for the clock. */
async function settle(log: MerkleLog): Promise<void> {
  for (let i = 0; i < 5; i += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await log.settled();
  }
}

describe("epochs", () => {
  test("write nothing before the first period is over, and a summary each period then", async () => {
    const { clock, log, options, summaries, asked } = await world();
    const epochs = await Epochs.load(options);
    expect(() => epochs.placeOf("copper")).toThrow(
      expect.objectContaining({ code: "ERR_NOT_FOUND" }),
    );
    const ending = new AbortController();
    const running = epochs.run(ending.signal);
    for (const wanted of [0, 1, 2]) {
      clock.advance(PERIOD_MS - 1);
      await settle(log);
      expect(await summaries()).toHaveLength(wanted);
      clock.advance(1);
      await settle(log);
      expect(epochs.placeOf("copper")).toBe(wanted);
    }
    ending.abort();
    await running;
    expect((await summaries()).map(({ epoch, logSize }) => [epoch, logSize])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    // Each covers the one before it.
    expect(asked).toEqual([0, 1, 2]);
  });

  test("go on after a restart where they were", async () => {
    const { clock, log, options, summaries } = await world();
    await (await Epochs.load(options)).write(NEVER);
    clock.advance(PERIOD_MS / 2);
    const again = await Epochs.load(options);
    expect(again.placeOf("")).toBe(0);
    const ending = new AbortController();
    const running = again.run(ending.signal);
    clock.advance(PERIOD_MS / 2);
    await settle(log);
    ending.abort();
    await running;
    expect((await summaries()).map(({ epoch }) => epoch)).toEqual([0, 1]);
  });

  test("cut many centers into parts, each with its range, and find the part of a center", async () => {
    const ids = Array.from({ length: MAX_EPOCH_CENTERS + 2 }, (_, i) => `c${10_000 + i}`);
    const { options, summaries } = await world(ids.map(silent));
    const epochs = await Epochs.load(options);
    await epochs.write(NEVER);
    const [first, second] = await summaries();
    const edge = ids[MAX_EPOCH_CENTERS - 1];
    expect(first).toMatchObject({ afterCenterId: "", untilCenterId: edge });
    expect(second).toMatchObject({ afterCenterId: edge, untilCenterId: "" });
    for (const loaded of [epochs, await Epochs.load(options)]) {
      expect(["", "a1", edge, ids.at(-1), "z9"].map((id) => loaded.placeOf(id ?? ""))).toEqual([
        0, 0, 0, 1, 1,
      ]);
    }
  });

  test("write a whole summary at once where a crash left a part of one", async () => {
    const ids = Array.from({ length: MAX_EPOCH_CENTERS + 1 }, (_, i) => `c${10_000 + i}`);
    const { log, options, summaries } = await world(ids.map(silent));
    const append = log.append.bind(log);
    let left = 1;
    log.append = (draft) => {
      left -= 1;
      return left >= 0 ? append(draft) : new Promise(() => {});
    };
    void (await Epochs.load(options)).write(NEVER);
    await settle(log);
    log.append = append;
    const again = await Epochs.load(options);
    const ending = new AbortController();
    const running = again.run(ending.signal);
    await settle(log);
    ending.abort();
    await running;
    expect((await summaries()).map(({ epoch }) => epoch)).toEqual([0, 1, 1]);
    expect(again.placeOf(ids.at(-1) ?? "")).toBe(2);
  });

  test("tell a failure, and try again", async () => {
    const { clock, log, options, failures, summaries } = await world();
    const failure = new TributaryError("ERR_UNAVAILABLE", "the projector starts");
    let isBroken = true;
    const summarize = options.summarize;
    const epochs = await Epochs.load({
      ...options,
      summarize: async (logSize) => {
        if (isBroken) throw failure;
        return summarize(logSize);
      },
    });
    const ending = new AbortController();
    const running = epochs.run(ending.signal);
    clock.advance(PERIOD_MS);
    await settle(log);
    expect(failures).toEqual([failure]);
    isBroken = false;
    clock.advance(PERIOD_MS);
    await settle(log);
    ending.abort();
    await running;
    expect(await summaries()).toHaveLength(1);
  });
});
