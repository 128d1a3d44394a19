/** Filters with counts, and the ones that are chosen. @module */

import type { FacetValue, SearchAnswer } from "@tributary/sdk";
import { el, icon } from "./dom.ts";
import {
  FACET_FIELDS,
  type PageFacet,
  type PageState,
  toggleFilter,
  withSearch,
} from "./page-state.ts";
import type { View } from "./view.ts";
import { hrefOf } from "./view.ts";

/** Values of one field that are shown before "more". */
const FOLDED = 6;

/** Fields that the visitor has unfolded; kept over answers. */
const unfolded = new Set<string>();

/** One group of checkboxes a field, without the fields that cannot narrow the answer; undefined if none can. */
export function facetPanel(
  { facets, total }: Pick<SearchAnswer, "facets" | "total">,
  state: PageState,
  view: View,
): HTMLElement | undefined {
  const groups = FACET_FIELDS.flatMap((field) => {
    const values = facets.find((facet) => facet.field === field)?.values ?? [];
    const chosen = state.filters[field] ?? [];
    const canNarrow = chosen.length > 0 || values.some(({ count }) => count < total);
    return canNarrow ? [facetGroup(field, values, chosen, state, view)] : [];
  });
  return groups.length === 0 ? undefined : el("div", { class: "facets" }, ...groups);
}

function facetGroup(
  field: PageFacet,
  values: readonly FacetValue[],
  chosen: readonly string[],
  state: PageState,
  view: View,
): HTMLElement {
  const { t, labels, language, go } = view;
  // A chosen value that nothing has any more must still be there to be taken out.
  const missing = chosen
    .filter((value) => !values.some((other) => other.value === value))
    .map((value) => ({ value, count: 0 }));
  const all = [...missing, ...values];
  const isUnfolded = unfolded.has(field);
  const shown = isUnfolded
    ? all
    : all.filter(({ value }, index) => index < FOLDED || chosen.includes(value));
  const name = labels.facet(field, language);
  const group = el(
    "fieldset",
    {},
    el("legend", {}, name),
    ...shown.map(({ value, count }) =>
      el(
        "label",
        {},
        el("input", {
          type: "checkbox",
          checked: chosen.includes(value),
          "data-key": `facet:${field}:${value}`,
          on: { change: () => go(toggleFilter(state, field, value)) },
        }),
        el("span", { class: "value" }, labels.value(field, value, language)),
        el("span", { class: "count" }, view.formats.number(count)),
      ),
    ),
    (all.length > shown.length || isUnfolded) &&
      el(
        "button",
        {
          type: "button",
          class: "plain",
          "data-key": `unfold:${field}`,
          "aria-expanded": String(isUnfolded),
          on: {
            click: () => {
              if (!unfolded.delete(field)) unfolded.add(field);
              const other = facetGroup(field, values, chosen, state, view);
              group.replaceWith(other);
              other.querySelector<HTMLElement>(`[data-key="unfold:${field}"]`)?.focus();
            },
          },
        },
        isUnfolded ? t("showFewer") : t("showMore", { n: all.length - shown.length }),
      ),
  );
  return group;
}

/** The chosen filters, each with a way to take it out; nothing where none is chosen. */
export function activeFilters(state: PageState, view: View): HTMLElement | undefined {
  const { t, labels, language } = view;
  const chosen = FACET_FIELDS.flatMap((field) =>
    (state.filters[field] ?? []).map((value) => ({ field, value })),
  );
  if (chosen.length === 0) return undefined;
  return el(
    "ul",
    { class: "active-filters", role: "list", "aria-label": t("activeFilters") },
    ...chosen.map(({ field, value }) => {
      const label = labels.value(field, value, language);
      const remove = t("removeFilter", { field: labels.facet(field, language), value: label });
      return el(
        "li",
        {},
        el(
          "a",
          { href: hrefOf(toggleFilter(state, field, value)), class: "pill", "aria-label": remove },
          label,
          icon("cross"),
        ),
      );
    }),
    el("li", {}, el("a", { href: hrefOf(withSearch(state, { filters: {} })) }, t("clearFilters"))),
  );
}
