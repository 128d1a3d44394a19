/** Which of its two languages the page speaks. @module */

import { readStored } from "./stored.ts";

export type Language = "zh" | "en";

export const LOCALES = { zh: "zh-CN", en: "en" } as const;

/** Where the choice of a visitor is kept. */
export const LANGUAGE_KEY = "tributary-language";

/** The language that a visitor wants: of the link, else the one chosen before, else the browser's. */
export function wantedLanguage(): Language {
  return chooseLanguage(
    new URLSearchParams(location.search).get("lang"),
    readStored(LANGUAGE_KEY),
    navigator.languages,
  );
}

/** {@link wantedLanguage} of these wishes. */
export function chooseLanguage(
  asked: string | null,
  stored: string | null,
  preferred: readonly string[],
): Language {
  for (const text of [asked, stored]) if (text === "zh" || text === "en") return text;
  for (const tag of preferred) {
    if (/^zh\b/i.test(tag)) return "zh";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "zh";
}
