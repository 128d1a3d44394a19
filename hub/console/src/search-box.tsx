/**
 * The search box, with suggestions as you type.
 *
 * @module
 */

import { Button } from "@mantine/core";
import type { Suggestion } from "@tributary/sdk";
import { type CompositionEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Icon } from "./icon.tsx";
import type { MessageName } from "./language.ts";
import { useOptionList } from "./option-list.tsx";
import type { PageState } from "./page-state.ts";
import { useView } from "./view.tsx";

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

export interface SearchBoxProps {
  /** What is shown: another one shows its text, also where the search began elsewhere. */
  readonly state: PageState;
  readonly onSearch: (query: string) => void;
}

export function SearchBox({ state, onSearch }: SearchBoxProps) {
  const { t, client } = useView();
  const [text, setText] = useState(state.query);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asking = useRef<AbortController>(undefined);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setText(state.query), [state]);

  const list = useOptionList<Suggestion>({
    id: "suggestions",
    prefix: "suggestion",
    label: t("suggestions"),
    countText: (n) => t("suggestionCount", { n }),
    textOf: ({ text: found, source }) => [found, SOURCES[source] ? t(SOURCES[source]) : source],
    onChoose: (suggestion) => search(suggestion.text),
    onEscape: close,
  });

  function search(query: string): void {
    close();
    setText(query.trim());
    onSearch(query.trim());
  }

  function askSoon(typed: string): void {
    clearTimeout(timer.current);
    asking.current?.abort();
    const prefix = typed.trim();
    if (prefix === "" || prefix.length > MAX_PREFIX) close();
    else timer.current = setTimeout(() => void ask(prefix), PAUSE_MS);
  }

  async function ask(prefix: string): Promise<void> {
    asking.current = new AbortController();
    const { signal } = asking.current;
    try {
      const found = await client.suggest(prefix, { limit: MAX_SUGGESTIONS, signal });
      if (!signal.aborted && document.activeElement === input.current) list.open(found);
    } catch {
      if (!signal.aborted) close(); // the search itself will say what is wrong
    }
  }

  function close(): void {
    clearTimeout(timer.current);
    asking.current?.abort();
    list.open([]);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing || list.onKey(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      askSoon(text);
    } else if (event.key === "Escape") close(); // the first press closes, the next one clears
  }

  return (
    <search>
      <form
        className="search"
        onSubmit={(event) => {
          event.preventDefault();
          search(text);
        }}
      >
        <Icon name="search" />
        <div className="combobox">
          <input
            ref={input}
            type="search"
            name="q"
            enterKeyHint="search"
            maxLength={MAX_QUERY}
            placeholder={t("searchPlaceholder")}
            aria-label={t("searchLabel")}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              if (!(event.nativeEvent as InputEvent).isComposing) askSoon(event.target.value);
            }}
            onCompositionEnd={(event: CompositionEvent<HTMLInputElement>) =>
              askSoon(event.currentTarget.value)
            }
            onKeyDown={onKeyDown}
            onBlur={close}
            {...list.fieldProps}
          />
          {list.element}
        </div>
        <Button type="submit" size="md">
          {t("searchButton")}
        </Button>
      </form>
    </search>
  );
}
