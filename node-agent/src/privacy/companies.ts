/**
 * Names of firms: by legal suffix, by trade and suffix (红星机械厂), by what firms shorten themselves to (宏达股份), by
 * label, in English.
 *
 * A name is what is no word of everyday prose or trade before the suffix: 该厂, 铜箔厂 and 一家软件公司 name nobody. Before
 * a legal suffix the name is taken whole, up to a word that leads to it, rather too long than too short.
 *
 * @module
 */

import type { Detector, Span } from "./detectors.ts";
import { holdsName, type Token, tokensOf } from "./generic-words.ts";
import { regionLengthAt } from "./region-names.ts";
import { groupSpansOf, spansOf } from "./written-code.ts";

const MOST_BEFORE = 30;

const LEGAL_SUFFIX =
  /(?:集团)?(?:股份)?有限(?:责任)?公司|股份公司|有限合伙(?:企业)?|专业合作(?:联)?社|合作社(?!区)/g;
const BRANCH = /^[\p{Script=Han}()]{0,12}?(?:分公司|分厂|分店|办事处)/u;
/** A plant that the firm names by its place: 贵溪冶炼厂. */
const PLANT = /^\p{Script=Han}{2,10}?(?:厂|基地|事业部|项目部)/u;
/** What stands after the name of a firm and its trade. */
const TRADE_SUFFIX =
  /公司(?!法|章|制|化|级)|集团(?!化|型|级|管控|军)|(?:总|加工)?厂(?![区房长家商级址矿际务])|商行|商贸行|经营部|门市部|加工部|服务部|批发部|事务所|工作室|养殖场|研究院|研究所|设计院|(?:第[一二三四五六七八九十]+)?(?:人民|中心|中医|妇幼保健)?(?:卫生|医)院/g;
/** Suffixes before which a region alone names one: 赣州市人民医院. */
const LOCAL = /院$|所$|商行$|部$/;
/** What firms shorten their names to. */
const BRAND_SUFFIX =
  /(?:股份|实业|控股|重工|重机|精工|智造|铜业|锂业|钨业|药业|纸业|乳业|酒业|木业|塑业|铝业|矿业|铸业|米业|鞋业|钢铁)(?![化型制级])/g;
/** The same with words that are also wares: only where a firm acts, or the clause ends. */
const TRADE_BRAND_SUFFIX =
  /(?:精密|电器|电气|光电|机电|科技|食品|家具|模具|电子|机械|新材|五金|服饰|汽配|重科|动力)(?=$|[^\p{Script=Han}]|的|公司|通过|完成|实施|上线|引入|采用|投入|投产|建设|董事|总经理|厂|车间|老板|要求|提出|在|与|和|已|于|去年|今年|表示|项目|验收|是|有|把|将|从|都|也|用|等|旗下|派|每|需|为)/gu;
/** A firm in quotation marks. */
const QUOTED = /[“"「『《](?<it>\p{Script=Han}{3,14})[”"」』》]/dgu;

const LABEL =
  "(?:企业|单位|公司|客户|机构|工厂)(?:全称|名称|名)|(?:案例|应用|试点|示范|受诊|服务|样板|申报|改造|被诊断)(?:企业|单位|工厂)|客户|甲方|乙方|业主(?:单位)?|用户单位|委托(?:方|单位)|建设单位|以下简称|简称|品牌|商标|字号|商号";
const LABELLED = new RegExp(
  `(?:${LABEL})(?:为|是)?\\s?(?:[:]\\s?[“"'「『《]?|[“"「『])(?<it>[^\\s，,。;；:、（）()“”"'「」『』〔〕]{2,30})`,
  "gdu",
);

