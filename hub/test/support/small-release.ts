/**
 * Outcome releases for tests: valid as they are, each field to be replaced.
 *
 * @module
 */

import {
  bucketIdOf,
  compareBytes,
  encodeBody,
  LADDER_HASH,
  sha256,
  sha256Text,
  standardHierarchies,
} from "@tributary/proto";
import type {
  BucketFate,
  OutcomeRelease,
  ReceivedRelease,
  ReleaseAnswer,
  ReleaseBucket,
  ReleaseChain,
  ReleaseContext,
} from "../../src/catalog/release/context.ts";
import { DEFAULT_RULES, type ReleaseRules } from "../../src/catalog/release/rules.ts";
import { aRecord } from "./small-log.ts";

/** `count` nullifiers that only this name has, ascending. */
export function nullifiersOf(name: string, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => sha256Text(`${name}/${i}`)).sort(compareBytes);
}

/** A bucket of ten records with every figure. @param name Other records for each. */
export function aBucket(name: string, fields: Partial<ReleaseBucket> = {}): ReleaseBucket {
  const nullifiers = fields.nullifiers ?? nullifiersOf(name, 10);
  return {
    bucketId: bucketIdOf(nullifiers),
    level: 2,
    label: ["S21", "91350100M000100Y43", "C", "*"],
    n: 10,
    distinct: 10,
    kpi: {
      OEE: {
        n: 10,
        // -3, 1, 2, 6, 7, 8, 12, 13, 21, 30
        sum: 97,
        sumOfSquares: 1817,
        histogram: [1, 2, 3, 2, 2],
        clipLow: -50,
        clipHigh: 50,
      },
    },
    cost: [1, 2, 3, 2, 1, 1],
    months: [1, 4, 3, 2],
    voucher: 4,
    satisfied: 7,
    nullifiers,
    commitment: sha256Text(`commitment of ${name}`),
    scenarioFamilies: { A: 3, E: 2 },
    ...fields,
  };
}

/** A noised count whose noise fits its cost exactly. */
export function anAnswer(fields: Partial<ReleaseAnswer> = {}): ReleaseAnswer {
  return {
    queryId: sha256Text("query"),
    unit: "group-year",
    statistic: "sum",
    rho: "3/100",
    delta2Squared: "100",
    sigmaSquared: "5000/3",
    cellsPerUnit: 1,
    gradeMax: 10,
    values: { "S21.C": 812 },
    ...fields,
  };
}

/** A first release with two buckets and one noised answer. */
export function aRelease(fields: Partial<OutcomeRelease> = {}): OutcomeRelease {
  return {
    epoch: "2025Q4",
    agent: {
      version: "1.4.2",
      build: sha256Text("build"),
      sampler: "cks20-bigint/1",
      unprovenPaths: ["noise/uniform.ts"],
    },
    ladderHash: LADDER_HASH,
    hierarchies: { ...standardHierarchies().hashes },
    policy: {
      policyId: "pol-3",
      k: 5,
      l: 3,
      shareCap: "3/5",
      m: 2,
      kSatisfaction: 10,
      concentration: sha256Text("concentration"),
      techniques: ["pseudonymisation", "generalisation", "aggregation", "suppression"],
    },
    unit: "enterprise-group/center",
    attackerProfile: "A3",
    consentBasis: "contract-v2",
    buckets: [aBucket("one"), aBucket("two", { level: 7, label: ["*", "*", "C", "*"] })],
    noised: [anAnswer()],
    budget: {
      year: 2025,
      spentRho: "3/100",
      capYear: "1/20",
      capLife: "1/4",
      ledgerHead: sha256Text("ledger"),
    },
    parts: 1,
    ...fields,
  };
}

/** The release that follows another. */
export function nextRelease(
  before: OutcomeRelease,
  epoch: string,
  fields: Partial<OutcomeRelease> = {},
): OutcomeRelease {
  const { noised: _, budget: __, ...rest } = aRelease();
  return {
    ...rest,
    epoch,
    releaseSeq: (before.releaseSeq ?? 0) + 1,
    prevReleaseHash: hashOf(before),
    buckets: [aBucket(epoch)],
    ...fields,
  };
}

/** SHA-256 of a release's body. */
export function hashOf(release: OutcomeRelease): Uint8Array {
  return sha256(encodeBody("outcome", release));
}

/** As it came from center `aa`, right after its epoch. */
export function received(
  release: OutcomeRelease,
  fields: Partial<ReceivedRelease> = {},
): ReceivedRelease {
  return {
    centerId: "aa",
    key: keyOf(release),
    body: encodeBody("outcome", release),
    release,
    receivedAtMs: Date.UTC(2026, 0, 1),
    ...fields,
  };
}

/** The record of a release. */
export function releaseRecord(
  release: OutcomeRelease,
  fields: Parameters<typeof aRecord>[0] = {},
): Uint8Array {
  const body = encodeBody("outcome", release);
  return aRecord({ kind: "outcome", key: keyOf(release), body, ...fields });
}

function keyOf({ epoch, part = 0 }: OutcomeRelease): string {
  return part === 0 ? epoch : `${epoch}.${part}`;
}

/** What the log said before; nothing unless it is given. */
export function context(
  given: {
    readonly rules?: Partial<ReleaseRules>;
    readonly chain?: Partial<ReleaseChain>;
    readonly buckets?: Readonly<Record<string, BucketFate>>;
    readonly nullifiers?: Readonly<Record<string, string>>;
    readonly answers?: Readonly<Record<string, string>>;
  } = {},
): ReleaseContext {
  const first = { nextSeq: 0, lastHash: "", place: undefined, records: 0, spent: {} };
  return {
    rules: { ...DEFAULT_RULES, ...given.rules },
    past: {
      chain: { ...first, ...given.chain },
      bucket: (id) => given.buckets?.[id],
      bucketOfNullifier: (nullifier) => given.nullifiers?.[nullifier],
      answer: (name) => given.answers?.[name],
    },
  };
}
