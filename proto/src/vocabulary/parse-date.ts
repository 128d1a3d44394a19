/**
 * Dates as people and spreadsheets write them, as exact as they were written and no more.
 *
 * @module
 */

import { parseChineseNumber } from "./parse-number.ts";
import { MAX_VALUE_LENGTH, tidy } from "./text.ts";

/** A date of year, month or day precision. */
export interface ParsedDate {
  /** ISO 8601: 2024, 2024-03 or 2024-03-05. */
  readonly iso: string;
  /** What a person should know: a month read from a number may have lost its zero. */
  readonly doubt?: "month_from_number";
}

/** Options of {@link parseDate}. */
export interface DateOptions {
  /** Whether serial numbers count from 1904-01-01, as in files of old Macintosh programs. Default false. */
  readonly date1904?: boolean;
}

/** Years that can stand in the data of a center. */
const YEARS = { min: 1900, max: 2100 };
/** Serial numbers of 1954-10-03 and 2119-01-19 in the system of 1900: what is outside is some other number. */
const SERIALS = { min: 20_000, max: 80_000 };
const MS_A_DAY = 86_400_000;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * A date: 2024.3, 2024年3月5日, 2024/03, 20240305, 二〇二四年三月, 5 March 2024, a serial number such as 45352, a Date.
 * Undefined for anything else, for days that no calendar has, and for 03/05/2024, whose order nobody knows.
 */
export function parseDate(
  value: string | number | Date,
  options: DateOptions = {},
): ParsedDate | undefined {
  if (value instanceof Date) return fromDate(value);
  if (typeof value === "number") return fromNumber(value, options);
  if (value.length > MAX_VALUE_LENGTH) return undefined;
  const text = tidy(value);
  return fromDigits(text, options) ?? fromChinese(text) ?? fromEnglish(text);
}

/** Midnight UTC is how sources hand over a date without time. */
function fromDate(value: Date): ParsedDate | undefined {
  if (Number.isNaN(value.getTime())) return undefined;
  return dateOf(value.getUTCFullYear(), value.getUTCMonth() + 1, value.getUTCDate());
}

function fromNumber(value: number, options: DateOptions): ParsedDate | undefined {
  if (Number.isInteger(value) && value >= YEARS.min && value <= YEARS.max) return dateOf(value);
  if (value >= YEARS.min && value < YEARS.max + 1) return fromYearPointMonth(value);
  if (value >= SERIALS.min && value < SERIALS.max) return fromSerial(value, options);
  return Number.isInteger(value) ? fromDigits(String(value), options) : undefined;
}

/** 2024.3 is March; 2024.1 may be January or what is left of 2024.10, so only the year is certain. */
function fromYearPointMonth(value: number): ParsedDate | undefined {
  const [year, fraction = ""] = String(value).split(".");
  if (fraction.length > 2) return undefined;
  if (fraction === "1") return { iso: String(year), doubt: "month_from_number" };
  return dateOf(Number(year), Number(fraction));
}

/**
 * Spreadsheet serial: days since 1899-12-30, since the 1900 system counts a 29 February 1900 that never was; or since
 * 1904-01-01.
 */
function fromSerial(serial: number, { date1904 = false }: DateOptions): ParsedDate | undefined {
  const origin = date1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30);
  return fromDate(new Date(origin + Math.floor(serial) * MS_A_DAY));
}

const SEPARATED =
  /^(\d{4})\s?[-./年]\s?(\d{1,2})(?:\s?[-./月]\s?(\d{1,2})\s?[日号]?|月)?(?:[ T]\d{1,2}:\d{2}.*)?$/;

function fromDigits(text: string, options: DateOptions): ParsedDate | undefined {
  const separated = SEPARATED.exec(text);
  if (separated !== null) {
    const [, year, month, day] = separated;
    return dateOf(Number(year), Number(month), day === undefined ? undefined : Number(day));
  }
  const year = /^(\d{4})\s?(?:年|年度)?$/.exec(text);
  if (year !== null) return dateOf(Number(year[1]));
  const packed = /^(\d{4})(\d{2})(\d{2})?$/.exec(text);
  if (packed !== null) {
    const [, y, m, d] = packed;
    return dateOf(Number(y), Number(m), d === undefined ? undefined : Number(d));
  }
  const serial = /^\d{5}(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return serial >= SERIALS.min && serial < SERIALS.max ? fromSerial(serial, options) : undefined;
}

function fromChinese(text: string): ParsedDate | undefined {
  const found =
    /^([〇零一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号])?)?$/.exec(
      text,
    );
  if (found === null) return undefined;
  const [year, month, day] = found
    .slice(1)
    .map((part) => (part ? parseChineseNumber(part) : undefined));
  return year === undefined ? undefined : dateOf(year, month, day);
}

