/** Pages. Answers name the next page only; the way back is remembered in the history entry. @module */

import { Icon } from "./icon.tsx";
import { hrefOf, type PageState } from "./page-state.ts";
import { PAGE_SIZE } from "./search-question.ts";
import { useView } from "./view.tsx";

/** Tokens of the pages before the one shown, the first page's (empty) first. Unknown for a link that was shared. */
export type Trail = readonly string[];

export interface PagerProps {
  readonly state: PageState;
  readonly trail: Trail;
  readonly total: number;
  readonly nextToken: string;
}

/** Nothing where the answer has one page. */
export function Pager({ state, trail, total, nextToken }: PagerProps) {
  const { t } = useView();
  const { page } = state;
  if (page === 1 && nextToken === "") return null;
  const pages = Math.max(page, Math.ceil(total / PAGE_SIZE));
  const previousToken = trail[page - 2];
  return (
    <nav className="pager" aria-label={t("pages")}>
      <ul>
        {page > 2 && <PageLink name="firstPage" to={{ ...state, page: 1, token: "" }} />}
        <PageLink
          name="previousPage"
          to={
            page === 1 || previousToken === undefined
              ? undefined
              : { ...state, page: page - 1, token: previousToken }
          }
        />
        <li aria-current="page">{t("pageOf", { n: page, of: pages })}</li>
        <PageLink
          name="nextPage"
          to={nextToken === "" ? undefined : { ...state, page: page + 1, token: nextToken }}
        />
      </ul>
    </nav>
  );
}

interface PageLinkProps {
  readonly name: "firstPage" | "previousPage" | "nextPage";
  readonly to: PageState | undefined;
}

function PageLink({ name, to }: PageLinkProps) {
  const { t } = useView();
  return (
    <li>
      {to === undefined ? (
        <span className="off">{t(name)}</span>
      ) : (
        <a href={hrefOf(to)} data-key={name}>
          {name === "previousPage" && <Icon name="back" />}
          {t(name)}
          {name === "nextPage" && <Icon name="next" />}
        </a>
      )}
    </li>
  );
}
