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

/** Begins to load the page of a state, so that it comes beside the rest and not after it. */
export function beginLoading(state: PageState): void {
  const name = nameOf(state);
  // Whoever shows the page loads it again, and tells of what fails.
  if (name !== "search") PAGES[name]().catch(() => {});
}

/** The same for the labels that the page of a state needs. To read them takes as long as all the rest. */
export function beginLabels(state: PageState): void {
  if (nameOf(state) !== "search") import("@tributary/sdk/vocabulary").catch(() => {});
}

function nameOf({ record, view }: PageState): keyof typeof PAGES | "search" {
  return record === "" ? (placeOf(view)?.name ?? "search") : "record";
}
