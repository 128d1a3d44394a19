/**
 * The query language: what a person types into one box.
 *
 * - `预测性维护 MES` finds both, anywhere; scripts may touch (`MES系统`);
 * - `"设备 健康"` (also with “”, 「」, 『』) finds the words one after the other;
 * - `-公司`, `-"有限公司"` exclude;
 * - `title:预测` (标题:, 标签:, 摘要:, 正文:) looks in one text field;
 * - `kind:case`, `region:340000,350000` keep documents by facet code, `-kind:case` drops them.
 *
 * Whatever is not one of these is text: a stray quote or an unknown name before a colon is never an error, because people
 * paste. Limits are errors, since they protect the hub.
 *
 * @module
 */

import { FACET_FIELDS, MAX_QUERY_LENGTH, TributaryError } from "@tributary/proto/base";
import type { TextField } from "../../ports/search-index.ts";

/** Most phrases, exclusions and field clauses of a query. */
export const MAX_CLAUSES = 32;

/** Words to find; with `isPhrase` one after the other. */
export interface TextClause {
  readonly type: "text";
  readonly text: string;
  readonly field: TextField | undefined;
  readonly isPhrase: boolean;
  readonly isExcluded: boolean;
}

/** Codes of a facet, any of which will do. */
export interface FacetClause {
  readonly type: "facet";
  readonly field: string;
  readonly values: readonly string[];
  readonly isExcluded: boolean;
}

export type Clause = TextClause | FacetClause;

/**
 * Parses a query as typed.
 *
 * @throws {TributaryError} `ERR_QUERY_INVALID` if it is too long or has too many clauses.
 */
export function parseQuery(text: string): Clause[] {
  if (text.length > MAX_QUERY_LENGTH) {
    throw new TributaryError(
      "ERR_QUERY_INVALID",
      `a query has at most ${MAX_QUERY_LENGTH} characters, this one has ${text.length}; shorten it`,
      { messageZh: `查询最多 ${MAX_QUERY_LENGTH} 个字符，现有 ${text.length} 个，请缩短。` },
    );
  }
  const clauses: Clause[] = [];
  for (const { clause: item } of items(text)) {
    const before = clauses.at(-1);
    if (isPlain(item) && before !== undefined && isPlain(before)) {
      clauses[clauses.length - 1] = { ...before, text: `${before.text} ${item.text}` };
    } else clauses.push(item);
  }
  const special = clauses.filter((clause) => !isPlain(clause)).length;
  if (special > MAX_CLAUSES) {
    throw new TributaryError(
      "ERR_QUERY_INVALID",
      `a query has at most ${MAX_CLAUSES} phrases, exclusions and field clauses, this one has ${special}`,
      { messageZh: `查询最多 ${MAX_CLAUSES} 个短语、排除词和字段条件，现有 ${special} 个。` },
    );
  }
  return clauses;
}

/** The query with other codes of its facets, for codes that became others; what it says else stays as typed. */
export function withFacetCodes(
  text: string,
  read: (field: string, code: string) => string,
): string {
  let changed = "";
  let end = 0;
  for (const { clause, at, end: next } of items(text)) {
    if (clause.type !== "facet") continue;
    const codes = clause.values.map((code) => read(clause.field, code));
    if (codes.every((code, i) => code === clause.values[i]) || !codes.every(isBare)) continue;
    changed += text.slice(end, at) + codes.join(",");
    end = next;
  }
  return changed + text.slice(end);
}

/** True for a code that is read back as it is without quotes. */
function isBare(code: string): boolean {
  return /^[\w.-]+$/.test(code);
}

function isPlain(clause: Clause): clause is TextClause {
  return (
    clause.type === "text" && !clause.isPhrase && !clause.isExcluded && clause.field === undefined
  );
}

const QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  "“": "”",
  "”": "”",
  "„": "”",
  "「": "」",
  "『": "』",
  "＂": "＂",
};
const FACETS: ReadonlySet<string> = new Set(FACET_FIELDS);
const MINUS = new Set(["-", "－", "−"]);
const SPACE = /\s/u;
/** A name before a colon; names are checked against the known ones. */
const NAME = /^([\p{L}_]{1,16})[:：](?=\S)/u;
const TEXT_FIELD_NAMES: Readonly<Record<string, TextField>> = {
  title: "title",
  tags: "tags",
  summary: "summary",
  body: "body",
  标题: "title",
  标签: "tags",
  摘要: "summary",
  正文: "body",
};

/** A clause, and where its value stands, quotes included. */
interface Item {
  readonly clause: Clause;
  readonly at: number;
  readonly end: number;
}

function* items(text: string): Generator<Item> {
  for (let at = 0; at < text.length; ) {
    if (SPACE.test(text[at] as string)) {
      at += 1;
      continue;
    }
    const isExcluded = MINUS.has(text[at] as string) && /\S/u.test(text[at + 1] ?? " ");
    if (isExcluded) at += 1;
    const name = NAME.exec(text.slice(at, at + 20))?.[1]?.toLowerCase() ?? "";
    const field = Object.hasOwn(TEXT_FIELD_NAMES, name) ? TEXT_FIELD_NAMES[name] : undefined;
    const isFacet = FACETS.has(name);
    if (field !== undefined || isFacet) at += name.length + 1;
    const value = readValue(text, at);
    const place = { at, end: value.end };
    at = value.end;
    if (isFacet) {
      const values = value.text.split(/[,，]/u).filter((code) => code !== "");
      const clause = { type: "facet", field: name, values, isExcluded } as const;
      if (values.length > 0) yield { clause, ...place };
    } else if (value.text !== "") {
      const { text, isQuoted: isPhrase } = value;
      yield { clause: { type: "text", text, field, isPhrase, isExcluded }, ...place };
    }
  }
}

/** A quoted text, or the characters up to a space or an opening quote. */
function readValue(text: string, at: number) {
  const closing = QUOTES[text[at] ?? ""];
  if (closing !== undefined) {
    const end = text.indexOf(closing, at + 1);
    if (end !== -1) return { text: text.slice(at + 1, end), end: end + 1, isQuoted: true };
    return { text: "", end: at + 1, isQuoted: false };
  }
  let end = at;
  while (end < text.length && !SPACE.test(text[end] as string)) {
    const quote = QUOTES[text[end] as string];
    if (end > at && quote !== undefined && text.indexOf(quote, end + 1) !== -1) break;
    end += 1;
  }
  return { text: text.slice(at, end), end, isQuoted: false };
}
