/**
 * Websites, mail addresses, phone numbers, dates and cities.
 *
 * @module
 */

import {
  matchRegion,
  parseDate,
  parseWebsite,
  regionTable,
  splitList,
} from "@tributary/proto/vocabulary";
import { isNested } from "../name-place.ts";
import { isWithinOneEdit, jaroWinkler } from "../text-distance.ts";
import type { BlockingKey, Comparison, Level } from "./comparison.ts";
import { plainText } from "./texts.ts";

const WEBSITE_LEVELS = [
  { name: "equal", startShare: 0.9, startBits: 8.4, byFrequency: true },
  { name: "different", startShare: 0, startBits: -3, minBits: -3 },
] as const satisfies readonly Level[];

/** Hosts where many have their pages: they say nothing about who it is. */
const SHARED_HOSTS = new Set(
  `1688.com alibaba.com taobao.com tmall.com jd.com made-in-china.com hc360.com qcc.com tianyancha.com qixin.com aiqicha.com
  baidu.com weibo.com weixin.qq.com qq.com 163.com 126.com sina.com sina.com.cn sohu.com zhihu.com douyin.com github.io github.com
  gitee.io b2b.cn cn.china.cn china.cn 51job.com zhipin.com liepin.com wix.com wordpress.com blogspot.com facebook.com linkedin.com
  gmail.com hotmail.com outlook.com yahoo.com gov.cn`.split(/\s+/),
);

/** The registrable domain, as far as it can be told without the public suffix list; undefined for shared hosts. */
export function domainOf(text: string): string | undefined {
  const url = parseWebsite(text);
  if (url === undefined) return undefined;
  const labels = new URL(url).hostname.toLowerCase().split(".");
  const isSecondLevel =
    labels.length > 2 &&
    /^(?:com|net|org|gov|edu|ac|co|or|ne)$/.test(labels.at(-2) ?? "") &&
    (labels.at(-1) ?? "").length === 2;
  const domain = labels.slice(isSecondLevel ? -3 : -2).join(".");
  return SHARED_HOSTS.has(domain) || /\.gov\.cn$/.test(domain) ? undefined : domain;
}

/** A website, by its domain. */
export function websiteComparison(name: string): Comparison<string> {
  return {
    name,
    levels: WEBSITE_LEVELS,
    prepare: ([text]) => domainOf(text ?? ""),
    level: (a, b) => (a === b ? 0 : 1),
    term: (domain) => domain,
    keys: (domain) => [{ kind: name, text: domain }],
  };
}

const EMAIL_LEVELS = [
  { name: "equal", startShare: 0.7, startBits: 12, byFrequency: true },
  { name: "close", startShare: 0.15, startBits: 10 },
  { name: "user", startShare: 0.05, startBits: 7 },
  { name: "different", startShare: 0, startBits: -3.5 },
] as const satisfies readonly Level[];

/** A mail address. */
export function emailComparison(name: string): Comparison<string> {
  return {
    name,
    levels: EMAIL_LEVELS,
    prepare: ([text]) => (text ?? "").normalize("NFKC").trim().toLowerCase() || undefined,
    level: (a, b) => {
      if (a === b) return 0;
      if (jaroWinkler(a, b) >= 0.92) return 1;
      return userOf(a) === userOf(b) ? 2 : 3;
    },
    term: (value) => value,
    keys: function* (value): Iterable<BlockingKey> {
      yield { kind: name, text: value };
      yield { kind: `${name} user`, text: userOf(value) };
      yield { kind: `${name} host`, text: value.slice(value.indexOf("@") + 1) };
    },
  };
}

function userOf(mail: string): string {
  const at = mail.indexOf("@");
  return at < 0 ? mail : mail.slice(0, at);
}

const PHONE_LEVELS = [
  { name: "equal", startShare: 0.7, startBits: 10, byFrequency: true },
  { name: "different", startShare: 0, startBits: -1.5, minBits: -1.5 },
] as const satisfies readonly Level[];

/** Phone numbers; two cells agree if they share one. */
export function phoneComparison(name: string): Comparison<readonly string[]> {
  return {
    name,
    levels: PHONE_LEVELS,
    prepare: ([text]) => {
      const numbers = splitList(text ?? "").flatMap(phoneNumber);
      return numbers.length === 0 ? undefined : [...new Set(numbers)].sort();
    },
    level: (a, b) => (a.some((number) => b.includes(number)) ? 0 : 1),
    term: (numbers) => numbers[0] ?? "",
    keys: (numbers) => numbers.map((text) => ({ kind: name, text })),
  };
}

