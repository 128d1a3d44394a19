/**
 * What a decision about records would do, before anybody makes it.
 *
 * @module
 */

import {
  type DecisionPreview,
  type FieldFilter,
  parseListQuery,
  parseUrn,
  TributaryError,
} from "@tributary/proto";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { QueryApi } from "./query.ts";
import { type CoverageOptions, CoverageReader } from "./query-coverage.ts";
import { shownRow, viewOf } from "./query-view.ts";

export interface PreviewRequest {
  readonly action: string;
  /** URNs; empty: the records that the filters keep. */
  readonly subjects: readonly string[];
  readonly argument: string;
  readonly filters: readonly FieldFilter[];
}

export interface PreviewOptions extends CoverageOptions {
  readonly catalog: Pick<CatalogStore, "facts" | "getMany">;
  readonly list: QueryApi["list"];
}

/** Most records of one decision. */
export const MAX_SUBJECTS = 1_000;
const MAX_SAMPLE = 10;
const LIST_PAGE = 500;
const OPERATOR = { type: "operator" } as const;

/** Whether a verb changes a row; verbs about pairs and centers are not here. */
const CHANGES: Readonly<Record<string, (row: CatalogRow, argument: string) => boolean>> = {
  approve: ({ verdict }) => verdict === "pending",
  hide: ({ verdict }) => verdict === "live" || verdict === "pending",
  unhide: ({ verdict }) => verdict === "hidden",
  acknowledge: ({ verdict }) => verdict === "pending" || verdict === "quarantined",
  label: ({ labels }, label) => !labels.includes(label),
  unlabel: ({ labels }, label) => labels.includes(label),
};

export function createPreview(options: PreviewOptions) {
  const { catalog, list } = options;
  const coverage = new CoverageReader(options);

  /** URNs that the filters keep. */
  async function chosenBy(filters: readonly FieldFilter[], signal: AbortSignal): Promise<string[]> {
    if (filters.length === 0) {
      throw invalid("name records, or filters that choose them", "请指定记录或筛选条件");
    }
    const urns: string[] = [];
    let pageToken = "";
    do {
      const query = parseListQuery({ filters, pageSize: LIST_PAGE, pageToken });
      const page = await list(query, OPERATOR, signal);
      urns.push(...page.records.map(({ urn }) => urn));
      if (urns.length > MAX_SUBJECTS) throw tooMany();
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    return urns;
  }

  /**
   * What a decision would change.
   *
   * @throws {TributaryError} `ERR_UNSUPPORTED` for a verb that is not about single records; `ERR_ARGUMENT_INVALID`,
   * `ERR_URN_MALFORMED`, `ERR_QUERY_INVALID`.
   */
  return async (
    { action, subjects, argument, filters }: PreviewRequest,
    signal: AbortSignal,
  ): Promise<DecisionPreview> => {
    const changes = Object.hasOwn(CHANGES, action) ? CHANGES[action] : undefined;
    if (changes === undefined) {
      throw new TributaryError("ERR_UNSUPPORTED", `${action} has no preview`, {
        messageZh: `操作 ${action} 不支持预览`,
      });
    }
    if (subjects.length > MAX_SUBJECTS) throw tooMany();
    const urns = subjects.length > 0 ? subjects : await chosenBy(filters, signal);
    const rows = await catalog.getMany(urns.map(parseUrn));
    const found = rows.filter((row) => row !== undefined);
    const changed = found.filter((row) => changes(row, argument));
    const board = await coverage.board();
    const view = { reader: OPERATOR, withBody: false };
    return {
      subjects: urns.filter((_, i) => rows[i] !== undefined && changed.includes(rows[i])),
      unchanged: found.length - changed.length,
      unknown: urns.filter((_, i) => rows[i] === undefined),
      sample: changed.slice(0, MAX_SAMPLE).map((row) => viewOf(shownRow(row, board), board, view)),
    };
  };
}

function tooMany(): TributaryError {
  return invalid(
    `a decision is about at most ${MAX_SUBJECTS} records; narrow the filters`,
    `一项决定最多涉及 ${MAX_SUBJECTS} 条记录，请缩小筛选范围`,
  );
}

function invalid(message: string, messageZh: string): TributaryError {
  return new TributaryError("ERR_ARGUMENT_INVALID", message, { messageZh });
}
