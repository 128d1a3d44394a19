/**
 * Generalisation hierarchies: which label stands for which values.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";

/** A label and the values that it covers. */
export interface HierarchyNode {
  readonly label: string;
  /** Values below it: numbers `from` to `to` - 1. */
  readonly from: number;
  readonly to: number;
  /** Labels directly below it: none, or two at least. */
  readonly children: readonly HierarchyNode[];
  /** What a record loses under this label: its share of all values, and 0 for one value (normalised certainty penalty). */
  readonly loss: number;
}

/** The tree of an attribute. Its values are numbered in the order of the leaves, so that a label is a range of them. */
export interface Hierarchy {
  readonly name: string;
  readonly root: HierarchyNode;
  readonly size: number;
  /** The number of each value. */
  readonly numberOf: ReadonlyMap<string, number>;
  /** For each column of the table, from the values to the root: which label each value has, as a number from 0. */
  readonly levels: readonly Uint32Array[];
}

/**
 * Builds the hierarchy of an attribute from its table: one line a value, which is followed by its labels up to the
 * common root: `Bachelors;Undergraduate;Higher education;*`. A level that changes nothing is passed over.
 *
 * @throws {TributaryError} `ERR_ARGUMENT_INVALID` if there is no line, lines differ in length, a value comes twice, the
 * last label is not the same in all lines, or a label stands below two different ones.
 */
export function buildHierarchy(name: string, lines: readonly (readonly string[])[]): Hierarchy {
  const [first] = lines;
  if (first === undefined || first.length === 0) throw invalid(name, "has no line", "没有任何行");
  const top = first.length - 1;
  const parents = first.map(() => new Map<string, string>());
  for (const [index, line] of lines.entries()) {
    const place = [`line ${index + 1}`, `第 ${index + 1} 行`] as const;
    if (line.length !== first.length) {
      throw invalid(name, `${place[0]} has another length`, `${place[1]}的列数不同`);
    }
    if (line[top] !== first[top]) {
      throw invalid(name, `${place[0]} has another root`, `${place[1]}的根标签不同`);
    }
    if (parents[0]?.has(line[0] as string)) {
      throw invalid(name, `${place[0]} repeats ${line[0]}`, `${place[1]}重复了 ${line[0]}`);
    }
    for (const [level, label] of line.entries()) {
      const parent = line[level + 1] ?? "";
      const known = parents[level]?.get(label) ?? parent;
      if (known !== parent) {
        const [en, zh] = [
          `${label} is below ${known} and ${parent}`,
          `${label} 同属 ${known} 与 ${parent}`,
        ];
        throw invalid(name, en, zh);
      }
      parents[level]?.set(label, parent);
    }
  }
  const numberOf = new Map<string, number>();
  const root = buildNode(lines, top, lines.length, numberOf);
  const levels = first.map((_, level) => labelNumbers(lines, level, numberOf));
  return { name, root, size: lines.length, numberOf, levels };
}

/** The lowest label that covers the values `low` to `high`. */
export function lowestNode({ root }: Hierarchy, low: number, high: number): HierarchyNode {
  let node = root;
  for (;;) {
    const next = node.children.find(({ from, to }) => from <= low && high < to);
    if (next === undefined) return node;
    node = next;
  }
}

function buildNode(
  lines: readonly (readonly string[])[],
  level: number,
  size: number,
  numberOf: Map<string, number>,
): HierarchyNode {
  const label = lines[0]?.[level] as string;
  if (level === 0) {
    const from = numberOf.size;
    numberOf.set(label, from);
    return { label, from, to: from + 1, children: [], loss: 0 };
  }
  const groups = Map.groupBy(lines, (line) => line[level - 1] as string);
  if (groups.size === 1) return buildNode(lines, level - 1, size, numberOf);
  const from = numberOf.size;
  const children = [...groups.values()].map((group) => buildNode(group, level - 1, size, numberOf));
  return { label, from, to: numberOf.size, children, loss: lines.length / size };
}

function labelNumbers(
  lines: readonly (readonly string[])[],
  level: number,
  numberOf: ReadonlyMap<string, number>,
): Uint32Array {
  const labels = new Map<string, number>();
  const numbers = new Uint32Array(lines.length);
  for (const line of lines) {
    const label = line[level] as string;
    const number = labels.get(label) ?? labels.size;
    labels.set(label, number);
    numbers[numberOf.get(line[0] as string) as number] = number;
  }
  return numbers;
}

function invalid(name: string, problem: string, problemZh: string): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", `the hierarchy of ${name}: ${problem}`, {
    messageZh: `${name} 的泛化层级：${problemZh}`,
  });
}