/** The digits that make a number: without country code, area code zero and extension. */
function phoneNumber(text: string): readonly string[] {
  const plain = text.normalize("NFKC").replace(/(?:转|分机|ext\.?|x)\s*\d+\s*$/i, "");
  const digits = plain
    .replace(/\D/g, "")
    .replace(/^(?:0086|86(?=\d{10}))/, "")
    .replace(/^0+/, "");
  if (digits.length < 7) return [];
  // Mobile numbers whole; others without the area code, which is often left out.
  return [/^1\d{10}$/.test(digits) ? digits : digits.slice(digits.length > 8 ? -8 : -7)];
}

const DATE_LEVELS = [
  { name: "equal", startShare: 0.8, startBits: 9, byFrequency: true },
  { name: "close", startShare: 0.1, startBits: 6 },
  { name: "part", startShare: 0.04, startBits: 2 },
  { name: "different", startShare: 0, startBits: -3.5 },
] as const satisfies readonly Level[];

/** A date: equal, one slip of the keys or day and month exchanged, two of year, month and day the same. */
export function dateComparison(name: string): Comparison<string> {
  return {
    name,
    levels: DATE_LEVELS,
    prepare: ([text]) => {
      const digits = (parseDate(text ?? "")?.iso ?? text ?? "").replace(/\D/g, "");
      return digits.length < 4 ? undefined : digits;
    },
    level: (a, b) => {
      if (a === b) return 0;
      if (isWithinOneEdit(a, b) || a === exchanged(b)) return 1;
      return sharedParts(a, b) >= 2 ? 2 : 3;
    },
    term: (value) => value,
    keys: function* (value): Iterable<BlockingKey> {
      yield { kind: name, text: value };
      yield { kind: `${name} year`, text: value.slice(0, 4) };
      if (value.length === 8) {
        yield { kind: `${name} month`, text: value.slice(0, 6) };
        yield { kind: `${name} day`, text: [value.slice(4, 6), value.slice(6)].sort().join() };
        yield { kind: `${name} year day`, text: value.slice(0, 4) + value.slice(6) };
      }
    },
  };
}

function exchanged(date: string): string {
  return date.slice(0, 4) + date.slice(6, 8) + date.slice(4, 6);
}

function sharedParts(a: string, b: string): number {
  return (
    Number(a.slice(0, 4) === b.slice(0, 4)) +
    Number(a.slice(4, 6) === b.slice(4, 6)) +
    Number(a.slice(6) === b.slice(6))
  );
}

const CITY_LEVELS = [
  { name: "equal", startShare: 0.75, startBits: 4.2, byFrequency: true },
  { name: "within", startShare: 0.1, startBits: 2 },
  { name: "different", startShare: 0, startBits: -5, minBits: -5 },
] as const satisfies readonly Level[];

interface City {
  readonly text: string;
  /** GB/T 2260 code down to the city; empty for places that no list has. */
  readonly code: string;
}

const CITIES = new Map<string, City | undefined>();

/** A city or region. Counties count as their city; a province fits all its cities. */
export function cityComparison(name: string): Comparison<City> {
  return {
    name,
    levels: CITY_LEVELS,
    prepare: ([text]) => cityOf(text ?? ""),
    level: (a, b) => {
      if (a.code === "" || b.code === "")
        return a.text === b.text ? 0 : jaroWinkler(a.text, b.text) >= 0.88 ? 1 : 2;
      if (a.code === b.code) return 0;
      return isNested(a.code, b.code) ? 1 : 2;
    },
    term: ({ text, code }) => code || text,
    keys: ({ text, code }) => [{ kind: name, text: code || text }],
  };
}

function cityOf(written: string): City | undefined {
  if (CITIES.has(written)) return CITIES.get(written);
  const text = plainText(written);
  const code = matchRegion(written)?.code ?? "";
  const city =
    text === undefined ? undefined : { text, code: /^\d{6}$/.test(code) ? cityCode(code) : "" };
  if (CITIES.size >= 65_536) CITIES.clear();
  CITIES.set(written, city);
  return city;
}

/** The city of a county; municipalities are their own city. */
function cityCode(code: string): string {
  const city = `${code.slice(0, 4)}00`;
  return regionTable().has(city) ? city : `${code.slice(0, 2)}0000`;
}
