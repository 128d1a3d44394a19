/**
 * What a release does to what later ones are held to, whether it was accepted or not.
 *
 * A refused release counts, too: its bytes have left the center. It takes its place in the sequence, so that the next one
 * follows it and one bad release does not shut a center out; it uses its records up; it costs its budget. It shows
 * nothing, and takes nothing back.
 *
 * @module
 */

import { bucketIdOf, sha256, toHex } from "@tributary/proto";
import type {
  BucketFate,
  EpochPlace,
  OutcomeRelease,
  ReleaseChain,
  ReleasePast,
} from "./context.ts";
import { answerDigest, answerNameOf, bucketDigest } from "./digests.ts";
import { add, fractionText, isBelow, parseFraction } from "./fraction.ts";
import { spentIn } from "./noise.ts";
import { nextPlace, placeOfKey } from "./place.ts";

/** A release as later ones need to know it; of plain JSON. */
export interface ReleaseEffect {
  /** Lower-case hex of the SHA-256 of the body. */
  readonly bodyHash: string;
  /** Code under which it is quarantined; empty where it is accepted. */
  readonly reason: string;
  /** The sequence that it says; absent where it cannot be read. */
  readonly seq?: number;
  readonly records: number;
  readonly buckets: readonly {
    /** Lower-case hex, made of the nullifiers, whatever id was given. */
    readonly id: string;
    readonly digest: string;
    /** Lower-case hex. */
    readonly nullifiers: readonly string[];
  }[];
  /** Ids of buckets, lower-case hex. */
  readonly retracted: readonly string[];
  readonly answers: readonly {
    readonly name: string;
    readonly digest: string;
    readonly rho: string;
  }[];
  /** Year that pays, and what the release says was spent in it. */
  readonly budget?: { readonly year: number; readonly spent: string };
}

/** What later releases are held to once an effect is there. */
export interface AfterRelease {
  readonly chain: ReleaseChain;
  /** By id; those that change. */
  readonly buckets: ReadonlyMap<string, BucketFate>;
  /** By nullifier: the id of the bucket that used it; new ones. */
  readonly nullifiers: ReadonlyMap<string, string>;
  /** By name: the digest; new ones. */
  readonly answers: ReadonlyMap<string, string>;
}

/** Effect of a release that can be read. @param reason Code under which it is quarantined; empty where accepted. */
export function effectOf(body: Uint8Array, release: OutcomeRelease, reason: string): ReleaseEffect {
  const { releaseSeq = 0, buckets = [], retracted = [], noised = [], budget } = release;
  return {
    ...unreadableEffect(body, reason),
    seq: releaseSeq,
    records: buckets.reduce((sum, { n }) => sum + n, 0),
    buckets: buckets.map((bucket) => ({
      id: toHex(bucketIdOf(bucket.nullifiers)),
      digest: bucketDigest(bucket),
      nullifiers: bucket.nullifiers.map(toHex),
    })),
    retracted: retracted.map(({ bucketId }) => toHex(bucketId)),
    answers: noised.map((answer) => ({
      name: answerNameOf(answer),
      digest: answerDigest(answer),
      rho: answer.rho,
    })),
    ...(budget && { budget: { year: budget.year, spent: budget.spentRho ?? "0" } }),
  };
}

/** Effect of a body that cannot be read. */
export function unreadableEffect(body: Uint8Array, reason: string): ReleaseEffect {
  const bodyHash = toHex(sha256(body));
  return { bodyHash, reason, records: 0, buckets: [], retracted: [], answers: [] };
}

/**
 * Applies an effect: a pure function.
 *
 * @param key Key of the record, which names the epoch.
 */
export function afterRelease(
  past: ReleasePast,
  { centerId, key, receivedAtMs }: { centerId: string; key: string; receivedAtMs: number },
  effect: ReleaseEffect,
): AfterRelease {
  const { chain } = past;
  const isAccepted = effect.reason === "";
  const place = nextPlace(chain.place, placeOfKey(key), receivedAtMs) ?? chain.place;
  const buckets = new Map<string, BucketFate>();
  const nullifiers = new Map<string, string>();
  for (const { id, digest, nullifiers: used } of effect.buckets) {
    const before = past.bucket(id);
    const comesAgain = before?.state === "refused" && before.centerId === centerId && isAccepted;
    if (before === undefined || comesAgain) {
      buckets.set(id, { centerId, state: isAccepted ? "sealed" : "refused", digest });
    }
    for (const nullifier of used) {
      if (past.bucketOfNullifier(nullifier) === undefined) nullifiers.set(nullifier, id);
    }
  }
  for (const id of isAccepted ? effect.retracted : []) {
    const before = past.bucket(id);
    if (before !== undefined) buckets.set(id, { ...before, state: "retracted" });
  }
  const fresh = effect.answers.filter(({ name }) => past.answer(name) === undefined);
  return {
    chain: {
      nextSeq: nextSeqAfter(chain, effect),
      lastHash: effect.bodyHash,
      place,
      records: isAccepted ? effect.records : chain.records,
      spent: spentAfter(
        past,
        place,
        effect,
        fresh.map(({ rho }) => rho),
      ),
    },
    buckets,
    nullifiers,
    answers: new Map(fresh.map(({ name, digest }) => [name, digest])),
  };
}

/**
 * What a release says of its sequence counts, also where it was refused for it: an agent that was restored from a backup
 * goes on from where it is.
 */
function nextSeqAfter({ nextSeq }: ReleaseChain, { seq = nextSeq }: ReleaseEffect): number {
  return (seq < Number.MAX_SAFE_INTEGER ? seq : nextSeq) + 1;
}

function spentAfter(
  past: ReleasePast,
  place: EpochPlace | undefined,
  { reason, budget }: ReleaseEffect,
  costs: readonly string[],
): Readonly<Record<string, string>> {
  const { spent } = past.chain;
  const year = budget?.year ?? (place && Number(place.epoch.slice(0, 4)));
  if (year === undefined) return spent;
  const due = costs.map(parseFraction).reduce(add, spentIn(past, year));
  const said = parseFraction(reason === "" ? (budget?.spent ?? "0") : "0");
  const most = isBelow(due, said) ? said : due;
  return most.numerator === 0n ? spent : { ...spent, [year]: fractionText(most) };
}
