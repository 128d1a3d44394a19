/** Matches of a hit as elements. @module */

import { type Hit, highlightParts } from "@tributary/sdk";

/** The text with its matches in `<mark>`. */
export function Marked({ highlight }: { readonly highlight: Hit["highlights"][number] }) {
  return highlightParts(highlight).map(({ text, isMatch }, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name
    isMatch ? <mark key={i}>{text}</mark> : text,
  );
}
