/**
 * The closed list of ways in which a cell becomes a value. There is no code in mapping files: what is not here cannot
 * be done there.
 *
 * A word that is in no list is never dropped in silence: it is told back as a remark, and kept where the record has a
 * place for it.
 *
 * @module
 */

import {
  checkUscc,
  isRegionCode,
  type Match,
  type MoneyUnit,
  matchIndustry,
  matchRegion,
  matchTerm,
  moneyUnitOf,
  parseDate,
  parseDateRange,
  parseMoney,
  parseNumber,
  parseOutcomes,
  parsePolicyNumber,
  parseQuarter,
  parseWebsite,
  parseYesNo,
  type SchemeName,
  splitList,
  tidy,
} from "@tributary/proto/vocabulary";
import type { Cell } from "../ports/source.ts";

/** Names of all transforms, as `as:` in a mapping file takes them. */
export const TRANSFORM_NAMES = [
  "text",
  "prose",
  "list",
  "names",
  "documents",
  "uscc",
  "region",
  "regions",
  "industry",
  "industries",
  "term",
  "terms",
  "pairs",
  "date",
  "first_date",
  "last_date",
  "quarter",
  "money",
  "cny",
  "number",
  "integer",
  "share",
  "yes_no",
  "outcomes",
  "policy_number",
  "case_providers",
  "url",
] as const;

export type TransformName = (typeof TRANSFORM_NAMES)[number];

/** What a transform is told beside the cell. */
export interface TransformOptions {
  readonly scheme: SchemeName | undefined;
  /** Of the mapping, or of the column's title. */
  readonly unit: MoneyUnit | undefined;
  readonly separator: string | undefined;
  /** Own words to codes or values; keys tidied. */
  readonly map: ReadonlyMap<string, string> | undefined;
}

/** Something about a cell that a person should know. */
export interface CellProblem {
  /** Stable name of the rule, for example date.unreadable. */
  readonly rule: string;
  readonly message: string;
  readonly messageZh: string;
  /** True where the row must not be published with it. */
  readonly isFatal?: true;
}

/** What became of a cell. */
export interface Transformed {
  /** The value of the field; undefined where the cell says nothing. */
  readonly value?: unknown;
  /** Values of further fields that the same cell fills. */
  readonly others?: Readonly<Record<string, unknown>>;
  /** Words that are in no list. */
  readonly unmapped?: readonly string[];
  readonly problems?: readonly CellProblem[];
}

/** @param cell Not null. */
export type Transform = (cell: NonNullable<Cell>, options: TransformOptions) => Transformed;

/** What people write where there is nothing. */
const NOTHING = /^(?:[-—–/\\]+|无|暂无|n\/?a|null|none)?$/i;

/** The text of a cell, without invisible characters; empty where the cell says nothing. */
export function textOf(cell: Cell): string {
  if (cell === null) return "";
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  if (typeof cell === "boolean") return cell ? "是" : "否";
  return String(cell)
    .normalize("NFC")
    .replaceAll(/[\u200b-\u200f\u2060\ufeff]/g, "")
    .trim();
}

/** True for a cell that says nothing. */
export function isNothing(cell: Cell): boolean {
  return cell === null || (typeof cell === "string" && NOTHING.test(textOf(cell)));
}

/** As written: full-width signs are Chinese typography, not mess. */
const text: Transform = (cell) => ({ value: textOf(cell).replaceAll(/\s+/g, " ") });

const prose: Transform = (cell) => ({
  value: textOf(cell)
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/\n{3,}/g, "\n\n"),
});

const list: Transform = (cell, { separator }) => ({ value: parts(cell, separator) });

const names: Transform = (cell, { separator }) => ({
  value: parts(cell, separator).map((name) => ({ name })),
});

const documents: Transform = (cell, { separator }) => ({
  value: parts(cell, separator).map((part) => ({
    docNo: parsePolicyNumber(part)?.normalised ?? part,
  })),
});

const uscc: Transform = (cell) => {
  if (typeof cell === "boolean" || cell instanceof Date)
    return unreadable("uscc", cell, "credit code", "统一社会信用代码");
  const { status, normalised, suggestion } = checkUscc(cell);
  const shown = textOf(cell);
  switch (status) {
    case "missing":
      return { others: { usccCheck: "missing" } };
    case "valid":
      return { value: normalised, others: { usccCheck: "valid" } };
    case "digits_lost":
      return {
        problems: [
          {
            rule: "uscc.digits_lost",
            message: `${shown} is what a spreadsheet leaves of an 18-digit code: digits are lost; format the column as text and enter the code again`,
            messageZh: `${shown} 是被表格软件转成数字后的信用代码，位数已丢失；请把该列设为文本格式并重新填写`,
            isFatal: true,
          },
        ],
      };
    case "invalid":
      return {
        value: normalised,
        others: { usccCheck: "invalid" },
        problems: [
          {
            rule: "uscc.check_digit",
            message: `the check digit of ${shown} does not hold; the record is published and marked`,
            messageZh: `信用代码 ${shown} 校验位不符；记录照常发布并加标记`,
          },
        ],
      };
    default:
      return {
        value: normalised,
        others: { usccCheck: status === "old_number" ? "malformed" : status },
        problems: [
          {
            rule: `uscc.${status}`,
            message: `${shown} is not a code of 18 characters${suggestion === undefined ? "" : `; probably ${suggestion}`}; the record is published and marked`,
            messageZh: `${shown} 不是 18 位统一社会信用代码${suggestion === undefined ? "" : `，可能是 ${suggestion}`}；记录照常发布并加标记`,
          },
        ],
      };
  }
};

