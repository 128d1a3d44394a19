/**
 * What people said about pairs of records: an append-only list, of which nothing is ever taken out. Undoing is one more
 * entry.
 *
 * @module
 */

import { compareIds } from "./record.ts";

/**
 * What is said of two records: they are one thing; they are not; they belong together and are not one thing, such as a
 * company and its branch.
 */
export type AssertionKind = "same" | "different" | "related";

/** Facts about every entry. */
interface Entry {
  readonly id: string;
  /** Position in the log; an entry can only take back one before it. */
  readonly position: number;
  /** Who said so. */
  readonly by: string;
  /** Why, in words, or where to look. */
  readonly evidence: string;
}

/** A statement about two records. */
export interface Assertion extends Entry {
  readonly kind: AssertionKind;
  readonly a: string;
  readonly b: string;
  /** The model whose proposal was decided on; see `modelVersion`. */
  readonly model: string;
}

/** Takes an earlier entry back, be it a statement or another retraction. */
export interface Retraction extends Entry {
  readonly kind: "retract";
  /** Id of the entry. */
  readonly entry: string;
}

/** An entry of the list. */
export type AssertionEntry = Assertion | Retraction;

/** The statements in force about pairs of records. */
export interface Asserted {
  /** Undefined where nothing is said. "different" and "related" win over "same": a person has to take them back. */
  of(a: string, b: string): AssertionKind | undefined;
  /** Records with which a record is said to be one. */
  sameAs(id: string): readonly string[];
  /** All statements in force, by position. */
  readonly all: readonly Assertion[];
}

/** What holds after all entries, whatever order they are given in. */
export function assertedBy(entries: Iterable<AssertionEntry>): Asserted {
  const newestFirst = [...entries].sort(
    (x, y) => y.position - x.position || compareIds(y.id, x.id),
  );
  const positions = new Map(newestFirst.map(({ id, position }) => [id, position]));
  const retracted = new Set<string>();
  const all: Assertion[] = [];
  for (const entry of newestFirst) {
    if (retracted.has(entry.id)) continue;
    if (entry.kind !== "retract") all.push(entry);
    else if ((positions.get(entry.entry) ?? entry.position) < entry.position) {
      retracted.add(entry.entry);
    }
  }
  all.reverse();
  const kinds = new Map<string, AssertionKind>();
  const same = new Map<string, string[]>();
  for (const { kind, a, b } of all) {
    const key = pairKey(a, b);
    const known = kinds.get(key);
    if (known === undefined || RANK[kind] > RANK[known]) kinds.set(key, kind);
  }
  for (const { kind, a, b } of all) {
    if (kind !== "same" || kinds.get(pairKey(a, b)) !== "same") continue;
    same.set(a, [...(same.get(a) ?? []), b]);
    same.set(b, [...(same.get(b) ?? []), a]);
  }
  return {
    of: (a, b) => kinds.get(pairKey(a, b)),
    sameAs: (id) => same.get(id) ?? [],
    all,
  };
}

const RANK: Readonly<Record<AssertionKind, number>> = { same: 0, related: 1, different: 2 };

/** One key for both orders; ids hold no line breaks. */
function pairKey(a: string, b: string): string {
  return a < b ? `${a}\n${b}` : `${b}\n${a}`;
}
