/**
 * Searches: one page as a promise, all hits as an async iteration.
 *
 * @module
 */

import { type Hit, type SearchAnswer, searchAnswerCodec } from "@tributary/proto";
import { QueryService, SortOrder } from "@tributary/proto/wire";
import type { CallOptions, Calls } from "./calls.ts";
import { type FacetField, type Filters, fieldFilters } from "./filters.ts";
import { readAnswer } from "./read-answer.ts";

/** How to search. */
export interface SearchOptions extends CallOptions {
  readonly filters?: Filters | undefined;
  /** Fields to count, for the first page and for each further one. */
  readonly facets?: readonly FacetField[] | undefined;
  /** Hits a page; 1 to 100. Default 20. */
  readonly pageSize?: number | undefined;
  /** `nextPageToken` of an earlier answer to the same search. */
  readonly pageToken?: string | undefined;
  /** `relevance` (default), or `newest` by the time at which the hub received the record. */
  readonly sort?: "relevance" | "newest" | undefined;
  /** Whether each hit says which terms earned its score. */
  readonly explain?: boolean | undefined;
}

/** One page of a search. */
export interface SearchPage extends SearchAnswer {
  /** Asks for the page after this one, with the options of the search; undefined at the end. */
  nextPage(): Promise<SearchPage | undefined>;
}

/**
 * A search that has not been asked yet: `await` it for its first page, or iterate over all its hits. Each of the two
 * asks by itself; a search that nobody waits for costs nothing.
 */
export class Search implements PromiseLike<SearchPage>, AsyncIterable<Hit> {
  readonly #calls: Calls;
  readonly #query: string;
  readonly #options: SearchOptions;

  constructor(calls: Calls, query: string, options: SearchOptions) {
    this.#calls = calls;
    this.#query = query;
    this.#options = options;
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting a search is what it is for
  then<T = SearchPage, U = never>(
    onPage?: ((page: SearchPage) => T | PromiseLike<T>) | null,
    onError?: ((error: unknown) => U | PromiseLike<U>) | null,
  ): Promise<T | U> {
    return this.#page(this.#options.pageToken ?? "").then(onPage, onError);
  }

  /** All hits from the first page on; the deadline counts for each page. Pages are fetched when they are needed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Hit, void, undefined> {
    for (let page: SearchPage | undefined = await this; page; page = await page.nextPage()) {
      yield* page.hits;
    }
  }

  async #page(pageToken: string): Promise<SearchPage> {
    const { filters = {}, facets = [], pageSize = 0, sort, explain = false } = this.#options;
    const request = {
      query: this.#query,
      filters: fieldFilters(filters),
      pageSize,
      pageToken,
      facets: [...facets],
      sort: sort === "newest" ? SortOrder.NEWEST : SortOrder.UNSPECIFIED,
      explain,
    };
    const { search } = QueryService.method;
    const response = await this.#calls.unary(search, request, this.#options);
    const answer = readAnswer(searchAnswerCodec, response);
    const { nextPageToken } = answer;
    const nextPage = async () => (nextPageToken === "" ? undefined : this.#page(nextPageToken));
    return { ...answer, nextPage };
  }
}
