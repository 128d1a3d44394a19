import { ManualClock } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_QUOTA, QuotaMeter } from "./quota.ts";

const SMALL = { batchesPerSecond: 2, recordsPerMinute: 60, bytesPerDay: 86_400 };

describe("QuotaMeter", () => {
  test("begins with the quota of the protocol", () => {
    expect(DEFAULT_QUOTA).toEqual({
      batchesPerSecond: 50,
      recordsPerMinute: 20_000,
      bytesPerDay: 2_147_483_648,
    });
  });

  test.each<[name: string, batches: [records: number, bytes: number][]]>([
    [
      "batches_per_second",
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
    ],
    [
      "records_per_minute",
      [
        [60, 1],
        [1, 1],
      ],
    ],
    [
      "bytes_per_day",
      [
        [1, 86_400],
        [1, 1],
      ],
    ],
  ])("refuses what is above %s, with its value and when to come back", (name, batches) => {
    const meter = new QuotaMeter(SMALL, new ManualClock());
    const last = batches.at(-1) as [number, number];
    for (const [records, bytes] of batches.slice(0, -1)) meter.take("aa", records, bytes);
    expect(() => meter.take("aa", ...last)).toThrow(
      expect.objectContaining({
        code: "ERR_QUOTA",
        details: expect.objectContaining({ limitName: name, retryAfterMs: expect.any(Number) }),
      }),
    );
  });

  test("grants again after the time that it named", () => {
    const clock = new ManualClock();
    const meter = new QuotaMeter(SMALL, clock);
    meter.take("aa", 60, 1);
    let retryAfterMs = 0;
    try {
      meter.take("aa", 30, 1);
    } catch (error) {
      retryAfterMs = (error as { details: { retryAfterMs: number } }).details.retryAfterMs;
    }
    expect(retryAfterMs).toBe(30_000);
    clock.advance(retryAfterMs - 1);
    expect(() => meter.take("aa", 30, 1)).toThrow();
    clock.advance(1);
    meter.take("aa", 30, 1);
  });

  test("counts centers apart, and takes nothing where it refuses", () => {
    const meter = new QuotaMeter(SMALL, new ManualClock());
    meter.take("aa", 60, 1);
    expect(() => meter.take("aa", 1, 1)).toThrow();
    meter.take("bb", 60, 1);
    const other = new QuotaMeter(SMALL, new ManualClock());
    expect(() => other.take("aa", 1, 1e9)).not.toThrow();
    expect(() => other.take("aa", 1, 1)).toThrow();
  });

  test("gives nothing away when the clock steps back", () => {
    const clock = new ManualClock();
    const meter = new QuotaMeter(SMALL, clock);
    meter.take("aa", 60, 1);
    clock.advance(-3_600_000);
    expect(() => meter.take("aa", 1, 1)).toThrow();
  });

  test("never grants more than its capacity and rate allow", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 1, max: 40 }))),
        (steps) => {
          const clock = new ManualClock();
          const meter = new QuotaMeter({ ...SMALL, batchesPerSecond: 1e6 }, clock);
          let elapsedMs = 0;
          let granted = 0;
          for (const [waitMs, records] of steps) {
            clock.advance(waitMs);
            elapsedMs += waitMs;
            try {
              meter.take("aa", records, 1);
              granted += records;
            } catch {}
          }
          expect(granted).toBeLessThanOrEqual(60 + elapsedMs / 1_000 + 1e-6);
        },
      ),
    );
  });
});
