/**
 * What the catalog keeps of releases, as facts: derived from the log like everything else, and part of the digest.
 *
 * ```text
 * release/chain/<center>             what the center's releases amount to
 * release/record/<center>/<key>      hash of the release of this key, and what became of it
 * release/bucket/<id>                what became of the bucket
 * release/nullifier/<nullifier>      id of the bucket that used the record; never deleted
 * release/answer/<center>/<name>     digest of a noised answer
 * ```
 *
 * A nullifier stays when its bucket is retracted, its record erased or its center gone: else its record could be used
 * again.
 *
 * @module
 */

import { fromHex, fromUtf8, toHex, utf8 } from "@tributary/proto";
import type { WorkingSet } from "../working-set.ts";
import type { BucketFate, ReleaseChain, ReleasePast } from "./context.ts";
import type { AfterRelease, ReleaseEffect } from "./effect.ts";

/** What became of the release of a key. */
export interface ReleaseRecordFact {
  /** Lower-case hex of the SHA-256 of its body. */
  readonly bodyHash: string;
  /** Code under which it is quarantined; empty where it was accepted. */
  readonly reason: string;
}

const FIRST: ReleaseChain = { nextSeq: 0, lastHash: "", place: undefined, records: 0, spent: {} };

/** Ids and nullifiers that a check of the release, or its effect, will ask for. */
export interface ReleaseNames {
  readonly buckets: readonly string[];
  readonly nullifiers: readonly string[];
  readonly answers: readonly string[];
}

/** Everything that an effect touches, and the ids that the release itself gives. */
export function namesOf(effect: ReleaseEffect, given: readonly Uint8Array[] = []): ReleaseNames {
  return {
    buckets: [...effect.buckets.map(({ id }) => id), ...effect.retracted, ...given.map(toHex)],
    nullifiers: effect.buckets.flatMap(({ nullifiers }) => nullifiers),
    answers: effect.answers.map(({ name }) => name),
  };
}

/** What the log said before, as far as the names go; read in one go. */
export async function readPast(
  work: WorkingSet,
  centerId: string,
  names: ReleaseNames,
): Promise<ReleasePast> {
  const facts = await work.factsNamed([
    chainName(centerId),
    ...names.buckets.map(bucketFactName),
    ...names.nullifiers.map(nullifierFactName),
    ...names.answers.map((name) => answerFactName(centerId, name)),
  ]);
  const json = <Value>(name: string): Value | undefined => {
    const bytes = facts.get(name);
    return bytes && (JSON.parse(fromUtf8(bytes)) as Value);
  };
  return {
    chain: { ...FIRST, ...json<ReleaseChain>(chainName(centerId)) },
    bucket: (id) => json<BucketFate>(bucketFactName(id)),
    bucketOfNullifier: (nullifier) => {
      const id = facts.get(nullifierFactName(nullifier));
      return id && toHex(id);
    },
    answer: (name) => {
      const digest = facts.get(answerFactName(centerId, name));
      return digest && fromUtf8(digest);
    },
  };
}

/** Keeps what later releases are held to. */
export function writeAfter(work: WorkingSet, centerId: string, after: AfterRelease): void {
  const { nextSeq, lastHash, place, records, spent } = after.chain;
  const chain = { nextSeq, lastHash, place, records, spent };
  work.setFact(chainName(centerId), utf8(JSON.stringify(chain)));
  for (const [id, { centerId: owner, state, digest }] of after.buckets) {
    work.setFact(bucketFactName(id), utf8(JSON.stringify({ centerId: owner, state, digest })));
  }
  for (const [nullifier, id] of after.nullifiers) {
    work.setFact(nullifierFactName(nullifier), fromHex(id));
  }
  for (const [name, digest] of after.answers) {
    work.setFact(answerFactName(centerId, name), utf8(digest));
  }
}

export async function readReleaseRecord(
  work: WorkingSet,
  centerId: string,
  key: string,
): Promise<ReleaseRecordFact | undefined> {
  const bytes = await work.fact(recordFactName(centerId, key));
  return bytes && (JSON.parse(fromUtf8(bytes)) as ReleaseRecordFact);
}

export function writeReleaseRecord(
  work: WorkingSet,
  centerId: string,
  key: string,
  { bodyHash, reason }: ReleaseRecordFact,
): void {
  work.setFact(recordFactName(centerId, key), utf8(JSON.stringify({ bodyHash, reason })));
}

/** Releases that the log holds of a center. @param bytes The fact named by {@link chainName}; undefined where none is. */
export function decodeReleaseCount(bytes: Uint8Array | undefined): number {
  return bytes === undefined ? 0 : (JSON.parse(fromUtf8(bytes)) as ReleaseChain).nextSeq;
}

/** Name of the fact that says what a center's releases amount to. */
export function chainName(centerId: string): string {
  return `release/chain/${centerId}`;
}

export function recordFactName(centerId: string, key: string): string {
  return `release/record/${centerId}/${key}`;
}

function bucketFactName(id: string): string {
  return `release/bucket/${id}`;
}

function nullifierFactName(nullifier: string): string {
  return `release/nullifier/${nullifier}`;
}

function answerFactName(centerId: string, name: string): string {
  return `release/answer/${centerId}/${name}`;
}
