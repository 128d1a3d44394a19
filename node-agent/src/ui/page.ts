/**
 * What all pages have in common: head, menu, language, theme.
 *
 * @module
 */

import { timeText } from "../cli/context.ts";
import type { Bilingual, Language } from "../cli/io.ts";
import { type Html, html } from "./html.ts";

/** Colours of the page; `auto` follows the system. */
export const THEMES = ["auto", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

/** How the person wants the pages, and where they are. */
export interface View {
  readonly language: Language;
  readonly theme: Theme;
  /** What all paths begin with; ends with a slash. */
  readonly root: string;
  /** Path of the page that is shown, below the root. */
  readonly here: string;
  /** The same with the parameters that it needs. */
  readonly back: string;
}

/** Chapters of the menu, by the first part of their path. */
const CHAPTERS: readonly (readonly [path: string, title: Bilingual])[] = [
  ["", { en: "Overview", zh: "总览" }],
  ["map", { en: "Mapping", zh: "映射" }],
  ["preview", { en: "Preview", zh: "预览" }],
  ["errors", { en: "Errors", zh: "问题行" }],
  ["leaves", { en: "What leaves", zh: "外发清单" }],
  ["texts", { en: "Texts", zh: "文本审批" }],
];

const THEME_NAMES: Readonly<Record<Theme, Bilingual>> = {
  auto: { en: "System", zh: "随系统" },
  light: { en: "Light", zh: "浅色" },
  dark: { en: "Dark", zh: "深色" },
};

/** The text in the language of the view. */
export function say({ language }: View, text: Bilingual): string {
  return text[language];
}

/** The address of a page. Parts are escaped. */
export function linkTo({ root }: View, ...parts: readonly string[]): string {
  return root + parts.map(encodeURIComponent).join("/");
}

/** A whole page. */
export function page(view: View, title: Bilingual, main: Html): string {
  const { language, theme, root, here } = view;
  const t = (text: Bilingual) => say(view, text);
  return `<!doctype html>\n${html`<html lang="${language === "zh" ? "zh-CN" : "en"}" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${t(title)} · ${t(NAME)}</title>
<link rel="icon" href="${root}icon.svg">
<link rel="stylesheet" href="${root}page.css">
<script src="${root}page.js" defer></script>
</head>
<body>
<a class="skip" href="#main">${t({ en: "To the content", zh: "跳到正文" })}</a>
<header>
<div class="bar">
<a class="brand" href="${root}"><img src="${root}icon.svg" alt="" width="30" height="30"><strong>${t(NAME)}</strong></a>
${preferences(view)}
</div>
<nav aria-label="${t({ en: "Pages", zh: "页面" })}">${CHAPTERS.map(([path, name]) => {
    const isHere = here.split("/")[0] === path;
    return html`<a href="${linkTo(view, path)}"${isHere && html` aria-current="page"`}>${t(name)}</a>`;
  })}</nav>
</header>
<main id="main" tabindex="-1">
<h1>${t(title)}</h1>
${main}
</main>
<footer>${t({
    en: "This page is on this machine alone: it sends nothing anywhere.",
    zh: "本页面仅在本机运行，不向任何地方发送数据。",
  })}</footer>
</body>
</html>
`}`;
}

const NAME: Bilingual = { en: "Tributary agent", zh: "汇流代理" };

/** Forms for the language and the theme; both come back to the page. */
function preferences(view: View): Html {
  const { language, theme, root, back } = view;
  const other = language === "zh" ? "en" : "zh";
  return html`<form class="preferences" method="post" action="${root}preferences">
<input type="hidden" name="back" value="${back}">
<button name="language" value="${other}" lang="${other === "zh" ? "zh-CN" : "en"}">${other === "zh" ? "中文" : "English"}</button>
<span role="group" aria-label="${say(view, { en: "Colours", zh: "配色" })}">${THEMES.map(
    (name) =>
      html`<button name="theme" value="${name}" aria-pressed="${String(name === theme)}">${say(view, THEME_NAMES[name])}</button>`,
  )}</span>
</form>`;
}

/** A time for people, or a dash. */
export function timeOf(ms: number | undefined): Html {
  if (ms === undefined) return html`${timeText(ms)}`;
  return html`<time datetime="${new Date(ms).toISOString()}">${timeText(ms)}</time>`;
}

/** So many rows, in English. */
export function rowsText(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

/** Where a row stands, for people. @param file Where the source has several. */
export function placeOf(
  view: View,
  { table, row }: { readonly table: string; readonly row: number },
  file?: string,
): string {
  const number = row > 0 && say(view, { en: `row ${row}`, zh: `第 ${row} 行` });
  return [file, table, number].filter(Boolean).join(" · ");
}

/** Longest text of a cell that is shown; the rest is counted. */
const MAX_SHOWN = 400;

/** A text of any length. */
export function shortened(view: View, text: string): Html {
  if (text.length <= MAX_SHOWN) return html`${text}`;
  const more = text.length - MAX_SHOWN;
  return html`${text.slice(0, MAX_SHOWN).toWellFormed()}… <small>${say(view, { en: `and ${more} more characters`, zh: `另有 ${more} 个字符` })}</small>`;
}

/** Links to the same page of each source. */
export function sourceTabs(
  view: View,
  chapter: string,
  sourceIds: readonly string[],
  current: string | undefined,
): Html {
  return html`<nav class="tabs" aria-label="${say(view, { en: "Sources", zh: "数据源" })}">${sourceIds.map(
    (id) =>
      html`<a href="${linkTo(view, chapter, id)}"${id === current && html` aria-current="page"`}>${id}</a>`,
  )}</nav>`;
}

/** What to do where no source is mapped. */
export function noSources(view: View): Html {
  return html`<p class="empty">${say(view, { en: "No source is mapped yet.", zh: "尚未映射任何数据源。" })}
<a class="button first" href="${linkTo(view, "map")}">${say(view, { en: "Map a file", zh: "映射文件" })}</a></p>`;
}

/** A sentence about something that is wrong or has to be known. */
export function notice(tone: "bad" | "warn" | "good", text: Html | string): Html {
  return html`<div class="notice ${tone}" role="${tone === "bad" ? "alert" : "status"}">${text}</div>`;
}

/** A failure, as a page of its own. */
export function failurePage(
  view: View,
  {
    message,
    messageZh,
    code,
  }: { readonly message: string; readonly messageZh: string; readonly code: string },
): string {
  const lines = say(view, { en: message, zh: messageZh }).split("\n");
  return page(
    view,
    { en: "That did not work", zh: "操作未成功" },
    html`${notice("bad", html`${lines.map((line) => html`<p>${line}</p>`)}<p class="muted">${code}</p>`)}
<p><a class="button" href="${linkTo(view, "")}">${say(view, { en: "Overview", zh: "总览" })}</a></p>`,
  );
}
