/**
 * One engagement as a center keeps it. It names an enterprise: nothing that leaves the center is made of one but
 * through {@link pendingRecordOf}, which keeps bands, whole points and pseudonyms and forgets the rest.
 *
 * @module
 */

import {
  ANY,
  bandOf,
  COST_BANDS_CNY,
  clipDelta,
  DELTA_BANDS,
  DURATION_BANDS_MONTHS,
  type Hierarchies,
  LADDER,
  type LabelFacts,
  labelAt,
  SATISFIED_FROM,
  standardHierarchies,
  toHex,
} from "@tributary/proto";
import { kpiOf, normaliseUscc } from "@tributary/proto/vocabulary";
import { z } from "zod";
import { type Epoch, parseEpoch } from "./epoch.ts";
import type { Pseudonyms } from "./pseudonym.ts";

const shortText = z.string().max(500);

/** An engagement, as a mapping fills it. */
export const engagementSchema = z.strictObject({
  /** Name of the enterprise; what k counts where there is no code. */
  enterprise: shortText.min(1),
  /** Its unified social credit code. */
  enterpriseUscc: shortText.optional(),
  /** The enterprise that controls it: subsidiaries count as one. */
  group: shortText.optional(),
  /** Unified social credit code of the provider; without one the engagement feeds baselines only. */
  providerUscc: shortText.optional(),
  /** GB/T 4754-2017 code. */
  industry: shortText,
  /** large, medium, small, micro. */
  sizeBand: shortText.optional(),
  /** Vocabulary scenarios 2025; the first is the one that the engagement was for. */
  scenarios: z.array(shortText).min(1).max(40),
  /** Quarter in which it was finished: 2025Q1. */
  finished: z.string().regex(/^\d{4}Q[1-4]$/, "must be a quarter like 2025Q1"),
  months: z.number().min(0).max(600).optional(),
  cost: z.object({ amount: z.number().optional(), currency: z.string().optional() }).optional(),
  hasVoucher: z.boolean().optional(),
  /** 1 to 5. */
  satisfaction: z.number().min(1).max(5).optional(),
  /** True if the enterprise has agreed to be named in public with this outcome: it hides nobody. */
  isPublic: z.boolean().optional(),
  outcomes: z
    .array(
      z.object({
        kpi: z.string(),
        valueKind: z.string(),
        value: z.number(),
        unit: z.string().optional(),
        op: z.string().optional(),
        n: z.number().optional(),
        method: z.string().optional(),
      }),
    )
    .max(50)
    .optional(),
});

export type Engagement = z.infer<typeof engagementSchema>;

/** What is kept of an engagement until it is sealed: no name, no date, no amount. */
export interface PendingRecord {
  /** Record nullifier in hex; names the record for ever. */
  readonly nullifier: string;
  /** Pseudonym of the enterprise group in hex; never leaves. */
  readonly group: string;
  readonly isPublic: boolean;
  readonly facts: LabelFacts;
  /** Families of its further scenarios. */
  readonly families: readonly string[];
  /** Epoch in which it was finished. */
  readonly finished: Epoch;
  /** First epoch with which it may leave; later than `finished` for what came late. */
  readonly entered: Epoch;
  readonly cost?: number;
  readonly duration?: number;
  readonly hasVoucher: boolean;
  readonly isSatisfied?: boolean;
  /** Clipped points by KPI, positive is better. */
  readonly deltas: Readonly<Record<string, number>>;
  /** The KPI that the engagement states first: records are sealed with others of the same one. */
  readonly leadKpi: string;
}

/** Why an engagement cannot become evidence. */
export type EngagementFault =
  /** Sector or scenario are in no hierarchy. */
  | "unlabelled"
  /** It measured nothing that could be added up. */
  | "unmeasured";

