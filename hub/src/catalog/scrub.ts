/**
 * Whether the catalog's store still holds what was written.
 *
 * A store checks each value that it reads, but a key that is damaged on disk makes its value vanish without a word. So
 * the store compares itself with its checksums, and rows are counted, in both of their orders, and compared with what the
 * fold has counted.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import type { CatalogRow } from "../ports/catalog-row.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { COUNTS_FACTS, decodeCounts } from "./counts.ts";

/** Rows between two questions whether to stop. */
const ROWS_BETWEEN = 256;

/**
 * Reads every row. Nobody writes meanwhile.
 *
 * @returns False if it was told to stop before the end.
 * @throws {TributaryError} `ERR_STORE_DAMAGED` if a row cannot be read or is missing.
 */
export async function isCatalogWhole(
  catalog: CatalogStore,
  shouldStop: () => boolean,
): Promise<boolean> {
  if (!(await catalog.scrub(shouldStop))) return false;
  let expected = 0;
  for await (const [, value] of catalog.facts(COUNTS_FACTS)) expected += decodeCounts(value).rows;
  for (const rows of [catalog.rows({}), catalog.changedRows(0)]) {
    const count = await countRows(rows, shouldStop);
    if (count === undefined) return false;
    if (count !== expected) {
      throw new TributaryError(
        "ERR_STORE_DAMAGED",
        `the catalog has ${count} rows where ${expected} were written`,
        { messageZh: `目录有 ${count} 行，应为 ${expected} 行`, details: { count, expected } },
      );
    }
  }
  return true;
}

async function countRows(
  rows: AsyncIterable<CatalogRow>,
  shouldStop: () => boolean,
): Promise<number | undefined> {
  let count = 0;
  for await (const _ of rows) {
    count += 1;
    if (count % ROWS_BETWEEN === 0 && shouldStop()) return undefined;
  }
  return count;
}
