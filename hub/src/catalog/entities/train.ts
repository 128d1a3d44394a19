/**
 * Learning a model from records that nobody has labelled.
 *
 * - u: how often strangers agree, from random pairs (seeded), each as much as it is no match.
 * - lambda: to begin with, pairs that agree on so much that chance does not explain one of them, divided by the share of
 *   matches that such pairs usually are. Then the matches that are expected among the compared pairs, divided by the number
 *   of **all** pairs: as a share of the compared pairs, which blocking has chosen, it would run away.
 * - m: expectation maximisation over the compared pairs (Dempster, Laird and Rubin, JRSS B 39, 1977). Since lambda is of all
 *   pairs and blocking is a union of many keys, no key has to be left out: a pair that shares a key and nothing else is as
 *   improbable as it is among all pairs.
 *
 * The result depends on the records and on nothing else, their order included.
 *
 * @module
 */

import { seeded } from "../../index/semantic/seeded.ts";
import { countKeys } from "./blocking.ts";
import { comparisonsOf } from "./comparisons.ts";
import { distance, improve, MAX_LAMBDA, type Parameters, startOf } from "./expectation.ts";
import { frequenciesOf } from "./frequencies.ts";
import { countPairs, levelsOfCandidates, levelsOfRandomPairs } from "./level-counts.ts";
import type { ComparisonWeights, Model, Pairing } from "./model.ts";
import { prepare } from "./prepare.ts";
import { compareIds, type EntityRecord, type EntitySchema } from "./record.ts";

/** Share of matches that agree so much that chance does not explain it; design note on search, 3.4. */
const SURE_SHARE = 0.6;
const MAX_STEPS = 50;
/** Largest change of a probability at which learning has ended. */
const STEADY = 1e-4;
const SEED = 20_151_001;

/** Learns a model. @param pairing Whether records of one source can be one thing. */
export function trainModel(
  schema: EntitySchema,
  records: readonly EntityRecord[],
  pairing: Pairing = "all",
): Model {
  const comparisons = comparisonsOf(schema);
  const prepared = [...records]
    .sort((a, b) => compareIds(a.id, b.id))
    .map((record) => prepare(comparisons, record));
  const keys = countKeys(prepared.map((record) => record.keys));
  const frequencies = comparisons.map((comparison, i) => frequenciesOf(comparison, prepared, i));
  const random = seeded(SEED);
  const strangers = levelsOfRandomPairs(comparisons, prepared, pairing, random);
  const compared = levelsOfCandidates(comparisons, frequencies, prepared, keys, pairing, random);
  const pairs = Math.max(1, countPairs(prepared, pairing));
  const lambda = Math.min(MAX_LAMBDA, Math.max(0.5, compared.sure) / SURE_SHARE / pairs);
  const start = comparisons.map(({ comparison }) => startOf(comparison.levels));
  let learned: Parameters = { lambda, m: start.map(({ m }) => m), u: start.map(({ u }) => u) };
  for (let step = 0, change = 1; step < MAX_STEPS && change > STEADY; step++) {
    const next = improve(start, compared.patterns, strangers, learned, pairs);
    change = distance(learned, next);
    learned = next;
  }
  const weights = frequencies.map((frequency, i): ComparisonWeights => {
    const m = learned.m[i] as readonly number[];
    const u = learned.u[i] as readonly number[];
    const bits = m.map((p, level) => Math.log2(p / (u[level] as number)));
    return { m, u, bits, ...frequency };
  });
  const priorBits = Math.log2(learned.lambda / (1 - learned.lambda));
  return { comparisons, weights, lambda: learned.lambda, priorBits, keys, pairing };
}
