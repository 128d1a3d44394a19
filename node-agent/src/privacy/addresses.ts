/**
 * Addresses: a road with a number, a village or town inside a region, a named park, a room in a building, what follows a
 * label. Names of regions alone are none: 江西省赣州市 is where half a million firms are.
 *
 * @module
 */

import type { Detector, Span } from "./detectors.ts";
import { holdsName, type Token, tokensOf } from "./generic-words.ts";
import { regionLengthAt } from "./region-names.ts";
import { groupSpansOf, spansOf } from "./written-code.ts";

const HAN = "\\p{Script=Han}";
const NUMBER = "[0-9A-Za-z一二三四五六七八九十百零〇甲乙丙-]{1,7}";
/** 附3号, A12栋, 3号楼2层 ... */
const ROOM = `(?:\\s?[,，]?\\s?(?:附|之|第)?(?:[东西南北中]区?)?${NUMBER}\\s?(?:号楼|号房|号院|号厂房|号|栋|幢|座|单元|层|楼|室|房|区|厂房|弄|期))`;
const ROAD = new RegExp(
  `${HAN}{1,10}?(?:路|街|大街|大道|道|巷|弄|胡同|公路|国道|省道)(?:[东西南北中]?段)?\\s?(?:${NUMBER})\\s?(?:号院?|弄|栋|幢)${ROOM}*`,
  "gu",
);
/** 3号管路, 通道2号: no roads. */
const NO_ROAD = /(?:线|管|电|通|渠|轨|气|油|水|隧|回|支|网|思|道|铁|链|光|赛|频|信|管)[路道]$/u;

const PARK =
  /(?:经济技术|高新技术产业|高新技术)开发区|循环经济基地|(?:工业|产业|科技|软件|物流|创业|孵化|智造|双创|科创|创新|电商)园区?|工业区|工业城|产业城|产业基地|开发区/g;
const PARK_TAIL = new RegExp(`^(?:[东西南北中A-Z]区|[一二三四五]期|标准厂房)?${ROOM}*`, "u");

const TOWN = new RegExp(
  `${HAN}{1,6}?(?:镇|乡|街道|苏木)(?:${HAN}{1,6}?(?:村|社区|居委会|屯))?(?:${HAN}{0,4}?[0-9一二三四五六七八九十]{1,4}[号组队])?`,
  "uy",
);
const TOWN_WITH_VILLAGE = new RegExp(
  `${HAN}{2,5}?(?:镇|乡|街道)${HAN}{2,5}?(?:村|社区)(?:[0-9一二三四五六七八九十]{1,4}[号组队])?`,
  "gu",
);
const NO_TOWN = /乡镇|城镇|村镇|各|每|个|下辖|所辖|全部|部分/;

const BUILDING = new RegExp(
  `${HAN}{2,12}?(?:大厦|写字楼|广场|商务楼|商务中心|金融中心|科创中心|创新中心|大楼|国际中心|中心)${HAN}{0,2}?${ROOM}+`,
  "gu",
);
const ROOMS =
  /(?<![0-9A-Za-z])[0-9A-Z]{1,4}(?:栋|幢|座|号楼)(?:[0-9A-Z一二三四五六七八九十]{1,5}(?:室|层|楼|单元|房)){1,3}/gu;

const LABELLED =
  /(?:地址|厂址|住址|住所|注册地|办公地点|经营场所|收货地|坐落于|坐落在|位于|地处)\s?(?<colon>:)?\s?(?<it>[^，。；;！？\n“”]{4,60})/dgu;
const IS_PLACE = /[省市区县镇乡村路街道巷园]|[0-9一二三四五六七八九十]+号/u;

