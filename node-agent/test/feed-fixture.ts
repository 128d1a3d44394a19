import {
  decodeBatchHeader,
  decodeRecord,
  generateSigningKey,
  ManualClock,
  openBatch,
  type RecordValue,
  randomBytes,
  type SigningKey,
  splitRecords,
} from "@tributary/proto";
import { MemoryFeedStore } from "../src/adapters/memory-feed-store.ts";
import { type Feed, type FeedOptions, openFeed } from "../src/feed/feed.ts";
import type { Step } from "../src/feed/steps.ts";
import type { FeedMark, Mark } from "../src/ports/feed-mark.ts";
import type { FeedStore } from "../src/ports/feed-store.ts";
import { FakeLog } from "./fake-log.ts";

export class MemoryMark implements FeedMark {
  mark: Mark | undefined;
  async read(): Promise<Mark | undefined> {
    return this.mark;
  }
  async write(mark: Mark): Promise<void> {
    this.mark = mark;
  }
}

/** Everything around a feed, in memory. */
export interface FeedBench {
  readonly store: FeedStore;
  readonly mark: MemoryMark;
  readonly clock: ManualClock;
  readonly key: SigningKey;
  readonly log: FakeLog;
  readonly steps: Step[];
  readonly options: FeedOptions;
  readonly open: (options?: Partial<FeedOptions>) => Promise<Feed>;
}

export async function feedBench(parts: Partial<FeedOptions> = {}): Promise<FeedBench> {
  const store = parts.store ?? new MemoryFeedStore();
  const mark = new MemoryMark();
  const clock = new ManualClock();
  const key = await generateSigningKey();
  const log = await FakeLog.create();
  const steps: Step[] = [];
  const options: FeedOptions = {
    store,
    mark,
    key,
    centerId: "center-a",
    hubOrigin: log.origin,
    hubVkey: log.vkey,
    maxOutboxBytes: 2 ** 20,
    maxKeptBytes: 2 ** 20,
    clock,
    random: randomBytes,
    steps: (step) => steps.push(step),
    ...parts,
  };
  const open = (more: Partial<FeedOptions> = {}) => openFeed({ ...options, ...more });
  return { store, mark, clock, key, log, steps, options, open };
}

/** Gives every batch that waits its receipt. */
export async function acknowledgeAll(feed: Feed, log: FakeLog): Promise<void> {
  for (;;) {
    const batch = await feed.pendingFrom(0n);
    if (batch === undefined) return;
    const { headerBytes, signature } = openBatch(batch.frame);
    await feed.acknowledge(batch.seq, await log.append(headerBytes, signature));
  }
}

/** Records of the batches that wait, in order. */
export async function pendingRecords(feed: Feed): Promise<RecordValue[]> {
  const records: RecordValue[] = [];
  for (let seq = 0n; ; seq += 1n) {
    const batch = await feed.pendingFrom(seq);
    if (batch === undefined) return records;
    seq = batch.seq;
    const opened = openBatch(batch.frame);
    const { recordCount } = decodeBatchHeader(opened.headerBytes);
    records.push(...splitRecords(opened.records, recordCount).map(decodeRecord));
  }
}
