/**
 * The closed list of ways in which a cell becomes a value. There is no code in mapping files: what is not here cannot
 * be done there.
 *
 * @module
 */

import {
  checkUscc,
  type MoneyUnit,
  matchIndustry,
  matchRegion,
  moneyUnitOf,
  type ParsedOutcome,
  parseDate,
  parseDateRange,
  parseMoney,
  parseNumber,
  parseOutcomes,
  parsePolicyNumber,
  parseQuarter,
  parseWebsite,
  parseYesNo,
  tidy,
} from "@tributary/proto/vocabulary";
import type { Cell } from "../ports/source.ts";
import { partsOf, textOf } from "./cell.ts";
import { digitsLost, doubtfulCode, tooLong, unreadable } from "./cell-problem.ts";
import { manyCodes, oneCode, retired, servicePairs, termMatcher } from "./terms.ts";
import type { Transform, Transformed, TransformOptions } from "./transform.ts";

/** Longest text and longest running text of a record; see the bodies of `@tributary/proto`. */
const MAX_TEXT = 500;
const MAX_PROSE = 20_000;

/** As written: full-width signs are Chinese typography, not mess. */
const text: Transform = (cell) => bounded(textOf(cell).replaceAll(/\s+/g, " "), MAX_TEXT);

const prose: Transform = (cell) =>
  bounded(
    textOf(cell)
      .replaceAll(/\r\n?/g, "\n")
      .replaceAll(/\n{3,}/g, "\n\n"),
    MAX_PROSE,
  );

function bounded(value: string, most: number): Transformed {
  return value.length <= most ? { value } : { problems: [tooLong(value.length, most)] };
}

const list: Transform = (cell, options) => itemsOf(cell, options, (part) => part);

const names: Transform = (cell, options) => itemsOf(cell, options, (name) => ({ name }));

const documents: Transform = (cell, options) =>
  itemsOf(cell, options, (part) => ({ docNo: parsePolicyNumber(part)?.normalised ?? part }));

/** Providers of a case, by name, by credit code, or by both as in 某某公司 91360102DEM0000308; the first one leads. */
const caseProviders: Transform = (cell, options) => {
  let role = "lead";
  return itemsOf(cell, options, (part) => {
    const [, before = "", last = part] = /^(.*?)[\s（(]*([0-9A-Za-z]{18})[)）]?$/.exec(part) ?? [];
    const { status, normalised } = checkUscc(last);
    const name = status === "valid" ? before.trim() : part;
    const provider = {
      ...(status === "valid" && { uscc: normalised }),
      ...(name !== "" && { name }),
      role,
    };
    role = "sub";
    return provider;
  });
};

/** Nothing for a cell without values, so that no empty list stands in the record. */
function itemsOf(
  cell: Cell,
  { separator }: TransformOptions,
  toItem: (part: string) => unknown,
): Transformed {
  const parts = partsOf(cell, separator);
  const long = parts.find((part) => part.length > MAX_TEXT);
  if (long !== undefined) return { problems: [tooLong(long.length, MAX_TEXT)] };
  return parts.length === 0 ? {} : { value: parts.map(toItem) };
}

const uscc: Transform = (cell) => {
  if (typeof cell === "boolean" || cell instanceof Date) {
    return {
      also: "missing",
      problems: [unreadable("uscc", cell, "credit code", "统一社会信用代码")],
    };
  }
  const { status, normalised, suggestion } = checkUscc(cell);
  const shown = textOf(cell);
  switch (status) {
    case "missing":
      return { also: status };
    case "valid":
      return { value: normalised, also: status };
    case "digits_lost":
      return { problems: [digitsLost(shown)] };
    case "invalid":
      return {
        value: normalised,
        also: status,
        problems: [doubtfulCode("check_digit", shown, suggestion)],
      };
    default: {
      const problems = [doubtfulCode(status, shown, suggestion)];
      // 办理中 is no code at all.
      return /^[0-9A-Z]{8,20}$/.test(normalised)
        ? { value: normalised, also: "malformed", problems }
        : { also: "missing", problems };
    }
  }
};

/** Credit codes that stand beside names; one that is none keeps its place, empty. */
const usccs: Transform = (cell, { separator }) => {
  const checks = partsOf(cell, separator).map(checkUscc);
  const lost = checks.find(({ status }) => status === "digits_lost");
  if (lost !== undefined) return { problems: [digitsLost(lost.normalised)] };
  return {
    value: checks.map(({ status, normalised }) => (status === "valid" ? normalised : undefined)),
  };
};

