/** Name, search box, language and theme. @module */

import { el, icon, logo } from "./dom.ts";
import type { Language } from "./language.ts";
import { MATCH_HASH } from "./match/demand-state.ts";
import { type PageState, START } from "./page-state.ts";
import { searchBox } from "./search-box.ts";
import { applyTheme, nextTheme, storedTheme, type Theme } from "./theme.ts";
import { hrefOf, type View } from "./view.ts";

export interface PageHeader {
  readonly elements: readonly HTMLElement[];
  /** Shows the search and the view of a state. */
  readonly show: (state: PageState) => void;
}

export interface PageHeaderEvents {
  readonly onSearch: (query: string) => void;
  readonly onLanguage: (language: Language) => void;
}

export function pageHeader(view: View, { onSearch, onLanguage }: PageHeaderEvents): PageHeader {
  const { t, language, client } = view;
  const box = searchBox({ t, client, onSearch });
  const views = viewLinks(view);
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
      views.element,
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
  const skip = el(
    "a",
    {
      class: "skip",
      href: "#main",
      on: {
        // The hash says what is shown, so it must stay.
        click: (event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        },
      },
    },
    t("skip"),
  );
  return {
    elements: [skip, header],
    show: (state) => {
      box.show(state.query);
      views.show(state);
    },
  };
}

/** Search and matching; the one that is shown is marked. */
function viewLinks({ t }: View) {
  const search = el("a", { href: hrefOf(START), "data-key": "view:search" }, t("viewSearch"));
  const matchState = { ...START, match: MATCH_HASH };
  const match = el("a", { href: hrefOf(matchState), "data-key": "view:match" }, t("viewMatch"));
  const element = el("nav", { class: "views", "aria-label": t("views") }, search, match);
  const show = ({ match: hash }: PageState) => {
    const [current, other] = hash === "" ? [search, match] : [match, search];
    current.setAttribute("aria-current", "true");
    other.removeAttribute("aria-current");
  };
  return { element, show };
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