const SHORT_FOR =
  /(?<=[(,，；]\s?)(?:以下)?简称(?:为)?\s?[“"「]?(?<it>[\p{Script=Han}A-Za-z0-9]{2,8})/dgu;

const ENGLISH =
  /(?<!\p{L})(?:\p{Lu}[\p{L}\d&.'’-]*,?\s{1,2}(?:(?:and|of|&)\s)?){1,7}\(?(?:C[oO]\s?\.?\s?,?\s?L[tT][dD]|C(?:ompany|OMPANY)(?:\s(?:L(?:imited|IMITED)|L[tT][dD]))?|L(?:imited|IMITED)|L[tT][dD]|GmbH|AG|I(?:nc|NC)|Incorporated|C(?:orp|ORP)(?:oration|ORATION)?|LLC|PLC|Pty|G(?:roup|ROUP)|Holdings?|S\.?A|S\.?r\.?l|B\.?V|K\.?K|Factory|Works)(?!\p{L})\.?(?:\s&\sCo\.?\s?KG)?/gu;

/** Words that lead to a name; the longer first. */
const LEADS =
  "牵头单位|实施单位|建设单位|运营单位|服务商|供应商|合作方|以及|或者|还有|就是|客户|甲方|乙方|中心|企业|单位|业主|走访|调研|帮助|协助|服务|联系|委托|邀请|签约|签订|签署|陪同|参观|考察|推荐|介绍|来自|通过|采用|引进|引入|选择|指导|支持|组织|携手|安排|我们|他们|昨天|今年|去年|目前|近日|其中|包括|例如|根据|依托".split(
    "|",
  );
const LEAD_CHARACTERS = "为由与和在对向给是了到至从将把被让请找去跟及或等其该";
/** Names that begin like a word that leads to one. */
const NO_LEAD =
  /^(?:和平|和谐|和美|和顺|和盛|和兴|和丰|和田|和县|和信|和泰|和源|和利|为民|向阳|向荣|向东|向明|从化|从江|将乐|将军|到岸|其昌|其利|在田|由甲)/;

export const COMPANIES: Detector = {
  type: "company",
  find: (text) => [
    ...legalNames(text),
    ...tradeNames(text),
    ...brandNames(text),
    ...groupSpansOf(text, LABELLED).filter((span) => isName(text.slice(span.start, span.end))),
    ...groupSpansOf(text, SHORT_FOR).filter((span) => isName(text.slice(span.start, span.end))),
    ...groupSpansOf(text, QUOTED).filter(({ start, end }) => isNamedTrade(text.slice(start, end))),
    ...spansOf(text, ENGLISH),
  ],
};

function legalNames(text: string): Span[] {
  const found: Span[] = [];
  let from = 0;
  for (const { index, 0: suffix } of text.matchAll(LEGAL_SUFFIX)) {
    const before = stretchBefore(text, index, from);
    const name = before.slice(leadLength(before));
    const end = index + suffix.length;
    from = end;
    if (!isLegalName(name)) continue;
    const after = text.slice(end, end + 20);
    const plant = regionLengthAt(after, 0) > 0 ? PLANT.exec(after) : null;
    const branch = (plant ?? BRANCH.exec(after))?.[0].length ?? 0;
    found.push({ start: index - name.length, end: end + branch });
  }
  return found;
}

function tradeNames(text: string): Span[] {
  const found: Span[] = [];
  for (const { index, 0: suffix } of text.matchAll(TRADE_SUFFIX)) {
    const needsTrade = suffix.endsWith("厂") && suffix.length === 1;
    const start = nameStart(text, index, { needsTrade, mayBeLocal: LOCAL.test(suffix) });
    if (start !== undefined) found.push({ start, end: index + suffix.length });
  }
  return found;
}

function brandNames(text: string): Span[] {
  const suffixes = [...text.matchAll(BRAND_SUFFIX), ...text.matchAll(TRADE_BRAND_SUFFIX)];
  return suffixes.flatMap(({ index, 0: { length } }) => {
    const start = nameStart(text, index, { needsTrade: false, mayBeLocal: false });
    return start === undefined ? [] : [{ start, end: index + length }];
  });
}

/** Where the name before a suffix begins: an unknown stretch of two or more, then trades; regions before it belong to it. */
function nameStart(
  text: string,
  suffixAt: number,
  { needsTrade, mayBeLocal }: { readonly needsTrade: boolean; readonly mayBeLocal: boolean },
): number | undefined {
  const before = stretchBefore(text, suffixAt, 0);
  const from = suffixAt - before.length;
  const tokens = tokensOf(before);
  let at = tokens.length;
  const back = (isWanted: (type: Token["type"]) => boolean) => {
    const last = at;
    while (at > 0 && isWanted((tokens[at - 1] as Token).type)) at -= 1;
    return tokens.slice(at, last);
  };
  const trades = back((type) => type === "trade");
  if (needsTrade && trades.length === 0) return undefined;
  // 江铜: a ware of one character may be the end of a name.
  const joined = isSingle(trades[0]) && tokens[at - 1]?.type === "unknown" ? 1 : 0;
  const name = back((type) => type === "unknown" || type === "soft");
  const regions = back((type) => type === "region");
  const isNamed = name.length + joined >= 2 && name.some(({ type }) => type === "unknown");
  const isLocal = regions.length > 0 && mayBeLocal && trades.length > 0 && name.length === 0;
  if (!isNamed && !isLocal) return undefined;
  return from + (tokens[at] as Token).start;
}

/** Han, letters, digits and brackets right before `end`, at most 30 of them and not before `from`. */
function stretchBefore(text: string, end: number, from: number): string {
  const before = text.slice(Math.max(from, end - MOST_BEFORE), end);
  const stretch = /[\p{Script=Han}A-Za-z0-9()&·-]*$/u.exec(before)?.[0] ?? "";
  // An opening bracket that is not closed stands before the name.
  const bracket = stretch.lastIndexOf("(");
  const isOpen = bracket >= 0 && !stretch.slice(bracket).includes(")");
  const closed = isOpen ? stretch.slice(bracket + 1) : stretch;
  const attribute = Math.max(closed.lastIndexOf("了"), lastAttribute(closed));
  return closed.slice(attribute + 1);
}

/** Place of the last 的 that is not the one of 美的. */
function lastAttribute(text: string): number {
  for (let at = text.lastIndexOf("的"); at >= 0; at = text.lastIndexOf("的", at - 1)) {
    if (text[at - 1] !== "美") return at;
    if (at === 0) break;
  }
  return -1;
}

/** Length of the words at the start that lead to a name and are no part of it. */
function leadLength(text: string): number {
  let at = 0;
  for (;;) {
    const rest = text.slice(at);
    const lead = LEADS.find((word) => rest.startsWith(word))?.length ?? 0;
    if (lead > 0 && rest.length - lead >= 2) {
      at += lead;
      continue;
    }
    const isSingle = LEAD_CHARACTERS.includes(rest[0] ?? " ") && !NO_LEAD.test(rest);
    if (!isSingle || rest.length < 3) return at;
    if (regionLengthAt(rest, 0) > 0) return at;
    at += 1;
  }
}

/**
 * True for all that can stand before a legal suffix, but for 某机械, 一家, 该 and words as short as a form: 国有. A firm may
 * be called by everyday words: 未来科技.
 */
function isLegalName(text: string): boolean {
  if (text.includes("某")) return holdsName(text.replace(/^.*某+/u, ""));
  const types = tokensOf(text).map(({ type }) => type);
  const isNamed = types.some((type) => type === "unknown" || type === "region");
  const isPointedAt = /[一两三几多各每这那]家|[该本各]/.test(text);
  return /[A-Za-z]{2}/.test(text) || isNamed || (!isPointedAt && text.length >= 4);
}

/** 宏达五金: something unknown and a trade at the end. */
function isNamedTrade(text: string): boolean {
  const last = tokensOf(text).at(-1);
  return last?.type === "trade" && !isSingle(last) && holdsName(text);
}

function isSingle(token: Token | undefined): boolean {
  return token !== undefined && token.end - token.start === 1;
}

/** True for what could be a name: Latin letters, or something that is no everyday word; never 某某. */
function isName(text: string): boolean {
  if (/^[\p{Script=Han}]{0,6}某/u.test(text) && !holdsName(text.replace(/^.*某+/u, "")))
    return false;
  const { length } = text;
  if (/[A-Za-z]{2}/.test(text)) return true;
  return (
    holdsName(text) ||
    (length > 2 &&
      regionLengthAt(text, 0) > 0 &&
      tokensOf(text).some(({ type }) => type === "trade"))
  );
}
