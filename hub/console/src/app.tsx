/**
 * Holds the page together: the URL says what is shown, each part is made from it and from the hub's answer.
 *
 * @module
 */

import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Asker, askAnew } from "./answers.ts";
import { LANGUAGE_KEY, type Language, LOCALES, wantedLanguage } from "./choose-language.ts";
import { formats } from "./format.ts";
import { translator } from "./language.ts";
import { PageBoundary } from "./page-boundary.tsx";
import { ComingPage } from "./page-frame.tsx";
import { PageHeader } from "./page-header.tsx";
import {
  formatPageState,
  hrefOf,
  type PageState,
  parsePageState,
  withSearch,
} from "./page-state.ts";
import type { Trail } from "./pager.tsx";
import { PAGES } from "./pages.ts";
import ResultsPage from "./results-page.tsx";
import { writeStored } from "./stored.ts";
import { type View, ViewProvider } from "./view.tsx";
import { isViewHash, placeOf } from "./views.ts";

const RecordPage = lazy(PAGES.record);
const MatchPage = lazy(PAGES.match);
const ProvidersPage = lazy(PAGES.providers);
const ProviderPage = lazy(PAGES.provider);
const CentersPage = lazy(PAGES.centers);
const CenterPage = lazy(PAGES.center);
const CollectionsPage = lazy(PAGES.collections);
const CollectionPage = lazy(PAGES.collection);
const OperatePage = lazy(PAGES.operate);

export interface AppProps {
  readonly asker: Asker;
}

/** Where a visitor is, and how they got there. */
interface Visit {
  readonly state: PageState;
  readonly trail: Trail;
  /** True after a step forward; false after a step back and at the start. */
  readonly isNew: boolean;
}

export function App({ asker }: AppProps) {
  const [language, setLanguage] = useState(wantedLanguage);
  const [visit, setVisit] = useState<Visit>(() => here(history.state));
  const { state } = visit;

  const shown = useRef(visit);
  useEffect(() => {
    shown.current = visit;
  });
  const go = useCallback((next: PageState) => {
    const { current } = shown;
    // The same search again is a wish for a fresh answer, not for another entry of the history.
    if (formatPageState(next) === formatPageState(current.state)) {
      askAnew();
      setVisit({ ...current, isNew: true });
    } else {
      const trail = trailTo(next, current);
      history.pushState({ trail }, "", hrefOf(next));
      setVisit({ state: next, trail, isNew: true });
    }
    scrollTo({ top: 0 });
  }, []);

  useEffect(() => {
    const onPop = (event: PopStateEvent) => setVisit(here(event.state));
    const onClick = (event: MouseEvent) => followLink(event, go);
    addEventListener("popstate", onPop);
    document.addEventListener("click", onClick);
    return () => {
      removeEventListener("popstate", onPop);
      document.removeEventListener("click", onClick);
    };
  }, [go]);

  useEffect(() => {
    document.documentElement.lang = LOCALES[language];
  }, [language]);

  const view = useMemo<View>(
    () => ({
      language,
      t: translator(language),
      formats: formats(language),
      ...asker,
      nowMs: () => Date.now(),
      go,
    }),
    [language, asker, go],
  );

  const chooseOther = (next: Language) => {
    writeStored(LANGUAGE_KEY, next);
    history.replaceState(history.state, "", hrefOf(state)); // a ?lang= of the link is over
    setLanguage(next);
  };

  return (
    <ViewProvider value={view}>
      <PageHeader state={state} onLanguage={chooseOther} />
      <PageBoundary shown={hrefOf(state)}>
        <Suspense fallback={<ComingPage state={state} />}>
          <Page visit={visit} />
        </Suspense>
      </PageBoundary>
      <footer>{view.t("footer")}</footer>
    </ViewProvider>
  );
}

function Page({ visit: { state, trail, isNew } }: { readonly visit: Visit }) {
  if (state.record !== "") return <RecordPage key={state.record} state={state} />;
  const place = placeOf(state.view);
  switch (place?.name) {
    case "match":
      return <MatchPage hash={state.view} isNew={isNew} />;
    case "providers":
      return <ProvidersPage />;
    case "provider":
      return <ProviderPage key={place.id} id={place.id} hash={state.view} />;
    case "centers":
      return <CentersPage />;
    case "center":
      return <CenterPage key={place.id} id={place.id} hash={state.view} />;
    case "collections":
      return <CollectionsPage />;
    case "collection":
      return <CollectionPage key={place.id} id={place.id} hash={state.view} />;
    case "operate":
      return <OperatePage page={place.page} about={place.about} link={place.link} />;
    default:
      return <ResultsPage state={state} trail={trail} />;
  }
}

/** What the URL says. */
function here(entry: unknown): Visit {
  const state = parsePageState(location.search + location.hash);
  return { state, trail: trailOf(entry), isNew: false };
}

/** Tokens up to the page of `next`: known where the way there led through this page. */
function trailTo(next: PageState, visit: Visit): Trail {
  const searchKey = (state: PageState) => formatPageState(withSearch(state, {}));
  if (searchKey(next) !== searchKey(visit.state)) return [""];
  const trail = [...visit.trail];
  trail[next.page - 1] = next.token;
  return trail;
}

/** The trail of a history entry; entries that this page did not make have none. */
function trailOf(entry: unknown): Trail {
  const trail = (entry as { readonly trail?: unknown } | null)?.trail;
  return Array.isArray(trail) && trail.every((token) => typeof token === "string") ? trail : [""];
}

/** Ordinary clicks on links of the page change the state without a reload; all others are the browser's. */
function followLink(event: MouseEvent, go: (state: PageState) => void): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null || link.target !== "" || link.origin !== location.origin) return;
  if (link.pathname !== location.pathname || (link.hash !== "" && !isViewHash(link.hash))) return;
  event.preventDefault();
  go(parsePageState(link.search + link.hash));
}
