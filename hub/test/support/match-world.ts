/**
 * Invented providers, centers and sealed buckets for tests, evaluation and benchmarks of matching. Nothing in it is real.
 *
 * @module
 */

import {
  type BodyOf,
  bandOf,
  bucketIdOf,
  clipDelta,
  DELTA_BANDS,
  encodeBody,
  LADDER,
  LADDER_HASH,
  type Label,
  labelAt,
  type MatchDemand,
  type MatchDemandInput,
  parseMatchQuery,
  sha256,
  sha256Text,
  standardHierarchies,
} from "@tributary/proto";
import { usccCheckDigit } from "@tributary/proto/vocabulary";

type Release = BodyOf<"outcome">;
export type Bucket = NonNullable<Release["buckets"]>[number];

/** A code that passes its check digit; another one for each number below 10^9. */
export function usccOf(number: number): string {
  const head = `91360100${String(number).padStart(9, "0")}`;
  return head + usccCheckDigit(head);
}

/** A complete demand; fields can be replaced. */
export function aDemand(fields: Partial<MatchDemandInput> = {}): MatchDemand {
  return parseMatchQuery({ demand: { scenarios: ["S01"], ...fields } }).demand;
}

/** What a bucket is about. */
export interface BucketFacts {
  readonly scenario?: string;
  readonly provider?: string;
  readonly sector?: string;
  readonly size?: string;
  readonly level?: number;
  /** Deltas by effect, one a measured engagement; clipped and rounded here. */
  readonly deltas?: Readonly<Record<string, readonly number[]>>;
  /** Engagements; default: as many as the longest list of deltas. */
  readonly n?: number;
  readonly satisfied?: number;
  readonly cost?: readonly number[];
}

let nextBucket = 0;

/** A bucket with the moments of its deltas. */
export function aBucket(facts: BucketFacts = {}): Bucket {
  const {
    scenario = "S01",
    provider = usccOf(1),
    sector = "36",
    size = "medium",
    level = 0,
  } = facts;
  const deltas = facts.deltas ?? { PRODUCTION_EFFICIENCY: [6, 8, 10, 12, 14] };
  const n = facts.n ?? Math.max(...Object.values(deltas).map((list) => list.length));
  nextBucket += 1;
  const id = new Uint8Array(sha256Text(`bucket ${nextBucket}`));
  const nullifiers = Array.from({ length: n }, (_, i) => nullifierOf(id, i));
  return {
    bucketId: bucketIdOf(nullifiers),
    level,
    label: [
      ...(labelAt(level, { scenario, provider, sector, size }, standardHierarchies()) as Label),
    ],
    n,
    distinct: n,
    kpi: Object.fromEntries(Object.entries(deltas).map(([code, list]) => [code, momentsOf(list)])),
    nullifiers,
    commitment: id,
    ...(facts.satisfied !== undefined && { satisfied: facts.satisfied }),
    ...(facts.cost !== undefined && { cost: [...facts.cost] }),
  };
}

/** Another one for each record of each bucket, ascending. */
function nullifierOf(bucket: Uint8Array, record: number): Uint8Array<ArrayBuffer> {
  const nullifier = new Uint8Array(bucket);
  new DataView(nullifier.buffer).setUint16(30, record);
  return nullifier;
}

/** Integer moments of clipped deltas. */
function momentsOf(deltas: readonly number[]) {
  const clipped = deltas.map(clipDelta);
  const histogram = new Array<number>(DELTA_BANDS.length + 1).fill(0);
  for (const delta of clipped) {
    const band = bandOf(delta, DELTA_BANDS);
    histogram[band] = (histogram[band] as number) + 1;
  }
  return {
    n: clipped.length,
    sum: clipped.reduce((a, b) => a + b, 0),
    sumOfSquares: clipped.reduce((sum, delta) => sum + delta * delta, 0),
    histogram,
    clipLow: -50,
    clipHigh: 50,
  };
}

/** The body of a first release, which breaks no rule if its buckets do not. */
export function aRelease(buckets: readonly Bucket[], fields: Partial<Release> = {}): Release {
  return {
    epoch: "2025Q4",
    agent: { version: "0.1.0" },
    ladderHash: LADDER_HASH,
    hierarchies: { ...standardHierarchies().hashes },
    policy: {
      policyId: "sealed-k5",
      k: 5,
      l: 3,
      shareCap: "3/5",
      m: 2,
      kSatisfaction: 10,
      techniques: ["pseudonymisation", "generalisation", "aggregation", "suppression"],
    },
    unit: "enterprise-group/center",
    attackerProfile: "A3",
    consentBasis: "contract",
    buckets: [...buckets],
    parts: 1,
    ...fields,
  };
}

/** The releases of one center, each behind the one before. */
export class ReleaseChain {
  #seq = 0;
  #hash: Uint8Array | undefined;

  /** The bytes of the next release. */
  next(epoch: string, buckets: readonly Bucket[], fields: Partial<Release> = {}): Uint8Array {
    const body = encodeBody(
      "outcome",
      aRelease(buckets, {
        epoch,
        releaseSeq: this.#seq,
        ...(this.#hash && { prevReleaseHash: this.#hash }),
        ...fields,
      }),
    );
    this.#seq += 1;
    this.#hash = sha256(body);
    return body;
  }
}

/** Levels whose labels name a provider. */
export const NAMED_LEVELS: number = LADDER.findIndex(({ provider }) => provider === "*");

/** Numbers in [0, 1) that only the seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A draw from the standard normal distribution (Box and Muller). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
