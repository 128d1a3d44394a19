/** Name, search box, language and theme. @module */

import { el, icon, logo } from "./dom.ts";
import type { Language } from "./language.ts";
import { START } from "./page-state.ts";
import { type SearchBox, searchBox } from "./search-box.ts";
import { applyTheme, nextTheme, storedTheme, type Theme } from "./theme.ts";
import { hrefOf, type View } from "./view.ts";

export interface PageHeader {
  readonly elements: readonly HTMLElement[];
  readonly box: SearchBox;
}

export interface PageHeaderEvents {
  readonly onSearch: (query: string) => void;
  readonly onLanguage: (language: Language) => void;
}

export function pageHeader(view: View, { onSearch, onLanguage }: PageHeaderEvents): PageHeader {
  const { t, language, client } = view;
  const box = searchBox({ t, client, onSearch });
  const other: Language = language === "zh" ? "en" : "zh";
  const header = el(
    "header",
    { class: "page-header" },
    el(
      "div",
      { class: "bar" },
      el(
        "a",
        { class: "brand", href: hrefOf(START), "data-key": "brand" },
        logo(),
        el("strong", {}, t("title")),
        el("span", { class: "tagline" }, t("tagline")),
      ),
      el(
        "div",
        { class: "settings" },
        el(
          "button",
          {
            type: "button",
            class: "plain",
            lang: other === "zh" ? "zh-CN" : "en",
            "data-key": "language",
            on: { click: () => onLanguage(other) },
          },
          t("otherLanguage"),
        ),
        themeButton(view),
      ),
    ),
    box.element,
  );
  const skip = el("a", { class: "skip", href: "#main" }, t("skip"));
  return { elements: [skip, header], box };
}

const THEME_NAMES = { auto: "themeAuto", light: "themeLight", dark: "themeDark" } as const;

function themeButton({ t }: View): HTMLElement {
  const name = el("span", {});
  const label = (theme: Theme) => t("theme", { mode: t(THEME_NAMES[theme]) });
  const button = el(
    "button",
    {
      type: "button",
      class: "plain",
      "data-key": "theme",
      on: {
        click: () => {
          const theme = nextTheme(storedTheme());
          applyTheme(theme);
          name.textContent = label(theme);
        },
      },
    },
    icon("theme"),
    name,
  );
  name.textContent = label(storedTheme());
  return button;
}
