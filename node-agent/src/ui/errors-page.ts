/**
 * Rows that do not leave, or leave with something to look at: the cell, the reason, how to mend it.
 *
 * @module
 */

import type { JudgedRow, RowPreview } from "../cli/preview-rows.ts";
import { type Html, html } from "./html.ts";
import {
  linkTo,
  notice,
  page,
  placeOf,
  rowsText,
  say,
  shortened,
  sourceTabs,
  type View,
} from "./page.ts";

export interface Errors {
  readonly sourceId: string;
  readonly sourceIds: readonly string[];
  /** Rows that stay. */
  readonly bad: readonly JudgedRow[];
  /** Rows that leave with something to look at. */
  readonly remarked: readonly JudgedRow[];
  /** All of both, also those that are too many to be kept. */
  readonly count: number;
}

/** More rows than a person mends from a page; the workbook has more. */
const MAX_SHOWN = 200;

export function errorsPage(view: View, errors: Errors): string {
  const { sourceId, sourceIds, bad, remarked, count } = errors;
  const rows = [...bad, ...remarked];
  return page(
    view,
    { en: "Errors", zh: "问题行" },
    html`${sourceTabs(view, "errors", sourceIds, sourceId)}
${rows.length === 0 ? notice("good", say(view, { en: "Nothing to mend: every row can be read.", zh: "没有需要修正的行：每一行都能读取。" })) : errorList(view, sourceId, { rows, count })}`,
  );
}

function errorList(
  view: View,
  sourceId: string,
  { rows, count }: { readonly rows: readonly JudgedRow[]; readonly count: number },
): Html {
  const staying = rows.filter(({ preview }) => !preview.leaves).length;
  const shown = rows.slice(0, MAX_SHOWN);
  return html`${notice(staying > 0 ? "bad" : "warn", say(view, { en: `${rowsText(count)} to mend or to look at.`, zh: `${count} 行需要修正或核对。` }))}
<p>${say(view, {
    en: "Mend the cells in the source itself and save it: the next pass reads them. The workbook has these rows in the source's own layout, with a comment at each cell.",
    zh: "请在数据源文件中修正并保存，下次读取时生效。工作簿按原表格式列出这些行，并在单元格上批注原因。",
  })}</p>
<p class="actions"><a class="button first" href="${linkTo(view, "errors", `${sourceId}.xlsx`)}" download>${say(view, { en: "Download the workbook", zh: "下载工作簿" })}</a></p>
<div class="card"><table class="errors">
<thead><tr><th scope="col">${say(view, { en: "Row", zh: "行" })}</th><th scope="col">${say(view, { en: "Column", zh: "列" })}</th><th scope="col">${say(view, { en: "Cell", zh: "单元格" })}</th><th scope="col">${say(view, { en: "Why, and how to mend it", zh: "原因与修正方法" })}</th></tr></thead>
<tbody>${shown.map(({ row, preview }) => problemRows(view, preview, row.file))}</tbody>
</table></div>
${count > shown.length && html`<p class="note">${say(view, { en: `${count - shown.length} more rows are not shown.`, zh: `另有 ${count - shown.length} 行未显示。` })}</p>`}`;
}

function problemRows(view: View, preview: RowPreview, file: string | undefined): Html {
  const { leaves, problems, cells } = preview;
  return html`${problems.map(({ column, message, messageZh, rule }) => {
    const cell = cells.find((one) => one.column === column);
    return html`<tr><th scope="row">${placeOf(view, preview, file)}</th><td>${column === "" ? say(view, { en: "the whole row", zh: "整行" }) : column}</td><td>${cell === undefined ? "" : shortened(view, cell.before)}</td>
<td><p class="problem ${leaves ? "warn" : "bad"}">${leaves ? "!" : "✖"} ${say(view, { en: message, zh: messageZh })} <small>${rule}</small></p></td></tr>`;
  })}`;
}
