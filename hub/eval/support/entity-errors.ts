/**
 * Pairs that were linked and should not be, and the other way round, with the reasons.
 *
 * @module
 */

import { explainPair, explanationText } from "../../src/catalog/entities/explain.ts";
import { compareIds } from "../../src/catalog/entities/record.ts";
import type { Resolver } from "../../src/catalog/entities/resolver.ts";
import type { EntityData } from "./entity-data.ts";

/** Two lines of records and one of reasons an error; false links first, at most `limit` of each sort. */
export function entityErrors(
  data: EntityData,
  resolver: Resolver,
  found: ReadonlyMap<string, string>,
  limit: number,
): readonly string[] {
  if (limit === 0) return [];
  const wrong = unlike(data, found, data.truth, limit);
  const missed = unlike(data, data.truth, found, limit);
  const show = (title: string, pairs: readonly (readonly [string, string])[]) =>
    pairs.flatMap(([a, b]) => [
      `${title}:`,
      describe(resolver, a),
      describe(resolver, b),
      why(resolver, a, b),
    ]);
  return [...show("false link", wrong), ...show("missed", missed)];
}

/** Pairs of different groups by `other` that are together in `groups`. */
function unlike(
  { records, isLink }: EntityData,
  groups: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
  limit: number,
): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  const known = records.filter(({ id }) => groups.has(id)).sort((a, b) => compareIds(a.id, b.id));
  for (const group of Map.groupBy(known, ({ id }) => groups.get(id)).values()) {
    for (const [i, a] of group.entries()) {
      for (const b of group.slice(i + 1)) {
        const together = other.has(a.id) && other.get(a.id) === other.get(b.id);
        if (!together && (!isLink || a.source !== b.source)) pairs.push([a.id, b.id]);
        if (pairs.length === limit) return pairs;
      }
    }
  }
  return pairs;
}

function describe(resolver: Resolver, id: string): string {
  return `  ${JSON.stringify(resolver.record(id)?.record.values)}`;
}

function why(resolver: Resolver, a: string, b: string): string {
  const explanation = explainPair(resolver, a, b);
  return explanation === undefined ? "" : `  ${explanationText(explanation, "zh")}`;
}