const ENGLISH =
  /(?<![A-Za-z0-9])(?:(?:Room|Rm|Floor|Building|Bldg|Unit|Block)\.?\s?[A-Z0-9-]{1,6},?\s)*(?:No\.?\s?)?\d{1,5}(?:-\d{1,4})?,?\s(?:[A-Z][A-Za-z.'-]*\s){1,4}(?:Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Boulevard|Blvd|Highway|Drive|Dr|Way)(?![A-Za-z])\.?(?:,\s?[A-Z][A-Za-z'-]+(?:\s[A-Z][A-Za-z'-]+){0,3}){0,5}(?:,?\s\d{5,6})?/g;
const COORDINATES =
  /(?<![\d.])\d{2,3}\.\d{3,}\s?°?\s?[NE]?\s?[,，、\s]\s?\d{2,3}\.\d{3,}\s?°?\s?[NE]?(?!\d)/g;
const POSTCODE = /(?:邮编|邮政编码|postcode|zip)\s?[:]?\s?(?<it>\d{6})(?!\d)/dgi;

export const ADDRESSES: Detector = {
  type: "address",
  find: (text) => [
    ...roads(text),
    ...parks(text),
    ...towns(text),
    ...buildings(text),
    ...spansOf(text, ROOMS),
    ...labelled(text),
    ...spansOf(text, ENGLISH),
    ...spansOf(text, COORDINATES),
    ...groupSpansOf(text, POSTCODE),
  ],
};

function roads(text: string): Span[] {
  return spansOf(text, ROAD).flatMap((span) => {
    const written = text.slice(span.start, span.end);
    const name =
      /^.*?[路街道巷弄](?=[^路街道巷弄]*$|[东西南北中]?段|\s?[0-9A-Za-z一二三四五六七八九十])/u.exec(
        written,
      )?.[0] ?? written;
    return NO_ROAD.test(name) ? [] : [{ start: start(text, span.start), end: span.end }];
  });
}

/** A room in a building. 检测中心2层 is in any of them: a mere center needs a name. */
function buildings(text: string): Span[] {
  return spansOf(text, BUILDING)
    .filter(({ start, end }) => {
      const [, name = ""] = /^(.*?)(?:中心|大楼)/u.exec(text.slice(start, end)) ?? [];
      return /大厦|写字楼|广场|商务|金融|国际/.test(text.slice(start, end)) || holdsName(name);
    })
    .map((span) => ({ ...span, start: start(text, span.start) }));
}

/** A park with a name, or of a region: 水西工业园, 赣州经济技术开发区. */
function parks(text: string): Span[] {
  return [...text.matchAll(PARK)].flatMap(({ index, 0: park }) => {
    const before = /\p{Script=Han}{0,16}$/u.exec(text.slice(0, index))?.[0] ?? "";
    const tokens = tokensOf(before);
    let at = tokens.length;
    while (at > 0 && tokens[at - 1]?.type === "trade") at -= 1;
    const nameEnd = at;
    while (at > 0 && isOfName(tokens[at - 1])) {
      at -= 1;
    }
    const isNamed = nameEnd - at >= 2;
    let isLocal = false;
    while (at > 0 && tokens[at - 1]?.type === "region") {
      at -= 1;
      isLocal = true;
    }
    if (!isNamed && !isLocal) {
      // 北京中关村软件园: a region, and no word of two characters up to the park.
      const last = tokens.findLastIndex(
        ({ type, start, end }) => type === "region" || (type === "prose" && end - start > 1),
      );
      if (tokens[last]?.type !== "region") return [];
      at = last;
    }
    const end = index + park.length;
    const tail = PARK_TAIL.exec(text.slice(end, end + 30))?.[0].length ?? 0;
    return [
      { start: index - before.length + (tokens[at]?.start ?? before.length), end: end + tail },
    ];
  });
}

/** Unknown, soft, or a ware of one character: 水西. */
function isOfName(token: Token | undefined): boolean {
  if (token === undefined) return false;
  const { type, start, end } = token;
  return type === "unknown" || type === "soft" || (type === "trade" && end - start === 1);
}

/** A town or village inside a region that is in the list, or a village with its town. */
function towns(text: string): Span[] {
  const found: Span[] = [];
  for (let at = 0; at < text.length; at++) {
    if (regionLengthAt(text, at) === 0) continue;
    const begin = at;
    for (let length = regionLengthAt(text, at); length > 0; length = regionLengthAt(text, at)) {
      at += length;
      // 龙华 of 龙华乡 is a region elsewhere.
      for (const from of [at, at - length]) {
        TOWN.lastIndex = from;
        const town = from === begin ? undefined : TOWN.exec(text)?.[0];
        if (town !== undefined && !NO_TOWN.test(town))
          found.push({ start: begin, end: from + town.length });
      }
    }
    at -= 1;
  }
  const villages = spansOf(text, TOWN_WITH_VILLAGE).filter(({ start, end }) => {
    const written = text.slice(start, end);
    return !NO_TOWN.test(written) && holdsName(written);
  });
  return [...found, ...villages.map((span) => ({ ...span, start: start(text, span.start) }))];
}

function labelled(text: string): Span[] {
  return [...text.matchAll(LABELLED)].flatMap(({ indices, groups }) => {
    const [start, end] = indices?.groups?.["it"] ?? [];
    if (start === undefined || end === undefined) return [];
    const place = text.slice(start, end);
    // Without a colon it is running text: only what has a number is an address of its own.
    const isAddress =
      groups?.["colon"] === undefined ? /\d\s?[号栋幢楼室弄]/.test(place) : IS_PLACE.test(place);
    return isAddress ? [{ start, end }] : [];
  });
}

/** The place from which regions, towns and parks lead without a gap to `at`. */
function start(text: string, at: number): number {
  const before = /[\p{Script=Han}0-9A-Za-z]{0,40}$/u.exec(text.slice(0, at))?.[0] ?? "";
  const from = at - before.length;
  for (let i = from; i < at; i++) if (regionLengthAt(text, i) >= 2) return i;
  return at - townsLength(before);
}

/** Towns, villages and parks: one to six characters, and what they are. */
const TOWN_NAME = /^\p{Script=Han}{1,6}(?:镇|乡|街道|村|园|区)$/u;
const MOST_TOWN_LENGTH = 8;

/**
 * Length of the longest run of town names that the text ends with. From the end, one place at a time: as one expression, in
 * which a name may hold what ends another, it takes time that doubles with each character.
 */
function townsLength(text: string): number {
  let longest = 0;
  // Lengths of runs at the end that are names all through.
  const runs = new Set([0]);
  for (let length = 2; length <= Math.min(text.length, longest + MOST_TOWN_LENGTH); length += 1) {
    const begin = text.length - length;
    for (let own = 2; own <= Math.min(length, MOST_TOWN_LENGTH); own += 1) {
      if (!runs.has(length - own) || !TOWN_NAME.test(text.slice(begin, begin + own))) continue;
      runs.add(length);
      longest = length;
      break;
    }
  }
  return longest;
}
