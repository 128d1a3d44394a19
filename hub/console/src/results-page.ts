/** The answer to a search: kinds, filters, hits, pages. @module */

import type { SearchPage } from "@tributary/sdk";
import { coverageLine } from "./coverage-line.ts";
import { type Child, el, icon } from "./dom.ts";
import { activeFilters, facetPanel } from "./facet-panel.ts";
import { hitCard } from "./hit-card.ts";
import { kindTabs } from "./kind-tabs.ts";
import { type PageState, START, withSearch } from "./page-state.ts";
import { pager, type Trail } from "./pager.ts";
import { snippets } from "./snippet.ts";
import { hrefOf, type View } from "./view.ts";

/** Where hits are shown, or waited for. */
export function resultsFrame(...children: Child[]): HTMLElement {
  return el("main", { id: "main", class: "results", tabindex: -1 }, ...children);
}

export function resultsPage(
  page: SearchPage,
  state: PageState,
  trail: Trail,
  view: View,
): HTMLElement {
  const { t } = view;
  const isEmpty = page.hits.length === 0;
  return resultsFrame(
    kindTabs(page.facets, state, view),
    el(
      "div",
      { class: "columns" },
      filterColumn(page, state, view),
      el(
        "div",
        { class: "answer" },
        el(
          "div",
          { class: "answer-head" },
          el("h2", { role: "status" }, t("totalHits", { n: page.total })),
          sortSelect(state, view),
        ),
        activeFilters(state, view),
        ...searchedOtherwise(page, view),
        isEmpty
          ? emptyAnswer(state, view)
          : el(
              "ol",
              { class: "hits", role: "list", "aria-label": t("results") },
              ...page.hits.map((hit) => hitCard(hit, state, page.coverage, view)),
            ),
        pager(state, trail, page.total, page.nextPageToken, view),
        coverageLine(page.coverage, view),
        snippets(state, view),
      ),
    ),
  );
}

/** What was searched instead of what was typed. */
function searchedOtherwise({ corrections, partial }: SearchPage, { t }: View): HTMLElement[] {
  const notes = corrections.map(({ typed, used }) => t("corrected", { typed, used }));
  if (partial) notes.push(t("partial"));
  return notes.map((note) => el("p", { class: "note" }, note));
}

/** Beside the hits where there is room; folded above them on a small screen. Nothing where nothing can be filtered. */
function filterColumn(page: SearchPage, state: PageState, view: View): HTMLElement | undefined {
  const { t } = view;
  const panel = facetPanel(page, state, view);
  if (panel === undefined) return undefined;
  const chosen = Object.values(state.filters).flat().length;
  return el(
    "details",
    { class: "filter-column", open: isWide.matches },
    el(
      "summary",
      { "data-key": "filters" },
      icon("filter"),
      t("filters"),
      chosen > 0 && el("span", { class: "count" }, view.formats.number(chosen)),
    ),
    panel,
  );
}

const isWide = matchMedia("(min-width: 900px)");

function sortSelect(state: PageState, { t, go }: View): HTMLElement {
  const option = (value: PageState["sort"], text: string) =>
    el("option", { value, selected: state.sort === value }, text);
  const select = el(
    "select",
    {
      "data-key": "sort",
      on: {
        change: () =>
          go(withSearch(state, { sort: select.value === "newest" ? "newest" : "relevance" })),
      },
    },
    option("relevance", t("sortRelevance")),
    option("newest", t("sortNewest")),
  );
  return el("label", { class: "sort" }, el("span", {}, t("sort")), select);
}

function emptyAnswer(state: PageState, { t }: View): HTMLElement {
  const isWholeCatalog =
    state.query === "" && state.kind === "" && Object.keys(state.filters).length === 0;
  return el(
    "div",
    { class: "empty" },
    el("h2", {}, isWholeCatalog ? t("emptyCatalog") : t("emptyTitle")),
    !isWholeCatalog && el("p", {}, t("emptyHint")),
    !isWholeCatalog && el("p", {}, el("a", { href: hrefOf(START) }, t("startOver"))),
  );
}

/** Shapes of hits, while they are waited for. */
export function skeleton({ t }: View): HTMLElement {
  const bar = (width: string) => el("div", { class: `bone bone-${width}` });
  return resultsFrame(
    el("p", { class: "visually-hidden", role: "status" }, t("loading")),
    el(
      "div",
      { class: "skeleton", "aria-hidden": "true" },
      ...Array.from({ length: 4 }, () =>
        el("div", { class: "hit" }, bar("title"), bar("line"), bar("short")),
      ),
    ),
  );
}
