/** Engagements for tests of the attacks. */

import type { EvalEngagement } from "../../eval/support/engagement.ts";

/** An engagement with what a test does not care about filled in. */
export function engagement(fields: Partial<EvalEngagement>): EvalEngagement {
  return {
    id: "r",
    q: 0,
    ent: "e",
    sector: "36",
    district: "",
    size: "small",
    scenario: "S01",
    provider: "P001",
    costBand: 1,
    months: 4,
    kpiBefore: 50,
    kpiDelta: 5,
    sat: 4,
    voucher: false,
    ...fields,
  };
}
