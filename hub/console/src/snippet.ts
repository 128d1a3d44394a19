/** The search of the page as code, to be copied. @module */

import { type PageState, searchFilters } from "./page-state.ts";

/** The search as a program for the SDK. */
export function sdkSnippet(state: PageState, hubUrl: string): string {
  const filters = searchFilters(state);
  const options = [
    ...(Object.keys(filters).length === 0 ? [] : [`filters: ${JSON.stringify(filters)}`]),
    ...(state.sort === "newest" ? ['sort: "newest"'] : []),
  ];
  const argumentsText = [
    JSON.stringify(state.query),
    ...(options.length === 0 ? [] : [`{ ${options.join(", ")} }`]),
  ].join(", ");
  return `import { createClient } from "@tributary/sdk";

const client = createClient({ url: ${JSON.stringify(hubUrl)} });
const { total, hits, coverage } = await client.search(${argumentsText});
console.log(total, hits.map((hit) => hit.record.title), coverage);`;
}

/** The search as a command line. */
export function curlSnippet(state: PageState, hubUrl: string): string {
  const filters = Object.entries(searchFilters(state)).map(([field, values]) => ({
    field,
    values: [values].flat(),
  }));
  const body = JSON.stringify({
    query: state.query,
    ...(filters.length === 0 ? {} : { filters }),
    ...(state.sort === "newest" ? { sort: "SORT_ORDER_NEWEST" } : {}),
  });
  return `curl ${hubUrl}/tributary.v1.QueryService/Search \\
  -H 'content-type: application/json' \\
  -d '${body.replaceAll("'", "'\\''")}'`;
}
