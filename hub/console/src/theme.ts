/**
 * Light, dark, or as the system says. The choice stays in this browser.
 *
 * @module
 */

const THEMES = ["auto", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

const KEY = "tributary-theme";

export function storedTheme(): Theme {
  const stored = readStored(KEY);
  return THEMES.find((theme) => theme === stored) ?? "auto";
}

/** Shows a theme from now on. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  writeStored(KEY, theme);
}

export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme;
}

/** What was stored under a name; null where a browser forbids storage. */
export function readStored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function writeStored(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that forbids storage forgets the choice; the page works all the same.
  }
}
