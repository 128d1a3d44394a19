/**
 * The search box, with suggestions as you type.
 *
 * @module
 */

import type { Client, Suggestion } from "@tributary/sdk";
import { el, icon } from "./dom.ts";
import type { MessageName, Translate } from "./language.ts";
import { optionList } from "./option-list.ts";

export interface SearchBox {
  readonly element: HTMLFormElement;
  /** Shows the text of a search that began elsewhere. */
  readonly show: (query: string) => void;
}

export interface SearchBoxOptions {
  readonly t: Translate;
  readonly client: Client;
  readonly onSearch: (query: string) => void;
}

/** Between the last key and the question for suggestions; ms. */
const PAUSE_MS = 120;
const MAX_SUGGESTIONS = 8;
/** What the hub takes for suggestions; characters. */
const MAX_PREFIX = 64;
/** What the hub takes for a search; characters. */
const MAX_QUERY = 1024;

const SOURCES: { readonly [source: string]: MessageName } = {
  title: "suggestTitle",
  entity: "suggestEntity",
  vocabulary: "suggestVocabulary",
};

export function searchBox({ t, client, onSearch }: SearchBoxOptions): SearchBox {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;

  const list = optionList<Suggestion>({
    id: "suggestions",
    prefix: "suggestion",
    label: t("suggestions"),
    countText: (n) => t("suggestionCount", { n }),
    textOf: ({ text, source }) => [text, SOURCES[source] ? t(SOURCES[source]) : source],
    onChoose: ({ text }) => search(text),
    onEscape: close,
  });
  const input = el("input", {
    type: "search",
    name: "q",
    enterkeyhint: "search",
    maxlength: MAX_QUERY,
    placeholder: t("searchPlaceholder"),
    "aria-label": t("searchLabel"),
    on: {
      input: (event) => {
        if (!(event as InputEvent).isComposing) askSoon();
      },
      compositionend: () => askSoon(),
      keydown: onKey,
      blur: close,
    },
  });
  list.attach(input);
  const element = el(
    "form",
    {
      class: "search",
      role: "search",
      on: {
        submit: (event) => {
          event.preventDefault();
          search(input.value);
        },
      },
    },
    icon("search"),
    el("div", { class: "combobox" }, input, list.element),
    el("button", { type: "submit", class: "primary" }, t("searchButton")),
    list.status,
  );
  const show = (query: string) => {
    input.value = query;
  };
  return { element, show };

  function search(query: string): void {
    close();
    input.value = query.trim();
    onSearch(input.value);
  }

  function askSoon(): void {
    clearTimeout(timer);
    asking?.abort();
    const prefix = input.value.trim();
    if (prefix === "" || prefix.length > MAX_PREFIX) {
      close();
      return;
    }
    timer = setTimeout(() => void ask(prefix), PAUSE_MS);
  }

  async function ask(prefix: string): Promise<void> {
    asking = new AbortController();
    const { signal } = asking;
    try {
      const found = await client.suggest(prefix, { limit: MAX_SUGGESTIONS, signal });
      if (!signal.aborted && document.activeElement === input) list.open(found);
    } catch {
      if (!signal.aborted) close(); // the search itself will say what is wrong
    }
  }

  function close(): void {
    clearTimeout(timer);
    asking?.abort();
    list.open([]);
  }

  function onKey(event: KeyboardEvent): void {
    if (event.isComposing || list.onKey(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      askSoon();
    } else if (event.key === "Escape") close(); // the first press closes, the next one clears
  }
}
