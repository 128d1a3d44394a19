/**
 * Suggests a mapping for tables that nobody has mapped: from the values of their columns as well as from the titles,
 * with a confidence and a reason for each field.
 *
 * A suggestion is a start for a person, never a decision: it is written with its reasons and read by somebody.
 *
 * @module
 */

import { fold, ignoredTitles, matchTerm, moneyUnitOf } from "@tributary/proto/vocabulary";
import type { DiscoveredColumn, DiscoveredTable } from "../ports/source.ts";
import { titleParts } from "../sources/title.ts";
import {
  type ColumnEvidence,
  evidenceOf,
  percent,
  privateFinding,
  type ValueTest,
} from "./column-evidence.ts";
import { type FieldType, fieldNamesOf, fieldTypeOf } from "./fields.ts";
import type { TableMapping } from "./mapping-spec.ts";
import { titleScore } from "./title-score.ts";

/** Kinds of record that a table can be mapped to. */
export type MappableKind = TableMapping["kind"];

/** A field and the column that it probably comes from. */
export interface FieldSuggestion {
  readonly field: string;
  readonly column: string;
  /** Further titles for it, in files that do not have `column`: one that was renamed. */
  readonly alternatives?: readonly string[];
  /** Unit of amounts that the title does not have, but other values of the column. */
  readonly unit?: string;
  /** True where some file has no column for it. */
  readonly isOptional?: true;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reason: string;
  readonly reasonZh: string;
}

/** A column that must not leave, with why. */
export interface PrivateSuggestion {
  readonly column: string;
  readonly reason: string;
  readonly reasonZh: string;
}

/** What a table probably is. */
export interface TableSuggestion {
  readonly table: string;
  readonly kind: MappableKind;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reason: string;
  readonly reasonZh: string;
  /** Columns that name a row; empty if none does. */
  readonly key: readonly string[];
  /** Columns whose equal values in rows that follow each other make them one record. */
  readonly group?: readonly string[];
  /** Columns of effects, one a row of the group. */
  readonly indicators?: IndicatorColumns;
  /** Best first in the order of the record's fields. */
  readonly fields: readonly FieldSuggestion[];
  readonly never: readonly PrivateSuggestion[];
  /** Titles of columns that nothing was found for. */
  readonly unmapped: readonly string[];
}

/** Columns that together state effects. */
export type IndicatorColumns = NonNullable<TableMapping["indicators"]>;

/** A table that is left alone, with why. */
export interface LeftTable {
  readonly table: string;
  readonly reason: string;
  readonly reasonZh: string;
}

/** Suggestions for all tables of a source. */
export interface Suggestions {
  readonly tables: readonly TableSuggestion[];
  readonly left: readonly LeftTable[];
}

/** Fields below this confidence are not suggested. */
const MIN_CONFIDENCE = 0.45;
const MIN_KIND_SCORE = 1.2;

const KINDS: readonly MappableKind[] = [
  "provider",
  "case",
  "policy",
  "training",
  "event",
  "center",
  "demand",
  "voucher_programme",
  "engagement",
];

/**
 * Suggests a mapping for each table that looks like one of the kinds. Deterministic.
 *
 * @param path Path of the source; a table without a name may be named by its file.
 */
export function suggestMapping(tables: readonly DiscoveredTable[], path = ""): Suggestions {
  const found: TableSuggestion[] = [];
  const left: LeftTable[] = [];
  for (const table of onePerName(tables)) {
    const suggestion = suggestTable(table, path);
    if ("kind" in suggestion) found.push(suggestion);
    else left.push(suggestion);
  }
  return { tables: found, left };
}

/** A table of all its files. */
interface WholeTable extends DiscoveredTable {
  /** Titles of each file. */
  readonly titlesByFile: readonly ReadonlySet<string>[];
}

/** Sheets of one name in several files are one table; titles and samples of all of them count. */
function onePerName(tables: readonly DiscoveredTable[]): readonly WholeTable[] {
  const byName = new Map<string, WholeTable>();
  for (const table of tables) {
    const titlesByFile = [new Set(table.columns.map(({ title }) => title))];
    const known = byName.get(table.table);
    byName.set(
      table.table,
      known === undefined ? { ...table, titlesByFile } : merged(known, table, titlesByFile),
    );
  }
  return [...byName.values()];
}

function merged(
  a: WholeTable,
  b: DiscoveredTable,
  titlesByFile: WholeTable["titlesByFile"],
): WholeTable {
  const columns = new Map(a.columns.map((column) => [column.title, column]));
  for (const column of b.columns) {
    const known = columns.get(column.title);
    const samples = [...(known?.samples ?? []), ...column.samples];
    columns.set(column.title, { ...(known ?? column), samples });
  }
  return {
    ...a,
    rowCount: a.rowCount + b.rowCount,
    columns: [...columns.values()],
    titlesByFile: [...a.titlesByFile, ...titlesByFile],
  };
}

