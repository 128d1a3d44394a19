/**
 * Texts about clients in which something was found, as written and as they leave, for a person to decide.
 *
 * @module
 */

import type { WaitingText } from "../cli/privacy.ts";
import { findingName } from "../privacy/finding.ts";
import { type Html, html } from "./html.ts";
import { notice, page, say, type View } from "./page.ts";

export interface Texts {
  readonly texts: readonly WaitingText[];
  /** All that there are, also those that are too many to be shown. */
  readonly count: number;
  /** Who decides, as it was given last. */
  readonly by: string;
}

export function textsPage(view: View, { texts, count, by }: Texts): string {
  const explanation = say(view, {
    en: "These texts could name a client, or hold a claim. They leave masked, and those that wait not at all, unless a person approves them. An approval holds for this exact text; personal numbers stay masked.",
    zh: "这些文本可能指明客户，或含需核实的表述。未经批准，一律以隐去后的内容发布，待审批的不发布。批准仅对该文本原样有效；个人号码始终隐去。",
  });
  return page(
    view,
    { en: "Texts", zh: "文本审批" },
    html`<p>${explanation}</p>
${texts.length === 0 ? notice("good", say(view, { en: "No text waits for a decision.", zh: "没有待审批的文本。" })) : textForm(view, { texts, count, by })}`,
  );
}

function textForm(view: View, { texts, count, by }: Texts): Html {
  return html`<form method="post" action="${view.root}texts" class="stack">
<label class="card"><span class="label">${say(view, { en: "Who decides", zh: "审批人" })}</span><input type="text" name="by" value="${by}" required maxlength="200" autocomplete="name"></label>
<p class="actions"><button>${say(view, { en: "Take this name", zh: "使用此姓名" })}</button></p>
<p class="note">${say(view, { en: `${texts.length} of ${count} texts`, zh: `显示 ${count} 段中的 ${texts.length} 段` })}</p>
${texts.map((text, index) => textCard(view, text, index))}
</form>`;
}

function textCard(view: View, item: WaitingText, index: number): Html {
  const { id, source, row, kind, key, field, text, found, masked, waits, verdict } = item;
  const types = [...new Set(found.map(({ type }) => say(view, findingName(type))))].join(
    say(view, { en: ", ", zh: "、" }),
  );
  const button = (decision: string, name: string) =>
    html`<button name="decision" value="${decision} ${id}" aria-describedby="text-${index}">${name}</button>`;
  return html`<section class="card" aria-labelledby="text-${index}">
<div class="bar"><h2 id="text-${index}">${source} ${row} <small>${kind} ${key} · ${field} · ${types}</small></h2>${stateChip(view, verdict, waits)}</div>
<p><span class="label">${say(view, { en: "As written", zh: "原文" })}</span> ${marked(text, found)}</p>
${masked !== text && html`<p><span class="label">${say(view, { en: "As it leaves", zh: "外发内容" })}</span> ${masked}</p>`}
<p class="actions">${button("approved", say(view, { en: "Approve: leaves as written", zh: "批准：按原文发布" }))}${button("rejected", say(view, { en: "Reject: the record stays", zh: "驳回：记录不发布" }))}</p>
</section>`;
}

function stateChip(view: View, verdict: WaitingText["verdict"], waits: boolean): Html {
  if (verdict === "approved") {
    return html`<span class="chip ok">${say(view, { en: "approved", zh: "已批准" })}</span>`;
  }
  if (verdict === "rejected") {
    return html`<span class="chip failing">${say(view, { en: "rejected, stays", zh: "已驳回，不外发" })}</span>`;
  }
  return waits
    ? html`<span class="chip paused">${say(view, { en: "waits", zh: "待审批" })}</span>`
    : html`<span class="chip">${say(view, { en: "leaves masked", zh: "隐去后外发" })}</span>`;
}

/** The text with what was found marked. */
function marked(text: string, found: WaitingText["found"]): Html {
  const pieces: Html[] = [];
  let at = 0;
  for (const { start, end } of found) {
    pieces.push(html`${text.slice(at, start)}<mark>${text.slice(start, end)}</mark>`);
    at = end;
  }
  return html`${pieces}${text.slice(at)}`;
}
