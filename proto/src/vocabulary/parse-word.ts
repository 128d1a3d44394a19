/**
 * Small readings of a cell: yes or no, several values in one, a document number, an address of a website.
 *
 * @module
 */

import { fold, tidy } from "./text.ts";

const YES = new Set([
  "是",
  "有",
  "对",
  "√",
  "✓",
  "✔",
  "☑",
  "y",
  "yes",
  "true",
  "1",
  "已",
  "具备",
  "支持",
  "v",
]);
const NO = new Set([
  "否",
  "无",
  "没有",
  "不",
  "×",
  "✗",
  "✘",
  "☐",
  "x",
  "n",
  "no",
  "false",
  "0",
  "未",
  "不具备",
  "不支持",
]);

/** 是/否, √, Y, true, 1. Undefined for anything else, an empty cell included. */
export function parseYesNo(value: string | number | boolean): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = tidy(String(value)).toLowerCase();
  const word = /^[√✓✔☑×✗✘☐]$/.test(text) ? text : fold(text);
  return YES.has(word) ? true : NO.has(word) ? false : undefined;
}

const SEPARATORS = "、；;，,/|\n\r①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳●•▪◆";

/**
 * Several values in one cell, parted by 、；;，, / | ①② • and line breaks, with their numbering taken off, without
 * repetition. What stands in brackets stays together, as do 1,200 and 24/7.
 *
 * @param separators The signs that part, instead of the usual ones.
 */
export function splitList(text: string, separators = SEPARATORS): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i] ?? "";
    if ("（([【".includes(sign)) depth += 1;
    else if ("）)]】".includes(sign)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && separators.includes(sign) && !isInsideNumber(text, i)) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  const items = parts.map(withoutNumbering).filter((part) => part !== "");
  return [...new Set(items)];
}

function isInsideNumber(text: string, at: number): boolean {
  const sign = text[at];
  return (
    (sign === "," || sign === "/") && /\d/.test(text[at - 1] ?? "") && /\d/.test(text[at + 1] ?? "")
  );
}

/** Takes 1. 1、 (1) ① - off the start. */
function withoutNumbering(part: string): string {
  return tidy(part.replace(/^\s*[·*]\s*/, ""))
    .replace(/^(?:[（(]\d{1,2}[)）]|\d{1,2}[.)）]\s?(?=\D)|[-–]\s)\s*/, "")
    .replace(/[。.]$/, "")
    .trim();
}

/** A document number with what was written. */
export interface PolicyNumber {
  /** With 〔year〕 and 号: 工信厅企业〔2024〕56号. */
  readonly normalised: string;
  readonly year: number;
}

/**
 * A document number of an authority, with brackets and spaces as the rule for official documents (GB/T 9704-2012) has
 * them: 辽工信明电[2026]3号 becomes 辽工信明电〔2026〕3号. Undefined for anything else.
 */
export function parsePolicyNumber(text: string): PolicyNumber | undefined {
  const plain = text.normalize("NFKC").replace(/[\p{Z}\p{C}]/gu, "");
  const found =
    /([\p{Script=Han}A-Za-z]{2,20})[[〔【(〈《{](\d{4})[\]〕】)〉》}](?:第)?0*(\d{1,5})号/u.exec(
      plain,
    );
  if (found === null) return undefined;
  const [, issuer = "", year = "", number = ""] = found;
  const word = issuer.replace(/^(?:修订|依据|文号|发文字号|关于)/, "");
  return { normalised: `${word}〔${year}〕${number}号`, year: Number(year) };
}

/**
 * An address of a website, with `https://` put before it where no protocol stands. Undefined for words such as
 * "Website", for other protocols, and for hosts that are none.
 */
export function parseWebsite(text: string): string | undefined {
  const plain = tidy(text).replaceAll(" ", "");
  const withProtocol = /^https?:\/\//i.test(plain)
    ? plain
    : /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+(?:[/:?#].*)?$/u.test(plain)
      ? `https://${plain}`
      : "";
  if (!URL.canParse(withProtocol)) return undefined;
  const url = new URL(withProtocol);
  const isHost =
    /^(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]+$/i.test(url.hostname) &&
    url.username === "" &&
    url.password === "";
  return isHost ? url.href : undefined;
}
