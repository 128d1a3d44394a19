/**
 * How well columns fit a kind of record, and which column each field gets.
 *
 * @module
 */

import { matchTerm } from "@tributary/proto/vocabulary";
import { fieldNamesOf, fieldTypeOf } from "../fields.ts";
import { type ColumnEvidence, percent } from "./column-evidence.ts";
import type { FieldSuggestion, MappableKind } from "./suggestion.ts";
import { titleScore } from "./title-score.ts";
import { type ValueScore, valueScore } from "./value-score.ts";

/** A column, looked at. */
export interface Column {
  readonly title: string;
  readonly evidence: ColumnEvidence;
}

/** Fields below this confidence are not suggested. */
const MIN_CONFIDENCE = 0.45;

/** How well columns fit a kind. */
export interface Fit {
  readonly score: number;
  readonly fields: readonly FieldSuggestion[];
  readonly reason: string;
  readonly reasonZh: string;
}

/** How well the columns fit a kind: the sum of what its fields are sure of, those that it needs twice. */
export function fit(kind: MappableKind, columns: readonly Column[], tableName: string): Fit {
  const fields = assign(kind, columns);
  const names = fieldNamesOf(kind);
  const required = names.filter((field) => fieldTypeOf(kind, field).isRequired);
  const missing = required.filter((field) => !fields.some((one) => one.field === field));
  const telling = fields.reduce((sum, { field, confidence }) => {
    return sum + confidence * (TELLING[kind]?.includes(field) ? 1.5 : 0.4);
  }, 0);
  const isNamed = matchTerm("recordKind", tableName)?.code === kind || NAMES[kind].test(tableName);
  const score = missing.length > 0 ? 0 : telling + (isNamed ? 2 : 0);
  const shown = fields
    .filter(({ field }) => TELLING[kind]?.includes(field))
    .map(({ column }) => column);
  const list = (shown.length > 0 ? shown : fields.map(({ column }) => column))
    .slice(0, 4)
    .join(", ");
  return {
    score,
    fields,
    reason: isNamed ? `the table is named ${tableName}; it has ${list}` : `it has ${list}`,
    reasonZh: isNamed ? `表名“${tableName}”；含有 ${list}` : `含有 ${list}`,
  };
}

/** Fields that tell a kind from the others. */
const TELLING: Readonly<Record<MappableKind, readonly string[]>> = {
  provider: ["uscc", "registeredCapital", "products", "providerTypes", "systems", "qualifications"],
  case: ["outcomes", "painPoints", "solution", "providers", "investment", "client.industry"],
  policy: ["docNo", "issuers", "supportModes", "amountMax", "level", "applyUntil"],
  training: ["hours", "audience", "capacity", "completed", "feeCny", "startsOn"],
  event: ["eventType", "heldOn", "attendeeOrgs", "leads", "contractsSigned"],
  center: [
    "centerType",
    "operationModel",
    "authority",
    "servedRegions",
    "operatorName",
    "services",
  ],
  demand: ["pains", "budget", "urgency", "currentSystems", "targetLevel"],
  voucher_programme: ["redeemed", "issued", "policyDocNo", "ratio"],
  engagement: ["enterpriseUscc", "finished", "satisfaction", "hasVoucher", "months", "outcomes"],
};

const NAMES: Readonly<Record<MappableKind, RegExp>> = {
  provider: /服务商|供应商|provider|supplier|vendor/i,
  case: /案例|项目|\bcases?\b|project/i,
  policy: /政策|polic/i,
  training: /培训|课程|training|course/i,
  event: /活动|会议|event/i,
  center: /中心|\bcent(?:er|re)|hub/i,
  demand: /需求|demand|request/i,
  voucher_programme: /券|voucher/i,
  engagement: /成效|台账|辅导|服务记录|engagement|outcome/i,
};

/** Gives each field the column that fits best, best pairs first, each column once. */
function assign(kind: MappableKind, columns: readonly Column[]): readonly FieldSuggestion[] {
  const names = fieldNamesOf(kind);
  const pairs = names.flatMap((field) =>
    columns.flatMap((column) => {
      const pair = judge(kind, field, column);
      return pair === undefined || pair.confidence < MIN_CONFIDENCE ? [] : [pair];
    }),
  );
  pairs.sort(
    (a, b) => b.confidence - a.confidence || names.indexOf(a.field) - names.indexOf(b.field),
  );
  const chosen = new Map<string, FieldSuggestion>();
  const used = new Set<string>();
  for (const pair of pairs) {
    if (chosen.has(pair.field) || used.has(pair.column)) continue;
    chosen.set(pair.field, pair);
    used.add(pair.column);
  }
  return names.flatMap((field) => chosen.get(field) ?? []);
}

/** What title and values together say for a pair of field and column. */
export function judge(
  kind: MappableKind,
  field: string,
  { title, evidence }: Column,
): FieldSuggestion | undefined {
  const byTitle = titleScore(kind, field, title);
  const byValue = valueScore(fieldTypeOf(kind, field), field, evidence);
  if (byTitle === 0 && (byValue === undefined || !byValue.isTelling)) return undefined;
  const confidence = combined(byTitle, byValue);
  const parts = [
    ...(byTitle > 0 ? [{ en: `title ${title}`, zh: `表头“${title}”` }] : []),
    ...(byValue === undefined || evidence.count === 0
      ? []
      : [
          {
            en: `${percent(byValue.share)} of the values ${byValue.en}`,
            zh: `${percent(byValue.share)} 的值${byValue.zh}`,
          },
        ]),
  ];
  return {
    field,
    column: title,
    confidence: round(confidence),
    reason: parts.map(({ en }) => en).join(" + "),
    reasonZh: parts.map(({ zh }) => zh).join(" + "),
  };
}

function combined(byTitle: number, byValue: ValueScore | undefined): number {
  if (byValue === undefined) return byTitle;
  // Values that contradict the title count more than the title.
  if (byValue.share < 0.2) return byTitle * 0.45;
  const values = byValue.share * (byValue.isTelling ? 0.85 : 0.4);
  return Math.min(0.99, 1 - (1 - byTitle) * (1 - values * 0.8));
}

/** To two digits. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
