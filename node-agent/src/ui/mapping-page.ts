/**
 * The mapping editor: the columns of each table with sample cells, where each goes, what is suggested and what is wrong.
 *
 * @module
 */

import { AS_WRITTEN, type ColumnChoice, NEVER, type TableChoice } from "../mapping/edit-mapping.ts";
import { fieldNamesOf, fieldTypeOf, requiredFieldsOf } from "../mapping/fields.ts";
import { MAPPABLE_KINDS } from "../mapping/suggest/suggest.ts";
import type { MappableKind, TableSuggestion } from "../mapping/suggest/suggestion.ts";
import { fits, shapeOf, TRANSFORM_NAMES } from "../mapping/transforms.ts";
import type { DiscoveredColumn } from "../ports/source.ts";
import { type Html, html } from "./html.ts";
import { linkTo, notice, page, rowsText, say, shortened, sourceTabs, type View } from "./page.ts";

/** Something wrong with a choice. */
export interface TableTrouble {
  readonly table: string;
  /** Absent where it is the table or the file. */
  readonly column?: string;
  readonly message: string;
  readonly messageZh: string;
}

/** What is wrong with cells of a column, among the first rows. */
export interface ColumnTrouble extends TableTrouble {
  readonly column: string;
  /** How many rows have it. */
  readonly rows: number;
  /** The first of them. */
  readonly row: number;
}

/** A table of the source, or of the file alone. */
export interface EditedTable {
  readonly choice: TableChoice;
  readonly columns: readonly DiscoveredColumn[];
  readonly suggestion: TableSuggestion | undefined;
}

export interface Editor {
  readonly sourceIds: readonly string[];
  readonly sourceId: string;
  /** Where the form goes, below the root. */
  readonly action: string;
  /** Fields that come back with the form as they are. */
  readonly hidden: Readonly<Record<string, string>>;
  readonly tables: readonly EditedTable[];
  readonly troubles: readonly TableTrouble[];
  readonly found: readonly ColumnTrouble[];
  /** What came of the last button, in words. */
  readonly notices: readonly Html[];
  /** Whether the choices are not in the file. */
  readonly isUnsaved: boolean;
}

/** Columns of a table that are edited on the page; of a wider one the rest stands in the file. */
export const MAX_COLUMNS = 300;
const SAMPLES = 3;
const MAX_SAMPLE = 40;
const UNITS = ["元", "万元", "百万元", "亿元"] as const;

export function mappingPage(view: View, editor: Editor): string {
  const { sourceIds, sourceId, action, hidden, tables, troubles, found, notices } = editor;
  const t = (en: string, zh: string) => say(view, { en, zh });
  const isSound = troubles.length === 0 && found.length === 0;
  return page(
    view,
    { en: "Mapping", zh: "映射" },
    html`${sourceTabs(view, "map", sourceIds, sourceId)}
${notices}
${troubles.length > 0 && notice("bad", t("This cannot be saved yet:", "还不能保存："))}
${troubles.filter(({ column }) => column === undefined).map((one) => html`<p class="problem bad">✖ ${say(view, { en: one.message, zh: one.messageZh })}</p>`)}
${isSound && notice("good", t("Nothing is wrong with the first rows.", "前面的行没有发现问题。"))}
<form method="post" action="${view.root}${action}" class="stack" data-guard${editor.isUnsaved && html` data-unsaved`}>
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<h2>${sourceId}</h2>
${tables.map((table, index) => tableCard(view, editor, { table, index }))}
<p class="actions">
<button name="do" value="check">${t("Check", "检查")}</button>
<button class="first" name="do" value="save">${t("Save", "保存")}</button>
<button name="do" value="suggest">${t("Take all suggestions", "采用全部建议")}</button>
<a class="button" href="${linkTo(view, "map")}">${t("Another file", "其他文件")}</a>
</p>
</form>`,
  );
}