/** Why an engagement cannot become evidence; undefined if it can. @param hierarchies Those of the protocol if left out. */
export function faultOf(
  engagement: Engagement,
  hierarchies: Hierarchies = standardHierarchies(),
): EngagementFault | undefined {
  if (labelAt(LADDER.length - 1, factsOf(engagement), hierarchies) === undefined) {
    return "unlabelled";
  }
  return Object.keys(deltasOf(engagement)).length === 0 ? "unmeasured" : undefined;
}

/**
 * The record of an engagement.
 *
 * @param recordId Names the engagement for ever within the center.
 * @param openEpoch The next epoch to be released: nothing enters an earlier one.
 */
export function pendingRecordOf(
  recordId: string,
  engagement: Engagement,
  {
    pseudonyms,
    hierarchies,
    openEpoch,
  }: {
    readonly pseudonyms: Pseudonyms;
    readonly hierarchies: Hierarchies;
    readonly openEpoch: Epoch;
  },
): PendingRecord | EngagementFault {
  const fault = faultOf(engagement, hierarchies);
  if (fault !== undefined) return fault;
  const deltas = deltasOf(engagement);
  const leadKpi = Object.keys(deltas)[0] as string;
  const { cost, months, satisfaction } = engagement;
  const finished = parseEpoch(engagement.finished) as Epoch;
  const families = new Set(
    engagement.scenarios.slice(1).map((code) => hierarchies.familyOf(code) ?? ANY),
  );
  return {
    nullifier: toHex(pseudonyms.nullifier(recordId)),
    group: toHex(pseudonyms.group(groupIdOf(engagement))),
    isPublic: engagement.isPublic ?? false,
    facts: factsOf(engagement),
    families: [...families].filter((family) => family !== ANY).sort(),
    finished,
    entered: Math.max(finished, openEpoch),
    hasVoucher: engagement.hasVoucher ?? false,
    deltas,
    leadKpi,
    ...(cost?.amount !== undefined && { cost: bandOf(cost.amount, COST_BANDS_CNY) }),
    ...(months !== undefined && { duration: bandOf(months, DURATION_BANDS_MONTHS) }),
    ...(satisfaction !== undefined && { isSatisfied: satisfaction >= SATISFIED_FROM }),
  };
}

function factsOf({
  scenarios,
  providerUscc = "",
  industry,
  sizeBand = "",
}: Engagement): LabelFacts {
  const [scenario = ""] = scenarios;
  return { scenario, provider: normaliseUscc(providerUscc), sector: industry, size: sizeBand };
}

/** What k counts: the controlling group, else the code, else the name without what is written differently each time. */
function groupIdOf({ group, enterpriseUscc, enterprise }: Engagement): string {
  const code = normaliseUscc(enterpriseUscc ?? "");
  return nameId(group ?? "") || code || nameId(enterprise);
}

function nameId(name: string): string {
  return name
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\p{Z}\p{C}\p{P}]/gu, "");
}

/**
 * Changes in whole points, positive where the KPI became better. Left out: what is no share (amounts, levels), what is a
 * bound or a range, what is about several enterprises, and what only the provider says.
 */
function deltasOf({ outcomes = [] }: Engagement): Record<string, number> {
  const deltas: Record<string, number> = {};
  for (const { kpi: code, value, valueKind, unit, op = "eq", n = 1, method } of outcomes) {
    const kpi = kpiOf(code);
    const isPoints =
      (valueKind === "relative" || valueKind === "level_change") &&
      (unit === "pct" || unit === "pp");
    const isExact = op === "eq" || op === "approx";
    if (kpi === undefined || kpi.better === "neutral" || kpi.valueKind !== valueKind) continue;
    if (!isPoints || !isExact || n > 1 || method === "self") continue;
    deltas[code] ??= clipDelta(kpi.better === "down" ? -value : value);
  }
  return deltas;
}

/** What a bucket would show of a record's outcome in a KPI: the band of its delta, and whether it satisfied. */
export function outcomeClassOf(
  { deltas, isSatisfied = false }: PendingRecord,
  kpi: string,
): string {
  return `${bandOf(deltas[kpi] as number, DELTA_BANDS)} ${isSatisfied}`;
}
