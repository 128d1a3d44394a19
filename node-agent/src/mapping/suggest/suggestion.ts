/**
 * What is suggested for the tables of a source: for a person to read and decide.
 *
 * @module
 */

import type { TableMapping } from "../mapping-spec.ts";

/** Kinds of record that a table can be mapped to. */
export type MappableKind = TableMapping["kind"];

/** A field and the column that it probably comes from. */
export interface FieldSuggestion {
  readonly field: string;
  readonly column: string;
  /** Further titles for it, in files that do not have `column`: one that was renamed. */
  readonly alternatives?: readonly string[];
  /** Unit of amounts that the title does not have, but other values of the column. */
  readonly unit?: string;
  /** True where some file has no column for it. */
  readonly isOptional?: true;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reason: string;
  readonly reasonZh: string;
}

/** A column that must not leave, with why. */
export interface PrivateSuggestion {
  readonly column: string;
  readonly reason: string;
  readonly reasonZh: string;
}

/** What a table probably is. */
export interface TableSuggestion {
  readonly table: string;
  readonly kind: MappableKind;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reason: string;
  readonly reasonZh: string;
  /** Columns that name a row; empty if none does. */
  readonly key: readonly string[];
  /** Columns whose equal values in rows that follow each other make them one record. */
  readonly group?: readonly string[];
  /** Columns of effects, one a row of the group. */
  readonly indicators?: IndicatorColumns;
  /** Best first in the order of the record's fields. */
  readonly fields: readonly FieldSuggestion[];
  readonly never: readonly PrivateSuggestion[];
  /** Titles of columns that nothing was found for. */
  readonly unmapped: readonly string[];
}

/** Columns that together state effects. */
export type IndicatorColumns = NonNullable<TableMapping["indicators"]>;

/** A table that is left alone, with why. */
export interface LeftTable {
  readonly table: string;
  readonly reason: string;
  readonly reasonZh: string;
}

/** Suggestions for all tables of a source. */
export interface Suggestions {
  readonly tables: readonly TableSuggestion[];
  readonly left: readonly LeftTable[];
}
