/**
 * Rows before and after: what becomes of each cell and why, and the bytes that leave.
 *
 * @module
 */

import { type CellPreview, fateText, type RowPreview } from "../cli/preview-rows.ts";
import { maskedText } from "../privacy/finding.ts";
import type { RowProblem } from "../sync/row-mapper.ts";
import { fieldText } from "./field-text.ts";
import { type Html, html } from "./html.ts";
import { notice, page, placeOf, say, shortened, sourceTabs, type View } from "./page.ts";

export interface Preview {
  readonly sourceId: string;
  readonly sourceIds: readonly string[];
  /** First rows of each table. */
  readonly rows: readonly RowPreview[];
  /** Most rows of a table that were looked at. */
  readonly limit: number;
}

export function previewPage(view: View, preview: Preview): string {
  const { sourceId, sourceIds, rows, limit } = preview;
  const leaving = rows.filter(({ leaves }) => leaves).length;
  const bytes = rows.reduce((sum, { bodyBytes = 0 }) => sum + bodyBytes, 0);
  const total = say(view, {
    en: `${leaving} of ${rows.length} rows would leave, ${bytes} bytes of content. At most ${limit} rows of each table are shown. Nothing was sent.`,
    zh: `${rows.length} 行中 ${leaving} 行将发布，内容共 ${bytes} 字节。每个表最多显示 ${limit} 行。未发送任何数据。`,
  });
  return page(
    view,
    { en: "Preview", zh: "预览" },
    html`${sourceTabs(view, "preview", sourceIds, sourceId)}
${notice(leaving === rows.length && rows.length > 0 ? "good" : "warn", total)}
${rows.map((row, index) => rowCard(view, row, index))}`,
  );
}

function rowCard(view: View, row: RowPreview, index: number): Html {
  const { kind, key, leaves, cells, problems, masked } = row;
  const chip = leaves
    ? html`<span class="chip ok">✔ ${say(view, { en: "leaves", zh: "将发布" })}</span>`
    : html`<span class="chip failing">✖ ${say(view, { en: "stays", zh: "不发布" })}</span>`;
  const other = problems.filter(({ column }) => !cells.some((cell) => cell.column === column));
  return html`<section class="card" aria-labelledby="row-${index}">
<div class="bar"><h2 id="row-${index}">${placeOf(view, row)} <small>${kind} ${key ?? ""}</small></h2>${chip}</div>
${other.map((problem) => problemLine(view, problem, leaves))}
<table class="before-after">
<thead><tr><th scope="col">${say(view, { en: "Column", zh: "列" })}</th><th scope="col">${say(view, { en: "Before", zh: "原值" })}</th><th scope="col">${say(view, { en: "After", zh: "发布内容" })}</th></tr></thead>
<tbody>${cells.map((cell) => cellRow(view, cell, row))}</tbody>
</table>
${masked.map((finding) => html`<p class="note">${say(view, maskedText(finding))}</p>`)}
${bytesOf(view, row, index)}
</section>`;
}

function cellRow(view: View, { column, before, fate }: CellPreview, row: RowPreview): Html {
  const here = row.problems.filter((problem) => problem.column === column);
  const fields = fate.type === "used" ? fate.fields.filter((field) => field !== "key") : [];
  const isKey = fate.type === "used" && fate.fields.includes("key");
  const values = fields.map((field) => [field, fieldText(row.after, field)] as const);
  const becomes =
    fate.type !== "used"
      ? html`<span class="stays">${say(view, fateText(fate))}</span>`
      : html`${isKey && html`<p><code>key</code> ${row.key ?? ""}</p>`}${values.map(
          ([field, value]) =>
            value === undefined
              ? html`<p><code>${field}</code> <span class="stays">${row.leaves ? say(view, { en: "left out", zh: "留空" }) : say(view, { en: "does not leave", zh: "不发布" })}</span></p>`
              : html`<p><code>${field}</code> ${shortened(view, value)}</p>`,
        )}`;
  return html`<tr><th scope="row">${column}</th><td>${shortened(view, before)}</td><td>${becomes}${here.map((problem) => problemLine(view, problem, row.leaves))}</td></tr>`;
}

function problemLine(view: View, problem: RowProblem, leaves: boolean): Html {
  const { message, messageZh, rule } = problem;
  return html`<p class="problem ${leaves ? "warn" : "bad"}">${leaves ? "!" : "✖"} ${say(view, { en: message, zh: messageZh })} <small>${rule}</small></p>`;
}

function bytesOf(view: View, row: RowPreview, index: number): Html | undefined {
  const { body, bodyBytes, bodySha256, visibility, license } = row;
  if (body === undefined) return undefined;
  const title = say(view, {
    en: `Exactly these ${bodyBytes} bytes will leave`,
    zh: `将离开本中心的正是这 ${bodyBytes} 个字节`,
  });
  return html`<details><summary>${title}</summary>
<p class="note">SHA-256 <code>${bodySha256 ?? ""}</code> · ${visibility ?? ""} · ${license ?? ""}</p>
<pre tabindex="0" aria-label="${title} (${index + 1})">${hexLines(body)}</pre>
</details>`;
}

const HEX_LINE = 64;

/** Hex in lines of 32 bytes, each pair apart. */
function hexLines(hex: string): string {
  const lines = hex.match(new RegExp(`.{1,${HEX_LINE}}`, "g")) ?? [];
  return lines.map((line) => line.match(/../g)?.join(" ") ?? "").join("\n");
}
