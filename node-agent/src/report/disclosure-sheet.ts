/**
 * The disclosure sheet: a page of HTML without scripts, for a printer and a signature.
 *
 * @module
 */

import { escapeHtml } from "@tributary/proto";
import type { ColumnFate } from "../mapping/column-fate.ts";
import type { ReleasePolicy } from "../privacy/release/policy.ts";

/** One table of a source. */
export interface DisclosedTable {
  readonly source: string;
  readonly table: string;
  /** Kind of record, or engagement. */
  readonly kind: string;
  readonly visibility: string;
  readonly license: string;
  /** A cron pattern; undefined where the source is read when it changes, or each minute. */
  readonly schedule: string | undefined;
  /** Whether changes of the source are noticed. */
  readonly watch: boolean;
  readonly columns: readonly { readonly title: string; readonly fate: ColumnFate }[];
}

/** What the sheet says. */
export interface Disclosure {
  readonly center: string | undefined;
  readonly hub: string | undefined;
  readonly agentVersion: string;
  /** ISO 8601 date. */
  readonly madeOn: string;
  readonly tables: readonly DisclosedTable[];
  readonly outcomes?: {
    readonly policy: ReleasePolicy;
    readonly audience: string;
    readonly since: string | undefined;
    readonly consentBasis: string;
    /** Whether noised totals leave. */
    readonly noise: boolean;
  };
}

/** How each field of an engagement leaves, if at all. */
const ENGAGEMENT_FIELDS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  key: ["仅用于生成不可逆编号，不外发", "only makes a number that leads nowhere; does not leave"],
  enterprise: ["不外发", "does not leave"],
  enterpriseUscc: ["不外发；仅在本地用于计数", "does not leave; counted here only"],
  group: ["不外发；同一集团计为一家", "does not leave; a group counts as one"],
  providerUscc: ["作为分组标签；企业数不足时隐去", "label of the bucket; dropped where few"],
  industry: ["大类、集群或门类", "division, cluster or section"],
  sizeBand: ["大中型/小微型，或隐去", "large or medium / small or micro, or dropped"],
  scenarios: ["场景或其环节", "scenario or its stage"],
  finished: ["不外发；仅见发布季度", "does not leave; only the quarter of release shows"],
  months: ["四档计数", "counted in four bands"],
  cost: ["六档计数", "counted in six bands"],
  hasVoucher: ["只发布合计数", "only how many"],
  satisfaction: ["只发布满意家数，且不少于 10 家", "only how many are satisfied, of at least 10"],
  isPublic: ["不外发", "does not leave"],
};

/** How the effects of an engagement leave, whatever column they stand in. */
const EFFECT = [
  "变化幅度取整、截断后求和与五档计数",
  "whole points, clipped: sums and five bands",
] as const;

/** The style of the sheet, for a Content-Security-Policy that names it by its hash. */
export const SHEET_STYLE = `
@page { size: A4; margin: 14mm }
body { font: 10pt/1.45 system-ui, "Noto Sans CJK SC", sans-serif; color: #111; max-width: 190mm; margin: 0 auto; padding: 4mm }
h1 { font-size: 15pt } h2 { font-size: 11.5pt; margin: 5mm 0 1mm }
table { border-collapse: collapse; width: 100% } th, td { border: .3pt solid #666; padding: 1mm 1.6mm; text-align: left; vertical-align: top }
th { background: #eee } tr { break-inside: avoid } small { color: #444 }
.sign { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 8mm; margin-top: 12mm } .sign div { border-top: .6pt solid #111; padding-top: 1mm }
`;

