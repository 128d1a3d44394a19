/**
 * One consistent state of the index: what a query sees from beginning to end.
 *
 * @module
 */

import type { DictionaryData } from "./analysis/dictionary.ts";
import { FacetColumns } from "./query/facet-columns.ts";
import { type CorpusStats, FieldScorer } from "./query/score.ts";
import type { Deletes } from "./segment/deletes.ts";
import { Segment } from "./segment/segment.ts";

/** A generation as it is posted to threads: shared memory and numbers only. */
export interface GenerationData {
  /** Log size that it covers. */
  readonly position: number;
  /** Of the writer that made it: another writer may use the numbers of segments for other segments. */
  readonly series: string;
  /** With which it was made and must be asked; the same object as long as it does not change. */
  readonly dictionary: DictionaryData;
  /** Oldest first. */
  readonly segments: readonly {
    /** Unique in the series. */
    readonly id: number;
    readonly buffer: SharedArrayBuffer;
    /** What is here of the buffer, while it is read; see `ArrivingBlob`. */
    readonly parts?: Int32Array<SharedArrayBuffer> | undefined;
    readonly deletes: Deletes;
  }[];
}

/** An opened generation. */
export interface Generation {
  readonly position: number;
  readonly series: string;
  readonly segments: readonly {
    readonly id: number;
    readonly segment: Segment;
    readonly deletes: Deletes;
  }[];
  readonly stats: CorpusStats;
  readonly scorer: FieldScorer;
  readonly facetColumns: FacetColumns;
}

/** Opens generations one after the other, opening each segment once. */
export class GenerationOpener {
  #series: string | undefined;
  #segments = new Map<number, Segment>();
  readonly #facetColumns = new FacetColumns();

  open({ position, series, segments }: GenerationData): Generation {
    if (series !== this.#series) this.#segments.clear();
    this.#series = series;
    const opened = new Map(
      segments.map(({ id, buffer, parts }) => [
        id,
        this.#segments.get(id) ?? new Segment(buffer, parts),
      ]),
    );
    this.#segments = opened;
    const list = segments.map(({ id, deletes }) => ({
      id,
      segment: opened.get(id) as Segment,
      deletes,
    }));
    const stats = statsOf(list.map(({ segment }) => segment));
    const scorer = new FieldScorer(stats);
    return { position, series, segments: list, stats, scorer, facetColumns: this.#facetColumns };
  }
}

function statsOf(segments: readonly Segment[]): CorpusStats {
  const sum = (of: (segment: Segment) => number) => segments.reduce((total, s) => total + of(s), 0);
  return {
    docs: sum(({ docs }) => docs),
    averageLengths: [0, 1, 2, 3].map((field) => {
      const documents = sum(({ meta }) => meta.fieldDocs[field] as number);
      return documents === 0 ? 1 : sum(({ meta }) => meta.lengthSums[field] as number) / documents;
    }),
  };
}
