/**
 * What comes first where no word is asked for: what a visitor can act on, newest first. Providers, and cases that say by how
 * much an indicator changed; then other cases, then what is announced, then what is about the federation itself.
 *
 * @module
 */

import type { RecordKind } from "@tributary/proto";
import type { Segment } from "../segment/segment.ts";
import type { Batch } from "./batch.ts";

/** Scores of documents by kind; small whole numbers, so that time decides among equals. */
const OF_KIND: Readonly<Record<RecordKind, number>> = {
  provider: 4,
  case: 3,
  policy: 2,
  training: 2,
  event: 2,
  demand: 1,
  center: 1,
  voucher_programme: 1,
  outcome: 0,
};
/** Of a case with an indicator: as much as of a provider. */
const MEASURED = 1;

/** The score of a document without a question. @param kpis Its indicators. */
export function priorOf(kind: RecordKind, kpis: { readonly length: number }): number {
  return OF_KIND[kind] + (kind === "case" && kpis.length > 0 ? MEASURED : 0);
}

/** Gives the documents in the batch the score that they have without a question. */
export function setPriors({ docs, scores, size }: Batch, segment: Segment): void {
  const kpi = segment.facet("kpi");
  for (let i = 0; i < size; i++) {
    const doc = docs[i] as number;
    const kpis = kpi?.sets[kpi.setOf[doc] as number] ?? [];
    scores[i] = priorOf(segment.kind(doc), kpis);
  }
}
