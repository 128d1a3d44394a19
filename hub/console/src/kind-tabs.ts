/** Kinds of record with counts, above the hits. @module */

import type { Facet } from "@tributary/sdk";
import { el } from "./dom.ts";
import { type PageState, withSearch } from "./page-state.ts";
import { hrefOf, type View } from "./view.ts";

/** In the order in which visitors ask; kinds without records are left out. */
const ORDER = [
  "provider",
  "case",
  "policy",
  "training",
  "event",
  "demand",
  "voucher_programme",
  "outcome",
  "center",
];

/** Links, not ARIA tabs: each leads to another answer, and works without the page's code. */
export function kindTabs(facets: readonly Facet[], state: PageState, view: View): HTMLElement {
  const { t, labels, language, formats } = view;
  const values = facets.find(({ field }) => field === "kind")?.values ?? [];
  const counts = new Map(values.map(({ value, count }) => [value, count]));
  const all = values.reduce((sum, { count }) => sum + count, 0);
  const kinds = [...new Set([...ORDER, ...counts.keys()])].filter(
    (kind) => counts.has(kind) || kind === state.kind,
  );
  const tab = (kind: string, label: string, count: number) =>
    el(
      "li",
      {},
      el(
        "a",
        {
          href: hrefOf(withSearch(state, { kind })),
          "aria-current": state.kind === kind ? "true" : undefined,
          "data-key": `kind:${kind}`,
        },
        label,
        el("span", { class: "count" }, formats.number(count)),
      ),
    );
  return el(
    "nav",
    { class: "kinds", "aria-label": t("kinds") },
    el(
      "ul",
      { role: "list" },
      tab("", t("allKinds"), all),
      ...kinds.map((kind) =>
        tab(kind, labels.value("kind", kind, language), counts.get(kind) ?? 0),
      ),
    ),
  );
}
