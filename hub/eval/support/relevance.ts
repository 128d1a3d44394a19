/**
 * What rankings are worth, given which documents are relevant.
 *
 * @module
 */

/** Means over queries; each is 0 to 1. */
export interface Figures {
  readonly queries: number;
  /** Reciprocal rank of the first relevant document among the first 10 (Voorhees 1999). */
  readonly mrr10: number;
  /** Normalised discounted cumulative gain of the first 10, gain 2^relevance - 1 (Järvelin & Kekäläinen 2002). */
  readonly ndcg10: number;
  /** Share of the relevant documents that are among the first 100. */
  readonly r100: number;
  /** Share of queries that find nothing. */
  readonly zero_rate: number;
}

type Relevance = ReadonlyMap<string, number>;

/** @param ranked Ids of documents by falling rank, by query. Queries without relevant documents do not count. */
export function figuresOf(
  ranked: ReadonlyMap<string, readonly string[]>,
  relevant: ReadonlyMap<string, Relevance>,
): Figures {
  const each: Omit<Figures, "queries">[] = [];
  for (const [query, ids] of ranked) {
    const grades = relevant.get(query);
    if (grades === undefined) continue;
    each.push({
      mrr10: reciprocalRank(ids.slice(0, 10), grades),
      ndcg10: gain(ids.map((id) => grades.get(id) ?? 0)) / gain([...grades.values()].sort(falling)),
      r100: ids.slice(0, 100).filter((id) => grades.has(id)).length / grades.size,
      zero_rate: ids.length === 0 ? 1 : 0,
    });
  }
  return { queries: each.length, ...mean(each) };
}

/** Means with the same weight for each run; queries are added up. */
export function meanOf(runs: readonly Figures[]): Figures {
  return { queries: runs.reduce((sum, { queries }) => sum + queries, 0), ...mean(runs) };
}

function mean(list: readonly Omit<Figures, "queries">[]): Omit<Figures, "queries"> {
  const of = (pick: (one: Omit<Figures, "queries">) => number) =>
    list.length === 0 ? 0 : list.reduce((sum, one) => sum + pick(one), 0) / list.length;
  return {
    mrr10: of(({ mrr10 }) => mrr10),
    ndcg10: of(({ ndcg10 }) => ndcg10),
    r100: of(({ r100 }) => r100),
    zero_rate: of(({ zero_rate }) => zero_rate),
  };
}

function reciprocalRank(ids: readonly string[], grades: Relevance): number {
  const place = ids.findIndex((id) => grades.has(id));
  return place === -1 ? 0 : 1 / (place + 1);
}

function gain(grades: readonly number[]): number {
  return grades
    .slice(0, 10)
    .reduce((sum, grade, place) => sum + (2 ** grade - 1) / Math.log2(place + 2), 0);
}

function falling(a: number, b: number): number {
  return b - a;
}
