/**
 * Columns that together state effects.
 *
 * @module
 */

import { fold } from "@tributary/proto/vocabulary";
import { titleParts } from "../../sources/title.ts";
import type { Column } from "./kind-fit.ts";
import type { IndicatorColumns } from "./suggestion.ts";

const INDICATOR_TITLES = {
  name: /^(?:指标|指标名称|成效指标|indicator|kpi)$/,
  before: /^(?:改造前|实施前|原值|before|beforevalue)$/,
  after: /^(?:改造后|实施后|现值|after|aftervalue)$/,
  change: /^(?:变化|变化值|提升幅度|改善幅度|change|changevalue)$/,
  unit: /^(?:单位|计量单位|unit)$/,
  method: /^(?:核验方式|测量方式|数据来源|method|measuredby)$/,
} as const satisfies Partial<Record<keyof IndicatorColumns, RegExp>>;
/** Share of names that the registry knows: centers have many of their own. */
const KNOWN_INDICATORS = 0.25;

/** Titles of the columns. */
export function titlesIn(indicators: IndicatorColumns | undefined): readonly string[] {
  return Object.values(indicators ?? {}).flatMap((titles) => titles ?? []);
}

/** Columns that together state effects: a name that is one of the registry's, and levels or a change. */
export function indicatorsOf(columns: readonly Column[]): IndicatorColumns | undefined {
  const of = (part: keyof typeof INDICATOR_TITLES): Column | undefined =>
    columns.find(({ title }) => INDICATOR_TITLES[part].test(fold(titleParts(title).at(-1) ?? "")));
  const name = of("name");
  const [before, after, change] = [of("before"), of("after"), of("change")];
  const [unit, method] = [of("unit"), of("method")];
  const hasFigures = (before !== undefined && after !== undefined) || change !== undefined;
  if (name === undefined || !hasFigures || name.evidence.shareOfTerms("kpi") < KNOWN_INDICATORS)
    return undefined;
  return {
    name: name.title,
    ...(before !== undefined && { before: before.title }),
    ...(after !== undefined && { after: after.title }),
    ...(change !== undefined && { change: change.title }),
    ...(unit !== undefined && { unit: unit.title }),
    ...(method !== undefined && { method: method.title }),
  };
}
