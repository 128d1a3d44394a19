/**
 * Which documents a model is trained on, and when it is time to train another.
 *
 * @module
 */

import { compareRefs, refHash } from "../fields.ts";
import type { Generation } from "../generation.ts";
import { isDeleted } from "../segment/deletes.ts";
import type { Segment } from "../segment/segment.ts";
import { documentText } from "./document-text.ts";

/** Most documents that a model is trained on. */
const MAX_SAMPLE = 20_000;

/** A model is trained anew when this share of the documents has changed. */
const MAX_CHANGED_SHARE = 0.2;

/** What a model was trained on. */
export interface TrainedOn {
  readonly documents: number;
  /** When the hub received the newest of them; ms since the epoch. */
  readonly newestMs: number;
}

/** The living documents now. */
export function summaryOf(generation: Generation): TrainedOn {
  let documents = 0;
  let newestMs = 0;
  forEachLiving(generation, (segment, doc) => {
    documents += 1;
    newestMs = Math.max(newestMs, segment.received[doc] as number);
  });
  return { documents, newestMs };
}

/** Whether so much has come, changed or gone since a model was trained that another one is due. */
export function isOutdated(generation: Generation, trainedOn: TrainedOn): boolean {
  let living = 0;
  let newer = 0;
  forEachLiving(generation, (segment, doc) => {
    living += 1;
    if ((segment.received[doc] as number) > trainedOn.newestMs) newer += 1;
  });
  const come = Math.max(newer, living - trainedOn.documents);
  const gone = Math.max(0, trainedOn.documents - living);
  return come + gone > trainedOn.documents * MAX_CHANGED_SHARE;
}

/**
 * Texts to train on: of all living documents, or of {@link MAX_SAMPLE} that are chosen by their names. The same
 * documents give the same texts in the same order, however they are spread over segments.
 */
export function* trainingTexts(generation: Generation): Iterable<string> {
  const living: { segment: Segment; doc: number; hash: number }[] = [];
  forEachLiving(generation, (segment, doc) => {
    living.push({ segment, doc, hash: refHash(segment.ref(doc)) });
  });
  living.sort((a, b) => a.hash - b.hash || compareRefs(a.segment.ref(a.doc), b.segment.ref(b.doc)));
  for (const { segment, doc } of living.slice(0, MAX_SAMPLE)) yield documentText(segment, doc);
}

/** Texts of all living documents, segment by segment. */
export function* livingTexts({ segments }: Generation): Iterable<string> {
  for (const { segment, deletes } of segments) {
    for (let doc = 0; doc < segment.docs; doc++) {
      if (!isDeleted(deletes, doc)) yield documentText(segment, doc);
    }
  }
}

function forEachLiving(
  { segments }: Generation,
  visit: (segment: Segment, doc: number) => void,
): void {
  for (const { segment, deletes } of segments) {
    for (let doc = 0; doc < segment.docs; doc++) if (!isDeleted(deletes, doc)) visit(segment, doc);
  }
}