function tableCard(
  view: View,
  editor: Editor,
  { table, index }: { readonly table: EditedTable; readonly index: number },
): Html {
  const { choice, columns, suggestion } = table;
  const { kind } = choice;
  const t = (en: string, zh: string) => say(view, { en, zh });
  const name = choice.table === "" ? t("The table", "数据表") : choice.table;
  const titles = [...choice.columns.keys()].slice(0, MAX_COLUMNS);
  const missing = kind === "" ? [] : missingFields(kind, choice);
  return html`<section class="card" aria-labelledby="t${index}">
<input type="hidden" name="t${index}" value="${choice.table}">
<input type="hidden" name="t${index}.was" value="${kind}">
<h3 id="t${index}">${name}</h3>
<label><span class="label">${t("What its rows are; after a change: Check", "行的类别；更改后请点“检查”")}</span>
<select name="t${index}.kind"><option value="">${t("leave this table alone", "不映射此表")}</option>${MAPPABLE_KINDS.map((one) => html`<option value="${one}"${one === kind && html` selected`}>${one} ${say(view, KIND_NAMES[one])}</option>`)}</select></label>
${suggestion && html`<p class="note">${say(view, { en: suggestion.reason, zh: suggestion.reasonZh })}</p>`}
${missing.length > 0 && html`<p class="problem bad">✖ ${t(`needed, and not chosen yet: ${missing.join(", ")}`, `必填而尚未选择：${missing.join("、")}`)}</p>`}
${
  kind !== "" &&
  html`<table class="columns">
<thead><tr><th scope="col">${t("Column and samples", "列与示例")}</th><th scope="col">${t("Goes to", "去向")}</th><th scope="col">${t("Names the row", "行标识")}</th><th scope="col">${t("Suggested, and what is wrong", "建议与问题")}</th></tr></thead>
<tbody>${titles.map((title, at) => columnRow(view, editor, { table, title, name: `t${index}.${at}`, column: columns.find((one) => one.title === title) }))}</tbody>
</table>`
}
</section>`;
}

interface Row {
  readonly table: EditedTable;
  readonly title: string;
  /** What the names of its controls begin with. */
  readonly name: string;
  readonly column: DiscoveredColumn | undefined;
}

function columnRow(view: View, editor: Editor, { table, title, name, column }: Row): Html {
  const { choice, suggestion } = table;
  const own = choice.columns.get(title) as ColumnChoice;
  const t = (en: string, zh: string) => say(view, { en, zh });
  const isHere = (one: TableTrouble) => one.table === choice.table && one.column === title;
  const samples = column?.samples.slice(0, SAMPLES).map((text) => text.slice(0, MAX_SAMPLE));
  return html`<tr><th scope="row">${title} <small>${column?.address ?? ""}</small><input type="hidden" name="${name}" value="${title}">
<p class="samples">${samples === undefined ? html`<span class="problem bad">${t("is not in the source", "数据源中没有此列")}</span>` : shortened(view, samples.join(" | "))}</p></th>
<td><select name="${name}.to" aria-label="${t(`${title}: goes to`, `${title}：去向`)}">${targetOptions(view, choice.kind as MappableKind, own)}</select>${readOptions(view, choice.kind as MappableKind, own, { name, title })}</td>
<td><label class="check"><input type="checkbox" name="${name}.key"${own.isKey && html` checked`}><span class="visually-hidden">${t(`${title}: names the row`, `${title}：行标识`)}</span></label></td>
<td>${suggestionText(view, suggestion, title, own)}
${editor.troubles.filter(isHere).map((one) => html`<p class="problem bad">✖ ${say(view, { en: one.message, zh: one.messageZh })}</p>`)}
${editor.found.filter(isHere).map((one) => html`<p class="problem warn">! ${t(`${rowsText(one.rows)}, first row ${one.row}: ${one.message}`, `${one.rows} 行，首见第 ${one.row} 行：${one.messageZh}`)}</p>`)}</td></tr>`;
}

function targetOptions(view: View, kind: MappableKind, { target }: ColumnChoice): Html {
  const required = requiredFieldsOf(kind);
  const option = (value: string, text: string) =>
    html`<option value="${value}"${value === target && html` selected`}>${text}</option>`;
  return html`${option("", say(view, { en: "stays here", zh: "不外发" }))}${option(NEVER, say(view, { en: "must never leave", zh: "禁止外发" }))}${target === AS_WRITTEN && option(AS_WRITTEN, say(view, { en: "as the file says", zh: "按映射文件" }))}${fieldNamesOf(kind).map((field) => option(field, required.includes(field) ? `${field} *` : field))}`;
}

