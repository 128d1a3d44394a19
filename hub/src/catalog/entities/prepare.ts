/**
 * A record, read once: values to compare and keys to be found by.
 *
 * @module
 */

import { type ComparisonKeys, keyHashes } from "./blocking.ts";
import type { FieldComparison } from "./comparisons.ts";
import type { EntityRecord } from "./record.ts";

/** A record in the form in which it is compared. */
export interface Prepared {
  readonly record: EntityRecord;
  /** By comparison; undefined where the record says nothing. */
  readonly values: readonly unknown[];
  /** Blocking keys, by comparison. */
  readonly keys: readonly ComparisonKeys[];
}

/** Reads the texts of a record. */
export function prepare(comparisons: readonly FieldComparison[], record: EntityRecord): Prepared {
  const values = comparisons.map(({ comparison, fields }) =>
    comparison.prepare(fields.map((field) => record.values[field] ?? "")),
  );
  return { record, values, keys: keyHashes(comparisons, values) };
}
