/**
 * Numbers and times as people of the page's language write them.
 *
 * @module
 */

import { type Language, LOCALES } from "./choose-language.ts";
import { once } from "./once.ts";

export interface Formats {
  readonly number: (value: number) => string;
  /** Date and time of an instant; ms since the epoch. */
  readonly instant: (ms: number) => string;
  /** How long ago an instant was: `3 小时前`. */
  readonly ago: (ms: number, nowMs: number) => string;
  /** An ISO 8601 date, possibly only year or month; anything else as it is. */
  readonly date: (text: string) => string;
  readonly money: (amount: number, currency: string) => string;
}

const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, ms: number])[] = [
  ["year", 31_557_600_000],
  ["month", 2_629_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

export function formats(language: Language): Formats {
  const locale = LOCALES[language];
  const relative = once(() => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  const number = once(() => new Intl.NumberFormat(locale));
  const instant = once(
    () => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }),
  );
  const day = once(() => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }));
  const month = once(
    () => new Intl.DateTimeFormat(locale, { year: "numeric", month: "long", timeZone: "UTC" }),
  );
  return {
    number: (value) => number().format(value),
    instant: (ms) => instant().format(ms),
    ago(ms, nowMs) {
      const past = Math.max(0, nowMs - ms); // a hub's clock may run ahead of ours
      const [unit, size] = UNITS.find(([, unitMs]) => past >= unitMs) ?? ["second", 1_000];
      return relative().format(-Math.floor(past / size), unit);
    },
    date(text) {
      const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text);
      const at = parts === null ? Number.NaN : Date.parse(text);
      if (parts?.[2] === undefined || Number.isNaN(at)) return text;
      return (parts[3] === undefined ? month() : day()).format(at);
    },
    money(amount, currency) {
      try {
        return new Intl.NumberFormat(locale, {
          style: "currency",
          currency,
          maximumFractionDigits: Number.isInteger(amount) ? 0 : 2,
        }).format(amount);
      } catch {
        return `${number().format(amount)} ${currency}`.trim(); // not a currency that the browser knows
      }
    },
  };
}
