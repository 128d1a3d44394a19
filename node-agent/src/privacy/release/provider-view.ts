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

/** Providers that a record could have had; {@link ANY} for every one. */
export type ProviderSet = ReadonlySet<string> | typeof ANY;

/** Stands for the provider while labels are compared without it. */
const SOME_PROVIDER = "?";

/** Labels of all buckets, by what is known without the provider. */
export class ProviderView {
  readonly #hierarchies: Hierarchies;
  readonly #buckets = new Map<string, { epoch: Epoch; provider: string }[]>();

  constructor(hierarchies: Hierarchies) {
    this.#hierarchies = hierarchies;
  }

  add(level: number, label: Label, epoch: Epoch): void {
    const key = keyOf(level, label);
    const provider = label[1];
    const known = this.#buckets.get(key);
    if (known === undefined) this.#buckets.set(key, [{ epoch, provider }]);
    else known.push({ epoch, provider });
  }

  /** Takes back what was added last under the label. */
  removeLast(level: number, label: Label): void {
    this.#buckets.get(keyOf(level, label))?.pop();
  }

  /** Providers named by the buckets that could hold the record. */
  providersOf({ facts, finished }: KnownRecord): ProviderSet {
    const providers = new Set<string>();
    for (const level of LADDER.keys()) {
      const label = labelAt(level, { ...facts, provider: SOME_PROVIDER }, this.#hierarchies);
      if (label === undefined) continue;
      for (const { epoch, provider } of this.#buckets.get(keyOf(level, label)) ?? []) {
        const isCompatible = epoch >= finished && coarsestLevel(epoch - finished) >= level;
        if (!isCompatible) continue;
        if (provider === ANY) return ANY;
        providers.add(provider);
      }
    }
    return providers;
  }
}

/** True if at least `m` providers are left when what each record says is put together. */
export function leavesProviders(sets: readonly ProviderSet[], m: number): boolean {
  const [first, ...rest] = sets.filter((set): set is ReadonlySet<string> => set !== ANY);
  if (first === undefined) return true;
  let left = 0;
  for (const provider of first) {
    if (rest.every((set) => set.has(provider))) left += 1;
  }
  return left >= m;
}

function keyOf(level: number, [scenario, , sector, size]: Label): string {
  return `${level} ${scenario} ${sector} ${size}`;
}
