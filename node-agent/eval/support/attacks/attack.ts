/**
 * What every attack works on and gives back.
 *
 * @module
 */

import type { EvalEngagement } from "../engagement.ts";
import type { SeenBucket } from "../outbox.ts";
import type { Knowledge } from "./knowledge.ts";

/** What an attack came to. */
export interface AttackResult {
  /** Of section 5 of the threat model: X1, X2, ... */
  readonly id: string;
  readonly name: string;
  readonly passed: boolean;
  /** What has to hold, in words. */
  readonly bar: string;
  readonly figures: Readonly<Record<string, number>>;
}

/**
 * The buckets of an outbox beside the truth. An attacker has the first; records are named by their position in the
 * truth, and what stands behind a position is looked at only to score.
 */
export interface Scene {
  readonly k: number;
  readonly buckets: readonly SeenBucket[];
  /** Records of each bucket, in the order of the buckets. */
  readonly members: readonly (readonly number[])[];
  readonly engagements: readonly EvalEngagement[];
  /** Enterprise of each record, as a number from 0. */
  readonly groups: readonly number[];
  /** Which buckets a target can be in. */
  readonly knowledge: Knowledge;
}

/** Enterprise of each record, as a number from 0. */
export function groupsOf(engagements: readonly EvalEngagement[]): number[] {
  const numbers = new Map<string, number>();
  return engagements.map(({ ent }) => {
    const number = numbers.get(ent) ?? numbers.size;
    numbers.set(ent, number);
    return number;
  });
}

/** Counts distinct whole numbers, again and again without allocating. */
export class DistinctCounter {
  readonly #seenIn: Int32Array;
  #round = 0;
  #count = 0;

  /** @param below The numbers are from 0 to below this. */
  constructor(below: number) {
    this.#seenIn = new Int32Array(below);
  }

  /** Begins anew. */
  reset(): void {
    this.#round += 1;
    this.#count = 0;
  }

  add(number: number): void {
    if (this.#seenIn[number] === this.#round) return;
    this.#seenIn[number] = this.#round;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }
}
