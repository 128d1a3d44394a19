/**
 * What the page shows, as its URL says it: shareable, and the back button works.
 *
 * `?q=预测性维护&kind=case&region=320000&region=330000&sort=newest&page=2&token=...&record=urn:dth:...`; `#/match?...` for another view than the search, see `views.ts`.
 *
 * @module
 */

import type { FacetField, Filters } from "@tributary/sdk";
import { isViewHash } from "./views.ts";

/** Fields that the page filters by, in the order of the panel. `kind` has its own place, above the hits. */
export const FACET_FIELDS = [
  "center",
  "region",
  "industry",
  "scenario",
  "system",
  "provider_type",
  "service",
  "size_band",
  "kpi",
  "policy_level",
  "policy_status",
  "event_type",
  "center_type",
  "year",
  "license",
  "label",
  "state",
] as const satisfies readonly FacetField[];

export type PageFacet = (typeof FACET_FIELDS)[number];

/** What the page shows. */
export interface PageState {
  readonly query: string;
  /** A kind, or empty for all kinds. */
  readonly kind: string;
  readonly filters: Readonly<Partial<Record<PageFacet, readonly string[]>>>;
  readonly sort: "relevance" | "newest";
  /** 1 is the first page. */
  readonly page: number;
  /** Token of the page; empty on the first. */
  readonly token: string;
  /** URN of the record that is shown instead of the hits; empty for the hits. */
  readonly record: string;
  /** Hash of another view, see `views.ts`; empty for the search. A record may be shown over it. */
  readonly view: string;
}

export const START: PageState = {
  query: "",
  kind: "",
  filters: {},
  sort: "relevance",
  page: 1,
  token: "",
  record: "",
  view: "",
};

/** Reads a URL from its `?` or `#` on. Anything that is not understood is left out. */
export function parsePageState(text: string): PageState {
  const [search = "", ...afterHash] = text.split("#");
  const hash = `#${afterHash.join("#")}`;
  const parameters = new URLSearchParams(search);
  const filters: Partial<Record<PageFacet, readonly string[]>> = {};
  for (const field of FACET_FIELDS) {
    const values = parameters.getAll(field).filter((value) => value !== "");
    if (values.length > 0) filters[field] = values;
  }
  const token = parameters.get("token") ?? "";
  const page = Number(parameters.get("page"));
  return {
    query: parameters.get("q") ?? "",
    kind: parameters.get("kind") ?? "",
    filters,
    sort: parameters.get("sort") === "newest" ? "newest" : "relevance",
    page: token !== "" && Number.isSafeInteger(page) && page > 1 ? page : 1,
    token,
    record: parameters.get("record") ?? "",
    view: isViewHash(hash) ? hash : "",
  };
}

/** Writes what {@link parsePageState} reads; empty for {@link START}, else it begins with `?` or `#`. */
export function formatPageState(state: PageState): string {
  const parts: [name: string, value: string][] = [
    ["q", state.query],
    ["kind", state.kind],
    ...FACET_FIELDS.flatMap((field) =>
      (state.filters[field] ?? []).map((value): [string, string] => [field, value]),
    ),
    ["sort", state.sort === "newest" ? "newest" : ""],
    ["page", state.token === "" ? "" : String(state.page)],
    ["token", state.token],
    ["record", state.record],
  ];
  const text = parts
    .filter(([, value]) => value !== "")
    // Colons stay as they are: they are legal in a query, and people read URNs.
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%3A", ":")}`)
    .join("&");
  return `${text === "" ? "" : `?${text}`}${state.view}`;
}

/** The filters of the search that the state stands for. */
export function searchFilters({ kind, filters }: PageState): Filters {
  return kind === "" ? filters : { kind, ...filters };
}

/** The state with another search: back to its first page, and to its hits. */
export function withSearch(state: PageState, change: Partial<PageState>): PageState {
  return { ...state, page: 1, token: "", record: "", view: "", ...change };
}

/** Adds a value to a filter, or takes it out where it is there. */
export function toggleFilter(state: PageState, field: PageFacet, value: string): PageState {
  const values = state.filters[field] ?? [];
  const rest = values.includes(value)
    ? values.filter((other) => other !== value)
    : [...values, value];
  const { [field]: _, ...others } = state.filters;
  return withSearch(state, {
    filters: rest.length === 0 ? others : { ...others, [field]: rest },
  });
}

/** The address of a state; a link with it works with the middle button, and the page follows it without a reload. */
export function hrefOf(state: PageState): string {
  const text = formatPageState(state);
  // A hash alone would keep what the address asks now.
  return text.startsWith("?") ? text : `./${text}`;
}
