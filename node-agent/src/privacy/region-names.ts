/**
 * Names of regions at a place of a text: provinces, cities and counties, with and without 省, 市, 县, 区.
 *
 * @module
 */

import { regionTable } from "@tributary/proto/vocabulary";

let names: ReadonlySet<string> | undefined;
let longest = 0;
/** First two characters of the names: most places of a text begin none. */
const starts = new Set<string>();

/** Length of the longest name of a region that begins at `start`; 0 if none does. */
export function regionLengthAt(text: string, start: number): number {
  names ??= readNames();
  if (!starts.has(text.slice(start, start + 2))) return 0;
  for (let length = Math.min(longest, text.length - start); length >= 2; length--) {
    if (names.has(text.slice(start, start + length))) return length;
  }
  return 0;
}

function readNames(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { zh, short, level } of regionTable().values()) {
    if (level === "nation" || level === "country") continue;
    // 市辖区, 城区, 郊区 name no one place.
    if (/^(?:市辖区|城区|郊区|矿区|县|新区)$/.test(zh)) continue;
    for (const name of [zh, short, zh.replace(/(?:自治县|自治旗|[县市])$/, "")]) {
      if (name.length >= 2) found.add(name);
      longest = Math.max(longest, name.length);
    }
    if (level === "county" && /..区$/.test(zh)) {
      const bare = zh.slice(0, -1);
      if (bare.length >= 2) found.add(bare);
    }
  }
  for (const word of WORDS) found.delete(word);
  for (const name of EXTRA) found.add(name);
  for (const name of found) starts.add(name.slice(0, 2));
  return found;
}

/** Short names of counties that are words of every day. */
const WORDS = [
  "和平",
  "高新",
  "新城",
  "东方",
  "中心",
  "市中",
  "城中",
  "城关",
  "开发",
  "向阳",
  "建设",
  "文明",
  "永定",
  "大通",
  "平安",
  "安定",
  "新华",
  "新建",
  "长安",
  "集美",
  "海港",
  "矿",
  "铁东",
  "铁西",
  "前进",
  "东风",
  "工农",
  "红旗",
  "朝阳",
  "友谊",
  "宝塔",
  "云岩",
  "通道",
  "资源",
  "高台",
  "景泰",
  "平原",
  "合作",
  "凤凰",
  "武功",
  "白银",
  "安源",
  "成武",
  "武安",
  "会同",
  "安全",
  "鼓楼",
  "钟楼",
  "桥东",
  "桥西",
  "河东",
  "河西",
  "路桥",
  "路北",
  "路南",
  "丰满",
  "通用",
  "临时",
  "兴安",
  "大方",
];
/** Parts of provinces that are in no list. */
const EXTRA = [
  "赣南",
  "赣北",
  "赣西",
  "苏南",
  "苏北",
  "浙南",
  "粤东",
  "粤西",
  "闽南",
  "皖南",
  "鲁西",
];
