/**
 * What stands in the page before React is there: the frame and the head of what the address shows. It has the classes of
 * the components that take its place, so that nothing moves when they do.
 *
 * @module
 */

import type { Language } from "./choose-language.ts";
import { headingOf, headingText } from "./headings.ts";
import { hrefOf, type PageState, START } from "./page-state.ts";
import { MENU, placeOf } from "./views.ts";

/** Longest wait for a frame; ms. A page in the background has none. */
const FRAME_MS = 100;

/** Draws into an empty container. */
export function drawFirst(container: HTMLElement, state: PageState, language: Language): void {
  const { frame, title, lead } = headingOf(state, language);
  const main = element("main", { id: "main", class: frame, "aria-busy": "true" });
  if (title !== "") main.append(element("h1", {}, title));
  if (lead !== "") main.append(element("p", { class: "lead" }, lead));
  container.append(
    element(
      "header",
      { class: "page-header" },
      element("div", { class: "bar" }, brand(language), menu(state, language), settings()),
      element("div", { class: "search" }, element("div", { class: "search-place" })),
    ),
    main,
  );
}

/** Resolves when what was drawn is on its way to the screen: what follows keeps the browser busy. */
export function framePassed(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, FRAME_MS);
    requestAnimationFrame(() => setTimeout(resolve));
  });
}

function brand(language: Language): HTMLElement {
  return element(
    "a",
    { class: "brand", href: hrefOf(START) },
    element("span", { class: "logo" }),
    element("strong", {}, headingText("title", language)),
    element("span", { class: "tagline" }, headingText("tagline", language)),
  );
}

function menu(state: PageState, language: Language): HTMLElement {
  const shown = placeOf(state.view)?.name ?? "search";
  const links = MENU.map(({ names, hash, label }) =>
    element(
      "a",
      {
        href: hrefOf({ ...START, view: hash }),
        ...(names.includes(shown) ? { "aria-current": "true" } : {}),
      },
      headingText(label, language),
    ),
  );
  const name = headingText("views", language);
  return element("nav", { class: "views", "aria-label": name }, ...links);
}

/** Room for the buttons, which need more than the frame. */
function settings(): HTMLElement {
  return element("div", { class: "settings settings-place" });
}

function element(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (string | HTMLElement)[]
): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
