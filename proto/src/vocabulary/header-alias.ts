/**
 * Column titles that people give to the fields of records, and to what must never leave a center.
 *
 * @module
 */

import data from "./data/header-aliases.json" with { type: "json" };

/** Titles of one field of one kind of record. */
export interface HeaderAliases {
  /** Kind of record: provider, case, ... */
  readonly kind: string;
  /** Field of the record's body; dotted below a sub-message, as `client.industry`. */
  readonly field: string;
  /** Usual titles first, in Chinese and English. */
  readonly titles: readonly string[];
}

/** What a private column holds. */
export type PrivateColumn =
  | "person"
  | "phone"
  | "email"
  | "idNumber"
  | "account"
  | "messenger"
  | "address";

let fields: readonly HeaderAliases[] | undefined;

/** All fields of all kinds with their titles. */
export function headerAliases(): readonly HeaderAliases[] {
  fields ??= (data.fields as [string, string, string[]][]).map(([kind, field, titles]) => ({
    kind,
    field,
    titles,
  }));
  return fields;
}

/** Titles of columns that hold personal or secret data. */
export function privateTitles(): readonly (readonly [PrivateColumn, readonly string[]])[] {
  return data.private as [PrivateColumn, string[]][];
}

/** Titles of columns that say nothing about a record: row numbers, remarks, time stamps. */
export function ignoredTitles(): readonly string[] {
  return data.ignored;
}
