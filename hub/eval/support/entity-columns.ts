/**
 * Which column of a table is which field: from a YAML file, or guessed from the titles.
 *
 * @module
 */

import { parse } from "yaml";
import {
  type EntityField,
  FIELD_TYPES,
  type FieldType,
} from "../../src/catalog/entities/record.ts";

/** What the columns of a table are. */
export interface ColumnPlan {
  readonly id: string;
  /** Says who a record is from; undefined if the table has no such column. */
  readonly source: string | undefined;
  /** Holds the true entity; never compared. */
  readonly cluster: string | undefined;
  readonly fields: readonly EntityField[];
}

type Role = FieldType | "id" | "source" | "cluster" | "ignore";

/** Titles by what they probably are; the first that fits. */
const TITLES: readonly (readonly [RegExp, Role])[] = [
  [/^(rec(ord)?_?id|unique_?id|id|uid|uuid|编号|序号|记录编号)$/i, "id"],
  [/^(true_?)?(cluster|entity|ent|group|match|gold|truth|label)(_?id)?$/i, "cluster"],
  [/^(source|source_?dataset|dataset|center|来源|中心)$/i, "source"],
  [/^(variant|kind|type|note|remark|comment|split|备注|变体)s?(_?type)?$/i, "ignore"],
  [/^(given|first|fore)[_ ]?name$|^名$/i, "given_name"],
  [/^(sur|last|family)[_ ]?name$|^姓$/i, "surname"],
  [/uscc|credit|soc_sec|ssn|tax_?id|信用代码|统一代码|机构代码|税号|注册号|^code$/i, "code"],
  [/e-?mail|邮箱|邮件/i, "email"],
  [/web|url|^site$|domain|homepage|网址|官网|网站|主页/i, "website"],
  [/phone|tel|mobile|电话|手机|联系方式/i, "phone"],
  [/^addr|address|street$|地址|住所/i, "address"],
  [/date|dob|birth|founded|成立|日期|时间/i, "date"],
  [/city|town$|region|province|城市|地区|地市|所在|^省|^市/i, "city"],
  [
    /name|company|organi[sz]ation|alias|provider|vendor|名称|简称|全称|曾用名|品牌|英文名/i,
    "company",
  ],
];

/** Other words for types of fields that people write into a mapping. */
const TYPE_WORDS: Readonly<Record<string, Role>> = {
  name: "company",
  names: "company",
  organisation: "company",
  organization: "company",
  alias: "company",
  aliases: "company",
  name_en: "company",
  first_name: "given_name",
  last_name: "surname",
  uscc: "code",
  credit_code: "code",
  tel: "phone",
  telephone: "phone",
  url: "website",
  web: "website",
  domain: "website",
  mail: "email",
  dob: "date",
  founded: "date",
  region: "city",
  like: "text",
  other: "text",
  unique_id: "id",
  center: "source",
  entity: "cluster",
};

/**
 * The plan for a table.
 *
 * @param yaml A mapping, either way round: `columns: { company_name: name }` or `name: company_name`; lists are allowed, and
 *   so is leaving out `columns:`. Columns that it does not name are left out. Without it the titles decide.
 */
export function planColumns(columns: readonly string[], yaml?: string): ColumnPlan {
  const roles = yaml === undefined ? guessedRoles(columns) : mappedRoles(columns, yaml);
  const first = (role: Role) => columns.find((column) => roles.get(column) === role);
  const id = first("id") ?? columns.find((column) => guessRole(column) === "id") ?? columns[0];
  if (id === undefined) throw new Error("the table has no columns");
  const fields = columns.flatMap((name): EntityField[] => {
    const role = roles.get(name);
    return name !== id && isFieldType(role) ? [{ name, type: role }] : [];
  });
  return { id, source: first("source"), cluster: first("cluster"), fields };
}

function isFieldType(role: Role | undefined): role is FieldType {
  return (FIELD_TYPES as readonly (Role | undefined)[]).includes(role);
}

function guessRole(column: string): Role | undefined {
  return TITLES.find(([title]) => title.test(column))?.[1];
}

/** What nobody knows is a text where people are listed, and nothing where companies are. */
function guessedRoles(columns: readonly string[]): Map<string, Role> {
  const roles = new Map(columns.map((column) => [column, guessRole(column)]));
  const rest: Role = [...roles.values()].includes("company") ? "ignore" : "text";
  return new Map([...roles].map(([column, role]) => [column, role ?? rest]));
}

/** @throws {Error} if the mapping names no column with something to compare. */
function mappedRoles(columns: readonly string[], yaml: string): Map<string, Role> {
  const roles = new Map<string, Role>();
  for (const [key, word] of wordPairs(parse(yaml))) {
    for (const [column, role] of [
      [key, word],
      [word, key],
    ] as const) {
      const meant = columns.includes(column) ? roleOf(role, column) : undefined;
      if (meant !== undefined) roles.set(column, meant);
    }
  }
  if (![...roles.values()].some(isFieldType)) {
    throw new Error(`the mapping names none of the columns ${columns.join(", ")}`);
  }
  return roles;
}

/** All pairs of a key and a word, however deep; of lists each word, of `{ column: x, type: y }` x and y. */
function* wordPairs(value: unknown, key = ""): Generator<readonly [string, string]> {
  if (typeof value === "string") yield [key, value];
  else if (Array.isArray(value)) for (const item of value) yield* wordPairs(item, key);
  else if (isObject(value)) {
    const { column, type } = value;
    if (typeof column === "string") yield [column, typeof type === "string" ? type : key];
    for (const [name, inner] of Object.entries(value)) yield* wordPairs(inner, name);
  }
}

/** A name is that of a company, unless the column's title says that it is a person's. */
function roleOf(word: string, column: string): Role | undefined {
  const plain = word.trim().toLowerCase();
  const guessed = guessRole(column);
  if (plain === "name" && (guessed === "given_name" || guessed === "surname")) return guessed;
  const isRole =
    isFieldType(plain as Role) || ["id", "source", "cluster", "ignore"].includes(plain);
  return isRole ? (plain as Role) : TYPE_WORDS[plain];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
