/** Kinds of record with counts, above the hits. @module */

import type { Facet } from "@tributary/sdk";
import { useEffect, useRef } from "react";
import { hrefOf, type PageState, withSearch } from "./page-state.ts";
import { useView } from "./view.tsx";

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

export interface KindTabsProps {
  readonly facets: readonly Facet[];
  readonly state: PageState;
}

/** Links, not ARIA tabs: each leads to another answer, and works with the middle button. */
export function KindTabs({ facets, state }: KindTabsProps) {
  const { t, labels, language, formats } = useView();
  const list = useRef<HTMLUListElement>(null);
  // On a small screen the list scrolls sideways: the chosen one must be in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another kind is another place to scroll to
  useEffect(() => {
    const tab = list.current?.querySelector<HTMLElement>("[aria-current]");
    if (tab) list.current?.scrollTo({ left: tab.offsetLeft - 100 });
  }, [state.kind]);
  const values = facets.find(({ field }) => field === "kind")?.values ?? [];
  const counts = new Map(values.map(({ value, count }) => [value, count]));
  const kinds = [...new Set([...ORDER, ...counts.keys()])].filter(
    (kind) => counts.has(kind) || kind === state.kind,
  );
  const tabs = [
    { kind: "", label: t("allKinds"), count: values.reduce((sum, { count }) => sum + count, 0) },
    ...kinds.map((kind) => ({
      kind,
      label: labels.value("kind", kind, language),
      count: counts.get(kind) ?? 0,
    })),
  ];
  return (
    <nav className="kinds" aria-label={t("kinds")}>
      <ul ref={list}>
        {tabs.map(({ kind, label, count }) => (
          <li key={kind}>
            <a
              href={hrefOf(withSearch(state, { kind }))}
              aria-current={state.kind === kind ? "true" : undefined}
              data-key={`kind:${kind}`}
            >
              {label}
              <span className="count">{formats.number(count)}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
