/**
 * Numbers as people write them: full width, with separators, in Chinese, with a unit behind, as a range.
 *
 * @module
 */

import { MAX_VALUE_LENGTH, tidy } from "./text.ts";

/** What was said about a number. */
export type Operator = "eq" | "ge" | "le" | "approx" | "range";

/** A number, or a range of numbers. */
export interface ParsedNumber {
  readonly value: number;
  /** Upper end; only with `range`. */
  readonly valueMax?: number;
  readonly op: Operator;
  /** What stood behind the number, such as 人 or 万元; empty where nothing did. */
  readonly unit: string;
}

const NUMBER = String.raw`[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?`;
const ONE = new RegExp(`^(${NUMBER})(?:\\s*([^\\d\\s.,][^\\d]*))?$`);
const TWO = new RegExp(
  `^(${NUMBER})\\s*([^\\d\\s~-]{0,4}?)\\s*(?:-|~|—|–|至|到|\\bto\\b)\\s*(${NUMBER})\\s*(.*)$`,
);

/** A number with what qualifies it: 约300人, 200以上, 50-100人, 1,200, 三百. Undefined where there is none. */
export function parseNumber(text: string): ParsedNumber | undefined {
  if (text.length > MAX_VALUE_LENGTH) return undefined;
  const plain = plainText(text);
  const range = TWO.exec(plain);
  if (range !== null) {
    const [, low, , high, rest = ""] = range;
    const value = toNumber(low);
    const valueMax = toNumber(high);
    if (value === undefined || valueMax === undefined || value > valueMax) return undefined;
    return { value, valueMax, op: "range", unit: rest.trim() };
  }
  const { body, op } = qualifier(plain);
  const single = ONE.exec(body);
  if (single === null) {
    const chinese = parseChineseNumber(body);
    return chinese === undefined ? undefined : { value: chinese, op, unit: "" };
  }
  const value = toNumber(single[1]);
  const unit = (single[2] ?? "").trim();
  if (value === undefined) return undefined;
  return /^[余多+]/.test(unit) ? { value, op: "ge", unit: unit.slice(1) } : { value, op, unit };
}

function plainText(text: string): string {
  return tidy(text)
    .replace(/[～〜]/g, "~")
    .replace(/[，]/g, ",")
    .replace(/[－﹣−]/g, "-");
}

/** Takes 约, 以上, ≥ and the like off a text; what is left is the number with its unit. */
export function qualifier(text: string): { readonly body: string; readonly op: Operator } {
  let op: Operator = "eq";
  let body = text.trim();
  const strip = (pattern: RegExp, found: Operator) => {
    const shorter = body.replace(pattern, "").trim();
    if (shorter !== body && shorter !== "") {
      body = shorter;
      op = found;
    }
  };
  strip(/(?:左右|上下)$/, "approx");
  strip(/^(?:约|大约|近|接近|将近|about|approx\.?|approximately|ca\.?|nearly|~)\s*/i, "approx");
  strip(/(?:以上|及以上|\+|余|多|or more|and above)$/i, "ge");
  strip(
    /^(?:超过|超|逾|不低于|不少于|至少|大于等于|大于|≥|>=|>|over|at least|more than|above)\s*/i,
    "ge",
  );
  strip(/(?:以下|以内|及以下|or less)$/i, "le");
  strip(
    /^(?:不超过|不高于|最多|至多|最高|小于等于|小于|低于|≤|<=|<|up to|at most|less than|under|below)\s*/i,
    "le",
  );
  return { body, op };
}

function toNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text.replaceAll(",", ""));
  return Number.isFinite(value) ? value : undefined;
}

const DIGITS = "零一二三四五六七八九";
const ALTERNATIVES: Readonly<Record<string, string>> = {
  〇: "零",
  两: "二",
  壹: "一",
  贰: "二",
  叁: "三",
  肆: "四",
  伍: "五",
  陆: "六",
  柒: "七",
  捌: "八",
  玖: "九",
  拾: "十",
  佰: "百",
  仟: "千",
};
const PLACES: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 };

/** A whole number in Chinese numerals: 三百二十, 二〇二四, 一亿两千万. Undefined for anything else. */
export function parseChineseNumber(text: string): number | undefined {
  const plain = [...text.trim()].map((sign) => ALTERNATIVES[sign] ?? sign).join("");
  if (plain === "" || !/^[零一二三四五六七八九十百千万亿]{1,20}$/.test(plain)) return undefined;
  if (!/[十百千万亿]/.test(plain))
    return Number([...plain].map((sign) => DIGITS.indexOf(sign)).join(""));
  return sumOf(plain, ["亿", "万"]);
}

/** Splits at the largest section sign, since 一亿两千万 is one 亿 and two thousand 万. */
function sumOf(signs: string, sections: readonly string[]): number {
  const [section, ...smaller] = sections;
  if (section === undefined) return belowTenThousand(signs);
  const at = signs.lastIndexOf(section);
  if (at < 0) return sumOf(signs, smaller);
  const factor = section === "亿" ? 100_000_000 : 10_000;
  return sumOf(signs.slice(0, at), sections) * factor + sumOf(signs.slice(at + 1), smaller);
}

function belowTenThousand(signs: string): number {
  let sum = 0;
  let digit = 0;
  for (const sign of signs) {
    const place = PLACES[sign];
    if (place === undefined) {
      digit = DIGITS.indexOf(sign);
    } else {
      sum += (digit === 0 ? 1 : digit) * place;
      digit = 0;
    }
  }
  return sum + digit;
}
