/**
 * Holds the page together: the URL says what is shown, each part is made from it and from the hub's answer.
 *
 * @module
 */

import type { Client, SearchPage } from "@tributary/sdk";
import { el, replaceContent } from "./dom.ts";
import { formats } from "./format.ts";
import { Labels } from "./labels.ts";
import { chooseLanguage, type Language, LOCALES, translator } from "./language.ts";
import { isMatchHash, MATCH_HASH } from "./match/demand-state.ts";
import { ANSWER_ID, type Answers } from "./match/match-answer.ts";
import { askAll, demandOf, matchFrame, matchPage } from "./match/match-page.ts";
import { type PageHeader, pageHeader } from "./page-header.ts";
import {
  FACET_FIELDS,
  formatPageState,
  type PageState,
  parsePageState,
  START,
  searchFilters,
  withSearch,
} from "./page-state.ts";
import { PAGE_SIZE, type Trail } from "./pager.ts";
import { problem } from "./problem.ts";
import { recordFrame, recordPage } from "./record-page.ts";
import { resultsFrame, resultsPage, skeleton } from "./results-page.ts";
import { applyTheme, readStored, storedTheme, writeStored } from "./theme.ts";
import { hrefOf, type View } from "./view.ts";

const LANGUAGE_KEY = "tributary-language";

export class App {
  readonly #container: HTMLElement;
  readonly #client: Client;
  readonly #hubUrl: string;
  readonly #labels = new Labels();
  #state: PageState = parsePageState(location.search + location.hash);
  #trail: Trail = trailOf(history.state);
  #view: View;
  #header: PageHeader | undefined;
  #loading = new AbortController();
  /** Of the control that had the focus before a placeholder without it: the answer behind gives it back. */
  #heldKey: string | undefined;
  /** The last answer, so that coming back from a record shows its hits at once. */
  #answered: { readonly key: string; readonly page: SearchPage } | undefined;
  /** The same for a demand. */
  #matched: { readonly key: string; readonly answers: Answers } | undefined;