const region: Transform = (cell, options) => oneCode(cell, options, matchRegion);
const regions: Transform = (cell, options) => manyCodes(cell, options, matchRegion);
const industry: Transform = (cell, options) => oneCode(cell, options, matchIndustry);
const industries: Transform = (cell, options) => manyCodes(cell, options, matchIndustry);

const term: Transform = (cell, options) => oneCode(cell, options, termMatcher(options));
const terms: Transform = (cell, options) => manyCodes(cell, options, termMatcher(options));

type DateCell = string | number | Date;

function dated(
  cell: NonNullable<Cell>,
  parse: (cell: DateCell) => string | undefined,
  [en, zh]: readonly [string, string],
): Transformed {
  const isOther = typeof cell === "boolean" || typeof cell === "bigint";
  const value = isOther ? undefined : parse(typeof cell === "string" ? textOf(cell) : cell);
  return value === undefined ? { problems: [unreadable("date", cell, en, zh)] } : { value };
}

const DAY = ["date such as 2024-03-05", "日期（如 2024-03-05）"] as const;

const date: Transform = (cell) => dated(cell, (at) => parseDate(at)?.iso, DAY);
const firstDate: Transform = (cell) => dated(cell, (at) => parseDateRange(at)?.start.iso, DAY);
const lastDate: Transform = (cell) => dated(cell, (at) => parseDateRange(at)?.end.iso, DAY);
const quarter: Transform = (cell) =>
  dated(cell, (at) => parseQuarter(at), ["date or quarter", "日期或季度"]);

const money: Transform = (cell, { unit }) => {
  const value = moneyOf(cell, unit);
  if (value !== undefined) return { value };
  const wanted = [
    "amount with its unit, such as 120 万元",
    "金额（须有单位，如 120 万元）",
  ] as const;
  return { problems: [unreadable("money", cell, ...wanted)] };
};

const cny: Transform = (cell, { unit }) => {
  const value = moneyOf(cell, unit ?? { factor: 1, currency: "CNY" });
  return value?.currency === "CNY"
    ? { value: value.amount }
    : { problems: [unreadable("money", cell, "amount in yuan", "人民币金额")] };
};

function moneyOf(cell: NonNullable<Cell>, unit: MoneyUnit | undefined) {
  return typeof cell === "number" ? parseMoney(cell, unit) : parseMoney(textOf(cell), unit);
}

/** A price as written, with the unit of its column where the cell has none: 2.4-9 is 2.4-9万元. */
const price: Transform = (cell, { unitText }) => {
  const written = textOf(cell).replaceAll(/\s+/g, " ");
  const isBare = /\d\s*$/.test(written) && moneyUnitOf(written) === undefined;
  return bounded(isBare && unitText !== undefined ? `${written}${unitText}` : written, MAX_TEXT);
};

const number: Transform = (cell) => {
  const value = numberOf(cell);
  return value === undefined
    ? { problems: [unreadable("number", cell, "number", "数字")] }
    : { value };
};

const integer: Transform = (cell) => {
  const value = numberOf(cell);
  return value === undefined || value < 0
    ? { problems: [unreadable("number", cell, "whole number", "整数")] }
    : { value: Math.round(value) };
};

/** 30%, 0.3 and 30 are one share: 0.3. */
const share: Transform = (cell) => {
  const value = numberOf(cell);
  const isPercent = typeof cell === "string" && /[%％]/.test(cell);
  const part = value !== undefined && (isPercent || value > 1) ? value / 100 : value;
  return part === undefined || part < 0 || part > 1
    ? { problems: [unreadable("number", cell, "share from 0 to 100 %", "0 至 100% 的比例")] }
    : { value: part };
};

/** What a word behind a number multiplies it by. */
const SCALES: readonly (readonly [RegExp, number])[] = [
  [/^亿/, 1e8],
  [/^million\b/i, 1e6],
  [/^万/, 1e4],
  [/^(?:千(?![克米瓦])|k\b|thousand\b)/i, 1e3],
];
/** No field that takes a plain number counts days. */
const DAYS = /^(?:天|日|周|days?\b|weeks?\b)/i;