const region: Transform = (cell, options) =>
  one(cell, options, (word) => (isRegionCode(word) ? { code: word } : matchRegion(word)));

const regions: Transform = (cell, options) => many(cell, options, matchRegion);

const industry: Transform = (cell, options) => one(cell, options, matchIndustry);

/** A word such as 装备制造 stands for several divisions: all of them are meant. */
const industries: Transform = (cell, options) =>
  many(cell, options, (word) => {
    const match = matchIndustry(word);
    return match && { code: match.code, codes: match.codes };
  });

const term: Transform = (cell, options) =>
  one(cell, options, (word) => matchTerm(schemeOf(options), word));

const terms: Transform = (cell, options) =>
  many(cell, options, (word) => matchTerm(schemeOf(options), word));

/** Packed values such as `Term - 4, Term - 5`: a service and its intensity, 1 to 5; the first of a service counts. */
const pairs: Transform = (cell, options) => {
  const services = new Map<string, { readonly service: string; readonly intensity?: number }>();
  for (const part of parts(cell, options.separator)) {
    const [, word = part, intensity] = /^(.*\S)\s*[-:：]\s*([1-5])$/.exec(part) ?? [];
    const service = codeOf(word, options, (w) => matchTerm(schemeOf(options), w)) ?? word;
    if (services.has(service)) continue;
    services.set(service, {
      service,
      ...(intensity !== undefined && { intensity: Number(intensity) }),
    });
  }
  return { value: [...services.values()] };
};

const date: Transform = (cell) => {
  if (typeof cell === "boolean" || typeof cell === "bigint")
    return unreadable("date", cell, "date", "日期");
  const parsed = parseDate(typeof cell === "string" ? textOf(cell) : cell);
  return parsed === undefined
    ? unreadable("date", cell, "date such as 2024-03-05", "日期（如 2024-03-05）")
    : { value: parsed.iso };
};

const firstDate: Transform = (cell) => rangeEnd(cell, "start");
const lastDate: Transform = (cell) => rangeEnd(cell, "end");

function rangeEnd(cell: NonNullable<Cell>, end: "start" | "end"): Transformed {
  if (typeof cell === "boolean" || typeof cell === "bigint")
    return unreadable("date", cell, "date", "日期");
  const range = parseDateRange(typeof cell === "string" ? textOf(cell) : cell);
  return range === undefined
    ? unreadable("date", cell, "date such as 2025-06-10", "日期（如 2025-06-10）")
    : { value: range[end].iso };
}

const quarter: Transform = (cell) => {
  if (typeof cell === "boolean" || typeof cell === "bigint")
    return unreadable("date", cell, "date", "日期");
  const parsed = parseQuarter(typeof cell === "string" ? textOf(cell) : cell);
  return parsed === undefined
    ? unreadable("date", cell, "date or quarter", "日期或季度")
    : { value: parsed };
};

const money: Transform = (cell, { unit }) => {
  const value = moneyOf(cell, unit);
  return value === undefined
    ? unreadable(
        "money",
        cell,
        "amount with its unit, such as 120 万元",
        "金额（须有单位，如 120 万元）",
      )
    : { value };
};

const cny: Transform = (cell, { unit }) => {
  const value = moneyOf(cell, unit ?? { factor: 1, currency: "CNY" });
  return value === undefined || value.currency !== "CNY"
    ? unreadable("money", cell, "amount in yuan", "人民币金额")
    : { value: value.amount };
};

function moneyOf(cell: NonNullable<Cell>, unit: MoneyUnit | undefined) {
  return typeof cell === "number" ? parseMoney(cell, unit) : parseMoney(textOf(cell), unit);
}

const number: Transform = (cell) => {
  const value = numberOf(cell);
  return value === undefined ? unreadable("number", cell, "number", "数字") : { value };
};

const integer: Transform = (cell) => {
  const value = numberOf(cell);
  return value === undefined || value < 0
    ? unreadable("number", cell, "whole number", "整数")
    : { value: Math.round(value) };
};

