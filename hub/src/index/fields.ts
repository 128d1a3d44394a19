/**
 * Text fields, facet fields and visibility of a document, as the index sees them.
 *
 * @module
 */

import type { RecordRef } from "@tributary/proto";
import type { IndexDocument, Reader, TextField } from "../ports/search-index.ts";

/** Text fields in the order of their counts in postings. */
export const TEXT_FIELDS = ["title", "tags", "summary", "body"] as const satisfies TextField[];

/** The facet that is computed from time instead of stored. */
export const STATE_FIELD = "state";

/** Facets of a document; kind and center come from its name where the document does not say. */
export function facetsOf(document: IndexDocument): Readonly<Record<string, readonly string[]>> {
  return { kind: [document.ref.kind], center: [document.ref.centerId], ...document.facets };
}

/**
 * Who may read a document, as one text: `public`, `members`, or the center ids with visibility `centers`, the
 * publisher's among them. Documents with the same text are seen by the same readers.
 */
export function audienceOf({ visibility, visibleTo, ref }: IndexDocument): string {
  if (visibility !== "centers") return visibility;
  return [...new Set([...visibleTo, ref.centerId])].sort().join(" ");
}

/** Whether `reader` belongs to an audience of {@link audienceOf}. Center ids have no spaces. */
export function isInAudience(reader: Reader, audience: string): boolean {
  if (reader.type === "operator" || audience === "public") return true;
  if (reader.type === "public") return false;
  if (audience === "members") return true;
  return reader.type === "member" && audience.split(" ").includes(reader.centerId);
}

/** Order of names: kind, then center, then key, each by UTF-16 units. */
export function compareRefs(a: RecordRef, b: RecordRef): number {
  return (
    compareTexts(a.kind, b.kind) ||
    compareTexts(a.centerId, b.centerId) ||
    compareTexts(a.key, b.key)
  );
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A name as one text, for maps. */
export function refText({ kind, centerId, key }: RecordRef): string {
  return `${kind}\0${centerId}\0${key}`;
}

/** FNV-1a over the UTF-16 units of a name; 32 bits. */
export function refHash(ref: RecordRef): number {
  const text = refText(ref);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
