/**
 * The engagements of a source, row by row, kept until its pass is complete: they take no way that leads to the feed.
 *
 * @module
 */

import type { SourceRow } from "../ports/source.ts";
import { type Engagement, faultOf } from "../privacy/release/engagement.ts";
import type { RowMapper, RowProblem } from "./row-mapper.ts";
import { duplicateKey, ENGAGEMENT_FAULTS } from "./row-problems.ts";

/** Where what is wrong with a row is told. */
export interface RowTeller {
  readonly reject: (row: SourceRow, problems: readonly RowProblem[]) => void;
  readonly remark: (row: SourceRow, problems: readonly RowProblem[]) => void;
}

export class EngagementRows {
  readonly #teller: RowTeller;
  readonly #byKey = new Map<string, Engagement>();

  constructor(teller: RowTeller) {
    this.#teller = teller;
  }

  /** All that were taken, by their keys. */
  get byKey(): ReadonlyMap<string, Engagement> {
    return this.#byKey;
  }

  /** Maps a row and keeps what it is; of two rows with one key the first counts. */
  take(mapper: RowMapper, row: SourceRow): void {
    const mapped = mapper.map(row);
    if (mapped.type === "record") throw notARecord();
    if (mapped.type === "bad") {
      this.#teller.reject(row, mapped.problems);
      return;
    }
    const { key, value, remarks = [] } = mapped;
    const fault = faultOf(value);
    if (fault !== undefined) this.#teller.reject(row, [ENGAGEMENT_FAULTS[fault]]);
    else if (this.#byKey.has(key)) this.#teller.reject(row, [duplicateKey(key)]);
    else {
      this.#byKey.set(key, value);
      if (remarks.length > 0) this.#teller.remark(row, remarks);
    }
  }
}

/** Engagements and records come from mappers of their own kind: a defect of this program. */
export function notARecord(): TypeError {
  return new TypeError("engagements and records come from mappers of their own kind");
}
