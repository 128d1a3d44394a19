/**
 * Who may know a record, and what is said of it.
 *
 * @module
 */

import type { RecordVerdict, Visibility } from "@tributary/proto";
import type { AcceptedVerdict, Audience, CatalogRow } from "../ports/catalog-row.ts";
import type { Reader } from "../ports/search-index.ts";
import type { Curation } from "./decision-fact.ts";

/** The verdict of a record from what it is by itself and what curators decided. */
export function verdictOf(
  accepted: AcceptedVerdict,
  curation: Curation,
): { readonly verdict: RecordVerdict; readonly verdictReason: string } {
  if (accepted.verdict === "live" || accepted.verdict === "pending") {
    if (curation.hidden !== undefined) {
      return { verdict: "hidden", verdictReason: curation.hidden };
    }
    if (curation.approved) return { verdict: "live", verdictReason: "" };
  }
  return { verdict: accepted.verdict, verdictReason: accepted.reason };
}

/** True if the record is shown to those who may read it. */
export function isShown(row: CatalogRow): boolean {
  return row.verdict === "live";
}

/** True if the reader may read the record when it is shown. */
export function mayRead(row: CatalogRow, reader: Reader): boolean {
  return reaches(row.visibility, row.visibleTo, row.ref.centerId, reader);
}

/** True if the reader may know of a record that is not shown: the center that published it, and operators. */
export function mayInspect(row: CatalogRow, reader: Reader): boolean {
  return (
    reader.type === "operator" || (reader.type === "member" && reader.centerId === row.ref.centerId)
  );
}

/** True if the reader could read some earlier revision of the record. */
export function couldRead(row: CatalogRow, reader: Reader): boolean {
  const { widest, centers } = row.audience;
  return widest !== undefined && reaches(widest, centers, row.ref.centerId, reader);
}

function reaches(
  visibility: Visibility,
  visibleTo: readonly string[],
  publisher: string,
  reader: Reader,
): boolean {
  if (visibility === "public" || reader.type === "operator") return true;
  if (reader.type === "public") return false;
  if (visibility === "members") return true;
  if (reader.type === "members") return false;
  return reader.centerId === publisher || visibleTo.includes(reader.centerId);
}

/** Nobody. */
export const NO_AUDIENCE: Audience = { widest: undefined, centers: [] };

/** Most centers that an audience names; later ones are not told when the record vanishes. */
const MAX_AUDIENCE = 1024;

/** The audience with those who may read one more revision. */
export function widen(
  audience: Audience,
  visibility: Visibility,
  visibleTo: readonly string[],
): Audience {
  if (visibility === "public" || audience.widest === "public") {
    return { widest: "public", centers: [] };
  }
  if (visibility === "members" || audience.widest === "members") {
    return { widest: "members", centers: [] };
  }
  const centers = [...new Set([...audience.centers, ...visibleTo])].sort();
  return { widest: "centers", centers: centers.slice(0, MAX_AUDIENCE) };
}
