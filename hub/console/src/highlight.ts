/** Matches of a hit as elements. @module */

import { type Hit, highlightParts } from "@tributary/sdk";
import { el } from "./dom.ts";

/** The text with its matches in `<mark>`. */
export function marked(highlight: Hit["highlights"][number]): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const { text, isMatch } of highlightParts(highlight)) {
    fragment.append(isMatch ? el("mark", {}, text) : text);
  }
  return fragment;
}
