/** Filters with counts, and the ones that are chosen. @module */

import { Button } from "@mantine/core";
import type { FacetValue, SearchAnswer } from "@tributary/sdk";
import { useState } from "react";
import { Icon } from "./icon.tsx";
import {
  FACET_FIELDS,
  hrefOf,
  type PageFacet,
  type PageState,
  toggleFilter,
  withSearch,
} from "./page-state.ts";
import { useView } from "./view.tsx";

/** Values of one field that are shown before "more". */
const FOLDED = 6;

type Counted = Pick<SearchAnswer, "facets" | "total">;

/** The fields that can narrow the answer, with their values. */
export function narrowingFacets({ facets, total }: Counted, state: PageState) {
  return FACET_FIELDS.flatMap((field) => {
    const values = facets.find((facet) => facet.field === field)?.values ?? [];
    const chosen = state.filters[field] ?? [];
    const canNarrow = chosen.length > 0 || values.some(({ count }) => count < total);
    return canNarrow ? [{ field, values, chosen }] : [];
  });
}

export interface FacetGroupProps {
  readonly field: PageFacet;
  readonly values: readonly FacetValue[];
  readonly chosen: readonly string[];
  readonly state: PageState;
}

/** The checkboxes of one field. */
export function FacetGroup({ field, values, chosen, state }: FacetGroupProps) {
  const { t, labels, language, formats, go } = useView();
  const [isUnfolded, setUnfolded] = useState(false);
  // A chosen value that nothing has any more must still be there to be taken out.
  const missing = chosen
    .filter((value) => !values.some((other) => other.value === value))
    .map((value) => ({ value, count: 0 }));
  const all = [...missing, ...values];
  const shown = isUnfolded
    ? all
    : all.filter(({ value }, index) => index < FOLDED || chosen.includes(value));
  return (
    <fieldset>
      <legend>{labels.facet(field, language)}</legend>
      {shown.map(({ value, count }) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            data-key={`facet:${field}:${value}`}
            onChange={() => go(toggleFilter(state, field, value))}
          />
          <span className="value">{labels.value(field, value, language)}</span>
          <span className="count">{formats.number(count)}</span>
        </label>
      ))}
      {(all.length > shown.length || isUnfolded) && (
        <Button
          variant="subtle"
          size="compact-sm"
          aria-expanded={isUnfolded}
          onClick={() => setUnfolded(!isUnfolded)}
        >
          {isUnfolded ? t("showFewer") : t("showMore", { n: all.length - shown.length })}
        </Button>
      )}
    </fieldset>
  );
}

/** The chosen filters, each with a way to take it out; nothing where none is chosen. */
export function ActiveFilters({ state }: { readonly state: PageState }) {
  const { t, labels, language } = useView();
  const chosen = FACET_FIELDS.flatMap((field) =>
    (state.filters[field] ?? []).map((value) => ({ field, value })),
  );
  if (chosen.length === 0) return null;
  return (
    <ul className="active-filters" aria-label={t("activeFilters")}>
      {chosen.map(({ field, value }) => {
        const label = labels.value(field, value, language);
        const name = labels.facet(field, language);
        return (
          <li key={`${field}:${value}`}>
            <a
              href={hrefOf(toggleFilter(state, field, value))}
              className="pill"
              aria-label={t("removeFilter", { field: name, value: label })}
            >
              {label}
              <Icon name="cross" />
            </a>
          </li>
        );
      })}
      <li>
        <a href={hrefOf(withSearch(state, { filters: {} }))}>{t("clearFilters")}</a>
      </li>
    </ul>
  );
}
