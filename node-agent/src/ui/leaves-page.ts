/**
 * What leaves, column by column: to whom, how, how often.
 *
 * @module
 */

import {
  audienceOf,
  type DisclosedTable,
  type Disclosure,
  frequencyOf,
  treatmentOf,
} from "../report/disclosure-sheet.ts";
import { type Html, html } from "./html.ts";
import { linkTo, noSources, page, say, type View } from "./page.ts";

export function leavesPage(view: View, { tables, outcomes }: Disclosure): string {
  return page(
    view,
    { en: "What leaves", zh: "外发清单" },
    html`<p>${say(view, {
      en: "Columns that are not shown as leaving stay at the center. In every text that leaves, phone numbers, e-mail addresses, identity and account numbers are masked.",
      zh: "未列为外发的列不会离开本中心；所有外发文本均检查手机号、邮箱、证件号、账号等并隐去。",
    })}</p>
${tables.length === 0 ? noSources(view) : html`<p class="actions"><a class="button first" href="${linkTo(view, "leaves", "sheet")}">${say(view, { en: "The sheet to print and sign", zh: "可打印签字的清单" })}</a></p>`}
${tables.map((table, index) => tableCard(view, table, index))}
${outcomes && html`<p class="note">${say(view, { en: "Engagements leave in sealed buckets of several enterprises only; the rules are on the sheet.", zh: "服务项目只以多家企业的封存分组外发，规则见清单。" })}</p>`}`,
  );
}

function tableCard(view: View, table: DisclosedTable, index: number): Html {
  const { source, table: name, kind, license, columns } = table;
  return html`<section class="card" aria-labelledby="table-${index}">
<div class="bar"><h2 id="table-${index}">${[source, name].filter(Boolean).join(" · ")} <small>${kind}</small></h2><span class="chip">${say(view, audienceOf(table))}</span></div>
<p class="note">${license} · ${say(view, { en: "how often", zh: "频率" })}: ${say(view, frequencyOf(table))}</p>
<table class="treatments">
<thead><tr><th scope="col">${say(view, { en: "Column", zh: "列" })}</th><th scope="col">${say(view, { en: "Treatment", zh: "处理" })}</th></tr></thead>
<tbody>${columns.map(({ title, fate }) => html`<tr><th scope="row">${title}</th><td${fate.type !== "used" && html` class="stays"`}>${treatmentOf(kind, fate).map((sentence) => html`<p>${say(view, sentence)}</p>`)}</td></tr>`)}</tbody>
</table>
</section>`;
}
