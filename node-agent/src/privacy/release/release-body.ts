/**
 * The bodies of one epoch's release.
 *
 * @module
 */

import { type BodyOf, encodeBody, type Hierarchies, LADDER_HASH, sha256 } from "@tributary/proto";
import type { LedgerHead, StoredRelease } from "../../ports/release-ledger.ts";
import { SAMPLER, type YearAnswers } from "../noised/year-answers.ts";
import type { SealedBucket } from "./bucket.ts";
import { type Epoch, epochText } from "./epoch.ts";
import type { ReleasePolicy } from "./policy.ts";

type OutcomeBody = BodyOf<"outcome">;

/** What releases say of who makes them. */
export interface ReleaseTerms {
  readonly policy: ReleasePolicy;
  readonly hierarchies: Hierarchies;
  readonly agentVersion: string;
  /** On what the enterprises' agreement rests, for example a form of contract; closed vocabulary of the center. */
  readonly consentBasis: string;
}

/** Parts are cut so that a body stays well below the protocol's limits. */
const MAX_PART_BUCKETS = 300;
const MAX_PART_RECORDS = 5_000;

/** What k counts. */
const UNIT = "enterprise-group/center";
/** Knows sector, size, city, quarter, scenario and provider of whom it looks for. */
const ATTACKER_PROFILE = "A3";
const TECHNIQUES = ["pseudonymisation", "generalisation", "aggregation", "suppression"];

/** The releases of an epoch, one a part, and the head behind them. There is one even if nothing leaves. */
export function releasesOf(
  epoch: Epoch,
  {
    buckets,
    retracted,
    answers,
  }: {
    readonly buckets: readonly SealedBucket[];
    readonly retracted: NonNullable<OutcomeBody["retracted"]>;
    readonly answers?: YearAnswers | undefined;
  },
  { nextSeq, lastHash }: LedgerHead,
  terms: ReleaseTerms,
): { readonly releases: readonly StoredRelease[]; readonly head: LedgerHead } {
  const parts = partsOf(buckets);
  const releases: StoredRelease[] = [];
  let [seq, hash] = [nextSeq, lastHash];
  for (const [part, buckets] of parts.entries()) {
    const body = encodeBody("outcome", {
      epoch: epochText(epoch),
      releaseSeq: seq,
      ...(hash.length > 0 && { prevReleaseHash: hash }),
      ...statementOf(terms),
      buckets: [...buckets],
      ...(part === 0 && retracted.length > 0 && { retracted }),
      ...(part === 0 && answers && { ...answers, agent: agentOf(terms, SAMPLER) }),
      part,
      parts: parts.length,
    });
    releases.push({ seq, epoch, part, parts: parts.length, body });
    hash = sha256(body);
    seq += 1;
  }
  return { releases, head: { openEpoch: epoch + 1, nextSeq: seq, lastHash: hash } };
}

/** Key of a release's record. */
export function releaseKeyOf({ epoch, part, parts }: Omit<StoredRelease, "body" | "seq">): string {
  return parts === 1 ? epochText(epoch) : `${epochText(epoch)}.${part + 1}`;
}

function agentOf({ agentVersion }: ReleaseTerms, sampler?: string) {
  return { version: agentVersion, ...(sampler !== undefined && { sampler }) };
}

function statementOf(terms: ReleaseTerms) {
  const { policy, hierarchies, consentBasis } = terms;
  const { k, l, shareCap, m, kSatisfaction } = policy;
  return {
    agent: agentOf(terms),
    ladderHash: LADDER_HASH,
    hierarchies: hierarchies.hashes,
    policy: {
      policyId: `sealed-k${k}`,
      k,
      l,
      shareCap: shareCap.join("/"),
      m,
      kSatisfaction,
      techniques: TECHNIQUES,
    },
    unit: UNIT,
    attackerProfile: ATTACKER_PROFILE,
    consentBasis,
  };
}

function partsOf(buckets: readonly SealedBucket[]): SealedBucket[][] {
  const parts: SealedBucket[][] = [[]];
  let records = 0;
  for (const bucket of buckets) {
    const last = parts.at(-1) as SealedBucket[];
    const isFull = last.length >= MAX_PART_BUCKETS || records + bucket.n > MAX_PART_RECORDS;
    if (isFull && last.length > 0) {
      parts.push([bucket]);
      records = bucket.n;
    } else {
      last.push(bucket);
      records += bucket.n;
    }
  }
  return parts;
}