  constructor(container: HTMLElement, client: Client, hubUrl: string) {
    this.#container = container;
    this.#client = client;
    this.#hubUrl = hubUrl;
    this.#view = this.#viewIn(
      chooseLanguage(
        new URLSearchParams(location.search).get("lang"),
        readStored(LANGUAGE_KEY),
        navigator.languages,
      ),
    );
  }

  start(): void {
    applyTheme(storedTheme());
    addEventListener("popstate", (event) => {
      this.#trail = trailOf(event.state);
      this.#show(parsePageState(location.search + location.hash));
    });
    document.addEventListener("click", (event) => this.#followLink(event));
    this.#frame();
    this.#show(this.#state);
  }

  #viewIn(language: Language): View {
    return {
      language,
      t: translator(language),
      formats: formats(language),
      labels: this.#labels,
      client: this.#client,
      hubUrl: this.#hubUrl,
      nowMs: () => Date.now(),
      go: (state) => this.#go(state),
    };
  }

  /** Everything around the main part; made again when the language changes. */
  #frame(): void {
    const { language, t } = this.#view;
    document.documentElement.lang = LOCALES[language];
    this.#header = pageHeader(this.#view, {
      onSearch: (query) => this.#go(withSearch(this.#state, { query })),
      onLanguage: (next) => {
        writeStored(LANGUAGE_KEY, next);
        history.replaceState(history.state, "", hrefOf(this.#state)); // a ?lang= of the link is over
        this.#view = this.#viewIn(next);
        this.#frame();
        this.#show(this.#state);
      },
    });
    replaceContent(
      this.#container,
      ...this.#header.elements,
      el("main", { id: "main" }),
      el("footer", {}, t("footer")),
    );
  }

  /** Ordinary clicks on links of the page change the state without a reload; all others are the browser's. */
  #followLink(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || link.target !== "" || link.origin !== location.origin) return;
    if (link.pathname !== location.pathname || (link.hash !== "" && !isMatchHash(link.hash)))
      return;
    event.preventDefault();
    this.#go(parsePageState(link.search + link.hash));
  }

  #go(state: PageState): void {
    // The same search again is a wish for a fresh answer, not for another entry of the history.
    if (formatPageState(state) === formatPageState(this.#state)) {
      this.#answered = undefined;
      this.#matched = undefined;
    } else {
      this.#trail = this.#trailTo(state);
      history.pushState({ trail: this.#trail }, "", hrefOf(state));
    }
    this.#show(state, true);
  }

  /** Tokens up to the page of `state`: known where the way there led through this page. */
  #trailTo(state: PageState): Trail {
    if (searchKey(state) !== searchKey(this.#state)) return [""];
    const trail = [...this.#trail];
    trail[state.page - 1] = state.token;
    return trail;
  }

  #show(state: PageState, isNew = false): void {
    this.#loading.abort();
    this.#loading = new AbortController();
    this.#state = state;
    this.#header?.show(state);
    const { signal } = this.#loading;
    const shown =
      state.record !== ""
        ? this.#showRecord(signal)
        : state.match !== ""
          ? this.#showMatch(signal, isNew)
          : this.#showResults(signal);
    if (isNew) scrollTo({ top: 0 });
    shown.catch((error: unknown) => {
      if (signal.aborted) return; // another state is shown by now
      const firstPage =
        state.match === "" ? withSearch(state, {}) : { ...START, match: MATCH_HASH };
      const shownProblem = problem(error, this.#view, {
        retry: () => this.#show(state),
        startOver: formatPageState(firstPage) === formatPageState(state) ? START : firstPage,
      });
      this.#setMain(this.#frameFor(state, shownProblem));
    });
  }

  #frameFor(state: PageState, shownProblem: HTMLElement): HTMLElement {
    if (state.record !== "") return recordFrame(state, this.#view, shownProblem);
    // Without the vocabulary there is no form to show the problem below.
    if (state.match === "" || !this.#labels.isLoaded) return resultsFrame(shownProblem);
    return matchFrame(state.match, this.#view, shownProblem);
  }

  #setMain(main: HTMLElement): void {
    const old = this.#container.querySelector("main");
    const { activeElement } = document;
    const hadFocus = old?.contains(activeElement) ?? false;
    const isLost = activeElement === document.body && this.#heldKey !== undefined;
    const key = (hadFocus && activeElement?.getAttribute("data-key")) || this.#heldKey;
    this.#heldKey = undefined;
    old?.replaceWith(main);
    const tab = main.querySelector<HTMLElement>(".kinds [aria-current]");
    tab?.closest("ul")?.scrollTo({ left: tab.offsetLeft - 100 });
    if (!hadFocus && !isLost) return;
    const next = key && main.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (!next) this.#heldKey = key;
    (next || main.querySelector<HTMLElement>("h1, [tabindex='-1']"))?.focus();
  }

  async #showResults(signal: AbortSignal): Promise<void> {
    const { t } = this.#view;
    const state = this.#state;
    document.title = state.query === "" ? t("title") : `${state.query} · ${t("title")}`;
    const key = formatPageState(state);
    if (this.#answered?.key !== key) {
      const timer = setTimeout(() => this.#setMain(skeleton(this.#view)), 150);
      signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
      try {
        const page = await this.#client.search(state.query, {
          filters: searchFilters(state),
          facets: ["kind", ...FACET_FIELDS],
          pageSize: PAGE_SIZE,
          pageToken: state.token,
          sort: state.sort,
          signal,
        });
        this.#labels.learn(page.facets);
        const chosen = Object.entries(state.filters).flatMap(([field, values]) =>
          values.map((value) => this.#labels.knows(field, value)),
        );
        // A filter that keeps nothing has no count, and so no label in the answer.
        if (chosen.includes(false)) await this.#labels.load();
        this.#answered = { key, page };
      } finally {
        clearTimeout(timer);
      }
    }
    signal.throwIfAborted();
    this.#setMain(resultsPage(this.#answered.page, state, this.#trail, this.#view));
  }

  async #showMatch(signal: AbortSignal, isNew: boolean): Promise<void> {
    const view = this.#view;
    const { match: hash } = this.#state;
    document.title = `${view.t("viewMatch")} · ${view.t("title")}`;
    if (!this.#labels.isLoaded) {
      this.#setMain(skeleton(view)); // what was shown must not be used any more
      await this.#labels.load();
      signal.throwIfAborted();
    }
    const demand = demandOf(hash, view);
    if (demand === undefined) {
      this.#setMain(matchFrame(hash, view));
      return;
    }
    if (this.#matched?.key !== hash) {
      this.#setMain(matchFrame(hash, view, el("p", { role: "status" }, view.t("matching"))));
      this.#matched = { key: hash, answers: await askAll(demand, view, signal) };
    }
    signal.throwIfAborted();
    this.#setMain(matchPage(this.#matched.answers, hash, view));
    if (isNew) document.getElementById(ANSWER_ID)?.focus({ preventScroll: true });
  }

  async #showRecord(signal: AbortSignal): Promise<void> {
    const view = this.#view;
    const state = this.#state;
    this.#setMain(recordFrame(state, view, el("p", { role: "status" }, view.t("loadingRecord"))));
    const [{ record, coverage }] = await Promise.all([
      this.#client.get(state.record, { signal }),
      this.#labels.load(),
    ]);
    signal.throwIfAborted();
    document.title = `${record.title} · ${view.t("title")}`;
    const main = recordFrame(state, view, ...recordPage(record, coverage, view));
    this.#setMain(main);
    main.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }
}

/** What two pages of one search have in common. */
function searchKey(state: PageState): string {
  return formatPageState(withSearch(state, {}));
}

/** The trail of a history entry; entries that this page did not make have none. */
function trailOf(entry: unknown): Trail {
  const trail = (entry as { readonly trail?: unknown } | null)?.trail;
  return Array.isArray(trail) && trail.every((token) => typeof token === "string") ? trail : [""];
}
