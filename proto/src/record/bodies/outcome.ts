import { z } from "zod";
import { bytesOf, code, count, listOf, MAX_LIST, shortText } from "./field.ts";

const hash = bytesOf(32);
const bucketId = bytesOf(16);
const epoch = z.string().regex(/^\d{4}Q[1-4]$/, "must be like 2026Q1");
const fraction = z.string().regex(/^\d{1,15}(?:\/[1-9]\d{0,14})?$/, "must be a fraction like 1/20");
const integer = z.int();
const signed32 = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);
const histogram = listOf(count);
/** A label is a code, or a star where it is generalised. */
const label = z.union([code, z.literal("*")]);

function mapOf<Value extends z.ZodType>(value: Value) {
  return z
    .record(code, value)
    .refine((map) => Object.keys(map).length <= MAX_LIST, `at most ${MAX_LIST} entries`);
}

const kpiStatistics = z.strictObject({
  n: count.optional(),
  sum: integer.optional(),
  sumOfSquares: integer.min(0).optional(),
  histogram: histogram.optional(),
  clipLow: signed32.optional(),
  clipHigh: signed32.optional(),
});

const sealedBucket = z.strictObject({
  bucketId,
  level: count.optional(),
  label: listOf(label),
  n: count,
  distinct: count,
  kpi: mapOf(kpiStatistics).optional(),
  cost: histogram.optional(),
  months: histogram.optional(),
  voucher: count.optional(),
  satisfied: count.optional(),
  nullifiers: z.array(hash).max(10_000),
  commitment: hash,
  scenarioFamilies: mapOf(count).optional(),
});

const noisedAnswer = z.strictObject({
  queryId: hash,
  unit: shortText.optional(),
  statistic: code,
  rho: fraction,
  delta2Squared: fraction.optional(),
  sigmaSquared: fraction,
  cellsPerUnit: count.optional(),
  gradeMax: count.optional(),
  /** Absent where no cell has enough units. */
  values: mapOf(integer).optional(),
});

/** Sealed buckets of anonymized outcomes. @see ../../../tributary/v1/outcome.proto */
export const outcomeBody = z.strictObject({
  epoch,
  releaseSeq: integer.min(0).optional(),
  prevReleaseHash: hash.optional(),
  agent: z
    .strictObject({
      version: shortText.optional(),
      build: hash.optional(),
      sampler: shortText.optional(),
      unprovenPaths: listOf(shortText).optional(),
    })
    .optional(),
  ladderHash: hash.optional(),
  hierarchies: mapOf(hash).optional(),
  policy: z.strictObject({
    policyId: shortText.optional(),
    k: count,
    l: count.optional(),
    shareCap: fraction.optional(),
    m: count.optional(),
    kSatisfaction: count.optional(),
    concentration: hash.optional(),
    techniques: listOf(code).optional(),
  }),
  unit: shortText.optional(),
  attackerProfile: code.optional(),
  consentBasis: shortText.optional(),
  buckets: listOf(sealedBucket).optional(),
  retracted: listOf(z.strictObject({ bucketId, reason: code.optional() })).optional(),
  noised: listOf(noisedAnswer).optional(),
  budget: z
    .strictObject({
      year: count,
      spentRho: fraction.optional(),
      capYear: fraction.optional(),
      capLife: fraction.optional(),
      ledgerHead: hash.optional(),
    })
    .optional(),
  narratives: listOf(
    z.strictObject({
      bucketId,
      text: z.string().min(1).max(300),
      detectors: shortText.optional(),
      approvedBy: hash.optional(),
    }),
  ).optional(),
  part: count.optional(),
  parts: count.optional(),
});