/** The sheet, as one page of HTML. */
export function disclosureSheet(disclosure: Disclosure): string {
  const { center, hub, agentVersion, madeOn, tables, outcomes } = disclosure;
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>对外披露清单 Disclosure sheet</title>
<style>${SHEET_STYLE}</style>
</head>
<body>
<main>
<h1>对外披露清单 · Disclosure sheet</h1>
<p>中心 Center: <b>${escapeHtml(center ?? "（尚未加入 not joined yet）")}</b> · 枢纽 Hub: <b>${escapeHtml(hub ?? "-")}</b> · 程序版本 Agent: ${escapeHtml(agentVersion)} · 日期 Date: ${escapeHtml(madeOn)}</p>
<p>未列入"外发"的列不会离开本中心；所有外发文本均检查手机号、邮箱、证件号、账号等并隐去。<br><small>Columns not shown as leaving stay at the center. In every text that leaves, phone numbers, e-mail addresses, identity and account numbers are masked.</small></p>
${tables.map(tableSection).join("\n")}
${outcomes === undefined ? "" : outcomesSection(outcomes)}
<div class="sign"><div>负责人 Manager</div><div>签字 Signature</div><div>日期 Date</div></div>
</main>
</body>
</html>
`;
}

function tableSection(table: DisclosedTable): string {
  const { source, table: name, kind, license, columns } = table;
  const { zh, en } = audienceOf(table);
  const often = frequencyOf(table);
  const audience = `${zh} ${en}${kind === "engagement" ? "" : ` · ${license}`}`;
  return `<h2>${escapeHtml([source, name].filter(Boolean).join(" · "))} → ${escapeHtml(kind)}</h2>
<p>对象 To: ${escapeHtml(audience)} · 频率 How often: ${escapeHtml(often.zh === often.en ? often.en : `${often.zh} ${often.en}`)}</p>
<table>
<tr><th>列 Column</th><th>处理 Treatment</th></tr>
${columns.map(({ title, fate }) => `<tr><td>${escapeHtml(title)}</td><td>${treatment(kind, fate)}</td></tr>`).join("\n")}
</table>`;
}

/** Who may see what leaves, by the `visibility` of a table. */
const AUDIENCES: Readonly<Record<string, Sentence>> = {
  public: { zh: "公众", en: "everybody" },
  members: { zh: "枢纽成员", en: "members of the hub" },
  centers: { zh: "指定中心", en: "named centers" },
};

const NO_ROW: Sentence = { zh: "逐行不外发", en: "no row leaves" };

/** Who may see what leaves of a table. */
export function audienceOf({
  kind,
  visibility,
}: Pick<DisclosedTable, "kind" | "visibility">): Sentence {
  if (kind === "engagement") return NO_ROW;
  return AUDIENCES[visibility] ?? { zh: visibility, en: visibility };
}

/** How often a table is read. */
export function frequencyOf({
  schedule,
  watch,
}: Pick<DisclosedTable, "schedule" | "watch">): Sentence {
  if (schedule !== undefined) return { zh: schedule, en: schedule };
  return watch ? { zh: "有变化时", en: "on change" } : { zh: "每分钟", en: "every minute" };
}

/** A sentence in both languages. */
interface Sentence {
  readonly zh: string;
  readonly en: string;
}

function treatment(kind: string, fate: ColumnFate): string {
  return treatmentOf(kind, fate)
    .map(({ zh, en }) => escapeHtml(`${zh} ${en}`))
    .join("<br>");
}

/** How a column leaves, if at all: one sentence a field that it fills. @param kind Of the table, as {@link DisclosedTable.kind}. */
export function treatmentOf(kind: string, fate: ColumnFate): readonly Sentence[] {
  if (fate.type === "never") return [{ zh: "禁止外发", en: "must not leave" }];
  if (fate.type === "unmapped") return [{ zh: "不外发", en: "does not leave" }];
  if (kind !== "engagement") {
    const fields = fate.fields.join(", ");
    return [{ zh: `外发为 ${fields}`, en: `leaves as ${fields}` }];
  }
  return fate.fields.map((field) => {
    const [zh, en] = ENGAGEMENT_FIELDS[field] ?? EFFECT;
    return { zh, en };
  });
}

function outcomesSection({
  policy,
  audience,
  since,
  consentBasis,
  noise,
}: NonNullable<Disclosure["outcomes"]>): string {
  const { k, l, shareCap, kSatisfaction } = policy;
  const share = Math.round((100 * shareCap[0]) / shareCap[1]);
  const rules = [
    [
      `每季度结束后发布一次${since === undefined ? "" : `，自 ${since} 起`}；每条记录只用一次，分组发布后不再改动。`,
      `Released once after each quarter${since === undefined ? "" : `, from ${since} on`}; a record is used once, and a bucket never changes.`,
    ],
    [
      `每个分组至少 ${k} 家不同企业（同一集团计一家）；成效至少 ${l} 类，任一类不超过 ${share} %；满意度至少 ${kSatisfaction} 家。`,
      `At least ${k} different enterprises a bucket (a group counts as one); at least ${l} kinds of outcome, none above ${share} %; satisfaction of at least ${kSatisfaction}.`,
    ],
    [
      "企业名称、代码、地址、日期和金额不离开本中心；分组内只有合计数和分档计数。",
      "No name, code, address, date or amount of an enterprise leaves; a bucket holds sums and counts only.",
    ],
    [
      "企业可要求撤回：所在分组将整组撤回，其记录不再使用。",
      "An enterprise may ask for its data to be taken back: its bucket is taken back as a whole, and its records are never used again.",
    ],
    ...(noise ? [NOISE_RULE] : []),
  ];
  const { zh, en } = audienceOf({ kind: "outcome", visibility: audience });
  return `<h2>成效数据 · Outcomes → ${escapeHtml(`${zh} ${en}`)}</h2>
<p>依据 Basis: ${escapeHtml(consentBasis)}</p>
<ol>
${rules.map(([zh = "", en = ""]) => `<li>${escapeHtml(zh)}<br><small>${escapeHtml(en)}</small></li>`).join("\n")}
</ol>`;
}

const NOISE_RULE = [
  "每年末另发布一次按场景大类的加噪合计（企业数、成效等级之和、满意数），含尚未进入分组的记录；每年隐私预算 ρ = 1/20，五年共 1/4，用完即止。",
  "Once a year, noised totals by family of scenarios leave too (enterprises, sum of grades, how many were satisfied), also of records that are in no bucket; the privacy budget is rho 1/20 a year and 1/4 in all, then no more.",
];
