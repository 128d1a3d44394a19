/**
 * A connector: where a center's rows come from. The four verbs are those of the Airbyte protocol (spec, check,
 * discover, read), as a TypeScript interface.
 *
 * @module
 */

import type { z } from "zod";

/** A value as the source has it; a connector never guesses beyond its format. */
export type Cell = string | number | bigint | boolean | Date | null;

/**
 * Where a person finds each column of a table, by title: "C" in a sheet, the column's name in a database. One object
 * is shared by all rows of a table, so its identity tells whether the columns are still the same.
 */
export type ColumnAddresses = Readonly<Record<string, string>>;

/** One row, with the place where a person finds it. */
export interface SourceRow {
  /** Sheet or table; empty where the source has only one. */
  readonly table: string;
  /** Row number as the person's program shows it, counted from 1; 0 where rows have none. */
  readonly row: number;
  /** Base name of the file, where the source has several. Names enterprises: for reports at the center only. */
  readonly file?: string;
  /**
   * Cells by column title, on an object that inherits nothing. Titles are unique: multi-row headers are joined by "/",
   * repeats get " (2)". Where `columns` is given, every title of it is here, with null for an empty cell.
   */
  readonly cells: Readonly<Record<string, Cell>>;
  /** The fixed columns of the table; absent where each row has its own fields. */
  readonly columns?: ColumnAddresses;
}

/** A column as discovered. */
export interface DiscoveredColumn {
  readonly title: string;
  /** Where a person finds it: "C" in a sheet, the column's name in a database. */
  readonly address: string;
  /** Up to 200 values as text, for suggestions. */
  readonly samples: readonly string[];
  /** Share of empty cells; 0 to 1. */
  readonly emptyShare: number;
}

/** A table, sheet or file as discovered. */
export interface DiscoveredTable {
  /** Sheet or table; empty where the source has only one. */
  readonly table: string;
  /** Base name of the file, where the source has several. */
  readonly file?: string;
  /** Row of the (last) header row, counted from 1; 0 where there is none. */
  readonly headerRow: number;
  readonly rowCount: number;
  readonly columns: readonly DiscoveredColumn[];
  /** What a person should know: "encoding gb18030", "total row 45 left out", "hidden sheet". */
  readonly notes: readonly string[];
}

/** Result of a connection test. */
export interface SourceCheck {
  readonly ok: boolean;
  /** What was found, or what is wrong and what to do; for people, in both languages. */
  readonly message: string;
  readonly messageZh: string;
}

/** Cheap proof that nothing changed, for example size, time and hash of a file; compared for equality. */
export type SourceFingerprint = string;

/**
 * One configured source.
 *
 * Reading never changes the source. A half-written, locked, missing or unreadable source throws; it never looks empty.
 * Run `describeSource` of `source.contract.ts` against every implementation.
 */
export interface Source {
  /** Can it be read? Reads as little as possible. */
  check(signal: AbortSignal): Promise<SourceCheck>;

  /** Lists tables as they are found; stops between tables when aborted. */
  discover(signal: AbortSignal): AsyncIterable<DiscoveredTable>;

  /** Fingerprint of the content as it is now; undefined where the source cannot tell cheaply. */
  fingerprint(signal: AbortSignal): Promise<SourceFingerprint | undefined>;

  /**
   * Rows of one table in order, of all its files; memory does not grow with their number where the format allows.
   *
   * @throws {TributaryError} `ERR_SOURCE_MISSING`, `ERR_SOURCE_LOCKED` (a `~$` lock file or a database that is being
   * replaced), `ERR_SOURCE_UNREADABLE` (damaged, wrong encoding, permission), `ERR_SOURCE_CHANGED` (changed in
   * mid-read), `ERR_SOURCE_TABLE` (no such sheet or table), each with a sentence that says what to do.
   */
  read(table: string, signal: AbortSignal): AsyncIterable<SourceRow>;
}

/** A kind of source. Its configuration is part of a mapping file; see `sources/spec.ts`. */
export interface SourceType<Config extends { readonly type: string } = { readonly type: string }> {
  /** Name in configuration files: "csv", "excel", "json", "sqlite". */
  readonly type: string;
  /** The specification: validates configuration, and documents it. */
  readonly spec: z.ZodType<Config>;
  /** Opens nothing yet. @param folder Folder that relative paths of `config` start from. */
  open(config: Config, folder: string): Source;
}
