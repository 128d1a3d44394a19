/**
 * Numbers that a public register resolves to one firm: plates (GA 36-2018), patents, software copyrights, licences,
 * filings.
 *
 * @module
 */

import type { Detector } from "./detectors.ts";
import { groupSpansOf, SEPARATORS, spansOf } from "./written-code.ts";

const PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
const GAP = "[\\s·•.-]?";
/** Five characters, at most two of them letters, or the six of a new-energy car. */
const PLATE = new RegExp(
  `[${PROVINCE}]${GAP}[A-HJ-NP-Z]${GAP}(?:(?=(?:[A-Z\\s]*\\d){3})[A-HJ-NP-Z0-9]{2}\\s?[A-HJ-NP-Z0-9]{2}[A-HJ-NP-Z0-9挂学警港澳]|[A-HJK][A-HJ-NP-Z0-9]\\d{4}|\\d{5}[A-HJK])(?![0-9A-Za-z])`,
  "gi",
);

const PATENT = new RegExp(
  `(?<![A-Za-z])ZL${SEPARATORS}\\d(?:${SEPARATORS}\\d){7,12}(?:${SEPARATORS}[0-9X])?(?![0-9A-Za-z])|(?<![A-Za-z])CN${SEPARATORS}\\d(?:${SEPARATORS}\\d){6,12}(?:\\.[0-9X]|\\s?[A-Z]\\d?)?(?![0-9A-Za-z])`,
  "gi",
);
const LABELLED_PATENT =
  /(?:专利(?:申请)?号|申请号|公开号|公告号|授权号|商标(?:注册)?号)[^0-9A-Za-z]{0,4}(?<it>[A-Z]{0,2}\s?\d[\d\s.]{5,18}[0-9X])(?![0-9A-Za-z])/dgi;
const COPYRIGHT = /(?:19|20)\d{2}SR\d{5,8}|软著登字第\s?\d{5,9}\s?号/gi;

const PERMIT = new RegExp(
  [
    `(?<![A-Za-z])SC${SEPARATORS}\\d{14}(?!\\d)`,
    "(?<![A-Za-z])QS\\s?\\d{4}\\s?\\d{4}\\s?\\d{4}(?!\\d)",
    "(?<![A-Za-z])XK\\d{2}[-\\s]?\\d{3}[-\\s]?\\d{5}(?!\\d)",
    `[${PROVINCE}](?:B2-\\d{8}|ICP[备证]\\s?(?:B2-)?\\d{6,10}号?(?:-\\d{1,3}[A-Z]?)?)`,
    `[${PROVINCE}]?公网安备\\s?\\d{10,16}号?`,
    // (赣)JZ安许证字[2021]010234, 赣环许字第12345号
    `\\(?[${PROVINCE}]?\\)?[A-Z\\p{Script=Han}]{0,8}许?(?:证字|许字|准字|经字)第?\\s?[(\\[〔]?\\d{0,4}[)\\]〕]?第?\\s?[A-Z0-9-]{3,16}号?`,
    `[${PROVINCE}]?\\p{Script=Han}{0,4}(?:许可|环审|环评|环许|安许|排许)\\p{Script=Han}{0,3}\\s?[(\\[〔]\\d{4}[)\\]〕]\\s?第?\\d{1,6}号?`,
    `[${PROVINCE}]\\p{Script=Han}{0,10}许可?证?字?第?\\d{6,12}号`,
    "[国省]药准字\\s?[A-Z]\\d{8}|[国\\p{Script=Han}]械[注备][准进许]?\\s?\\d{8,14}",
  ].join("|"),
  "giu",
);
const LABELLED_PERMIT =
  /(?:许可证|证书|资质证|备案|登记证|批准文?)(?:编号|号码|号)\s?[:为是]?\s?(?<it>[^\s，。；、！？]{6,30})/dgi;

const PERMIT_CODE =
  /(?:许可证|资格证|登记证|备案证)\s?[:]?\s?(?<it>[A-Z]{0,4}\d[0-9A-Z-]{6,24})/dgi;

export const PERMITS: readonly Detector[] = [
  {
    type: "patent",
    find: (text) => [
      ...spansOf(text, PATENT),
      ...groupSpansOf(text, LABELLED_PATENT),
      ...spansOf(text, COPYRIGHT),
    ],
  },
  {
    type: "permit",
    find: (text) => [
      ...spansOf(text, PERMIT),
      ...groupSpansOf(text, PERMIT_CODE),
      ...groupSpansOf(text, LABELLED_PERMIT).filter(({ start, end }) =>
        /\d{4}/.test(text.slice(start, end)),
      ),
    ],
  },
  { type: "plate", find: (text) => spansOf(text, PLATE) },
];
