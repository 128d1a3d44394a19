/**
 * Providers that two centers both list: counted exactly, from the list of centers of each provider.
 *
 * @module
 */

import { DegreeNull, type ListingClass } from "./degree-null.ts";

/** Who lists whom. */
export interface Listings {
  readonly centers: number;
  /** Numbers of the centers that list each provider, none twice. */
  readonly providers: readonly (readonly number[])[];
}

/** Two centers' common providers. Weights as in {@link SharedProviders.weightOf}. */
export interface SharedList {
  readonly shared: number;
  /** What they weigh, of what the lighter of the two lists weighs; 0 to 1. */
  readonly share: number;
  readonly expected: number;
  readonly pValue: number;
}

export class SharedProviders {
  readonly #centers: number;
  readonly #degrees: number[];
  readonly #weights: Float64Array;
  readonly #shared: Uint32Array;
  readonly #sharedWeights: Float64Array;
  readonly #chance: DegreeNull;

  constructor({ centers, providers }: Listings) {
    this.#centers = centers;
    this.#degrees = new Array<number>(centers).fill(0);
    this.#weights = new Float64Array(centers);
    this.#shared = new Uint32Array(centers * centers);
    this.#sharedWeights = new Float64Array(centers * centers);
    const listing = new Set(providers.flat()).size;
    const classes = new Map<number, number>();
    for (const of of providers) {
      if (of.length === 0) continue;
      classes.set(of.length, (classes.get(of.length) ?? 0) + 1);
      this.#count(of, weightOf(of.length, listing));
    }
    this.#chance = new DegreeNull(
      this.#degrees,
      [...classes].map(
        ([degree, count]): ListingClass => ({
          degree,
          providers: count,
          weight: weightOf(degree, listing),
        }),
      ),
    );
  }

  /** Providers that a center lists. */
  listed(center: number): number {
    return this.#degrees[center] as number;
  }

  /** @param a Less than `b`; both list something. */
  between(a: number, b: number): SharedList {
    const at = a * this.#centers + b;
    const weight = this.#sharedWeights[at] as number;
    const lighter = Math.min(this.#weights[a] as number, this.#weights[b] as number);
    return {
      shared: this.#shared[at] as number,
      // A sum in another order may be larger by the last digit.
      share: Math.min(1, weight / lighter),
      expected: this.#chance.expected(a, b),
      pValue: weight === 0 ? 1 : this.#chance.tailBound(a, b, weight),
    };
  }

  #count(centers: readonly number[], weight: number): void {
    const sorted = centers.toSorted((a, b) => a - b);
    sorted.forEach((a, i) => {
      this.#degrees[a] = (this.#degrees[a] as number) + 1;
      this.#weights[a] = (this.#weights[a] as number) + weight;
      for (const b of sorted.slice(i + 1)) {
        const at = a * this.#centers + b;
        this.#shared[at] = (this.#shared[at] as number) + 1;
        this.#sharedWeights[at] = (this.#sharedWeights[at] as number) + weight;
      }
    });
  }
}

/** Weight of a provider: one that all list says little, ln((C + 1) / (c + 0.5)). */
function weightOf(listedBy: number, centers: number): number {
  return Math.log((centers + 1) / (listedBy + 0.5));
}
