/**
 * How much each center may send: token buckets, one a limit.
 *
 * @module
 */

import { type Clock, TributaryError } from "@tributary/proto";

/** Limits of one center. */
export interface Quota {
  readonly batchesPerSecond: number;
  readonly recordsPerMinute: number;
  readonly bytesPerDay: number;
}

/** What applies unless the operator says otherwise. */
export const DEFAULT_QUOTA: Quota = {
  batchesPerSecond: 50,
  recordsPerMinute: 20_000,
  bytesPerDay: 2 * 2 ** 30,
};

interface Limit {
  /** As the refusal names it. */
  readonly name: string;
  readonly perMs: number;
  /** The most that is granted at once: what the limit allows in its period. */
  readonly capacity: number;
}

interface Bucket {
  level: number;
  updatedAtMs: number;
}

/** Counts what centers send. One owner. */
export class QuotaMeter {
  readonly #clock: Clock;
  readonly #limits: readonly Limit[];
  readonly #buckets = new Map<string, Bucket[]>();

  constructor(quota: Quota, clock: Clock) {
    this.#clock = clock;
    this.#limits = [
      { name: "batches_per_second", capacity: quota.batchesPerSecond, periodMs: 1_000 },
      { name: "records_per_minute", capacity: quota.recordsPerMinute, periodMs: 60_000 },
      { name: "bytes_per_day", capacity: quota.bytesPerDay, periodMs: 86_400_000 },
    ].map(({ name, capacity, periodMs }) => ({ name, capacity, perMs: capacity / periodMs }));
  }

  /**
   * Takes one batch from the center's quota, or nothing.
   *
   * A batch larger than a whole period's grant passes when the bucket is full, and is paid for afterwards.
   *
   * @throws {TributaryError} `ERR_QUOTA` with the limit's name and value and when to send again.
   */
  take(centerId: string, records: number, bytes: number): void {
    const buckets = this.#bucketsOf(centerId);
    const wanted = [1, records, bytes];
    for (const [index, limit] of this.#limits.entries()) {
      const need = Math.min(wanted[index] as number, limit.capacity);
      const lacking = need - (buckets[index] as Bucket).level;
      if (lacking > 0) throw refusal(limit, Math.ceil(lacking / limit.perMs));
    }
    for (const [index, bucket] of buckets.entries()) bucket.level -= wanted[index] as number;
  }

  #bucketsOf(centerId: string): Bucket[] {
    const nowMs = this.#clock.now();
    let buckets = this.#buckets.get(centerId);
    if (buckets === undefined) {
      buckets = this.#limits.map(({ capacity }) => ({ level: capacity, updatedAtMs: nowMs }));
      this.#buckets.set(centerId, buckets);
    }
    for (const [index, bucket] of buckets.entries()) {
      const { perMs, capacity } = this.#limits[index] as Limit;
      // A clock that was set back grants nothing and takes nothing.
      const elapsedMs = Math.max(0, nowMs - bucket.updatedAtMs);
      bucket.level = Math.min(capacity, bucket.level + elapsedMs * perMs);
      bucket.updatedAtMs = nowMs;
    }
    return buckets;
  }
}

function refusal(limit: Limit, retryAfterMs: number): TributaryError {
  return new TributaryError(
    "ERR_QUOTA",
    `the quota ${limit.name} of ${limit.capacity} is used up; send again in ${retryAfterMs} ms`,
    {
      messageZh: `配额 ${limit.name}（${limit.capacity}）已用完，请在 ${retryAfterMs} 毫秒后重试`,
      details: { limitName: limit.name, limitValue: limit.capacity, retryAfterMs },
    },
  );
}
