/**
 * What a pass needs of a mapping.
 *
 * @module
 */

import type { Body, Visibility } from "@tributary/proto";
import type { MappedKind } from "../mapping/fields.ts";
import type { SourceRow } from "../ports/source.ts";
import type { Engagement } from "../privacy/release/engagement.ts";

/** Something wrong with a row, where a person finds it. */
export interface RowProblem {
  /** Title of the column; empty where it is the whole row. */
  readonly column: string;
  /** Stable name of the rule, for example "key.missing". */
  readonly rule: string;
  readonly message: string;
  readonly messageZh: string;
}

/** A row that became a record. */
export interface MappedRow {
  readonly type: "record";
  readonly key: string;
  readonly value: Body["value"];
  readonly visibility: Visibility;
  readonly visibleTo: readonly string[];
  readonly license: string;
  readonly validUntilMs?: number;
  /** What becomes of texts about a client in which something is found; default mask. */
  readonly clientTexts?: "mask" | "review";
  /** What stands in the columns that must not leave, for a record about a client: its texts must not repeat it. */
  readonly withheld?: readonly string[];
  /** What a person should look at although the record is published: a word in no list, a date that is none. */
  readonly remarks?: readonly RowProblem[];
}

/** A row that became an engagement. It never leaves as such: see `privacy/release`. */
export interface MappedEngagement {
  readonly type: "engagement";
  readonly key: string;
  readonly value: Engagement;
  readonly remarks?: readonly RowProblem[];
}

/** A row that did not. */
export interface UnmappedRow {
  readonly type: "bad";
  /** The key where it could be read: its record is not withdrawn because its row is bad. */
  readonly key?: string;
  readonly problems: readonly RowProblem[];
}

/** What became of a row. */
export type RowResult = MappedRow | MappedEngagement | UnmappedRow;

/** Maps the rows of one table to records of one kind, or to engagements. Pure. */
export interface RowMapper {
  /** Sheet or table; empty where the source has only one. */
  readonly table: string;
  readonly kind: MappedKind;
  /** First 8 bytes of the SHA-256 of the mapping. */
  readonly mappingId: Uint8Array;
  readonly map: (row: SourceRow) => RowResult;
  /**
   * What of a row names a client or somebody of it, also where the row cannot be mapped; undefined where no column does.
   * It is never published: texts about clients must not repeat it.
   */
  readonly clientNames?: (row: SourceRow) => readonly string[];
}

/** A row that was not published, or published with a remark, with what is wrong. */
export interface BadRow {
  readonly sourceId: string;
  readonly row: SourceRow;
  readonly problems: readonly RowProblem[];
}
