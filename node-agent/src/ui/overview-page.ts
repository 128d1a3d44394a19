/**
 * The first page: what, since when, whose turn; then each source, and what leaves with the next pass.
 *
 * @module
 */

import type { Bilingual } from "../cli/io.ts";
import { heldText, quorumAge, receiptCounts, STATES, sourceNotes, TURNS } from "../cli/status.ts";
import type { AgentStatus, QuorumStatus, SourceStatus } from "../cli/status-operation.ts";
import { type Html, html } from "./html.ts";
import { linkTo, noSources, notice, page, say, timeOf, type View } from "./page.ts";

/** What is wrong, in both languages. */
export interface Trouble {
  readonly message: string;
  readonly messageZh: string;
}

/** What would be published if a source were read now, or why it cannot be read. */
export type NextPass =
  | { readonly rows: number; readonly leave: number; readonly bytes: number }
  | Trouble;

export interface Overview {
  /** Names of the mapping files. */
  readonly sourceIds: readonly string[];
  /** Undefined where it could not be had. */
  readonly status: AgentStatus | undefined;
  /** Why there is no status, for example that no hub was joined. */
  readonly noStatus?: Trouble;
  /** Mapping files that cannot be used. */
  readonly broken: readonly ({ readonly sourceId: string } & Trouble)[];
  /** By source, where it was asked for: the sources are read for it. */
  readonly next?: ReadonlyMap<string, NextPass>;
}

type Fact = readonly [name: string, value: Html | string];

export function overviewPage(view: View, overview: Overview): string {
  const { status, noStatus, broken, sourceIds, next } = overview;
  const cards = sourceIds.map((id) => {
    const state = status?.sources.find((one) => one.id === id);
    return sourceCard(view, id, { state, next: next?.get(id) });
  });
  return page(
    view,
    { en: "Overview", zh: "总览" },
    html`${status && summary(view, status)}
${noStatus && notice("warn", say(view, { en: noStatus.message, zh: noStatus.messageZh }))}
${broken.map((one) => notice("bad", brokenText(view, one)))}
<section aria-labelledby="sources">
<h2 id="sources">${say(view, { en: "Sources", zh: "数据源" })}</h2>
${cards.length === 0 ? noSources(view) : sourceList(view, cards)}
</section>`,
  );
}

function sourceList(view: View, cards: readonly Html[]): Html {
  return html`<ul class="cards">${cards}</ul>
<form class="actions" method="get" action="${view.root}">
<button class="first" name="next" value="1">${say(view, { en: "What leaves with the next pass?", zh: "下次读取将发布什么？" })}</button>
<a class="button" href="${linkTo(view, "map")}">${say(view, { en: "Map another file", zh: "映射其他文件" })}</a>
</form>`;
}

function summary(view: View, status: AgentStatus): Html {
  const { summary, center, hub, feed, isRunning, heardAtMs, held, logProblem, quorum } = status;
  const { outboxBatches: waiting } = feed;
  const facts: readonly Fact[] = [
    [say(view, { en: "Since", zh: "自" }), timeOf(summary.sinceMs)],
    [say(view, { en: "Turn", zh: "待办方" }), say(view, TURNS[summary.turn])],
    [say(view, { en: "Center", zh: "中心" }), center],
    [say(view, { en: "Hub", zh: "枢纽" }), hub],
    [say(view, { en: "Hub last heard", zh: "枢纽最近应答" }), timeOf(heardAtMs)],
    [
      say(view, { en: "Waiting to be sent", zh: "待发" }),
      say(view, { en: `${waiting} batches`, zh: `${waiting} 批` }),
    ],
    ...(quorum === undefined ? [] : quorumFacts(view, quorum)),
    [
      say(view, { en: "Agent", zh: "代理进程" }),
      say(view, isRunning ? { en: "running", zh: "运行中" } : { en: "not running", zh: "未运行" }),
    ],
  ];
  return html`<section class="card summary${summary.turn === "center" && " mine"}" aria-labelledby="summary">
<h2 id="summary">${say(view, summary.what)}</h2>
${factList(facts)}
${held && notice("warn", say(view, heldText(held)))}
${logProblem && notice("warn", say(view, { en: logProblem.message, zh: logProblem.messageZh }))}
</section>`;
}

function quorumFacts(view: View, quorum: QuorumStatus): readonly Fact[] {
  return [
    [say(view, { en: "Receipts", zh: "回执" }), say(view, receiptCounts(quorum))],
    [
      say(view, { en: "Last quorum of witnesses", zh: "最近一次法定见证" }),
      say(view, quorumAge(quorum)),
    ],
  ];
}

function sourceCard(
  view: View,
  id: string,
  {
    state,
    next,
  }: { readonly state: SourceStatus | undefined; readonly next: NextPass | undefined },
): Html {
  const t = (text: Bilingual) => say(view, text);
  const named = (title: Bilingual) => html`${t(title)}<span class="visually-hidden"> ${id}</span>`;
  return html`<li class="card">
<div class="bar"><h3>${id}</h3>${state && html`<span class="chip ${state.state}">${t(STATES[state.state])}</span>`}</div>
${state && factList(passFacts(view, state))}
${state && sourceNotes(t, state).map((note) => html`<p class="note">${note}</p>`)}
${next && nextText(view, next)}
<p class="actions">
<a class="button" href="${linkTo(view, "preview", id)}">${named({ en: "Preview", zh: "预览" })}</a>
<a class="button" href="${linkTo(view, "map", id)}">${named({ en: "Mapping", zh: "映射" })}</a>
<a class="button" href="${linkTo(view, "errors", id)}">${named({ en: "Errors", zh: "问题行" })}</a>
</p>
</li>`;
}

function passFacts(view: View, { published, waiting, lastPass }: SourceStatus): readonly Fact[] {
  const masked = (lastPass?.findings ?? []).reduce((sum, { count }) => sum + count, 0);
  return [
    [say(view, { en: "Published", zh: "已发布" }), String(published)],
    [say(view, { en: "Waiting", zh: "待发" }), String(waiting)],
    [say(view, { en: "Bad rows", zh: "问题行" }), String(lastPass?.badRows ?? 0)],
    [say(view, { en: "To look at", zh: "待核对" }), String(lastPass?.remarkedRows ?? 0)],
    [say(view, { en: "Masked", zh: "已隐去" }), String(masked)],
    [say(view, { en: "Last pass", zh: "最近读取" }), timeOf(lastPass?.endedAtMs)],
  ];
}

function factList(facts: readonly Fact[]): Html {
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function nextText(view: View, next: NextPass): Html {
  if ("message" in next) return notice("bad", say(view, { en: next.message, zh: next.messageZh }));
  const { rows, leave, bytes } = next;
  return html`<p class="next">${say(view, {
    en: `The next pass publishes ${leave} of ${rows} rows, ${bytes} bytes of content; of these only what changed is sent.`,
    zh: `下次读取：${rows} 行中 ${leave} 行发布，内容共 ${bytes} 字节；其中仅发送有变化的部分。`,
  })}</p>`;
}

function brokenText(
  view: View,
  { sourceId, message, messageZh }: Overview["broken"][number],
): Html {
  const lines = say(view, { en: message, zh: messageZh }).split("\n");
  return html`<p><strong>${sourceId}</strong></p>${lines.map((line) => html`<p>${line}</p>`)}`;
}
