/**
 * Where bad rows go so that the person who keeps the source can mend them: a workbook that looks like the source.
 *
 * @module
 */

import type { BadRowSheet } from "../report/bad-row-sheet.ts";

/** Keeps one workbook a source. */
export interface BadRowBook {
  /**
   * Replaces the workbook of a source, whole or not at all; without sheets removes it.
   *
   * @throws {TributaryError} `ERR_STORE_FULL` if the disk is full; the earlier workbook then stays.
   */
  write(sourceId: string, sheets: readonly BadRowSheet[]): Promise<void>;
}
