/**
 * Records by the view that they may be used in.
 *
 * @module
 */

import type { Visibility } from "@tributary/proto";
import type { View } from "./evidence-base.ts";

/** The widest view of a record; undefined for one that only some centers may read: it is used in no ranking. */
export function viewOf(visibility: Visibility): View | undefined {
  if (visibility === "public") return "public";
  return visibility === "members" ? "members" : undefined;
}

/** True if a record with the widest view `of` is used in `view`. */
export function isIn(of: View | undefined, view: View): boolean {
  return of === "public" || (of === "members" && view === "members");
}
