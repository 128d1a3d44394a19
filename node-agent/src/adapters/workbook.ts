/**
 * What a workbook is to the Excel source, whatever its file format.
 *
 * @module
 */

import type { Merges, RawRow } from "../sources/header.ts";

/** A sheet by name. */
export interface WorkbookSheet {
  readonly name: string;
  readonly isHidden: boolean;
}

/** An open workbook. */
export interface Workbook extends AsyncDisposable {
  readonly sheets: readonly WorkbookSheet[];
  /** Reads what has to be known before the rows. @throws {TributaryError} `ERR_SOURCE_UNREADABLE` */
  openSheet(name: string, signal: AbortSignal): Promise<OpenSheet>;
}

/** A sheet whose rows can be read. */
export interface OpenSheet {
  readonly merges: Merges;
  /**
   * Rows that have a value, in order, some at a time. Dates are Date values at UTC, errors texts such as #N/A,
   * formulas their stored result.
   *
   * @throws {TributaryError} `ERR_SOURCE_UNREADABLE`
   */
  rows(options: RowOptions): AsyncIterable<readonly RawRow[]>;
}

/** Options of {@link OpenSheet.rows}. */
export interface RowOptions {
  readonly signal: AbortSignal;
  /** Told about what a person should know, such as formulas that were never computed. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** Most columns of a sheet that have values. */
export const MAX_COLUMNS = 1_000;
/** Most merged ranges of a sheet. */
export const MAX_MERGES = 100_000;
