/**
 * Names of persons: a surname with a title (王总, 刘建国厂长), a label before a name (联系人：张建国), a title before a name
 * (董事长蔡文华), Latin names with a title or after a label.
 *
 * A surname alone is a word like any other: 高度, 方案, 车间. What begins with such a word is no name.
 *
 * @module
 */

import type { Detector, Span } from "./detectors.ts";
import { beginsWithWord } from "./generic-words.ts";
import { COMMON_SURNAMES, COMPOUND_SURNAMES, SURNAMES } from "./surnames.ts";
import { groupSpansOf, spansOf } from "./written-code.ts";

const TITLES =
  "(?:常务|执行|代理)?副?(?:董事长|总经理|总裁|总监|总工程师|总工|厂长|经理|主任|主管|组长|班长|队长|店长|部长|科长|处长|局长|院长|所长|站长|校长|会长|书记|秘书长|镇长|村长|老板|掌柜)|董秘|会计|老师|师傅|师父|工程师|高工|博士|教授|女士|先生|小姐|同志|大姐|大哥|副总|助理|秘书|主席|理事长";
/** Titles of one character, where no longer word begins with them. */
const SHORT_TITLES =
  "总(?!体|量|额|数|价|成|部|线|共|计|和|会|结|装|投[资入]|产[值量能]|能[耗力]|重|长|经理|监|工|裁|包|览|账|图|站|局|院|目|归|承)|董(?!事会)|工(?![序艺厂程作业人时具件位地段况资会匠信种装友频频程商])";
const TITLE = new RegExp(`${TITLES}|${SHORT_TITLES}`, "gu");
/** Before 工 these make a word: 施工, 高工, 化工. */
const NO_SURNAME_OF_WORKER = "施高车包石管华江水金安连成时万全单任路计方于常武文田关";
/** 任厂长 is to be made director. */
const NO_SURNAME_OF_TITLE = "任时成应连";

const SURNAME = `(?:${COMPOUND_SURNAMES}|[${SURNAMES}])`;
const COMMON = `(?:${COMPOUND_SURNAMES}|[${COMMON_SURNAMES}])`;
const HAN = "\\p{Script=Han}";
/** What follows a name and is none of its characters. */
const AFTER = "说的在是和与及等于为也都对把从将让称带表介负认率组亲签主牵领告坦笑提要不已就先";
/** One or two characters; a second one after a space only where the name ends with it. */
const GIVEN = `${HAN}(?:(?![${AFTER}])${HAN}|\\s${HAN}(?=[^${HAN}]|$))?`;

const LABEL =
  "联系人|联络人|法定代表人|法人代表|法定代表|法人|负责人|经办人|对接人|接口人|责任人|申请人|委托人|代理人|收件人|发件人|签字人|签收人|被采访人|采访对象|受访者?|项目经理|项目负责人|姓名|名字|发明人|撰稿|作者|供稿|摄影|审核人|编制人";
const OFFICE =
  "董事长|总经理|总裁|厂长|老板|经理|主任|主管|总监|书记|组长|班长|队长|店长|部长|院长|所长|校长|会长|工程师|师傅|博士|教授|创始人|老师|操作工|操作员|计划员|质检员|站长|总工(?!程)|合伙人";
const LATIN_NAME = "[A-Z][A-Za-z'’-]+(?:\\s[A-Z][A-Za-z'’-]+){0,3}";
const LABELLED = new RegExp(
  `(?:${LABEL}|${OFFICE})\\s?(?:[:=]|是|为|叫)?\\s?(?<it>${SURNAME}\\s?${GIVEN})`,
  "gdu",
);
/** With a colon, whatever is as short as a name is one. */
const AFTER_COLON = new RegExp(
  `(?:${LABEL}|${OFFICE})\\s?[(]?[^:\\s]{0,6}[)]?\\s?:\\s?(?<it>${HAN}{2,4}|${HAN}\\s${HAN}(?:\\s${HAN})?)(?=[^${HAN}]|$)`,
  "gdu",
);
const LATIN = new RegExp(
  `(?:(?:${LABEL}|${OFFICE})\\s?[:=]?|(?:代表|顾问|讲师|主讲|接待)\\s?:|(?<![A-Za-z])(?:contact(?:\\sperson)?|attn|name|manager|director|owner)\\s?:)\\s?(?<it>${LATIN_NAME})`,
  "gdu",
);
const LATIN_ANY_CASE =
  /(?<![A-Za-z])(?:Contact(?: [Pp]erson)?|Attn|ATTN|Name|Manager|Director|Owner|Legal representative)\s?:?\s(?<it>[A-Z][a-z'’-]+\s[A-Z][A-Za-z'’-]+)/dg;
