/**
 * k-anonymity with as little generalisation as a greedy search finds: a what-if tool. What a center publishes is never
 * cut by it, since its cuts differ from run to run and know nothing of ranking.
 *
 * Multidimensional local recoding in the manner of Mondrian (LeFevre, DeWitt, Ramakrishnan 2006) along hierarchies, each
 * step taking the specialisation with the best gain. Two things differ. Children with fewer than k records do not forbid
 * a step: their records stay together under the label that was specialised, with some of their neighbours' if they are
 * fewer than k. And a class is labelled by the lowest labels that cover its records.
 *
 * @module
 */

import { type HierarchyNode, lowestNode } from "./hierarchy.ts";
import { assertK } from "./measures.ts";
import type { EquivalenceClass, WhatIfTable } from "./what-if-table.ts";

/** Records that may be divided further. */
interface Part {
  readonly records: Uint32Array;
  readonly label: readonly HierarchyNode[];
}

/** How many records of each child of a label go down to it; the others stay under the label. */
interface Step {
  readonly attribute: number;
  readonly kept: readonly number[];
  readonly gain: number;
}

/**
 * Divides the records into classes of at least `k`. The same table gives the same classes.
 *
 * @throws {TributaryError} `ERR_ARGUMENT_INVALID` if `k` is not a whole number from 1 to the number of records.
 */
export function anonymize(table: WhatIfTable, k: number): readonly EquivalenceClass[] {
  assertK(table, k);
  const classes: EquivalenceClass[] = [];
  const open: Part[] = [
    partOf(
      table,
      Uint32Array.from({ length: table.size }, (_, at) => at),
    ),
  ];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const step = bestStep(table, part, k);
    if (step === undefined) classes.push(part);
    else open.push(...divide(table, part, step));
  }
  return classes;
}

function partOf(table: WhatIfTable, records: Uint32Array): Part {
  const label = table.attributes.map((hierarchy, attribute) => {
    const column = table.columns[attribute] as Uint32Array;
    let low = hierarchy.size;
    let high = 0;
    for (const record of records) {
      const value = column[record] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return lowestNode(hierarchy, low, high);
  });
  return { records, label };
}

function bestStep(table: WhatIfTable, part: Part, k: number): Step | undefined {
  if (part.records.length < 2 * k) return undefined;
  let best: Step | undefined;
  for (const [attribute, node] of part.label.entries()) {
    if (node.children.length === 0) continue;
    const kept = keptCounts(countChildren(table, part, attribute), k);
    const lossless = node.children.reduce(
      (sum, child, index) => sum + (kept[index] as number) * (node.loss - child.loss),
      0,
    );
    // A step into many parts uses up more of the records than one into two.
    const gain = lossless / Math.log2(1 + kept.filter((count) => count > 0).length);
    if (gain > (best?.gain ?? 0)) best = { attribute, kept, gain };
  }
  return best;
}

/** How many records of a part are below each child of its label. */
function countChildren({ columns }: WhatIfTable, { records, label }: Part, attribute: number) {
  const column = columns[attribute] as Uint32Array;
  const childOf = childIndex(label[attribute] as HierarchyNode);
  const counts = (label[attribute] as HierarchyNode).children.map(() => 0);
  for (const record of records) {
    const child = childOf(column[record] as number);
    counts[child] = (counts[child] as number) + 1;
  }
  return counts;
}

/**
 * How many records of each child go down to it: k or more, or none. The others are none, or k or more too: what is
 * missing is taken from the largest children that can spare it, or the smallest child stays with them.
 */
function keptCounts(counts: readonly number[], k: number): readonly number[] {
  const kept = counts.map((count) => (count >= k ? count : 0));
  const others = counts.reduce((sum, count) => sum + (count < k ? count : 0), 0);
  let missing = others === 0 ? 0 : Math.max(k - others, 0);
  const spare = kept.reduce((sum, count) => sum + Math.max(count - k, 0), 0);
  const bySize = [...kept.keys()]
    .filter((child) => (kept[child] as number) > 0)
    .sort((a, b) => (kept[b] as number) - (kept[a] as number));
  if (missing > spare) {
    const smallest = bySize.at(-1);
    if (smallest !== undefined) kept[smallest] = 0;
    return kept;
  }
  for (const child of bySize) {
    const taken = Math.min(missing, (kept[child] as number) - k);
    kept[child] = (kept[child] as number) - taken;
    missing -= taken;
  }
  return kept;
}

function divide(table: WhatIfTable, { records, label }: Part, { attribute, kept }: Step): Part[] {
  const column = table.columns[attribute] as Uint32Array;
  const childOf = childIndex(label[attribute] as HierarchyNode);
  const groups = kept.map((): number[] => []);
  const others: number[] = [];
  for (const record of records) {
    const child = childOf(column[record] as number);
    const group = groups[child] as number[];
    (group.length < (kept[child] as number) ? group : others).push(record);
  }
  return [...groups, others]
    .filter((group) => group.length > 0)
    .map((group) => partOf(table, Uint32Array.from(group)));
}

/** Which child of `node` a value is below. */
function childIndex({ from, to, children }: HierarchyNode): (value: number) => number {
  const indexes = new Uint32Array(to - from);
  for (const [index, child] of children.entries()) {
    indexes.fill(index, child.from - from, child.to - from);
  }
  return (value) => indexes[value - from] as number;
}
