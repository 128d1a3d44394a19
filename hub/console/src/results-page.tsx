/** The answer to a search: kinds, filters, hits, pages. @module */

import { NativeSelect, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { SearchPage } from "@tributary/sdk";
import { useEffect, useRef } from "react";
import { Featured } from "./collections/featured.tsx";
import { CoverageLine } from "./coverage-line.tsx";
import { ActiveFilters, FacetGroup, narrowingFacets } from "./facet-panel.tsx";
import { HEADINGS, isStart } from "./headings.ts";
import { HitCard } from "./hit-card.tsx";
import { Icon } from "./icon.tsx";
import { KindTabs } from "./kind-tabs.tsx";
import { PageHead } from "./page-frame.tsx";
import { formatPageState, hrefOf, type PageState, START, withSearch } from "./page-state.ts";
import { Pager, type Trail } from "./pager.tsx";
import { Problem } from "./problem.tsx";
import { searchQuestion } from "./search-question.ts";
import { Snippets } from "./snippets.tsx";
import { useQuestion } from "./use-answer.ts";
import { useTitle } from "./use-title.ts";
import { useView } from "./view.tsx";

export interface ResultsPageProps {
  readonly state: PageState;
  readonly trail: Trail;
}

/** An answer, and the question that it answers. */
interface Shown {
  readonly page: SearchPage;
  readonly state: PageState;
  readonly trail: Trail;
}

export default function ResultsPage({ state, trail }: ResultsPageProps) {
  const { t } = useView();
  useTitle(state.query);
  const asked = useQuestion(searchQuestion(state));
  // What was there stays around a placeholder, so that whoever uses a filter keeps it under the hand.
  const last = useRef<Shown>(undefined);
  const shown = asked.value === undefined ? last.current : { page: asked.value, state, trail };
  useEffect(() => {
    last.current = shown;
  });
  const isFirst = isStart(state);
  if (asked.error !== undefined) {
    const first = withSearch(state, {});
    const isFirstPage = formatPageState(first) === formatPageState(state);
    return (
      <main id="main" className="results" tabIndex={-1}>
        <Problem
          error={asked.error}
          onRetry={asked.again}
          startOver={isFirstPage ? START : first}
        />
      </main>
    );
  }
  return (
    <main id="main" className="results" tabIndex={-1} aria-busy={asked.value === undefined}>
      {isFirst ? (
        <PageHead title={t(HEADINGS.start.title)} lead={t(HEADINGS.start.lead)} />
      ) : (
        <h1 className="visually-hidden">{t("viewSearch")}</h1>
      )}
      {shown === undefined ? (
        asked.isSlow && <HitSkeleton />
      ) : (
        <>
          {isFirst && <Featured />}
          <KindTabs facets={shown.page.facets} state={state} />
          <div className="columns">
            <FilterColumn page={shown.page} state={state} />
            <div className="answer">
              <div className="answer-head">
                <h2>
                  <span role="status">{t("totalHits", { n: shown.page.total })}</span>
                </h2>
                <SortSelect state={state} />
              </div>
              <ActiveFilters state={state} />
              <SearchedOtherwise page={shown.page} />
              {asked.isSlow ? <HitSkeleton /> : <Hits page={shown.page} state={state} />}
              <Pager
                state={shown.state}
                trail={shown.trail}
                total={shown.page.total}
                nextToken={shown.page.nextPageToken}
              />
              <CoverageLine coverage={shown.page.coverage} />
              <Snippets state={state} />
            </div>
          </div>
        </>
      )}
    </main>
  );
}

interface AnswerProps {
  readonly page: SearchPage;
  readonly state: PageState;
}

function Hits({ page, state }: AnswerProps) {
  const { t } = useView();
  if (page.hits.length === 0) return <EmptyAnswer state={state} />;
  return (
    <ol className="hits" aria-label={t("results")}>
      {page.hits.map((hit) => (
        <HitCard
          key={hit.record.urn}
          record={hit.record}
          hit={hit}
          state={state}
          coverage={page.coverage}
        />
      ))}
    </ol>
  );
}

/** What was searched instead of what was typed. */
function SearchedOtherwise({ page: { corrections, partial } }: Pick<AnswerProps, "page">) {
  const { t } = useView();
  return (
    <>
      {corrections.map(({ typed, used }) => (
        <p key={typed} className="note">
          {t("corrected", { typed, used })}
        </p>
      ))}
      {partial && <p className="note">{t("partial")}</p>}
    </>
  );
}

/** Beside the hits where there is room; folded above them on a small screen. Nothing where nothing can be filtered. */
function FilterColumn({ page, state }: AnswerProps) {
  const { t, formats } = useView();
  const isWide = useMediaQuery("(min-width: 900px)", undefined, {
    getInitialValueInEffect: false,
  });
  const facets = narrowingFacets(page, state);
  if (facets.length === 0) return null;
  const chosen = Object.values(state.filters).flat().length;
  return (
    <details className="filter-column" open={isWide}>
      <summary data-key="filters">
        <Icon name="filter" />
        {t("filters")}
        {chosen > 0 && <span className="count">{formats.number(chosen)}</span>}
      </summary>
      <div className="facets">
        {facets.map((facet) => (
          <FacetGroup key={facet.field} {...facet} state={state} />
        ))}
      </div>
    </details>
  );
}

function SortSelect({ state }: Pick<AnswerProps, "state">) {
  const { t, go } = useView();
  return (
    <div className="sort">
      <label htmlFor="sort">{t("sort")}</label>
      <NativeSelect
        id="sort"
        size="xs"
        data-key="sort"
        value={state.sort}
        onChange={({ currentTarget: { value } }) =>
          go(withSearch(state, { sort: value === "newest" ? "newest" : "relevance" }))
        }
        data={[
          { value: "relevance", label: t("sortRelevance") },
          { value: "newest", label: t("sortNewest") },
        ]}
      />
    </div>
  );
}

function EmptyAnswer({ state }: Pick<AnswerProps, "state">) {
  const { t } = useView();
  const isWholeCatalog =
    state.query === "" && state.kind === "" && Object.keys(state.filters).length === 0;
  return (
    <div className="empty">
      <h2>{isWholeCatalog ? t("emptyCatalog") : t("emptyTitle")}</h2>
      {!isWholeCatalog && (
        <>
          <p>{t("emptyHint")}</p>
          <p>
            <a href={hrefOf(START)}>{t("startOver")}</a>
          </p>
        </>
      )}
    </div>
  );
}

/** Shapes of hits, while they are waited for. */
function HitSkeleton() {
  const { t } = useView();
  return (
    <div className="skeleton">
      <p className="visually-hidden" role="status">
        {t("loading")}
      </p>
      {["a", "b", "c", "d"].map((name) => (
        <div key={name} className="hit" aria-hidden="true">
          <Skeleton height={20} width="45%" />
          <Skeleton height={14} mt="sm" />
          <Skeleton height={14} mt="sm" width="30%" />
        </div>
      ))}
    </div>
  );
}