const ADDRESSED = new RegExp(`(?<![A-Za-z])(?:Mr|Ms|Mrs|Miss|Mx|Dr|Prof)\\.?\\s${LATIN_NAME}`, "g");
const OFFICER =
  /(?<![A-Za-z])(?:[Mm]anager|[Dd]irector|[Ee]ngineer|[Oo]wner|[Ff]oreman|CEO|CTO|CFO|COO)\s[A-Z][a-z'’-]+\s[A-Z][a-z'’-]+|(?<![A-Za-z])(?:[A-Z][a-z'’-]+\s[A-Z][a-z'’-]+),\s(?:the\s|our\s|its\s)?(?:\w+\s){0,2}(?:manager|director|engineer|owner|foreman|founder|CEO|CTO|CFO|COO)(?![a-z])/g;
const MINORITY = new RegExp(`${HAN}{2,8}[·•・]${HAN}{2,8}`, "gu");
const SPEAKER = new RegExp(
  `(?<=^|[^${HAN}]|由|据|让|请|找|问)(?<it>${COMMON}${HAN}{1,2})(?=说|表示|坦言|告诉|介绍说|认为|回忆|签字|带队|牵头|负责|提出|笑)`,
  "gdu",
);
/** 王建国（厂长） */
const BRACKETED = new RegExp(`${COMMON}${HAN}{1,2}(?=\\s?\\((?:${TITLES}|${OFFICE}))`, "gu");
const FAMILIAR = new RegExp(
  `(?<=^|[^${HAN}]|[的是由让请跟和与找被])[老小阿][${COMMON_SURNAMES}](?=[，。；、,说的在带和告表是也就常把给让对”"]|师傅|$)`,
  "gu",
);
/** Departments and words that stand after a colon where a name is wanted. */
const NO_NAME = /[部科室处办组院所厂司局委]$|待定|暂无|详见|同上|见附|不详|保密|某/;

export const PERSONS: Detector = {
  type: "person",
  find: (text) => [
    ...titled(text),
    ...groupSpansOf(text, LABELLED).filter(
      (span) => !beginsWithWord(text.slice(span.start, span.end)),
    ),
    ...groupSpansOf(text, AFTER_COLON).filter(({ start, end }) => {
      const name = text.slice(start, end);
      return !NO_NAME.test(name) && !beginsWithWord(name);
    }),
    ...groupSpansOf(text, LATIN),
    ...groupSpansOf(text, LATIN_ANY_CASE),
    ...spansOf(text, ADDRESSED),
    ...spansOf(text, OFFICER),
    ...spansOf(text, BRACKETED),
    ...spansOf(text, MINORITY),
    ...groupSpansOf(text, SPEAKER).filter(
      ({ start, end }) => !beginsWithWord(text.slice(start, end)),
    ),
    ...spansOf(text, FAMILIAR),
  ],
};

/** Names before a title: the longest of one to four characters that begins with a surname and with no word. */
function titled(text: string): Span[] {
  return [...text.matchAll(TITLE)].flatMap(({ index, 0: title }) => {
    const start = nameBefore(text, index, title);
    return start === undefined ? [] : [{ start, end: index + title.length }];
  });
}

const NAME = new RegExp(`^(?:${COMPOUND_SURNAMES}|[${SURNAMES}])\\s?(?:${HAN}\\s?){0,2}$`, "u");

/** Function words that no given name has. */
const INSIDE_NO_NAME = new RegExp(`[${AFTER}由到被给但而]`);

function nameBefore(text: string, at: number, title: string): number | undefined {
  for (let length = Math.min(7, at); length >= 1; length--) {
    const name = text.slice(at - length, at);
    if (!NAME.test(name) || (name.length > 1 && beginsWithWord(name))) continue;
    const given = name.trim().slice(1);
    if (INSIDE_NO_NAME.test(given)) continue;
    if (title === "工" && given !== "") continue;
    if (given === "" && isWordWithTitle(name, title)) continue;
    // 项目经理 in 江西项目经理: the word ends in the name.
    if (given !== "" && title.length > 1 && beginsWithWord(given.slice(-2))) continue;
    return at - length;
  }
  return undefined;
}

function isWordWithTitle(surname: string, title: string): boolean {
  if (title === "工") return NO_SURNAME_OF_WORKER.includes(surname);
  if (title === "总") return "汇全时成方于和".includes(surname);
  return NO_SURNAME_OF_TITLE.includes(surname);
}
