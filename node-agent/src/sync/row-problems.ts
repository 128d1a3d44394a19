/**
 * What is wrong with a row that a mapper could read.
 *
 * @module
 */

import type { EngagementFault } from "../privacy/release/engagement.ts";
import type { RowProblem } from "./row-mapper.ts";

/** What a person can do about an engagement that is no evidence. */
export const ENGAGEMENT_FAULTS: Readonly<Record<EngagementFault, RowProblem>> = {
  unlabelled: {
    column: "",
    rule: "engagement.unlabelled",
    message:
      "the sector or the scenario is in no list of the vocabulary; use a code of GB/T 4754 and S01 to S40",
    messageZh: "行业或场景不在共享词表中；请使用 GB/T 4754 代码和 S01 至 S40",
  },
  unmeasured: {
    column: "",
    rule: "engagement.unmeasured",
    message:
      "no effect in percent or percentage points that somebody other than the provider measured; the row is no evidence",
    messageZh: "没有由服务商以外各方测得的百分比类成效；该行不能作为证据",
  },
};

/** Two rows of a source with one key. */
export function duplicateKey(key: string): RowProblem {
  return {
    column: "",
    rule: "key.duplicate",
    message: `the key ${JSON.stringify(key)} stands in an earlier row; the first row counts`,
    messageZh: `键“${key}”在前面的行中已出现，以第一行为准`,
  };
}

/** A row with the key of a record of another source. */
export function foreignKey(key: string, otherSource: string): RowProblem {
  return {
    column: "",
    rule: "key.other_source",
    message: `the key ${JSON.stringify(key)} is published from the source ${otherSource}; keep it in one of the two`,
    messageZh: `键“${key}”已由数据源 ${otherSource} 发布，请只保留在其中一个数据源`,
  };
}
