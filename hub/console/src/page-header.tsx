/** Name, views, search box, language and theme. @module */

import { Button, type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { Language } from "./choose-language.ts";
import { Icon, Logo } from "./icon.tsx";
import type { MessageName } from "./language.ts";
import { hrefOf, type PageState, START, withSearch } from "./page-state.ts";
import { SearchBox } from "./search-box.tsx";
import { useView } from "./view.tsx";
import { MENU, placeOf } from "./views.ts";

export interface PageHeaderProps {
  readonly state: PageState;
  readonly onLanguage: (language: Language) => void;
}

export function PageHeader({ state, onLanguage }: PageHeaderProps) {
  const { t, go } = useView();
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: a link to the main part that keeps the hash of the view */}
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault(); // the hash says what is shown, so it must stay
          document.getElementById("main")?.focus();
        }}
      >
        {t("skip")}
      </a>
      <header className="page-header">
        <div className="bar">
          <a className="brand" href={hrefOf(START)} data-key="brand">
            <Logo />
            <strong>{t("title")}</strong>
            <span className="tagline">{t("tagline")}</span>
          </a>
          <ViewLinks state={state} />
          <div className="settings">
            <LanguageButton onLanguage={onLanguage} />
            <ThemeButton />
          </div>
        </div>
        <SearchBox state={state} onSearch={(query) => go(withSearch(state, { query }))} />
      </header>
    </>
  );
}

/** What the hub offers; the one that is shown is marked. */
function ViewLinks({ state }: { readonly state: PageState }) {
  const { t } = useView();
  const shown = placeOf(state.view)?.name ?? "search";
  const strip = useRef<HTMLElement>(null);
  // On a narrow screen the links are a strip that scrolls: the one that is shown is to be seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place marks another link
  useEffect(() => {
    const marked = strip.current?.querySelector<HTMLElement>("[aria-current]");
    const room = (strip.current?.clientWidth ?? 0) - (marked?.offsetWidth ?? 0);
    if (marked) strip.current?.scrollTo({ left: marked.offsetLeft - room / 2 });
  }, [shown]);
  return (
    <nav className="views" aria-label={t("views")} ref={strip}>
      {MENU.map(({ names, hash, label }) => (
        <a
          key={hash}
          href={hrefOf({ ...START, view: hash })}
          aria-current={names.includes(shown) ? "true" : undefined}
        >
          {t(label)}
        </a>
      ))}
    </nav>
  );
}

function LanguageButton({ onLanguage }: Pick<PageHeaderProps, "onLanguage">) {
  const { t, language } = useView();
  const other: Language = language === "zh" ? "en" : "zh";
  return (
    <Button
      variant="subtle"
      size="compact-md"
      lang={other === "zh" ? "zh-CN" : "en"}
      data-key="language"
      onClick={() => onLanguage(other)}
    >
      {t("otherLanguage")}
    </Button>
  );
}

const SCHEMES = ["auto", "light", "dark"] as const satisfies readonly MantineColorScheme[];
const SCHEME_NAMES = {
  auto: "themeAuto",
  light: "themeLight",
  dark: "themeDark",
} as const satisfies Record<MantineColorScheme, MessageName>;

/** Light, dark, or as the system says; one press leads to the next. */
function ThemeButton() {
  const { t } = useView();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = SCHEMES[(SCHEMES.indexOf(colorScheme) + 1) % SCHEMES.length] ?? "auto";
  return (
    <Button
      variant="subtle"
      size="compact-md"
      data-key="theme"
      leftSection={<Icon name="theme" />}
      onClick={() => setColorScheme(next)}
    >
      <span className="theme-name">{t("theme", { mode: t(SCHEME_NAMES[colorScheme]) })}</span>
    </Button>
  );
}
