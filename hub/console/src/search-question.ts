/** What the hub is asked for the hits of a state. @module */

import type { SearchPage } from "@tributary/sdk";
import type { Question } from "./answers.ts";
import { FACET_FIELDS, formatPageState, type PageState, searchFilters } from "./page-state.ts";

/** Hits of a page. */
export const PAGE_SIZE = 20;

export function searchQuestion(state: PageState): Question<SearchPage> {
  return {
    key: `search ${formatPageState(state)}`,
    async ask({ client, labels }, signal) {
      const page = await client.search(state.query, {
        filters: searchFilters(state),
        facets: ["kind", ...FACET_FIELDS],
        pageSize: PAGE_SIZE,
        pageToken: state.token,
        sort: state.sort,
        signal,
      });
      labels.learn(page.facets);
      const chosen = Object.entries(state.filters).flatMap(([field, values]) =>
        values.map((value) => labels.knows(field, value)),
      );
      // A filter that keeps nothing has no count, and so no label in the answer.
      if (chosen.includes(false)) await labels.load();
      return page;
    },
  };
}
