/**
 * Constrained clustering: which records are one entity.
 *
 * Links are taken from the heaviest to the lightest, those that people made first. Two clusters become one only if no two
 * of their records exclude each other, if all pairs between them weigh enough on the mean, and if no record is a stranger
 * to the rest. So no chain of small likenesses joins strangers, as connected components do (splink issue 1824).
 *
 * @module
 */

/** Least mean evidence between two clusters that become one, and of the one, in bits. */
const MIN_MEAN_BITS = 2;

/** A link between two of the records. */
export interface Link {
  /** Rows, `a` before `b` in the order of ids. */
  readonly a: number;
  readonly b: number;
  readonly bits: number;
  /** A person said so: only what a person said can stand against it. */
  readonly isAsserted: boolean;
}

/** What clustering asks about pairs of records. */
export interface PairRules {
  /** Evidence without the prior, in bits. */
  evidence(a: number, b: number): number;
  /** "person": someone said that they are not one; "rule": they exclude each other by what they say. */
  excludes(a: number, b: number): "person" | "rule" | undefined;
  /** The order of rows that does not depend on when they came: by id. */
  order(a: number, b: number): number;
}

/**
 * Clusters of rows that links connect. The result depends on the set of rows and links, not on their order.
 *
 * @returns Each cluster in the order of ids; a row without links is a cluster.
 */
export function clusterRows(
  rows: readonly number[],
  links: readonly Link[],
  rules: PairRules,
): readonly (readonly number[])[] {
  const clusters = new Map<number, readonly number[]>(rows.map((row) => [row, [row]]));
  const sorted = [...links].sort(
    (x, y) =>
      Number(y.isAsserted) - Number(x.isAsserted) ||
      y.bits - x.bits ||
      rules.order(x.a, y.a) ||
      rules.order(x.b, y.b),
  );
  for (const { a, b, isAsserted } of sorted) {
    const left = clusters.get(a);
    const right = clusters.get(b);
    if (left === undefined || right === undefined || left === right) continue;
    if (!mayJoin(left, right, isAsserted, rules)) continue;
    const joined = [...left, ...right].sort(rules.order);
    for (const row of joined) clusters.set(row, joined);
  }
  return [...new Set(clusters.values())];
}

function mayJoin(
  left: readonly number[],
  right: readonly number[],
  isAsserted: boolean,
  rules: PairRules,
): boolean {
  for (const a of left) {
    for (const b of right) {
      const excluded = rules.excludes(a, b);
      if (excluded === "person" || (excluded === "rule" && !isAsserted)) return false;
    }
  }
  return isAsserted || isCoherent(left, right, rules);
}

/** Whether the records of both are alike on the mean, and each of them to those of the other. */
function isCoherent(left: readonly number[], right: readonly number[], rules: PairRules): boolean {
  let sum = 0;
  const ofRight = new Float64Array(right.length);
  for (const a of left) {
    let ofLeft = 0;
    for (const [i, b] of right.entries()) {
      const bits = rules.evidence(a, b);
      ofLeft += bits;
      (ofRight[i] as number) += bits;
    }
    if (ofLeft < 0) return false;
    sum += ofLeft;
  }
  return sum >= MIN_MEAN_BITS * left.length * right.length && ofRight.every((bits) => bits >= 0);
}