interface Column {
  readonly title: string;
  readonly evidence: ColumnEvidence;
}

function suggestTable(table: WholeTable, path: string): TableSuggestion | LeftTable {
  const leave = (reason: string, reasonZh: string): LeftTable => ({
    table: table.table,
    reason,
    reasonZh,
  });
  if (table.notes.some((note) => note.startsWith("hidden sheet"))) {
    return leave("the sheet is hidden", "工作表被隐藏");
  }
  if (table.rowCount === 0) return leave("it has no rows", "没有数据行");
  const columns = table.columns.map((column) => ({
    title: column.title,
    evidence: evidenceOf(column),
  }));
  const never = columns.flatMap(({ title, evidence }) => {
    const finding = privateFinding(title, evidence);
    return finding === undefined
      ? []
      : [{ column: title, reason: finding.reason, reasonZh: finding.reasonZh }];
  });
  const open = columns.filter(
    ({ title }) => !never.some(({ column }) => column === title) && !isIgnored(title),
  );
  const ranked = KINDS.map((kind) => ({ kind, ...fit(kind, open, table.table || path) }));
  ranked.sort((a, b) => b.score - a.score);
  const [best, second] = ranked;
  if (best === undefined || best.score < MIN_KIND_SCORE) {
    return never.length > 0
      ? leave(
          "it holds personal data and nothing that could be published",
          "含个人信息，没有可发布的内容",
        )
      : leave("its columns are none of a record", "没有可识别的字段");
  }
  const indicators =
    best.kind === "case" || best.kind === "engagement" ? indicatorsOf(open) : undefined;
  const taken = new Set([...best.fields.map(({ column }) => column), ...titlesIn(indicators)]);
  const fields = best.fields.map((field) =>
    withAlternatives(best.kind, field, { table, open, taken }),
  );
  const { key, group } = keyOf(best.kind, { columns: open, fields, table });
  return {
    table: table.table,
    kind: best.kind,
    confidence: round(Math.min(0.98, 0.5 + (best.score - (second?.score ?? 0)) / 4)),
    reason: best.reason,
    reasonZh: best.reasonZh,
    key,
    ...(group !== undefined && { group }),
    fields,
    ...(indicators !== undefined && { indicators }),
    never,
    unmapped: open.map(({ title }) => title).filter((title) => !taken.has(title)),
  };
}

/** Adds titles that mean the same field in files that do not have the chosen one. Marks them as taken. */
function withAlternatives(
  kind: MappableKind,
  field: FieldSuggestion,
  {
    table,
    open,
    taken,
  }: { readonly table: WholeTable; readonly open: readonly Column[]; readonly taken: Set<string> },
): FieldSuggestion {
  const elsewhere = table.titlesByFile.filter((titles) => !titles.has(field.column));
  const alternatives = open.flatMap((column) => {
    const isElsewhere =
      elsewhere.some((titles) => titles.has(column.title)) &&
      table.titlesByFile.every((titles) => !(titles.has(column.title) && titles.has(field.column)));
    if (!isElsewhere || taken.has(column.title)) return [];
    return judge(kind, field.field, column) === undefined ? [] : [column.title];
  });
  for (const title of alternatives) taken.add(title);
  const isEverywhere = elsewhere.every((titles) => alternatives.some((one) => titles.has(one)));
  const isMoney = fieldTypeOf(kind, field.field).as === "money";
  const unit = isMoney ? commonUnitOf(columnOf(table, field.column)) : undefined;
  return {
    ...field,
    ...(alternatives.length > 0 && { alternatives }),
    ...(unit !== undefined && { unit }),
    ...(!isEverywhere && { isOptional: true }),
  };
}

/** Share of the amounts with a unit that have to agree on it, for it to be that of amounts without. */
const COMMON_UNIT = 0.8;
const UNITS: ReadonlyMap<number, string> = new Map([
  [1, "元"],
  [10_000, "万元"],
  [100_000_000, "亿元"],
]);

/** The unit of CNY that values of a column state, where its title does not and other values do not. */
function commonUnitOf(column: DiscoveredColumn | undefined): string | undefined {
  if (column === undefined || moneyUnitOf(column.title) !== undefined) return undefined;
  const units = column.samples.map((text) => moneyUnitOf(text));
  const stated = units.filter((unit) => unit !== undefined);
  if (stated.length === 0 || stated.length === units.length) return undefined;
  for (const [factor, name] of UNITS) {
    const same = stated.filter((unit) => unit.currency === "CNY" && unit.factor === factor);
    if (same.length >= stated.length * COMMON_UNIT) return name;
  }
  return undefined;
}

