/**
 * What of a document has a meaning: all its text fields, the heaviest first.
 *
 * @module
 */

import type { Segment } from "../segment/segment.ts";
import { createTextUnits, unitsToText } from "../segment/text-units.ts";

const TEXTS = createTextUnits();

/** The text fields of a document, one a line. */
export function documentText(segment: Segment, doc: number): string {
  segment.readTexts(doc, TEXTS);
  const { units, ends } = TEXTS;
  let from = 0;
  const fields: string[] = [];
  for (const end of ends) {
    if (end > from) fields.push(unitsToText(units, from, end));
    from = end;
  }
  return fields.join("\n");
}