/** How the column is read, where its field can be read in several ways, and the unit of amounts. */
function readOptions(
  view: View,
  kind: MappableKind,
  { target, as, unit }: ColumnChoice,
  { name, title }: { readonly name: string; readonly title: string },
): Html | undefined {
  if (!fieldNamesOf(kind).includes(target)) return undefined;
  const usual = fieldTypeOf(kind, target).as;
  const ways = TRANSFORM_NAMES.filter((one) => fits(shapeOf(one), shapeOf(usual)));
  const read = html`<select name="${name}.as" aria-label="${say(view, { en: `${title}: read as`, zh: `${title}：读法` })}"><option value="">${say(view, { en: `usual: ${usual}`, zh: `默认：${usual}` })}</option>${ways.map((way) => html`<option value="${way}"${way === as && html` selected`}>${way}</option>`)}</select>`;
  if ((as ?? usual) !== "money") return ways.length > 1 || as !== undefined ? read : undefined;
  const units = [...new Set([...UNITS, ...(unit === undefined ? [] : [unit])])];
  return html`${read}<select name="${name}.unit" aria-label="${say(view, { en: `${title}: unit`, zh: `${title}：单位` })}"><option value="">${say(view, { en: "unit of the title", zh: "按列名单位" })}</option>${units.map((one) => html`<option value="${one}"${one === unit && html` selected`}>${one}</option>`)}</select>`;
}

function suggestionText(
  view: View,
  suggestion: TableSuggestion | undefined,
  title: string,
  { target }: ColumnChoice,
): Html | undefined {
  const secret = suggestion?.never.find(({ column }) => column === title);
  if (secret !== undefined) {
    return html`<p class="note">${target === NEVER ? "✓" : "→"} ${say(view, { en: `must never leave: ${secret.reason}`, zh: `禁止外发：${secret.reasonZh}` })}</p>`;
  }
  const field = suggestion?.fields.find(({ column }) => column === title);
  if (field === undefined) return undefined;
  const percent = Math.round(field.confidence * 100);
  return html`<p class="note">${field.field === target ? "✓" : "→"} <code>${field.field}</code> ${percent} %: ${say(view, { en: field.reason, zh: field.reasonZh })}</p>`;
}

/** Fields without which no row is a record. Columns that only the file describes may fill them. */
function missingFields(kind: MappableKind, { columns }: TableChoice): string[] {
  const targets = [...columns.values()].map(({ target }) => target);
  if (targets.includes(AS_WRITTEN)) return [];
  return requiredFieldsOf(kind).filter((field) => !targets.includes(field));
}

const KIND_NAMES: Readonly<Record<MappableKind, { readonly en: string; readonly zh: string }>> = {
  provider: { en: "", zh: "服务商" },
  case: { en: "", zh: "案例" },
  policy: { en: "", zh: "政策" },
  training: { en: "", zh: "培训" },
  event: { en: "", zh: "活动" },
  center: { en: "", zh: "中心" },
  demand: { en: "", zh: "需求" },
  voucher_programme: { en: "", zh: "转型券" },
  engagement: { en: "(no row leaves)", zh: "服务项目（逐行不外发）" },
};

/** Asks for the file or database to be mapped. */
export function newMappingPage(
  view: View,
  {
    sourceIds,
    files,
  }: { readonly sourceIds: readonly string[]; readonly files: readonly string[] },
): string {
  const t = (en: string, zh: string) => say(view, { en, zh });
  return page(
    view,
    { en: "Mapping", zh: "映射" },
    html`${sourceTabs(view, "map", sourceIds, undefined)}
<form class="card" method="get" action="${linkTo(view, "new")}">
<h2>${t("Map another file", "映射其他文件")}</h2>
<label><span class="label">${t("Path of the file, from the agent's folder: CSV, Excel, JSON or SQLite", "文件路径，相对于代理目录：CSV、Excel、JSON 或 SQLite")}</span>
<input type="text" name="path" required maxlength="1000" list="files" autocomplete="off"></label>
<datalist id="files">${files.map((file) => html`<option value="${file}">`)}</datalist>
<label><span class="label">${t("Name of the source: lower-case letters, digits, hyphens. Left empty: that of the file", "数据源名称：小写字母、数字、连字符；留空则按文件名")}</span>
<input type="text" name="name" maxlength="63" autocomplete="off"></label>
<p class="actions"><button class="first">${t("Show its columns", "查看各列")}</button></p>
</form>`,
  );
}
