/**
 * X4: reconstruction. Every published sum is a linear equation in the records' values; what combinations of equations
 * say of fewer than k enterprises is known although nobody published it (Dinur & Nissim 2003; Garfinkel et al. 2018).
 *
 * Records that are in the same sets cannot be told apart and are one unknown, an atom. The equations are row-reduced
 * modulo a prime, one connected component of atoms at a time. A unit vector is an atom whose sum is known exactly.
 * In components of at most {@link ENUMERATED_ATOMS} atoms all combinations that involve few records are looked for: one
 * on a set of atoms exists if the equations lose rank when these atoms are struck out.
 *
 * @module
 */

import type { AttackResult } from "./attack.ts";
import { rowReduced } from "./modular.ts";
import type { PublishedSet } from "./published.ts";

const ENUMERATED_ATOMS = 20;
/** Larger components are not reduced, and counted. */
const MAX_ATOMS = 2000;

interface Component {
  /** Records of each atom. */
  readonly atoms: readonly (readonly number[])[];
  /** Atoms of each set, as positions. */
  readonly sets: readonly (readonly number[])[];
}

/** Reconstructs what the published sets determine. @param groups Enterprise of each record. */
export function reconstruction(
  sets: readonly PublishedSet[],
  groups: readonly number[],
  k: number,
): AttackResult {
  const exact = new Set<number>();
  const belowK = new Set<number>();
  let fewest = Number.POSITIVE_INFINITY;
  let skipped = 0;
  const components = componentsOf(sets);
  for (const component of components) {
    const { atoms } = component;
    if (atoms.length > MAX_ATOMS) {
      skipped += atoms.reduce((sum, { length }) => sum + length, 0);
      continue;
    }
    for (const support of supportsOf(component, groups, k)) {
      const records = support.flatMap((atom) => atoms[atom] as readonly number[]);
      const enterprises = new Set(records.map((record) => groups[record])).size;
      fewest = Math.min(fewest, enterprises);
      if (enterprises >= k) continue;
      for (const record of records) belowK.add(record);
      if (records.length === 1) exact.add(records[0] as number);
    }
  }
  const records = new Set(sets.flatMap((set) => set.records)).size;
  return {
    id: "X4",
    name: "reconstruction",
    passed: exact.size === 0 && belowK.size === 0 && skipped === 0,
    bar: `0 exact, every combination of at least ${k} enterprises`,
    figures: {
      records,
      components: components.length,
      fewest_in_combination: components.length === 0 ? 0 : fewest,
      below_k: belowK.size,
      exact: exact.size,
      not_reduced: skipped,
    },
  };
}

/** Sets of atoms on which a combination of the equations exists: of the reduced rows, and of few atoms by search. */
function supportsOf(
  { atoms, sets }: Component,
  groups: readonly number[],
  k: number,
): (readonly number[])[] {
  // One equation, or equations that share nothing: nothing to combine.
  if (sets.length === 1) return [sets[0] as readonly number[]];
  const rows = rowReduced(sets, atoms.length);
  const found: (readonly number[])[] = rows.map((row) => nonZero(row));
  if (atoms.length > ENUMERATED_ATOMS) return found;
  const sizes = atoms.map((records) => new Set(records.map((record) => groups[record])).size);
  for (const struck of subsetsBelow(sizes, k)) {
    const rest = sets.map((set) => set.filter((atom) => !struck.includes(atom)));
    if (rowReduced(rest, atoms.length).length < rows.length) found.push(struck);
  }
  return found;
}

function nonZero(row: ArrayLike<number>): number[] {
  return Array.from(row).flatMap((value, at) => (value === 0 ? [] : [at]));
}

/** Sets of positions whose sizes add up to less than `limit`. */
function subsetsBelow(sizes: readonly number[], limit: number): number[][] {
  const found: number[][] = [];
  const extend = (chosen: number[], from: number, sum: number) => {
    for (let i = from; i < sizes.length; i++) {
      const total = sum + (sizes[i] as number);
      if (total >= limit) continue;
      found.push([...chosen, i]);
      extend([...chosen, i], i + 1, total);
    }
  };
  extend([], 0, 0);
  return found;
}

/** Atoms, and the sets that are connected through them. Sets of the same records are taken once. */
function componentsOf(sets: readonly PublishedSet[]): Component[] {
  const holding = new Map<number, number[]>();
  for (const [i, { records }] of sets.entries()) {
    for (const record of new Set(records)) {
      const known = holding.get(record);
      if (known === undefined) holding.set(record, [i]);
      else known.push(i);
    }
  }
  const bySignature = Map.groupBy(holding.keys(), (record) => holding.get(record)?.join() ?? "");
  const atoms = [...bySignature.values()];
  const setsOfAtom = atoms.map(([record = -1]) => holding.get(record) ?? []);
  const atomsOfSet: number[][] = sets.map(() => []);
  for (const [atom, of] of setsOfAtom.entries()) {
    for (const i of of) (atomsOfSet[i] as number[]).push(atom);
  }
  const components: Component[] = [];
  const placeOf = new Map<number, number>();
  const seen = new Set<number>();
  for (const start of sets.keys()) {
    if (seen.has(start) || (atomsOfSet[start] as number[]).length === 0) continue;
    const order: number[] = [];
    const setsHere = [start];
    seen.add(start);
    for (const i of setsHere) {
      for (const atom of atomsOfSet[i] as number[]) {
        if (placeOf.has(atom)) continue;
        placeOf.set(atom, order.length);
        order.push(atom);
        for (const next of setsOfAtom[atom] as number[]) {
          if (seen.has(next)) continue;
          seen.add(next);
          setsHere.push(next);
        }
      }
    }
    const different = new Map<string, readonly number[]>();
    for (const i of setsHere) {
      const places = (atomsOfSet[i] as number[]).map((atom) => placeOf.get(atom) as number);
      different.set(places.join(), places);
    }
    components.push({
      atoms: order.map((atom) => atoms[atom] as number[]),
      sets: [...different.values()],
    });
  }
  return components;
}
