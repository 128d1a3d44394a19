/**
 * What an attacker can work out about a record's provider from the labels of all buckets (invariant I6).
 *
 * Providers are stable, so repeat customers leak: who knows that an enterprise was served several times, when and for
 * what (attacker A2), intersects the providers that each of its records could have had. Adapted from m-invariance
 * (Xiao and Tao, SIGMOD 2007).
 *
 * @module
 */

import {
  ANY,
  type Hierarchies,
  LADDER,
  type Label,
  type LabelFacts,
  labelAt,
} from "@tributary/proto";
import type { Epoch } from "./epoch.ts";
import { coarsestLevel } from "./policy.ts";

/** What the attacker knows of a record. */
export interface KnownRecord {
  readonly facts: LabelFacts;
  readonly finished: Epoch;
}

/** Stands for the provider while labels are compared without it. */
const SOME_PROVIDER = "?";

/** Labels of all buckets, by what is known without the provider. */
export class ProviderView {
  readonly #hierarchies: Hierarchies;
  /** Newest epoch of each provider's buckets: a later bucket is one that more records could be in. */
  readonly #buckets = new Map<string, Map<string, Epoch>>();
  readonly #keys = new WeakMap<LabelFacts, readonly (string | undefined)[]>();

  constructor(hierarchies: Hierarchies) {
    this.#hierarchies = hierarchies;
  }

  /** Adds a bucket. @returns What takes it back, to be called before the next is added. */
  add(level: number, label: Label, epoch: Epoch): () => void {
    const key = keyOf(level, label);
    const provider = label[1];
    const epochs = this.#buckets.get(key) ?? new Map<string, Epoch>();
    this.#buckets.set(key, epochs);
    const before = epochs.get(provider);
    epochs.set(provider, Math.max(before ?? epoch, epoch));
    return () => {
      if (before === undefined) epochs.delete(provider);
      else epochs.set(provider, before);
    };
  }

  /** True if at least `m` providers are left when what each record says is put together. */
  leavesProviders(records: readonly KnownRecord[], m: number): boolean {
    // A record that could be in a bucket without provider could have had any.
    const telling = records.filter((record) => !this.#couldBeIn(record, ANY));
    const [first, ...rest] = telling;
    if (first === undefined) return true;
    const left = new Set<string>();
    for (const provider of this.#providersOf(first)) {
      if (rest.every((record) => this.#couldBeIn(record, provider))) left.add(provider);
      if (left.size >= m) return true;
    }
    return false;
  }

  *#providersOf({ facts, finished }: KnownRecord): Generator<string> {
    for (const [level, key] of this.#keysOf(facts).entries()) {
      if (key === undefined) continue;
      for (const [provider, epoch] of this.#buckets.get(key) ?? []) {
        if (isCompatible(level, epoch, finished)) yield provider;
      }
    }
  }

  /** Whether the record could be in a bucket of that provider, or in one without with {@link ANY}. */
  #couldBeIn({ facts, finished }: KnownRecord, provider: string): boolean {
    return this.#keysOf(facts).some((key, level) => {
      const epoch = key === undefined ? undefined : this.#buckets.get(key)?.get(provider);
      return epoch !== undefined && isCompatible(level, epoch, finished);
    });
  }

  /** Keys of the labels that the record could have, by level. */
  #keysOf(facts: LabelFacts): readonly (string | undefined)[] {
    const known = this.#keys.get(facts);
    if (known !== undefined) return known;
    const keys = LADDER.map((_, level) => {
      const label = labelAt(level, { ...facts, provider: SOME_PROVIDER }, this.#hierarchies);
      return label && keyOf(level, label);
    });
    this.#keys.set(facts, keys);
    return keys;
  }
}

/** Whether a bucket can hold a record that was finished then: not an older one, and not one too coarse for the wait. */
function isCompatible(level: number, epoch: Epoch, finished: Epoch): boolean {
  return epoch >= finished && coarsestLevel(epoch - finished) >= level;
}

function keyOf(level: number, [scenario, , sector, size]: Label): string {
  return `${level} ${scenario} ${sector} ${size}`;
}
