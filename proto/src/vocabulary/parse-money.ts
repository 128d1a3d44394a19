/**
 * Amounts of money as people write them: 120万, 1.2 million, 120-200万元, 500(万元人民币), 30 with the unit in the title.
 *
 * @module
 */

import { parseChineseNumber, parseNumber } from "./parse-number.ts";
import { MAX_VALUE_LENGTH, tidy } from "./text.ts";

/** An amount. */
export interface ParsedMoney {
  /** In units of the currency, not in 万; exact to a hundredth. */
  readonly amount: number;
  /** Upper end of a range. */
  readonly amountMax?: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** What an amount is counted in. */
export interface MoneyUnit {
  /** Currency units in one: 10,000 for 万元. */
  readonly factor: number;
  /** ISO 4217. */
  readonly currency: string;
}

const CURRENCIES: readonly (readonly [RegExp, string])[] = [
  [/港[元币]|香港元|hk\$|\bhkd\b/i, "HKD"],
  [/美[元金]|us\$|\busd\b|\bdollars?\b/i, "USD"],
  [/欧元|€|\beur(?:os?)?\b/i, "EUR"],
  [/日[元圆]|\bjpy\b/i, "JPY"],
  [/英镑|£|\bgbp\b/i, "GBP"],
  [/台币|\btwd\b/i, "TWD"],
  [/人民币|\brmb\b|\bcny\b|\byuan\b|[¥元块]/i, "CNY"],
  [/\$/, "USD"],
];

const SCALES: readonly (readonly [RegExp, number])[] = [
  [/亿/, 100_000_000],
  [/billion|(?<=\d)\s?bn\b/i, 1_000_000_000],
  [/千万/, 10_000_000],
  [/百万|million|(?<=\d)\s?mn?\b/i, 1_000_000],
  [/万/, 10_000],
  [/千|thousand|(?<=\d)\s?k\b/i, 1_000],
];

const FREE = /^(?:免费|无偿|公益|free)$/i;
const RANGE = /^(.*?\d.*?)\s*(?:-|~|—+|–|至|到|\bto\b)\s*(\D{0,4}\d.*)$/;

/**
 * An amount of money. What the text leaves out, scale and currency, it takes from `unit`, mostly the column's title;
 * in a range the first end takes it from the second.
 *
 * Undefined where there is no number, it is negative, or neither the text nor the title says what it counts.
 */
export function parseMoney(value: string | number, unit?: MoneyUnit): ParsedMoney | undefined {
  if (typeof value === "number") return fromNumber(value, unit);
  if (value.length > MAX_VALUE_LENGTH) return undefined;
  const text = tidy(value);
  if (FREE.test(text)) return { amount: 0, currency: unit?.currency ?? "CNY" };
  const range = RANGE.exec(text);
  if (range === null) return single(text, unit);
  const [, first = "", second = ""] = range;
  const high = single(second, unit);
  const low = single(first, statedUnit(second) ?? unit);
  if (
    low === undefined ||
    high === undefined ||
    low.currency !== high.currency ||
    low.amount > high.amount
  ) {
    return undefined;
  }
  return { amount: low.amount, amountMax: high.amount, currency: high.currency };
}

function fromNumber(value: number, unit: MoneyUnit | undefined): ParsedMoney | undefined {
  if (unit === undefined || !Number.isFinite(value) || value < 0) return undefined;
  return { amount: cents(value * unit.factor), currency: unit.currency };
}

function single(text: string, unit: MoneyUnit | undefined): ParsedMoney | undefined {
  const stated = statedUnit(text);
  const bare = withoutCurrency(text);
  const chinese = parseChineseNumber(bare);
  if (chinese !== undefined && stated !== undefined)
    return { amount: chinese, currency: stated.currency };
  const used = stated ?? unit;
  const number = parseNumber(withoutScale(bare));
  if (number === undefined || used === undefined || number.value < 0 || number.unit !== "") {
    return undefined;
  }
  const hasScale = SCALES.some(([pattern]) => pattern.test(text));
  const hasCurrency = CURRENCIES.some(([pattern]) => pattern.test(text));
  return {
    amount: cents(
      number.value * (stated === undefined && !hasScale ? used.factor : (stated ?? used).factor),
    ),
    currency: hasCurrency ? used.currency : (unit?.currency ?? used.currency),
  };
}

/** 1.2 times 10,000 is not exact in binary; a hundredth of a unit is exact enough. */
function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

/**
 * The unit that a column's title states: 投资额（万元）, cost (thousand EUR), investment_10k. A scale without a currency is
 * taken as CNY. Undefined where the title states neither.
 */
export function moneyUnitOf(title: string): MoneyUnit | undefined {
  const words = tidy(title).replaceAll("_", " ");
  // In a title 10k is what amounts are counted in, in a cell it is an amount.
  return statedUnit(words.replace(/\b10k\b/i, "万"));
}

/** The unit that a text states, a cell's or a title's. */
function statedUnit(text: string): MoneyUnit | undefined {
  const currency = CURRENCIES.find(([pattern]) => pattern.test(text))?.[1];
  const factor = SCALES.find(([pattern]) => pattern.test(text))?.[1];
  if (currency === undefined && factor === undefined) return undefined;
  return { factor: factor ?? 1, currency: currency ?? "CNY" };
}

/** Without currency, without brackets that hold no digit, and without 整, /年 and the like at the end. */
function withoutCurrency(text: string): string {
  return text
    .replace(/[（(][^（()）\d]*[)）]/g, "")
    .replace(
      /人民币|香港元|港[元币]|美[元金]|欧元|日[元圆]|英镑|台币|us\$|hk\$|\b(?:rmb|cny|usd|eur(?:os?)?|hkd|gbp|jpy|twd|dollars?|yuan)\b/gi,
      "",
    )
    .replace(/[¥$€£元块整]/g, "")
    .replace(/\/(?:年|套|家|个|户|企业|项目|次|人)$/, "")
    .trim();
}

function withoutScale(text: string): string {
  return text
    .replace(/billion|million|thousand|(?<=\d)\s?(?:bn|mn?|k)\b/gi, "")
    .replace(/(?<=\d)\s?[千百](?=万|$|\D)/g, "")
    .replace(/[亿万]/g, "")
    .trim();
}
