/**
 * Text as the detectors of free text read it: as {@link plainTextOf}, traditional characters of the words that
 * detectors know in their simplified form, and names that are written with spaces closed up. Offsets lead back to the
 * original, as there.
 *
 * @module
 */

import { type PlainText, plainTextOf } from "./plain-text.ts";

/** Traditional and simplified in turn: surnames, and what labels, suffixes and addresses are written with. */
const TRADITIONAL =
  "張张陳陈劉刘楊杨黃黄趙赵吳吴孫孙馬马羅罗鄭郑謝谢許许馮冯鄧邓葉叶蘇苏盧卢蔣蒋賈贾韋韦譚谭鍾钟龔龚萬万錢钱湯汤顧顾賴赖龍龙賀贺" +
  "嚴严歐欧陽阳諸诸葛葛電电話话機机號号樓楼廠厂經经師师區区縣县鎮镇鄉乡國国會会業业聯联繫系絡络係系責责負负員员總总長长東东團团銀银" +
  "帳账賬账證证碼码郵邮網网園园棟栋層层專专書书產产實实設设備备無无門门車车務务稅税織织構构記记錄录輛辆灣湾廣广寧宁遼辽貴贵陝陕" +
  "雲云滬沪隆隆齊齐費费倫伦畢毕單单關关閻阎魯鲁鄒邹喬乔莊庄溫温紀纪練练簡简饒饶戰战製制習习達达鑫鑫銅铜鋁铝鋼钢鐵铁藥药紙纸礦矿";

const SIMPLIFIED: ReadonlyMap<string, string> = new Map(
  (TRADITIONAL.match(/../gu) ?? []).map((pair) => [pair[0] as string, pair[1] as string]),
);

/** A Han character that stands alone between spaces, as in 海 瑞 达. */
const LONE_HAN =
  /(?<=\p{Script=Han})[ \t]+(?=\p{Script=Han}[ \t])|(?<=[ \t]\p{Script=Han})[ \t]+(?=\p{Script=Han})/gu;

/** A long number with letters for digits: 138oo138ooo. */
const LETTER_DIGITS =
  /(?<![A-Za-z0-9])(?=(?:[oOlI\s-]*\d){4})[0-9oOlI](?:[\s-]?[0-9oOlI]){9,18}(?![A-Za-z0-9])/g;

export function foldedTextOf(original: string): PlainText {
  const { plain, starts, ends } = plainTextOf(original);
  const simplified = plain
    .replace(/\p{Script=Han}/gu, (han) => SIMPLIFIED.get(han) ?? han)
    .replace(LETTER_DIGITS, (run) => run.replace(/[oO]/g, "0").replace(/[lI]/g, "1"));
  let folded = "";
  const foldedStarts: number[] = [];
  const foldedEnds: number[] = [];
  let at = 0;
  const keep = (end: number) => {
    folded += simplified.slice(at, end);
    for (let i = at; i < end; i++) {
      foldedStarts.push(starts[i] as number);
      foldedEnds.push(ends[i] as number);
    }
  };
  for (const { index, 0: gap } of simplified.matchAll(LONE_HAN)) {
    keep(index);
    at = index + gap.length;
  }
  keep(simplified.length);
  return { original, plain: folded, starts: foldedStarts, ends: foldedEnds };
}
