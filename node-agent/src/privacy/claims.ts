/**
 * What narrows down who a client is without naming it: superlatives and awards that few firms hold, and exact
 * magnitudes, which annual reports and subsidy lists make searchable.
 *
 * @module
 */

import type { Span } from "./detectors.ts";
import { spansOf } from "./written-code.ts";

const SUPERLATIVE =
  /(?:国内|全国|全球|世界|亚洲|行业|省内|全省|全市|本市|本省|华东|华南|中国|唯一)?(?:首家|首个|首创|唯一(?:一家)?|独家|排名第[一二三]|第一大|前[三五十]强|最[大早]的?(?=\p{Script=Han}{0,12}(?:企业|厂家|工厂|基地|公司|供应商|制造商|生产商|出口商|产地))|龙头企业|龙头(?=[，。；的地厂])|隐形冠军|单项冠军(?:企业|产品)?|(?:专精特新)?[“"]?小巨人[”"]?(?:企业)?|独角兽(?:企业)?|瞪羚(?:企业)?|链主(?:企业)?|上市公司|上市企业|(?:A|H|港|B)股(?:上市)?|科创板|创业板|北交所|新三板|[百五]百?强(?:企业)?|国家级[\p{Script=Han}“”]{0,12}(?:企业|工厂|中心|基地|项目)|灯塔工厂|驰名商标|老字号|国家科(?:学技术|技)进步奖|科技进步[一二三特]等奖|中国质量奖|省长质量奖|鲁班奖)/gu;

/** Superlatives and awards. */
export function superlativesIn(text: string): Span[] {
  return spansOf(text, SUPERLATIVE);
}

/** A number with a unit that measures a firm. */
export interface Magnitude extends Span {
  /** The number in the unit that is written. */
  readonly value: number;
  /** Where the number ends and its unit begins. */
  readonly unitAt: number;
}

const UNIT =
  "(?:万|亿|千万|百万)?(?:元|美元|欧元|吨|人(?![工次均力])|名(?=员工|职工|工人)|平方米|平米|㎡|亩|台(?!阶|账|风)|套|辆|头|吨位)|万件|万只|万套|万度|万千瓦时";
const MAGNITUDE = new RegExp(
  `(?<![0-9.,A-Za-z~～—–-]|[0-9]\\s?[至到]\\s?)(?<number>\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)\\s?(?:余|多)?(?<unit>${UNIT})`,
  "gdu",
);
const CHINESE_DIGITS = "零一二三四五六七八九";
const CHINESE_MAGNITUDE =
  /(?<![一二三四五六七八九十百千万亿两零第0-9])(?<number>[一二三四五六七八九十百千万两零]{1,9})(?:余|多)?(?<unit>(?:万|亿)元|亿|吨|人(?![工次均力])|名(?=员工|职工|工人)|平方米|平米|亩|台(?!阶|账|风)|套)/dgu;
/** A handful of people or machines says nothing of who a firm is. */
const LEAST = 10;

/** Exact magnitudes, in the order of the text. A range such as 100-200万元 is a band already. */
export function magnitudesIn(text: string): Magnitude[] {
  const found: Magnitude[] = [];
  for (const match of [...text.matchAll(MAGNITUDE), ...text.matchAll(CHINESE_MAGNITUDE)]) {
    const { indices, groups } = match;
    const written = groups?.["number"] ?? "";
    const value = /\d/.test(written) ? Number(written.replaceAll(",", "")) : chineseValue(written);
    const [unitAt, end] = indices?.groups?.["unit"] ?? [];
    if (unitAt === undefined || end === undefined || !(value > 0)) continue;
    const isCount = /^(?:人|名|台|套|辆|头)$/.test(groups?.["unit"] ?? "");
    if (isCount && value < LEAST) continue;
    found.push({ start: match.index, end, unitAt, value });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** 六十 is 60, 三百二十 is 320, 一万二千 is 12,000. */
function chineseValue(text: string): number {
  let total = 0;
  let section = 0;
  let digit = 0;
  for (const character of text.replaceAll("两", "二")) {
    const place = CHINESE_DIGITS.indexOf(character);
    if (place >= 0) {
      digit = place;
      continue;
    }
    const scale = { 十: 10, 百: 100, 千: 1_000, 万: 10_000 }[character] ?? 1;
    if (scale === 10_000) {
      total += (section + digit) * scale;
      section = 0;
    } else {
      section += (digit || 1) * scale;
    }
    digit = 0;
  }
  return total + section + digit;
}

/**
 * The band of a magnitude on the scale 1, 2, 5, 10, 20, 50 ...: 120 is in 100 to 200. True for every value: the lower end
 * belongs to the band, the upper one does not.
 */
export function bandOf(value: number): readonly [low: number, high: number] {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-12);
  const [low, high] = [1, 2, 5, 10].flatMap((step, i, steps) =>
    value >= step * power * (1 - 1e-12) && value < (steps[i + 1] ?? 0) * power
      ? [step, steps[i + 1] as number]
      : [],
  );
  return [tidyNumber((low ?? 1) * power), tidyNumber((high ?? 10) * power)];
}

/** 0.2 and not 0.2000000001. */
function tidyNumber(value: number): number {
  return Number(value.toPrecision(2));
}
