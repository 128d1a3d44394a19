/**
 * The search box, with suggestions as you type: an ARIA combobox with a list popup
 * (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/).
 *
 * @module
 */

import type { Client, Suggestion } from "@tributary/sdk";
import { el, icon } from "./dom.ts";
import type { MessageName, Translate } from "./language.ts";

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
  let suggestions: readonly Suggestion[] = [];
  let active = -1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;

  const status = el("p", { class: "visually-hidden", role: "status" });
  const list = el("ul", {
    id: "suggestions",
    role: "listbox",
    "aria-label": t("suggestions"),
    hidden: true,
    // The input keeps the focus, so that a click reaches the option before the list closes.
    on: { mousedown: (event) => event.preventDefault() },
  });
  const input = el("input", {
    type: "search",
    name: "q",
    role: "combobox",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    enterkeyhint: "search",
    maxlength: MAX_QUERY,
    placeholder: t("searchPlaceholder"),
    "aria-label": t("searchLabel"),
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
    on: {
      input: (event) => {
        if (!(event as InputEvent).isComposing) askSoon();
      },
      compositionend: () => askSoon(),
      keydown: onKey,
      blur: close,
    },
  });
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
    el("div", { class: "combobox" }, input, list),
    el("button", { type: "submit", class: "primary" }, t("searchButton")),
    status,
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
      if (!signal.aborted && document.activeElement === input) open(found);
    } catch {
      if (!signal.aborted) close(); // the search itself will say what is wrong
    }
  }

  function open(found: readonly Suggestion[]): void {
    suggestions = found;
    list.replaceChildren(
      ...found.map(({ text, source }, index) =>
        el(
          "li",
          {
            id: `suggestion-${index}`,
            role: "option",
            "aria-selected": "false",
            on: { click: () => search(text) },
          },
          el("span", {}, text),
          el("span", { class: "suggestion-source" }, SOURCES[source] ? t(SOURCES[source]) : source),
        ),
      ),
    );
    const isOpen = found.length > 0;
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    status.textContent = isOpen ? t("suggestionCount", { n: found.length }) : "";
    select(-1);
  }

  function close(): void {
    clearTimeout(timer);
    asking?.abort();
    open([]);
  }

  /** -1 is the text as typed. */
  function select(index: number): void {
    active = index;
    for (const [i, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(i === index));
    }
    const option = list.children[index];
    if (option === undefined) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }

  function onKey(event: KeyboardEvent): void {
    // Enter and arrows belong to the input method while it composes.
    if (event.isComposing) return;
    const count = suggestions.length;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp": {
        event.preventDefault();
        if (count === 0) {
          askSoon();
          return;
        }
        const step = event.key === "ArrowDown" ? 1 : -1;
        // The typed text counts as a place between the last option and the first.
        select(((active + 1 + step + count + 1) % (count + 1)) - 1);
        return;
      }
      case "Enter": {
        const chosen = suggestions[active];
        if (chosen !== undefined) {
          event.preventDefault();
          search(chosen.text);
        }
        return;
      }
      case "Escape":
        if (count > 0) event.preventDefault(); // the first press closes, the next one clears
        close();
    }
  }
}
