/** Numbers of an answer as people read them. @module */

import type { MatchedProvider } from "@tributary/sdk";
import type { MessageName } from "../language.ts";
import type { View } from "../view.tsx";

type CountRange = MatchedProvider["notCounted"][number]["count"];

/** A count, or the band that the reader may know. */
export function countText({ least, most }: CountRange, { t, formats }: View): string {
  if (most === undefined) return t("rangeOpen", { low: least });
  return least === most ? formats.number(least) : t("range", { low: least, high: most });
}

/** Lower ends of the bands in which counts are shown. */
const BANDS = [5, 10, 20, 50] as const;

/** The band of a published count: 5 to 9, 10 to 19, 20 to 49, 50 and more. */
export function bandText(count: number, view: View): string {
  const at = BANDS.findLastIndex((low) => count >= low);
  const [low, next] = [BANDS[at] ?? 0, BANDS[at + 1]];
  return countText(next === undefined ? { least: low } : { least: low, most: next - 1 }, view);
}

/** To 0.1; always with its decimal, so that columns line up. */
export function pointsText(value: number, { language }: View): string {
  return new Intl.NumberFormat(language, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  }).format(value + 0);
}

export function percentText(share: number, { formats }: View): string {
  return `${formats.number(Math.round(share * 100))} %`;
}

/** A share to 5 %. */
export function aboutText(share: number, { t }: View): string {
  return t("approx", { n: Math.round(share * 20) * 5 });
}

/** The unit in which the deltas of an effect are counted. */
export function unitText(kpi: string, { t, labels }: View): string {
  const unit = labels.vocabulary.kpiOf(kpi)?.unit;
  return t(unit === "pct" ? "unitPct" : unit === "pp" ? "unitPp" : "unitPoint");
}

/** Fills a message whose value is a count that may be a band. */
export function countMessage(name: MessageName, count: CountRange, view: View): string {
  return view.t(name, { n: countText(count, view) });
}
