/**
 * The page of a hub: visitors search the shared index, read and verify records, and find providers; operators do their
 * work. It talks to the hub it came from, through the SDK only.
 *
 * This begins small: the head of the page stands, and what the address shows is fetched, beside all the rest.
 *
 * @module
 */

import "./mantine.css";
import "./page.css";
import "./match/match.css";
import { LOCALES, wantedLanguage } from "./choose-language.ts";
import { drawFirst, framePassed } from "./first-paint.ts";
import { parsePageState } from "./page-state.ts";
import { beginLoading } from "./pages.ts";
import { fetchStored, readStored, THEME_KEY } from "./stored.ts";

const state = parsePageState(location.search + location.hash);
const container = document.getElementById("app");
if (container === null) throw new TypeError("index.html has no #app");
const language = wantedLanguage();
document.documentElement.lang = LOCALES[language];
const theme = readStored(THEME_KEY);
// The attribute that Mantine writes, too.
if (theme === "light" || theme === "dark") {
  document.documentElement.setAttribute("data-mantine-color-scheme", theme);
}
drawFirst(container, state, language);
// Not awaited: the rest of the page imports modules of this file's chunk, and would wait for it.
void framePassed().then(async () => {
  // The question to the hub goes first, so that its answer comes while all the rest is read.
  const asking = import("./ask.ts");
  beginLoading(state);
  const asker = (await asking).askFirst(state);
  fetchStored();
  const { show } = await import("./show.tsx");
  show(container, asker);
});
