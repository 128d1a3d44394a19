/**
 * Why two records are one thing or not: a waterfall of weights.
 *
 * @module
 */

import type { AssertionKind } from "./assertions.ts";
import type { Veto } from "./compare/comparison.ts";
import type { Decision } from "./decision.ts";
import { type Evidence, evidenceBits, evidenceOf, probabilityOf, vetoOf } from "./model.ts";
import type { Resolver } from "./resolver.ts";

/** An explanation. `prior` and the evidence add up to `bits`. */
export interface Explanation {
  readonly decision: Decision;
  /** Weight of a pair about which nothing is known, in bits. */
  readonly prior: number;
  /** From the heaviest to the lightest, by size. */
  readonly evidence: readonly Evidence[];
  readonly bits: number;
  /** 0 to 1. */
  readonly probability: number;
  /** What keeps the pair from being linked without a person. */
  readonly veto?: Veto;
  /** What a person said. */
  readonly asserted?: AssertionKind;
}

/** Explains a pair; undefined if one of the records does not exist. */
export function explainPair(resolver: Resolver, a: string, b: string): Explanation | undefined {
  const left = resolver.record(a);
  const right = resolver.record(b);
  if (left === undefined || right === undefined) return undefined;
  const { model } = resolver;
  const bits = model.priorBits + evidenceBits(model, left, right);
  const evidence = [...evidenceOf(model, left, right)].sort(
    (x, y) => Math.abs(y.bits) - Math.abs(x.bits),
  );
  const veto = vetoOf(model, left, right);
  const asserted = resolver.asserted.of(a, b);
  return {
    decision: decisionOf(resolver, a, b, bits),
    prior: model.priorBits,
    evidence,
    bits,
    probability: probabilityOf(bits),
    ...(veto !== undefined && { veto }),
    ...(asserted !== undefined && { asserted }),
  };
}

function decisionOf(resolver: Resolver, a: string, b: string, bits: number): Decision {
  if (resolver.entityOf(a)?.members.includes(b)) return "auto";
  return bits >= resolver.thresholds.reviewBits ? "review" : "new";
}

/** The explanation in one line: 判为同一家：名称 相同 +14.2；网站 相同 +8.4；…；合计 9.1. */
export function explanationText(explanation: Explanation, language: "zh" | "en"): string {
  const words = WORDS[language];
  const parts = explanation.evidence.map(
    ({ comparison, level, bits }) =>
      `${words[comparison] ?? comparison} ${words[level] ?? level} ${signed(bits)}`,
  );
  const { prior, bits, veto, asserted } = explanation;
  const verdict = words[asserted === undefined ? explanation.decision : `asserted ${asserted}`];
  const stop = veto === undefined ? [] : [`${words["veto"]} ${words[veto]}`];
  const total = `${words["total"]} ${signed(bits)}`;
  const list = [...parts, `${words["prior"]} ${signed(prior)}`, ...stop, total];
  return language === "zh" ? `${verdict}：${list.join("；")}` : `${verdict}: ${list.join("; ")}`;
}

function signed(bits: number): string {
  return `${bits < 0 ? "−" : "+"}${Math.abs(bits).toFixed(1)}`;
}

const WORDS: Readonly<Record<"zh" | "en", Readonly<Record<string, string>>>> = {
  zh: {
    auto: "判为同一家",
    review: "请人工判断",
    new: "判为不同",
    "asserted same": "人工认定为同一家",
    "asserted different": "人工认定为不同",
    "asserted related": "人工认定为关联单位",
    different: "不同",
    prior: "先验",
    total: "合计",
    veto: "不自动合并：",
    code: "信用代码",
    branch: "分支机构",
    place: "地名",
    trade: "行业词",
    number: "序号",
    name: "名称",
    uscc: "统一社会信用代码",
    website: "网站",
    city: "城市",
    address: "地址",
    phone: "电话",
    equal: "相同",
    core: "核心相同",
    sound: "同音",
    short: "简写",
    romanised: "拼音相同",
    close: "相近",
    brand: "字号相同",
    abbreviation: "简称",
    similar: "相似",
    repaired: "差一位",
    high: "大体相同",
    medium: "部分相同",
    low: "不同",
    within: "包含",
  },
  en: {
    auto: "the same",
    review: "please decide",
    new: "not the same",
    "asserted same": "said to be the same",
    "asserted different": "said to be different",
    "asserted related": "said to be related",
    prior: "prior",
    total: "total",
    veto: "not linked without a person:",
    uscc: "credit code",
  },
};
