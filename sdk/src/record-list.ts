/**
 * Lists of records that go on where they stopped, after a crash too.
 *
 * @module
 */

import { type Coverage, listAnswerCodec, type RecordView } from "@tributary/proto";
import { QueryService } from "@tributary/proto/wire";
import type { CallOptions, Calls } from "./calls.ts";
import { type Filters, fieldFilters } from "./filters.ts";
import { formatCursor, type ListPlace, parseCursor, recordsAfter } from "./list-cursor.ts";
import { readAnswer } from "./read-answer.ts";

/** How to list. The deadline counts for each page. */
export interface ListOptions extends CallOptions {
  /** `cursor` of an earlier list with the same filters: begins after the last record that was taken from it. */
  readonly cursor?: string | undefined;
  /** Records fetched at once; 1 to 500. Default 100. */
  readonly pageSize?: number | undefined;
}

/** Some records of a list. */
export interface ListPage {
  readonly records: readonly RecordView[];
  readonly coverage: Coverage;
}

interface FetchedPage extends ListPage {
  /** Where the page after it begins; undefined at the end. */
  readonly next: ListPlace | undefined;
}

/**
 * Records with their bodies in the order of (kind, center, key). It is a place in that order: iterating,
 * {@link RecordList.page} and {@link RecordList.all} each begin where the last of them stopped. Use one at a time.
 */
export class RecordList implements AsyncIterable<RecordView> {
  readonly #calls: Calls;
  readonly #filters: ReturnType<typeof fieldFilters>;
  readonly #options: ListOptions;
  #place: ListPlace | undefined;

  /** @throws {ClientError} `ERR_PAGE_TOKEN` if the cursor is none, or belongs to other filters. */
  constructor(calls: Calls, filters: Filters, options: ListOptions) {
    this.#calls = calls;
    this.#filters = fieldFilters(filters);
    this.#options = options;
    this.#place = parseCursor(options.cursor ?? "", this.#filters);
  }

  /**
   * Where the list is, right after the record that was given out last. A job that stores it when it has handled a
   * record, and passes it to `list` with the same filters, goes on with the next one: after a crash, after restarts of
   * the hub, and where records have come or gone in between.
   */
  get cursor(): string {
    return formatCursor(this.#place, this.#filters);
  }

  /** The records that are left. While one page is given out the next is fetched. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RecordView, void, undefined> {
    const leaving = new AbortController();
    try {
      let coming = this.#place && this.#fetch(this.#place, leaving.signal);
      while (coming !== undefined) {
        const { records, next }: FetchedPage = await coming;
        coming = next && this.#fetch(next, leaving.signal);
        coming?.catch(() => {}); // its failure is told when its turn comes
        const pageToken = this.#place?.pageToken ?? "";
        for (const [index, record] of records.entries()) {
          const isLast = index === records.length - 1;
          this.#place = isLast ? next : { pageToken, after: record.ref };
          yield record;
        }
        this.#place = next;
      }
    } finally {
      leaving.abort();
    }
  }

  /** The next page; all of it counts as given out. Undefined at the end of the list. */
  async page(): Promise<ListPage | undefined> {
    if (this.#place === undefined) return undefined;
    const { records, coverage, next } = await this.#fetch(this.#place, undefined);
    this.#place = next;
    return { records, coverage };
  }

  /** The records that are left, but no more than `max`. */
  async all({ max }: { readonly max: number }): Promise<RecordView[]> {
    const records: RecordView[] = [];
    if (max <= 0) return records;
    for await (const record of this) {
      records.push(record);
      if (records.length >= max) break;
    }
    return records;
  }

  async #fetch(place: ListPlace, leaving: AbortSignal | undefined): Promise<FetchedPage> {
    const { pageToken, after } = place;
    const { pageSize = 0, signal, deadlineMs } = this.#options;
    const request = { filters: this.#filters, pageSize, pageToken };
    const { list } = QueryService.method;
    const options = { signal, deadlineMs, leaving };
    const answer = readAnswer(listAnswerCodec, await this.#calls.unary(list, request, options));
    const { nextPageToken, coverage } = answer;
    const records = recordsAfter(answer.records, after);
    // A smaller page than the one that was left may end before the record to go on after.
    const nextAfter = records.length === 0 ? after : undefined;
    const next = nextPageToken === "" ? undefined : { pageToken: nextPageToken, after: nextAfter };
    return { records, coverage, next };
  }
}
