/**
 * What a company's name is made of: 深圳市 | 汇平 | 智能科技 | 有限公司.
 *
 * By the rules for names in the register (企业名称登记管理规定, article 6) a name is place, brand, trade and legal form.
 * People leave out all but the brand, put the place in brackets, or write it in English.
 *
 * @module
 */

import { foldText } from "../../index/analysis/fold.ts";
import { isNational, latinPlace, leadingPlace, placeNamed } from "./name-place.ts";
import {
  BRANCH_WORDS,
  CUT_FORMS,
  LATIN_TRADE_WORDS,
  LEGAL_FORMS,
  MAX_TRADE_WORD,
  TRADE_WORDS,
} from "./name-words.ts";

/** A name in its parts, all folded (`foldText`); parts that are missing are empty. */
export interface CompanyName {
  /** Everything but spaces, punctuation and what stands for a former or short name in brackets. */
  readonly text: string;
  /** GB/T 2260 code of the place in the name. */
  readonly place: string;
  /** What only this company is called: 汇平. */
  readonly brand: string;
  /** What it does: 智能科技. */
  readonly trade: string;
  /** 有限公司, 股份有限公司; a name that has it is the full one. */
  readonly legalForm: string;
  /** The part of the company that is meant, with its place: 赣州分公司. */
  readonly branch: string;
  /** Words in Latin letters that are more than a legal form. */
  readonly latin: readonly string[];
}

/** A written name and the other names that stand in it: （原：…）, （简称…）, an English one. The first is the main one. */
export function parseCompanyNames(written: string): readonly CompanyName[] {
  const folded = foldText(written).trim();
  if (folded === "") return [];
  const others: string[] = [];
  const main = folded.replace(BRACKETS, (_, inner: string) => {
    const other = OTHER_NAME.exec(inner)?.[1];
    if (other !== undefined) others.push(other);
    else if (HAN.test(folded.replace(BRACKETS, "")) && /^[a-z][a-z .,&'-]{2,}$/.test(inner)) {
      others.push(inner);
    } else return `(${inner})`;
    return "";
  });
  const [first = "", ...formerly] = main.split(FORMERLY);
  return [first, ...formerly, ...others].map(parseCompanyName).filter(({ text }) => text !== "");
}

const BRACKETS = /[([【〔《<「]([^()[\]【】〔〕《》<>「」]*)[)\]】〕》>」]/gu;
const OTHER_NAME = /^(?:原名?|曾用名|前身为?|简称|以下简称|又名|品牌|商标)[::为"“]*(.{2,}?)["”]?$/u;
const FORMERLY = /[,;/|]?\s*(?:原名|曾用名|简称)[::]/u;
const HAN = /\p{Script=Han}/u;
const NOT_IN_NAME = /[\p{P}\p{Z}\p{S}\p{C}]/gu;

/** One folded name, brackets included. */
function parseCompanyName(folded: string): CompanyName {
  if (!HAN.test(folded)) return latinName(folded);
  let place = "";
  const inline = folded.replace(BRACKETS, (whole, inner: string) => {
    const bare = inner.replace(NOT_IN_NAME, "");
    const named = placeNamed(bare);
    if (named === undefined && !isNational(bare)) return whole;
    place ||= named ?? "";
    return "";
  });
  const text = folded.replace(NOT_IN_NAME, "");
  const { head, branch } = withoutBranch(inline.replace(NOT_IN_NAME, ""));
  const { stem, legalForm } = withoutLegalForm(head);
  const { core, leading } = withoutPlace(stem);
  const { brand, trade } = splitCore(core);
  const latin = [...core.matchAll(/[a-z][a-z0-9]+/g)].map(([word]) => word);
  return { text, place: leading || place, brand, trade, legalForm, branch, latin };
}

function latinName(folded: string): CompanyName {
  const words = folded
    .replace(/['’.]/g, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  let place = "";
  const latin = words.filter((word) => {
    const named = latinPlace(word);
    if (named !== undefined) place ||= named;
    return named === undefined && !LATIN_TRADE_WORDS.has(word);
  });
  const text = words.join("");
  return { text, place, brand: latin.join(""), trade: "", legalForm: "", branch: "", latin };
}

const BRANCH = new RegExp(`^(.*?(?:公司|集团|厂|院|所))?(.*?)(${BRANCH_WORDS.join("|")})$`, "u");

/** Parts 汇平科技有限公司 from 赣州分公司, and 汇平 from 赣州分公司 where no legal form stands between. */
function withoutBranch(text: string): { readonly head: string; readonly branch: string } {
  const [, head, between = "", word = ""] = BRANCH.exec(text) ?? [];
  if (word === "") return { head: text, branch: "" };
  if (head !== undefined) return { head, branch: between + word };
  for (let at = 2; at < between.length; at++) {
    if (placeNamed(between.slice(at)) !== undefined) {
      return { head: between.slice(0, at), branch: between.slice(at) + word };
    }
  }
  return between.length >= 2 ? { head: between, branch: word } : { head: text, branch: "" };
}

function withoutLegalForm(text: string): { readonly stem: string; readonly legalForm: string } {
  const legalForm = LEGAL_FORMS.find((form) => text.length > form.length && text.endsWith(form));
  if (legalForm !== undefined) return { stem: text.slice(0, -legalForm.length), legalForm };
  const cut = CUT_FORMS.find((form) => text.length >= form.length + 2 && text.endsWith(form));
  return { stem: cut === undefined ? text : text.slice(0, -cut.length), legalForm: "" };
}

/** Takes the place off, unless only trade words or nothing would be left: 上海机电 is a brand. */
function withoutPlace(stem: string): { readonly core: string; readonly leading: string } {
  const national = ["中国", "中华"].find((word) => stem.startsWith(word));
  const place = national === undefined ? leadingPlace(stem) : { code: "", length: national.length };
  if (place === undefined) return { core: stem, leading: "" };
  const core = stem.slice(place.length);
  const isBrandless = core.length < 2 || isAllTrade(core);
  return isBrandless ? { core: stem, leading: place.code } : { core, leading: place.code };
}

/** Brand and trade; a brand has at least two characters. */
function splitCore(core: string): { readonly brand: string; readonly trade: string } {
  for (let at = 2; at < core.length; at++) {
    if (tradeWordAt(core, at) > 0 && isAllTrade(core.slice(at))) {
      return { brand: core.slice(0, at), trade: core.slice(at) };
    }
  }
  for (let at = 2; at < core.length; at++) {
    if (tradeWordAt(core, at) > 1) return { brand: core.slice(0, at), trade: core.slice(at) };
  }
  return { brand: core, trade: "" };
}

/** Length of the longest trade word that stands at a place; 0 if there is none. */
function tradeWordAt(text: string, at: number): number {
  for (let length = Math.min(MAX_TRADE_WORD, text.length - at); length > 0; length--) {
    if (TRADE_WORDS.has(text.slice(at, at + length))) return length;
  }
  return 0;
}

/** True if a text is trade words from beginning to end. */
function isAllTrade(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    const length = tradeWordAt(text, at);
    if (length === 0) return false;
    at += length;
  }
  return true;
}
