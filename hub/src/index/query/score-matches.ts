/**
 * Scores of the matches of a question, of which only the best are wanted.
 *
 * A match has at most what its terms gave so far, and for those to come their weight times {@link MAX_SATURATION}. One
 * that cannot get among the best with that is dropped. Terms come by falling weight, so that most matches are dropped
 * before the long lists of common terms.
 *
 * @module
 */

import type { Segment } from "../segment/segment.ts";
import { BATCH_SIZE, type Batch, COUNTS, FOUND } from "./batch.ts";
import type { Candidates } from "./candidates.ts";
import { type FieldScorer, MAX_SATURATION } from "./score.ts";
import type { WeighedCursor } from "./weighed-term.ts";

/** Matches in a segment. */
export interface Matches extends Candidates {
  readonly segment: Segment;
}

/** About so many matches are scored to know what the others must have: more than are ranked again and shown. */
const HEAVIEST = 128;

/** Classes of weight that {@link massOfHeaviest} tells apart. */
const CLASSES = 256;

/** The weight that about {@link HEAVIEST} of the matches have at least; 0 when there are not more. */
export function massOfHeaviest(kept: readonly Candidates[]): number {
  let total = 0;
  let most = 0;
  for (const { masses } of kept) {
    total += masses.length;
    for (const mass of masses) most = Math.max(most, mass);
  }
  if (total <= HEAVIEST) return 0;
  const classOf = (CLASSES - 1) / most;
  const counts = new Uint32Array(CLASSES);
  for (const { masses } of kept) {
    for (const mass of masses) {
      const at = Math.floor(mass * classOf);
      counts[at] = (counts[at] as number) + 1;
    }
  }
  let least = CLASSES;
  for (let heavy = 0; heavy < HEAVIEST; heavy += counts[least] as number) least -= 1;
  return least / classOf;
}

/** Matches are dropped each time that terms with this share of the weight of all were added. */
const DROP_SHARE = 0.05;

/** For the batch that is looked at: weight of the terms to come. One query runs at a time in a thread. */
const RESTS = new Float64Array(BATCH_SIZE);

/**
 * Replaces the weight that each match of a batch has in the terms of the cursors by its score, and drops those whose
 * score is below `least`: all of them, or some if the others are cheaper to score.
 */
export function scoreMatches(
  batch: Batch,
  cursors: readonly WeighedCursor[],
  scorer: FieldScorer,
  segment: Segment,
  least: number,
): void {
  const { docs, scores } = batch;
  RESTS.set(scores.subarray(0, batch.size));
  scores.fill(0, 0, batch.size);
  const dropAfter = DROP_SHARE * cursors.reduce((sum, { weight }) => sum + weight, 0);
  let added = 0;
  for (const { cursor, weight } of cursors) {
    const found = cursor.match(docs, batch.size, FOUND, COUNTS);
    for (let k = 0; k < found; k++) {
      const i = FOUND[k] as number;
      const saturation = scorer.saturation(COUNTS[k] as number, segment.lengths, docs[i] as number);
      scores[i] = (scores[i] as number) + weight * saturation;
      RESTS[i] = (RESTS[i] as number) - weight;
    }
    added += weight;
    if (added < dropAfter || least <= 0) continue;
    added = 0;
    drop(batch, least);
  }
}

/** Drops the matches that cannot get to `least`. */
function drop(batch: Batch, least: number): void {
  const { docs, scores, size } = batch;
  let kept = 0;
  for (let i = 0; i < size; i++) {
    const score = scores[i] as number;
    const rest = RESTS[i] as number;
    if ((score + rest * MAX_SATURATION) * ROUNDING < least) continue;
    docs[kept] = docs[i] as number;
    scores[kept] = score;
    RESTS[kept++] = rest;
  }
  batch.size = kept;
}

/** Sums in different orders differ by less. */
const ROUNDING = 1 + 1e-9;