/** 30%, 0.3 and 30 are one share: 0.3. */
const share: Transform = (cell) => {
  const value = numberOf(cell);
  const part = value === undefined || value <= 1 ? value : value / 100;
  return part === undefined || part < 0 || part > 1
    ? unreadable("number", cell, "share from 0 to 100 %", "0 至 100% 的比例")
    : { value: part };
};

function numberOf(cell: NonNullable<Cell>): number | undefined {
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : undefined;
  return typeof cell === "boolean" || cell instanceof Date
    ? undefined
    : parseNumber(textOf(cell))?.value;
}

const yesNo: Transform = (cell) => {
  const value = typeof cell === "bigint" || cell instanceof Date ? undefined : parseYesNo(cell);
  return value === undefined ? unreadable("yes_no", cell, "yes or no", "是或否") : { value };
};

const outcomes: Transform = (cell) => {
  const { claims, unparsed } = parseOutcomes(textOf(cell));
  return { value: claims.map(outcomeClaim), unmapped: unparsed };
};

/** A claim of the vocabulary as the record has it. A claim never scores: it is what the source says. */
export function outcomeClaim(claim: ReturnType<typeof parseOutcomes>["claims"][number]): object {
  const { doubts, ...stated } = claim;
  return { ...stated, ...(doubts.length > 0 && { note: doubts.join(", ") }) };
}

const policyNumber: Transform = (cell) => {
  const written = tidy(textOf(cell));
  const parsed = parsePolicyNumber(written);
  return {
    ...(parsed !== undefined && { value: parsed.normalised }),
    others: { docNoAsWritten: written },
  };
};

/** The first one named leads, the others take part. */
const caseProviders: Transform = (cell, { separator }) => ({
  value: parts(cell, separator).map((name, index) => {
    const { status, normalised } = checkUscc(name);
    const role = index === 0 ? "lead" : "sub";
    return status === "valid" ? { uscc: normalised, role } : { name, role };
  }),
});

const url: Transform = (cell) => {
  const value = parseWebsite(textOf(cell));
  return value === undefined ? unreadable("url", cell, "web address", "网址") : { value };
};

const TRANSFORMS: Readonly<Record<TransformName, Transform>> = {
  text,
  prose,
  list,
  names,
  documents,
  uscc,
  region,
  regions,
  industry,
  industries,
  term,
  terms,
  pairs,
  date,
  first_date: firstDate,
  last_date: lastDate,
  quarter,
  money,
  cny,
  number,
  integer,
  share,
  yes_no: yesNo,
  outcomes,
  policy_number: policyNumber,
  case_providers: caseProviders,
  url,
};

export function transformOf(name: TransformName): Transform {
  return TRANSFORMS[name];
}

/** The unit that a mapping or a title states. */
export function unitOf(text: string | undefined): MoneyUnit | undefined {
  return text === undefined ? undefined : moneyUnitOf(text);
}

type Matcher = (
  word: string,
) => (Pick<Match, "code"> & { readonly codes?: readonly string[] }) | undefined;

function one(cell: NonNullable<Cell>, options: TransformOptions, match: Matcher): Transformed {
  const word = tidy(textOf(cell));
  const code = codeOf(word, options, match);
  return code === undefined ? { unmapped: [word] } : { value: code };
}

function many(cell: NonNullable<Cell>, options: TransformOptions, match: Matcher): Transformed {
  const codes = new Set<string>();
  const unmapped: string[] = [];
  for (const word of parts(cell, options.separator)) {
    const own = options.map?.get(word);
    const found = own === undefined ? match(word) : { code: own };
    if (found === undefined) unmapped.push(word);
    else for (const code of found.codes ?? [found.code]) codes.add(code);
  }
  return { ...(codes.size > 0 && { value: [...codes] }), unmapped };
}

function codeOf(word: string, { map }: TransformOptions, match: Matcher): string | undefined {
  return map?.get(word) ?? match(word)?.code;
}

function parts(cell: NonNullable<Cell>, separator: string | undefined): readonly string[] {
  return splitList(textOf(cell), separator).filter((part) => !NOTHING.test(part));
}

/** @throws {TypeError} for a field that was declared without its scheme; a mapping file cannot cause it. */
function schemeOf({ scheme }: TransformOptions): SchemeName {
  if (scheme === undefined) throw new TypeError("the transform needs a scheme");
  return scheme;
}

function unreadable(rule: string, cell: NonNullable<Cell>, en: string, zh: string): Transformed {
  const shown = textOf(cell).slice(0, 60);
  return {
    problems: [
      {
        rule: `${rule}.unreadable`,
        message: `${shown} cannot be read as a ${en}; the record is published without it`,
        messageZh: `“${shown}”无法识别为${zh}；记录照常发布，此项留空`,
      },
    ],
  };
}
