/**
 * The pages, each loaded when it is first shown.
 *
 * @module
 */

import type { PageState } from "./page-state.ts";
import { type Place, placeOf } from "./views.ts";

/** Loads each page that is not the search. */
export const PAGES = {
  record: () => import("./record-page.tsx"),
  match: () => import("./match/match-page.tsx"),
  providers: () => import("./providers/providers-page.tsx"),
  provider: () => import("./providers/provider-page.tsx"),
  centers: () => import("./centers/centers-page.tsx"),
  center: () => import("./centers/center-page.tsx"),
  collections: () => import("./collections/collections-page.tsx"),
  collection: () => import("./collections/collection-page.tsx"),
  operate: () => import("./operate/operate-page.tsx"),
} satisfies Record<Exclude<Place["name"], "search"> | "record", () => Promise<unknown>>;

/** Begins to load the page of a state and the labels that it needs, so that they come beside the rest and not after it. */
export function beginLoading({ record, view }: PageState): void {
  const name = record === "" ? (placeOf(view)?.name ?? "search") : "record";
  if (name === "search") return;
  // Whoever shows the page loads both again, and tells of what fails.
  PAGES[name]().catch(() => {});
  import("@tributary/sdk/vocabulary").catch(() => {});
}
