/**
 * Constrained clustering: which records are one entity.
 *
 * Links are taken from the heaviest to the lightest, those that people made first. Two clusters become one only if no two
 * of their records exclude each other, if all pairs between them weigh enough on the mean, and if no record is a stranger
 * to the rest. So no chain of small likenesses joins strangers, as connected components do (splink issue 1824).
 *
 * @module
 */

/** Least mean evidence between two clusters that become one, in bits. */
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
  const clusters = new Map<number, Cluster>(rows.map((row) => [row, { rows: [row], bits: [0] }]));
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
    if (!mayJoin(left.rows, right.rows, isAsserted, rules)) continue;
    const joined = join(left, right, rules);
    if (!isAsserted && !joined.isCoherent) continue;
    for (const row of joined.cluster.rows) clusters.set(row, joined.cluster);
  }
  return [...new Set(clusters.values())].map(({ rows }) => rows);
}

/** Rows in the order of ids, and the evidence of each for all others of the cluster together. */
interface Cluster {
  readonly rows: readonly number[];
  readonly bits: readonly number[];
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
  return true;
}

/**
 * Both clusters as one, and whether it holds together: alike on the mean between the two, and no record a stranger to all
 * others together.
 */
function join(
  left: Cluster,
  right: Cluster,
  rules: PairRules,
): { readonly cluster: Cluster; readonly isCoherent: boolean } {
  const bits = new Map<number, number>();
  for (const { rows, bits: own } of [left, right]) {
    for (const [i, row] of rows.entries()) bits.set(row, own[i] as number);
  }
  let between = 0;
  for (const a of left.rows) {
    for (const b of right.rows) {
      const evidence = rules.evidence(a, b);
      between += evidence;
      bits.set(a, (bits.get(a) as number) + evidence);
      bits.set(b, (bits.get(b) as number) + evidence);
    }
  }
  const rows = [...bits.keys()].sort(rules.order);
  const cluster = { rows, bits: rows.map((row) => bits.get(row) as number) };
  const isCoherent =
    between >= MIN_MEAN_BITS * left.rows.length * right.rows.length &&
    cluster.bits.every((sum) => sum >= 0);
  return { cluster, isCoherent };
}
