/**
 * Random numbers that are the same in every run.
 *
 * @module
 */

/** Draws from a seed. Not for secrets. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1), by mulberry32 (Tommy Ettinger, public domain). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Whole number in [0, below). */
  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** About normal: the sum of twelve draws (Irwin-Hall). */
  normal(mean: number, deviation: number): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.next();
    return mean + deviation * sum;
  }

  /** One of the items. @param items Not empty. */
  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(items.length)] as Item;
  }
}

/** Positions drawn with the probability of their weight. */
export class Weighted {
  readonly #cumulated: readonly number[];

  /** @param weights Positive. */
  constructor(weights: readonly number[]) {
    let total = 0;
    this.#cumulated = weights.map((weight) => {
      total += weight;
      return total;
    });
  }

  /** Weights of Zipf's law for ranks 1 to `count`. */
  static zipf(count: number, exponent: number): Weighted {
    return new Weighted(Array.from({ length: count }, (_, rank) => (rank + 1) ** -exponent));
  }

  draw(random: SeededRandom): number {
    const at = random.next() * (this.#cumulated.at(-1) as number);
    const found = this.#cumulated.findIndex((end) => at < end);
    return found < 0 ? this.#cumulated.length - 1 : found;
  }
}
