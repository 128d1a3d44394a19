/**
 * How well the values of a column fit a field, whatever its title says.
 *
 * @module
 */

import type { FieldType } from "../fields.ts";
import type { ColumnEvidence, ValueTest } from "./column-evidence.ts";

/** What the values say of a field. */
export interface ValueScore {
  readonly share: number;
  /** Whether such values say what they are without a title: a credit code does, a number does not. */
  readonly isTelling: boolean;
  readonly en: string;
  readonly zh: string;
}

const BY_TRANSFORM: Partial<
  Readonly<
    Record<FieldType["as"], readonly [ValueTest, isTelling: boolean, en: string, zh: string]>
  >
> = {
  region: ["region", false, "name a region", "是地区名称"],
  regions: ["regions", false, "name regions", "是地区名称"],
  industry: ["industry", false, "name an industry", "是行业名称"],
  industries: ["industry", false, "name industries", "是行业名称"],
  date: ["date", false, "are dates", "是日期"],
  first_date: ["period", false, "are dates", "是日期"],
  last_date: ["period", false, "are dates", "是日期"],
  quarter: ["date", false, "are dates", "是日期"],
  integer: ["integer", false, "are whole numbers", "是整数"],
  number: ["number", false, "are numbers", "是数字"],
  url: ["url", false, "are web addresses", "是网址"],
  policy_number: ["policyNumber", true, "are numbers of documents", "是文号"],
  outcomes: ["outcome", true, "state an effect with a figure", "写有可量化成效"],
  prose: ["prose", false, "are running text", "是成段文字"],
};

/** Undefined where values say nothing of such a field. */
export function valueScore(
  type: FieldType,
  field: string,
  evidence: ColumnEvidence,
): ValueScore | undefined {
  if (evidence.count === 0) return undefined;
  if (type.as === "uscc") return usccScore(evidence);
  if (type.as === "usccs") return { ...usccScore(evidence), isTelling: false };
  if (type.scheme !== undefined) {
    const share = evidence.shareOfTerms(type.scheme);
    return {
      share,
      isTelling: false,
      en: `are words of the list ${type.scheme}`,
      zh: `是“${type.scheme}”词表中的词`,
    };
  }
  if (NAMES_OF_THINGS.includes(field) && evidence.share("number") > 0.5) {
    return { share: 0, isTelling: false, en: "are words", zh: "是文字" };
  }
  if (field === "name") {
    const share = evidence.share("organisation");
    // A list of short names is one of names all the same.
    return share < 0.2
      ? undefined
      : { share, isTelling: false, en: "are names of organisations", zh: "是机构名称" };
  }
  if (type.as === "money") {
    const share = Math.max(evidence.share("money"), evidence.share("number"));
    return { share, isTelling: false, en: "are amounts", zh: "是金额" };
  }
  const test = BY_TRANSFORM[type.as];
  if (test === undefined) return undefined;
  const [name, isTelling, en, zh] = test;
  const share = evidence.share(name);
  // Short texts are texts all the same.
  if (type.as === "prose" && share < 0.2) return undefined;
  return { share, isTelling, en, zh };
}

/** Fields that numbers, such as keys of another table, do not fill. */
const NAMES_OF_THINGS: readonly string[] = ["name", "title", "providers", "operatorName"];

function usccScore(evidence: ColumnEvidence): ValueScore {
  const valid = evidence.share("uscc");
  return valid > 0
    ? {
        share: valid,
        isTelling: true,
        en: "pass the check digit of a credit code",
        zh: "通过统一社会信用代码校验",
      }
    : {
        share: evidence.share("usccShape"),
        isTelling: false,
        en: "have the form of a credit code",
        zh: "符合信用代码的形式",
      };
}
