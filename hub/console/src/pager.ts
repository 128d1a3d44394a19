/** Pages. Answers name the next page only; the way back is remembered in the history entry. @module */

import { el, icon } from "./dom.ts";
import type { PageState } from "./page-state.ts";
import { hrefOf, type View } from "./view.ts";

export const PAGE_SIZE = 20;

/** Tokens of the pages before the one shown, the first page's (empty) first. Unknown for a link that was shared. */
export type Trail = readonly string[];

/** Nothing where the answer has one page. */
export function pager(
  state: PageState,
  trail: Trail,
  total: number,
  nextToken: string,
  { t }: View,
): HTMLElement | undefined {
  const { page } = state;
  if (page === 1 && nextToken === "") return undefined;
  const pages = Math.max(page, Math.ceil(total / PAGE_SIZE));
  const previousToken = trail[page - 2];
  const link = (
    name: "firstPage" | "previousPage" | "nextPage",
    to: { readonly page: number; readonly token: string } | undefined,
  ) =>
    el(
      "li",
      {},
      to === undefined
        ? el("span", { class: "off" }, t(name))
        : el(
            "a",
            { href: hrefOf({ ...state, ...to }), "data-key": name },
            name === "previousPage" && icon("back"),
            t(name),
            name === "nextPage" && icon("next"),
          ),
    );
  return el(
    "nav",
    { class: "pager", "aria-label": t("pages") },
    el(
      "ul",
      { role: "list" },
      page > 2 && link("firstPage", { page: 1, token: "" }),
      link(
        "previousPage",
        page === 1 || previousToken === undefined
          ? undefined
          : { page: page - 1, token: previousToken },
      ),
      el("li", { "aria-current": "page" }, t("pageOf", { n: page, of: pages })),
      link("nextPage", nextToken === "" ? undefined : { page: page + 1, token: nextToken }),
    ),
  );
}
