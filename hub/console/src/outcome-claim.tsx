/** One stated effect of a case, as a sentence. @module */

import type { Language } from "./choose-language.ts";
import { useView, type View } from "./view.tsx";

/** The fields of an OutcomeClaim; defaults are left out. */
export interface OutcomeClaim {
  readonly kpi?: string;
  readonly valueKind?: string;
  readonly value?: number;
  readonly valueMax?: number;
  readonly unit?: string;
  readonly before?: number;
  readonly after?: number;
  readonly op?: string;
  readonly n?: number;
  readonly method?: string;
  readonly evidence?: string;
  readonly measuredAfterMonths?: number;
  readonly note?: string;
}

type Words = { readonly [code: string]: Readonly<Record<Language, string>> };

const UNITS: Words = {
  pct: { zh: "%", en: "%" },
  pp: { zh: " 个百分点", en: " percentage points" },
  cny_10k: { zh: " 万元", en: " × 10,000 CNY" },
  level: { zh: " 级", en: " levels" },
  point: { zh: " 分", en: " points" },
  month: { zh: " 个月", en: " months" },
  day: { zh: " 天", en: " days" },
  days: { zh: " 天", en: " days" },
  count: { zh: "", en: "" },
};

const OPERATORS: { readonly [op: string]: string } = { ge: "≥ ", le: "≤ ", approx: "≈ " };

/** What is doubtful about a claim, see `OutcomeDoubt` of the vocabulary. */
const DOUBTS: Words = {
  direction_contradicts: {
    zh: "用词方向与指标相反",
    en: "its verb contradicts the KPI's direction",
  },
  percent_or_points: { zh: "百分比或百分点不明", en: "percent or percentage points is unclear" },
  outside_typical: { zh: "超出常见范围", en: "outside what is usual" },
  outside_hard: { zh: "超出可能范围", en: "outside what can be" },
  multiple: { zh: "按“提高若干倍”理解", en: "read as a multiple" },
  change_contradicts_levels: { zh: "变化与前后数值不符", en: "the change contradicts the levels" },
};

/** Effect and figure, then how it was found out and what is doubtful. */
export function OutcomeClaimText({ claim }: { readonly claim: OutcomeClaim }) {
  const view = useView();
  const { labels, language, t, formats } = view;
  const kpi = claim.kpi === undefined ? "" : labels.code("kpi", claim.kpi, language);
  const remarks = [
    claim.before !== undefined &&
      claim.after !== undefined &&
      `${formats.number(claim.before)} → ${formats.number(claim.after)}`,
    claim.valueKind && labels.code("valueKind", claim.valueKind, language),
    claim.method && labels.code("outcomeMethod", claim.method, language),
    claim.evidence && `${claim.evidence} ${labels.code("evidenceLevel", claim.evidence, language)}`,
    claim.n && t("outcomeN", { n: claim.n }),
    claim.measuredAfterMonths !== undefined && t("outcomeMonths", { n: claim.measuredAfterMonths }),
  ].filter((remark) => typeof remark === "string" && remark !== "");
  const doubts = (claim.note ?? "")
    .split(/[;,；，]\s*/)
    .filter((doubt) => doubt !== "")
    .map((doubt) => DOUBTS[doubt]?.[language] ?? doubt);
  return (
    <>
      <span className="claim">
        {kpi} <strong>{figureOf(claim, view)}</strong>
      </span>
      {remarks.length > 0 && <span className="remark">{remarks.join(" · ")}</span>}
      {doubts.length > 0 && (
        <span className="remark doubt">{t("outcomeDoubt", { doubt: doubts.join("; ") })}</span>
      )}
    </>
  );
}

function figureOf(claim: OutcomeClaim, { language }: View): string {
  const { value = 0, valueMax, valueKind, op = "eq", unit = "" } = claim;
  const isChange = valueKind === "relative" || valueKind === "level_change";
  const format = new Intl.NumberFormat(language, isChange ? { signDisplay: "exceptZero" } : {});
  const range = valueMax === undefined ? "" : ` … ${format.format(valueMax)}`;
  const suffix = UNITS[unit]?.[language] ?? ` ${unit}`;
  return `${OPERATORS[op] ?? ""}${format.format(value)}${range}${suffix}`;
}