const INDICATOR_TITLES = {
  name: /^(?:指标|指标名称|成效指标|indicator|kpi)$/,
  before: /^(?:改造前|实施前|原值|before|beforevalue)$/,
  after: /^(?:改造后|实施后|现值|after|aftervalue)$/,
  change: /^(?:变化|变化值|提升幅度|改善幅度|change|changevalue)$/,
  unit: /^(?:单位|计量单位|unit)$/,
  method: /^(?:核验方式|测量方式|数据来源|method|measuredby)$/,
} as const satisfies Partial<Record<keyof IndicatorColumns, RegExp>>;
/** Share of names that the registry knows: centers have many of their own. */
const KNOWN_INDICATORS = 0.25;

function titlesIn(indicators: IndicatorColumns | undefined): readonly string[] {
  return Object.values(indicators ?? {}).flatMap((titles) => titles ?? []);
}

/** Columns that together state effects: a name that is one of the registry's, and levels or a change. */
function indicatorsOf(columns: readonly Column[]): IndicatorColumns | undefined {
  const of = (part: keyof typeof INDICATOR_TITLES): Column | undefined =>
    columns.find(({ title }) => INDICATOR_TITLES[part].test(fold(titleParts(title).at(-1) ?? "")));
  const name = of("name");
  const [before, after, change] = [of("before"), of("after"), of("change")];
  const [unit, method] = [of("unit"), of("method")];
  const hasFigures = (before !== undefined && after !== undefined) || change !== undefined;
  if (name === undefined || !hasFigures || name.evidence.shareOfTerms("kpi") < KNOWN_INDICATORS)
    return undefined;
  return {
    name: name.title,
    ...(before !== undefined && { before: before.title }),
    ...(after !== undefined && { after: after.title }),
    ...(change !== undefined && { change: change.title }),
    ...(unit !== undefined && { unit: unit.title }),
    ...(method !== undefined && { method: method.title }),
  };
}

interface Fit {
  readonly score: number;
  readonly fields: readonly FieldSuggestion[];
  readonly reason: string;
  readonly reasonZh: string;
}

