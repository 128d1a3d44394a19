/**
 * What a check of an outcome release is given: the release, the hub's rules, and what the log said before.
 *
 * @module
 */

import type { BodyOf, RecordFinding } from "@tributary/proto";
import type { ReleaseRules } from "./rules.ts";

/** The body of an outcome record. */
export type OutcomeRelease = BodyOf<"outcome">;
/** One bucket of it. */
export type ReleaseBucket = NonNullable<OutcomeRelease["buckets"]>[number];
/** One noised answer of it. */
export type ReleaseAnswer = NonNullable<OutcomeRelease["noised"]>[number];

/** A release as it came. */
export interface ReceivedRelease {
  readonly centerId: string;
  /** Key of its record: the epoch, and `.1`, `.2`, ... for further parts. */
  readonly key: string;
  /** What was signed. */
  readonly body: Uint8Array;
  readonly release: OutcomeRelease;
  /** When the hub wrote it to its log; ms since the epoch. */
  readonly receivedAtMs: number;
}

/** Where a release stands among the epochs of its center. */
export interface EpochPlace {
  /** Like 2026Q1; texts ascend with time. */
  readonly epoch: string;
  /** 0, 1, 2, ... */
  readonly part: number;
}

/** What the releases of a center amount to so far, refused ones included. */
export interface ReleaseChain {
  /** The `releaseSeq` that the next one must have. */
  readonly nextSeq: number;
  /** Lower-case hex of the SHA-256 of the newest body; empty before the first. */
  readonly lastHash: string;
  /** Undefined before the first. */
  readonly place: EpochPlace | undefined;
  /** Records in the newest release that was accepted; 0 before the first. */
  readonly records: number;
  /** zCDP spent by year, as fractions. */
  readonly spent: Readonly<Record<string, string>>;
}

/** What the log said of a bucket. */
export interface BucketFate {
  readonly centerId: string;
  /** `refused`: it came in a release that was refused, and was never shown. */
  readonly state: "sealed" | "refused" | "retracted";
  /** Lower-case hex of the SHA-256 of what was published of it. */
  readonly digest: string;
}

/** What the log said before the release. */
export interface ReleasePast {
  readonly chain: ReleaseChain;
  /** @param id Lower-case hex. */
  bucket(id: string): BucketFate | undefined;
  /** The bucket that used a record, as lower-case hex. @param nullifier Lower-case hex. */
  bucketOfNullifier(nullifier: string): string | undefined;
  /** Digest of the center's answer with this name; see `answerNameOf`. */
  answer(name: string): string | undefined;
}

export interface ReleaseContext {
  readonly rules: ReleaseRules;
  readonly past: ReleasePast;
}

/** One check: a pure function. */
export type ReleaseCheck = (
  received: ReceivedRelease,
  context: ReleaseContext,
) => Iterable<RecordFinding>;
