/**
 * Which segments are merged next: those of one tier, whose sizes differ by less than {@link MERGE_FACTOR}, so that a
 * document is merged as often as the logarithm of their number says.
 *
 * @module
 */

/** Segments of one tier that are merged into one, or more if more wait. */
export const MERGE_FACTOR = 8;

/** Segments are not merged beyond this. */
export const MAX_SEGMENT_DOCS = 600_000;

/** A segment is rewritten when more than this share of it is deleted. */
const MAX_DELETED_SHARE = 0.3;

/**
 * What is merged when there is time to spare: as many segments of one tier, each of so many documents. Fewer segments to
 * ask and fewer bytes a document, for work that nothing waits for.
 */
const SPARE_MERGE_FACTOR = 2;
const SPARE_MERGE_LEAST_DOCS = 512;

/**
 * Where no tier has as many: all of those segments, if the smaller ones have this share of the largest one's documents.
 * A query of several segments takes up to a third longer; a document is rewritten some twenty times while an index
 * doubles.
 */
const SPARE_MERGE_SHARE = 1 / 32;

/** What is asked of a segment. */
export interface Mergeable {
  readonly segment: { readonly docs: number };
  /** How many of its documents are deleted. */
  readonly deleted: number;
}

/** Segments to be merged next, of at most `maxDocs` documents together; the smallest first. */
export function dueGroup<T extends Mergeable>(
  parts: readonly T[],
  maxDocs: number,
): readonly T[] | undefined {
  const group = groupOf(parts, MERGE_FACTOR, maxDocs);
  if (group !== undefined) return group;
  const worn = parts.find(
    ({ segment, deleted }) => segment.docs <= maxDocs && deleted > segment.docs * MAX_DELETED_SHARE,
  );
  return worn === undefined ? undefined : [worn];
}

/** Segments that may be merged where none is due. */
export function spareGroup<T extends Mergeable>(parts: readonly T[]): readonly T[] | undefined {
  const large = parts.filter((part) => livingOf(part) >= SPARE_MERGE_LEAST_DOCS);
  const group = groupOf(large, SPARE_MERGE_FACTOR, MAX_SEGMENT_DOCS);
  if (group !== undefined) return group;
  const docs = large.map(livingOf);
  const all = docs.reduce((sum, count) => sum + count, 0);
  const most = Math.max(0, ...docs);
  const isWorth = large.length > 1 && all - most >= most * SPARE_MERGE_SHARE;
  return isWorth && all <= MAX_SEGMENT_DOCS ? large : undefined;
}

/** At least `factor` segments of the lowest tier that has them, of at most `maxDocs` documents together. */
function groupOf<T extends Mergeable>(
  parts: readonly T[],
  factor: number,
  maxDocs: number,
): readonly T[] | undefined {
  const tiers = Map.groupBy(parts, (part) => tierOf(livingOf(part)));
  for (const [, tier] of [...tiers].sort(([a], [b]) => a - b)) {
    const group: T[] = [];
    let docs = 0;
    for (const part of tier) {
      if (docs + livingOf(part) > maxDocs) break;
      docs += livingOf(part);
      group.push(part);
    }
    if (group.length >= factor) return group;
  }
  return undefined;
}

function livingOf({ segment, deleted }: Mergeable): number {
  return segment.docs - deleted;
}

function tierOf(docs: number): number {
  return Math.floor(Math.log(Math.max(1, docs)) / Math.log(MERGE_FACTOR));
}