/** How well the columns fit a kind: the sum of what its fields are sure of, those that it needs twice. */
function fit(kind: MappableKind, columns: readonly Column[], tableName: string): Fit {
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
function judge(
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

interface ValueScore {
  readonly share: number;
  /** Whether such values say what they are without a title: a credit code does, a number does not. */
  readonly isTelling: boolean;
  readonly en: string;
  readonly zh: string;
}

const BY_TRANSFORM: Partial<
  Readonly<
    Record<FieldType["as"], readonly [ValueTest, isTelling: boolean, en: string, zh: string]>
  >
> = {
  region: ["region", false, "name a region", "是地区名称"],
  regions: ["regions", false, "name regions", "是地区名称"],
  industry: ["industry", false, "name an industry", "是行业名称"],
  industries: ["industry", false, "name industries", "是行业名称"],
  date: ["date", false, "are dates", "是日期"],
  first_date: ["period", false, "are dates", "是日期"],
  last_date: ["period", false, "are dates", "是日期"],
  quarter: ["date", false, "are dates", "是日期"],
  integer: ["integer", false, "are whole numbers", "是整数"],
  number: ["number", false, "are numbers", "是数字"],
  url: ["url", false, "are web addresses", "是网址"],
  policy_number: ["policyNumber", true, "are numbers of documents", "是文号"],
  outcomes: ["outcome", true, "state an effect with a figure", "写有可量化成效"],
  prose: ["prose", false, "are running text", "是成段文字"],
};

function valueScore(
  type: FieldType,
  field: string,
  evidence: ColumnEvidence,
): ValueScore | undefined {
  if (evidence.count === 0) return undefined;
  if (type.as === "uscc") return usccScore(evidence);
  if (type.as === "usccs") return { ...usccScore(evidence), isTelling: false };
  if (type.scheme !== undefined) {
    const share = evidence.shareOfTerms(type.scheme);
    return {
      share,
      isTelling: false,
      en: `are words of the list ${type.scheme}`,
      zh: `是“${type.scheme}”词表中的词`,
    };
  }
  if (NAMES_OF_THINGS.includes(field) && evidence.share("number") > 0.5) {
    return { share: 0, isTelling: false, en: "are words", zh: "是文字" };
  }
  if (field === "name") {
    const share = evidence.share("organisation");
    // A list of short names is one of names all the same.
    return share < 0.2
      ? undefined
      : { share, isTelling: false, en: "are names of organisations", zh: "是机构名称" };
  }
  if (type.as === "money") {
    const share = Math.max(evidence.share("money"), evidence.share("number"));
    return { share, isTelling: false, en: "are amounts", zh: "是金额" };
  }
  const test = BY_TRANSFORM[type.as];
  if (test === undefined) return undefined;
  const [name, isTelling, en, zh] = test;
  const share = evidence.share(name);
  // Short texts are texts all the same.
  if (type.as === "prose" && share < 0.2) return undefined;
  return { share, isTelling, en, zh };
}

/** Fields that numbers, such as keys of another table, do not fill. */
const NAMES_OF_THINGS: readonly string[] = ["name", "title", "providers", "operatorName"];

function usccScore(evidence: ColumnEvidence): ValueScore {
  const valid = evidence.share("uscc");
  return valid > 0
    ? {
        share: valid,
        isTelling: true,
        en: "pass the check digit of a credit code",
        zh: "通过统一社会信用代码校验",
      }
    : {
        share: evidence.share("usccShape"),
        isTelling: false,
        en: "have the form of a credit code",
        zh: "符合信用代码的形式",
      };
}

function isIgnored(title: string): boolean {
  const folded = fold(title);
  return ignoredTitles().some((known) => fold(known) === folded);
}

interface Key {
  readonly key: readonly string[];
  readonly group?: readonly string[];
}

/**
 * A column of identifiers if there is one, else the name or title. A name that repeats gets further columns if these
 * make it unique; if only rows that follow each other repeat it, they are one record in several rows; if nothing helps,
 * repeated rows are duplicates, which are reported.
 */
function keyOf(
  kind: MappableKind,
  {
    columns,
    fields,
    table,
  }: {
    readonly columns: readonly Column[];
    readonly fields: readonly FieldSuggestion[];
    readonly table: DiscoveredTable;
  },
): Key {
  const id = columns.find(
    ({ title, evidence }) =>
      ID_TITLE.test(title) && evidence.distinct === 1 && evidence.emptyShare === 0,
  );
  if (id !== undefined) return { key: [id.title] };
  const titlesFor = (field: string): readonly string[] => {
    const found = fields.find((one) => one.field === field);
    return found === undefined ? [] : [found.column, ...(found.alternatives ?? [])];
  };
  const names = titlesFor("name").length > 0 ? titlesFor("name") : titlesFor("title");
  const [name] = names;
  if (name === undefined) return { key: [] };
  const isUnique = (titles: readonly string[]) =>
    uniqueAmong(titles.map((title) => columnOf(table, title)));
  if (isUnique([name])) return { key: names };
  const key = [...names];
  for (const field of KEY_FIELDS[kind]) {
    key.push(...titlesFor(field));
    if (isUnique([name, ...key.slice(names.length)])) return { key };
  }
  const isInRuns = repeatsInRuns(columnOf(table, name)?.samples ?? []);
  return isInRuns ? { key: names, group: names } : { key: names };
}

/** Share of names that may come again further down, as duplicates do, in a list whose repeats stand together. */
const STRAY_REPEATS = 0.05;

/** Whether equal values stand together, all but a few. */
function repeatsInRuns(samples: readonly string[]): boolean {
  const runs = samples.filter((value, index) => value !== samples[index - 1]);
  const stray = runs.length - new Set(runs).size;
  return runs.length < samples.length && stray <= runs.length * STRAY_REPEATS;
}

const ID_TITLE = /编号$|代号$|(?:^|[_\s])id$|^id$|\bcode$/i;

/** What tells two things of one name apart. */
const KEY_FIELDS: Readonly<Record<MappableKind, readonly string[]>> = {
  provider: ["region"],
  case: ["started", "client.region"],
  policy: ["docNo", "issuedOn"],
  training: ["startsOn"],
  event: ["heldOn"],
  center: ["region"],
  demand: ["publishedOn"],
  voucher_programme: ["region"],
  engagement: ["finished", "providerUscc"],
};

function columnOf(table: DiscoveredTable, title: string): DiscoveredColumn | undefined {
  return table.columns.find((column) => column.title === title);
}

/**
 * Whether the samples differ. False for several columns of which one has gaps, since then samples of one place do not
 * stand in one row.
 */
function uniqueAmong(columns: readonly (DiscoveredColumn | undefined)[]): boolean {
  const usable = columns.filter((column) => column !== undefined);
  if (usable.length > 1 && usable.some(({ emptyShare }) => emptyShare > 0)) return false;
  const rows = Math.min(...usable.map(({ samples }) => samples.length));
  const names = Array.from({ length: rows }, (_, row) =>
    JSON.stringify(usable.map(({ samples }) => samples[row])),
  );
  return new Set(names).size === names.length;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
