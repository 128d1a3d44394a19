/**
 * What a transform is: from a cell to the value of a field.
 *
 * @module
 */

import type { HubTerms, MoneyUnit, SchemeName } from "@tributary/proto/vocabulary";
import type { Cell } from "../ports/source.ts";
import type { CellProblem } from "./cell-problem.ts";

/** What a transform is told beside the cell. */
export interface TransformOptions {
  readonly scheme?: SchemeName | undefined;
  /** The vocabulary as the hub has it; absent: as it is shared. */
  readonly terms?: HubTerms | undefined;
  /** Of the mapping, or of the column's title. */
  readonly unit?: MoneyUnit | undefined;
  /** The text in which `unit` stands: 万元. */
  readonly unitText?: string | undefined;
  readonly separator?: string | undefined;
  /** Own words to codes; keys tidied. */
  readonly map?: ReadonlyMap<string, string> | undefined;
  /** Whether a word that is in no list is the value. */
  readonly keepOther?: boolean | undefined;
}

/** What became of a cell. */
export interface Transformed {
  /** The value of the field; undefined where the cell says nothing. */
  readonly value?: unknown;
  /** The value of the field that goes with it: how the check of a code came out, a number as it was written. */
  readonly also?: string;
  /** Words that are in no list. */
  readonly unmapped?: readonly string[];
  readonly problems?: readonly CellProblem[];
}

/** Reads a cell that says something. Pure; never throws. */
export type Transform = (cell: NonNullable<Cell>, options: TransformOptions) => Transformed;
