/**
 * The rule by which centers are compared, and what it makes of a pair.
 *
 * @module
 */

import type { OverlapAction, OverlapPair, OverlapRule, ScenarioDivision } from "@tributary/proto";
import { LEAST_ENTERPRISES } from "../../match/evidence-base.ts";
import { FAMILY_OF, SCENARIO_CODES } from "../../match/taxonomy.ts";
import { MIN_SHINGLES, SHINGLE_CHARACTERS } from "./documents.ts";
import type { Engagements } from "./niche.ts";

/** A change of a number is a new version. */
export const OVERLAP_RULE: OverlapRule = {
  version: "overlap/1",
  minEnterprises: LEAST_ENTERPRISES.members,
  shingleCharacters: SHINGLE_CHARACTERS,
  minJaccard: 0.7,
  minShingles: MIN_SHINGLES,
  falseDiscoveryRate: 0.05,
  highNiche: 0.5,
  minEngagements: 20,
  lowProviders: 0.2,
  highDocuments: 0.2,
  minCopies: 5,
};

/** A center with this many times the engagements of the other could take a scenario. */
const FAR_AHEAD = 1.5;

/** The parts of a pair that the index and the actions rest on. */
type Parts = Pick<OverlapPair, "providers" | "niche" | "documents" | "sameRegion">;

/** Geometric mean of the known parts; undefined where none is known. */
export function indexOf({ providers, niche, documents }: Parts): number | undefined {
  const parts = [
    providers?.share,
    niche?.share,
    // That two centers copy no text does not mean that they do different things.
    documents === undefined ? undefined : (1 + documents.share) / 2,
  ].filter((part) => part !== undefined);
  // Texts alone say nothing of what a center does.
  if (providers === undefined && niche === undefined) return undefined;
  return parts.reduce((product, part) => product * part, 1) ** (1 / parts.length);
}

export function actionsOf({ providers, niche, documents, sameRegion }: Parts): OverlapAction[] {
  const rule = OVERLAP_RULE;
  const actions: OverlapAction[] = [];
  const isNicheHigh =
    niche !== undefined &&
    niche.share >= rule.highNiche &&
    Math.min(niche.engagementsA, niche.engagementsB) >= rule.minEngagements;
  if (isNicheHigh && sameRegion) {
    actions.push({
      code: "divide_scenarios",
      because: {
        en: `${percent(niche.share)} of what they do is the same, in the same region: divide the scenarios`,
        zh: `业务有 ${percent(niche.share)} 相同且服务同一地区：可按场景分工`,
      },
    });
  }
  if (isNicheHigh && providers !== undefined && providers.share < rule.lowProviders) {
    actions.push({
      code: "share_lists",
      because: {
        en: `${percent(niche.share)} of what they do is the same, and only ${percent(providers.share)} of their providers: share the lists`,
        zh: `业务有 ${percent(niche.share)} 相同，而服务商只有 ${percent(providers.share)} 相同：可共享服务商名录`,
      },
    });
  }
  const copies = documents && Math.min(documents.copiesA, documents.copiesB);
  if (
    documents !== undefined &&
    documents.share >= rule.highDocuments &&
    (copies as number) >= rule.minCopies
  ) {
    actions.push({
      code: "syndicate",
      because: {
        en: `${percent(documents.share)} of the texts of the smaller one are nearly those of the other: syndicate instead of copying`,
        zh: `较小一方 ${percent(documents.share)} 的内容与对方基本相同：建议联合发布，避免重复编写`,
      },
    });
  }
  return actions;
}

/** Scenarios that both do, the most engagements first, and who could take them. */
export function divisionOf(
  [centerA, a]: readonly [id: string, Engagements["byScenario"]],
  [centerB, b]: readonly [id: string, Engagements["byScenario"]],
): ScenarioDivision[] {
  return SCENARIO_CODES.flatMap((scenario, number) => {
    // What names a family only cannot be divided.
    if (FAMILY_OF[number] === number) return [];
    const engagementsA = a[number] as number;
    const engagementsB = b[number] as number;
    if (engagementsA === 0 || engagementsB === 0) return [];
    const lead =
      engagementsA >= FAR_AHEAD * engagementsB
        ? centerA
        : engagementsB >= FAR_AHEAD * engagementsA
          ? centerB
          : "";
    return [{ scenario, engagementsA, engagementsB, lead }];
  }).sort((x, y) => y.engagementsA + y.engagementsB - (x.engagementsA + x.engagementsB));
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
