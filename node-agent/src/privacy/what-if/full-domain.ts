/**
 * The best k-anonymity by one level of generalisation for each attribute, the same for all records, with a limit on how
 * many records may be left out: what ARX does, for comparison with it.
 *
 * @module
 */

import { assertK } from "./measures.ts";
import type { WhatIfTable } from "./what-if-table.ts";

/** A level for each attribute. */
export interface FullDomainResult {
  /** Columns of the hierarchies, 0 for the values themselves. */
  readonly levels: readonly number[];
  /**
   * Loss as ARX defines it: per attribute the share of its values that a label covers, 1 for a record that is left out,
   * as a mean over records, scaled so that values as they are have 0; over attributes the geometric mean of 1 + loss.
   */
  readonly loss: number;
  /** Records that are left out. */
  readonly suppressed: number;
  readonly classes: number;
}

/** Records that are equal at some levels: their labels as one number, and how many there are. */
interface Groups {
  readonly keys: Float64Array;
  readonly counts: Uint32Array;
}

/**
 * Looks at all combinations of levels but those that cannot be better than the best one so far. They are as many as the
 * product of the hierarchies' heights, each in time proportional to the number of different records.
 *
 * @param maxSuppressed Records that may be left out; 0 to the number of records.
 * @throws {TributaryError} `ERR_ARGUMENT_INVALID` if `k` is not a whole number from 1 to the number of records.
 * @throws {RangeError} if the attributes have more than 2^53 combinations of values.
 */
export function searchFullDomain(
  table: WhatIfTable,
  k: number,
  maxSuppressed: number,
): FullDomainResult {
  assertK(table, k);
  const lattice = new Lattice(table);
  // Everything under the root is one class.
  let best: FullDomainResult = {
    levels: table.attributes.map(({ levels }) => levels.length - 1),
    loss: Number.POSITIVE_INFINITY,
    suppressed: 0,
    classes: 1,
  };
  const visit = (levels: readonly number[], groups: Groups, from: number): void => {
    // Coarser levels cost each record at least as much, and leaving it out costs most.
    if (lattice.loss(levels, groups, 1) >= best.loss) return;
    const suppressed = groups.counts.reduce((sum, count) => sum + (count < k ? count : 0), 0);
    if (suppressed <= maxSuppressed) {
      const loss = lattice.loss(levels, groups, k);
      const classes = groups.counts.reduce((sum, count) => sum + (count < k ? 0 : 1), 0);
      if (loss < best.loss) best = { levels, loss, suppressed, classes };
    }
    // Each combination is reached once: levels are raised in the order of the attributes.
    for (let attribute = from; attribute < levels.length; attribute++) {
      const raised = lattice.raise(levels, groups, attribute);
      if (raised !== undefined) {
        visit(levels.with(attribute, (levels[attribute] as number) + 1), raised, attribute);
      }
    }
  };
  const bottom = table.attributes.map(() => 0);
  visit(bottom, lattice.bottom(), 0);
  return best;
}

/** The combinations of levels of a table. */
class Lattice {
  readonly #table: WhatIfTable;
  /** By attribute: what one step of its label adds to the key of a group. */
  readonly #weights: readonly number[];
  /** By attribute, level and label: the share of the values that the label covers. */
  readonly #shares: readonly (readonly Float64Array[])[];
  /** By attribute, level and label: the label one level up. */
  readonly #parents: readonly (readonly Uint32Array[])[];

  constructor(table: WhatIfTable) {
    this.#table = table;
    let weight = 1;
    this.#weights = table.attributes.map(({ size }) => {
      const own = weight;
      weight *= size;
      return own;
    });
    if (weight > Number.MAX_SAFE_INTEGER) {
      throw new RangeError(`${weight} combinations of values are too many`);
    }
    this.#shares = table.attributes.map(({ levels, size }) =>
      levels.map((labels) => {
        const shares = new Float64Array(size);
        for (const label of labels) shares[label] = (shares[label] as number) + 1 / size;
        return shares;
      }),
    );
    this.#parents = table.attributes.map(({ levels, size }) =>
      levels.slice(1).map((coarser, level) => {
        const parents = new Uint32Array(size);
        for (const [value, label] of (levels[level] as Uint32Array).entries()) {
          parents[label] = coarser[value] as number;
        }
        return parents;
      }),
    );
  }

  /** The records as they are. */
  bottom(): Groups {
    const { size, columns, attributes } = this.#table;
    const keys = new Float64Array(size);
    for (const [attribute, column] of columns.entries()) {
      const values = attributes[attribute]?.levels[0] as Uint32Array;
      for (const [record, value] of column.entries()) {
        keys[record] =
          (keys[record] as number) +
          (values[value] as number) * (this.#weights[attribute] as number);
      }
    }
    return merged(keys, new Uint32Array(size).fill(1));
  }

  /** The groups with one attribute a level up; undefined if it is at its root. */
  raise(levels: readonly number[], { keys, counts }: Groups, attribute: number) {
    const parents = this.#parents[attribute]?.[levels[attribute] as number];
    if (parents === undefined) return undefined;
    const weight = this.#weights[attribute] as number;
    const raised = keys.map((key) => {
      const label = this.#label(key, attribute);
      return key + ((parents[label] as number) - label) * weight;
    });
    return merged(raised, counts);
  }

  /** Loss when groups of fewer than `k` records are left out. */
  loss(levels: readonly number[], { keys, counts }: Groups, k: number): number {
    const { attributes, size: records } = this.#table;
    let product = 1;
    for (const [attribute, level] of levels.entries()) {
      const shares = this.#shares[attribute]?.[level] as Float64Array;
      let sum = 0;
      for (let group = 0; group < keys.length; group++) {
        const count = counts[group] as number;
        const label = this.#label(keys[group] as number, attribute);
        sum += count * (count < k ? 1 : (shares[label] as number));
      }
      const least = 1 / (attributes[attribute]?.size as number);
      product *= 1 + (least === 1 ? 0 : (sum / records - least) / (1 - least));
    }
    return product ** (1 / levels.length) - 1;
  }

  #label(key: number, attribute: number): number {
    const { size } = this.#table.attributes[attribute] as { size: number };
    return Math.floor(key / (this.#weights[attribute] as number)) % size;
  }
}

function merged(keys: Float64Array, counts: Uint32Array): Groups {
  const totals = new Map<number, number>();
  for (let group = 0; group < keys.length; group++) {
    const key = keys[group] as number;
    totals.set(key, (totals.get(key) ?? 0) + (counts[group] as number));
  }
  return { keys: Float64Array.from(totals.keys()), counts: Uint32Array.from(totals.values()) };
}