function fromEnglish(text: string): ParsedDate | undefined {
  const plain = text
    .toLowerCase()
    .replace(/[.,]/g, " ")
    .replace(/(\d)(?:st|nd|rd|th)\b/g, "$1")
    .replace(/ +/g, " ")
    .trim();
  const dayFirst = /^(?:(\d{1,2}) )?([a-z]{3,9}) (\d{4})$/.exec(plain);
  if (dayFirst !== null) return dateOfMonthName(dayFirst[3], dayFirst[2], dayFirst[1]);
  const monthFirst = /^([a-z]{3,9}) (\d{1,2}) (\d{4})$/.exec(plain);
  return monthFirst === null
    ? undefined
    : dateOfMonthName(monthFirst[3], monthFirst[1], monthFirst[2]);
}

function dateOfMonthName(
  year: string | undefined,
  name: string | undefined,
  day: string | undefined,
): ParsedDate | undefined {
  const month = MONTHS.findIndex((start) => name?.startsWith(start)) + 1;
  return month === 0
    ? undefined
    : dateOf(Number(year), month, day === undefined ? undefined : Number(day));
}

/** Checks the calendar and writes ISO 8601 to the precision given. */
function dateOf(year: number, month?: number, day?: number): ParsedDate | undefined {
  if (year < YEARS.min || year > YEARS.max) return undefined;
  if (month === undefined) return { iso: String(year) };
  if (month < 1 || month > 12) return undefined;
  const yearMonth = `${year}-${String(month).padStart(2, "0")}`;
  if (day === undefined) return { iso: yearMonth };
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (day < 1 || day > lastDay) return undefined;
  return { iso: `${yearMonth}-${String(day).padStart(2, "0")}` };
}

/** Two ends of a period; both the same where one date was written. */
export interface ParsedDateRange {
  readonly start: ParsedDate;
  readonly end: ParsedDate;
}

/**
 * A period: 2025年6月10日-12日, 2024.3-2024.9, 2025-06-10 至 2025-06-12, or a single date. The end takes year and month
 * from the start where it leaves them out.
 */
export function parseDateRange(
  value: string | number | Date,
  options: DateOptions = {},
): ParsedDateRange | undefined {
  const single = parseDate(value, options);
  if (single !== undefined) return { start: single, end: single };
  if (typeof value !== "string" || value.length > MAX_VALUE_LENGTH) return undefined;
  const text = tidy(value);
  for (const separator of text.matchAll(/至|到|~|—+|–|\bto\b|\s-\s|-/g)) {
    const start = parseDate(text.slice(0, separator.index), options);
    const rest = text.slice(separator.index + separator[0].length).trim();
    const end = start && (parseDate(rest, options) ?? endWithin(rest, start));
    if (
      start !== undefined &&
      end !== undefined &&
      end.iso.slice(0, start.iso.length) >= start.iso.slice(0, end.iso.length)
    ) {
      return { start, end };
    }
  }
  return undefined;
}

/** 12日, 6月12日, 6.12: what is missing comes from the start. */
function endWithin(text: string, start: ParsedDate): ParsedDate | undefined {
  const [year, month] = start.iso.split("-").map(Number);
  const found = /^(?:(\d{1,2})\s?[月./-]\s?)?(\d{1,2})\s?([日号月]?)$/.exec(text);
  if (found === null || year === undefined || month === undefined) return undefined;
  const [, explicitMonth, last, mark] = found;
  const isDay = start.iso.length === 10;
  if (!isDay)
    return explicitMonth === undefined && mark !== "日" ? dateOf(year, Number(last)) : undefined;
  return dateOf(year, explicitMonth === undefined ? month : Number(explicitMonth), Number(last));
}

/** The quarter of a date, 2025Q1, or only its year where the month is not known. */
export function quarterOf(date: ParsedDate): string {
  const [year = "", month] = date.iso.split("-");
  return month === undefined ? year : `${year}Q${Math.ceil(Number(month) / 3)}`;
}

/** A quarter as written: 2025Q1, 2025年第一季度, 2025年一季度, or any date in it. */
export function parseQuarter(
  value: string | number | Date,
  options: DateOptions = {},
): string | undefined {
  if (typeof value === "string") {
    const text = tidy(value).toUpperCase();
    const found = /^(\d{4})\s?(?:年)?\s?(?:Q\s?([1-4])|第?([一二三四1-4])季度?)$/.exec(text);
    const sign = found?.[2] ?? found?.[3];
    if (found !== null && sign !== undefined) {
      return `${found[1]}Q${"一二三四".includes(sign) ? "一二三四".indexOf(sign) + 1 : sign}`;
    }
  }
  const date = parseDate(value, options);
  return date && quarterOf(date);
}