/** The number that a cell states: 1.2万人 is 12,000. Undefined for anything else, and for a figure in days. */
function numberOf(cell: NonNullable<Cell>): number | undefined {
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : undefined;
  if (typeof cell === "boolean" || cell instanceof Date) return undefined;
  const parsed = parseNumber(textOf(cell));
  if (parsed === undefined || DAYS.test(parsed.unit)) return undefined;
  const scale = SCALES.find(([word]) => word.test(parsed.unit))?.[1];
  return scale === undefined ? parsed.value : Math.round(parsed.value * scale * 1e6) / 1e6;
}

const yesNo: Transform = (cell) => {
  const value = typeof cell === "bigint" || cell instanceof Date ? undefined : parseYesNo(cell);
  return value === undefined
    ? { problems: [unreadable("yes_no", cell, "yes or no", "是或否")] }
    : { value };
};

const outcomes: Transform = (cell, { terms }) => {
  const { claims, unparsed } = parseOutcomes(textOf(cell));
  const effects = new Set(claims.map(({ kpi }) => kpi));
  return {
    ...retired([...effects], { scheme: "kpi", terms }),
    ...(claims.length > 0 && { value: claims.map(outcomeClaim) }),
    ...(unparsed.length > 0 && { unmapped: unparsed }),
  };
};

/** A claim of the vocabulary as the record has it. A claim never scores: it is what the source says. */
export function outcomeClaim({ doubts, ...stated }: ParsedOutcome): object {
  return { ...stated, ...(doubts.length > 0 && { note: doubts.join(", ") }) };
}

const policyNumber: Transform = (cell) => {
  const { value: written, problems } = text(cell, {});
  if (typeof written !== "string") return { ...(problems && { problems }) };
  const parsed = parsePolicyNumber(written);
  return { ...(parsed !== undefined && { value: parsed.normalised }), also: tidy(written) };
};

const url: Transform = (cell) => {
  const value = parseWebsite(textOf(cell));
  return value === undefined
    ? { problems: [unreadable("url", cell, "web address", "网址")] }
    : { value };
};

/** What a transform makes; fields take one kind each. */
export type Shape =
  | "text"
  | "texts"
  | "code"
  | "codes"
  | "date"
  | "quarter"
  | "url"
  | "money"
  | "number"
  | "yes_no"
  | "names"
  | "documents"
  | "services"
  | "outcomes"
  | "providers"
  | "places";

const TRANSFORMS = {
  text: [text, "text"],
  prose: [prose, "text"],
  price: [price, "text"],
  list: [list, "texts"],
  names: [names, "names"],
  documents: [documents, "documents"],
  case_providers: [caseProviders, "providers"],
  uscc: [uscc, "text"],
  usccs: [usccs, "places"],
  region: [region, "code"],
  regions: [regions, "codes"],
  industry: [industry, "code"],
  industries: [industries, "codes"],
  term: [term, "code"],
  terms: [terms, "codes"],
  pairs: [servicePairs, "services"],
  date: [date, "date"],
  first_date: [firstDate, "date"],
  last_date: [lastDate, "date"],
  quarter: [quarter, "quarter"],
  money: [money, "money"],
  cny: [cny, "number"],
  number: [number, "number"],
  integer: [integer, "number"],
  share: [share, "number"],
  yes_no: [yesNo, "yes_no"],
  outcomes: [outcomes, "outcomes"],
  policy_number: [policyNumber, "text"],
  url: [url, "url"],
} as const satisfies Record<string, readonly [Transform, Shape]>;

export type TransformName = keyof typeof TRANSFORMS;

/** Names of all transforms, as `as:` in a mapping file takes them. */
export const TRANSFORM_NAMES = Object.keys(TRANSFORMS) as [TransformName, ...TransformName[]];

export function transformOf(name: TransformName): Transform {
  return TRANSFORMS[name][0];
}

/** What a transform makes. */
export function shapeOf(name: TransformName): Shape {
  return TRANSFORMS[name][1];
}

const LIST_SHAPES: readonly Shape[] = [
  ...(["texts", "codes", "names", "documents"] as const),
  ...(["services", "outcomes", "providers"] as const),
];

/** Whether a shape is a list to which further values can be added. */
export function isListShape(shape: Shape): boolean {
  return LIST_SHAPES.includes(shape);
}

/** Whether a field that is usually filled with one shape takes another: whatever is a text fits a text. */
export function fits(made: Shape, wanted: Shape): boolean {
  if (made === wanted) return true;
  if (wanted === "text") return ["code", "date", "quarter", "url"].includes(made);
  return wanted === "texts" && made === "codes";
}
