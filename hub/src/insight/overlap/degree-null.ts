/**
 * What two centers would share by chance, if each lists as many providers as it does and each provider is listed as often
 * as it is: the random bipartite graph of most entropy with those degrees (Saracco et al. 2015, Scientific Reports 5,
 * 10595; for projections: Saracco et al. 2017, New Journal of Physics 19, 053022).
 *
 * Permutations that keep the degrees cannot tell among 26,335 pairs: the smallest p of 1,000 of them is 1/1001, and the
 * correction for so many pairs rejects nothing. Here a tail is a bound instead (Chernoff), as small as the data say.
 *
 * @module
 */

/** Providers that are listed equally often. */
export interface ListingClass {
  /** Centers that list each of them, at least 1. */
  readonly degree: number;
  /** How many they are. */
  readonly providers: number;
  /** What one of them weighs when two centers share it. */
  readonly weight: number;
}

/** Degrees are met to this part of themselves. */
const TOLERANCE = 1e-6;
const MAX_ROUNDS = 1_000;
/** Of the logarithm of a fitness; a provider that all list would need an infinite one. */
const MAX_LOG_FITNESS = 40;
/** Beyond it, a tail is smaller than any number that matters. */
const MAX_EXPONENT = 500;
const MAX_STEPS = 60;

export class DegreeNull {
  readonly #classes: readonly ListingClass[];
  /** Of each center and class: the probability that the center lists one of the class. */
  readonly #probability: Float64Array;

  /** @param degrees Providers that each center lists; their sum is that of the classes. */
  constructor(degrees: readonly number[], classes: readonly ListingClass[]) {
    this.#classes = classes;
    this.#probability = fit(degrees, classes);
  }

  /** How many providers two centers would share by chance, on average. */
  expected(a: number, b: number): number {
    return this.#classes.reduce(
      (sum, { providers }, c) => sum + providers * this.#both(a, b, c),
      0,
    );
  }

  /** Upper bound of the probability that what two centers share by chance weighs at least `weight`. */
  tailBound(a: number, b: number, weight: number): number {
    const terms = this.#classes.map(({ providers, weight: w }, c) => ({
      providers,
      weight: w,
      both: this.#both(a, b, c),
    }));
    const heaviest = terms.reduce((most, term) => Math.max(most, term.weight), 0);
    if (heaviest === 0) return 1;
    const mean = terms.reduce(
      (sum, { providers, weight: w, both }) => sum + providers * w * both,
      0,
    );
    if (weight <= mean) return 1;
    const exponent = bestExponent(terms, weight, MAX_EXPONENT / heaviest);
    return Math.min(1, Math.exp(logMoment(terms, exponent) - exponent * weight));
  }

  #both(a: number, b: number, c: number): number {
    const { length } = this.#classes;
    return (
      (this.#probability[a * length + c] as number) * (this.#probability[b * length + c] as number)
    );
  }
}

/** Independent providers of one class, each shared with the probability `both`. */
interface Term {
  readonly providers: number;
  readonly weight: number;
  readonly both: number;
}

/** Logarithm of the mean of e^(tS), S being what is shared. */
function logMoment(terms: readonly Term[], t: number): number {
  let sum = 0;
  for (const { providers, weight, both } of terms) {
    sum += providers * Math.log1p(both * Math.expm1(t * weight));
  }
  return sum;
}

/** The t that makes the bound least: where the mean under the tilted distribution is `weight`. Newton, kept in a bracket. */
function bestExponent(terms: readonly Term[], weight: number, most: number): number {
  let low = 0;
  let high = most;
  let t = Math.min(1, most);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    let mean = 0;
    let variance = 0;
    for (const { providers, weight: w, both } of terms) {
      const tilted = both * Math.exp(t * w);
      const share = tilted / (1 - both + tilted);
      mean += providers * w * share;
      variance += providers * w * w * share * (1 - share);
    }
    if (Math.abs(mean - weight) <= 1e-9 * weight) break;
    if (mean < weight) low = t;
    else high = t;
    const next = t + (weight - mean) / variance;
    t = next > low && next < high ? next : (low + high) / 2;
    if (high - low < 1e-12 * most) break;
  }
  return t;
}

/**
 * Fitness of centers and classes such that all degrees are met on average, by scaling one side after the other.
 *
 * @returns Probabilities, centers by classes.
 */
function fit(degrees: readonly number[], classes: readonly ListingClass[]): Float64Array {
  const edges = Math.max(
    1,
    degrees.reduce((sum, degree) => sum + degree, 0),
  );
  const centers = degrees.map((degree) => logFitness(degree / Math.sqrt(edges)));
  const listed = classes.map(({ degree }) => logFitness(degree / Math.sqrt(edges)));
  const chance = (a: number, c: number) => {
    const odds = Math.exp((centers[a] as number) + (listed[c] as number));
    return odds / (1 + odds);
  };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    let worst = 0;
    degrees.forEach((degree, a) => {
      const met = classes.reduce((sum, { providers }, c) => sum + providers * chance(a, c), 0);
      centers[a] = logFitness(Math.exp(centers[a] as number) * (degree / met));
      if (degree > 0) worst = Math.max(worst, Math.abs(met / degree - 1));
    });
    classes.forEach(({ degree }, c) => {
      const met = degrees.reduce((sum, _, a) => sum + chance(a, c), 0);
      listed[c] = logFitness(Math.exp(listed[c] as number) * (degree / met));
      worst = Math.max(worst, Math.abs(met / degree - 1));
    });
    if (worst < TOLERANCE) break;
  }
  const probability = new Float64Array(degrees.length * classes.length);
  degrees.forEach((degree, a) => {
    classes.forEach((_, c) => {
      probability[a * classes.length + c] = degree === 0 ? 0 : chance(a, c);
    });
  });
  return probability;
}

function logFitness(fitness: number): number {
  return Math.max(-MAX_LOG_FITNESS, Math.min(MAX_LOG_FITNESS, Math.log(fitness)));
}
