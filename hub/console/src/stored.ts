/** What a visitor chose, kept in this browser. @module */

/** Where the choice of light or dark is kept. */
export const THEME_KEY = "tributary-theme";

/** What was stored under a name; null where a browser forbids storage. */
export function readStored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/**
 * Has the browser fetch what is stored and tell of changes, for both of which it stands still the first time: best while
 * something else is on its way anyway.
 */
export function fetchStored(): void {
  readStored("");
  addEventListener("storage", () => {}, { once: true });
}

export function writeStored(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that forbids storage forgets the choice; the page works all the same.
  }
}
