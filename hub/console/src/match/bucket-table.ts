/** Buckets as a table: what their labels say in words, counts as bands, effects as means. @module */

import { type Child, el } from "../dom.ts";
import type { View } from "../view.ts";
import type { Bucket } from "./bucket-panel.ts";
import { aboutText, bandText, pointsText, unitText } from "./figures.ts";

export function bucketTable(
  caption: string,
  buckets: readonly Bucket[],
  providerName: string,
  view: View,
): HTMLElement {
  const { t } = view;
  const heads = [t("bucketLabel"), t("bucketEnterprises"), t("bucketMean"), t("bucketCost")];
  const row = (bucket: Bucket) => {
    const cells = [
      [el("span", { class: "enterprises" }, bandText(bucket.distinct, view))],
      effects(bucket, view),
      [costText(bucket, view)],
    ];
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, labelText(bucket, providerName, view)),
      ...cells.map((cell, i) => el("td", { "data-label": heads[i + 1] }, ...cell)),
    );
  };
  return el(
    "table",
    { class: "bucket-table" },
    el("caption", {}, caption),
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, ...buckets.map(row)),
  );
}

/** Scenario, provider, sector and size as far as the label says them. */
function labelText({ label }: Bucket, providerName: string, view: View): string {
  const { labels, language, t } = view;
  const { conceptOf, hierarchyLabelOf } = labels.vocabulary;
  const [scenario = "*", provider = "*", sector = "*", size = "*"] = label ?? [];
  const scheme = conceptOf("scenario", scenario) === undefined ? "scenarioStage" : "scenario";
  return [
    scenario === "*" ? "" : labels.code(scheme, scenario, language),
    provider === "*" ? "" : providerName,
    hierarchyLabelOf(sector, language) ?? labels.code("industry", sector, language),
    hierarchyLabelOf(size, language) ?? t("bucketAnySize"),
  ]
    .filter((word) => word !== "" && word !== "*")
    .join(" · ");
}

/** Mean of each effect, and the share of engagements that it got worse in. */
function effects({ kpi = {} }: Bucket, view: View): Child[] {
  const { t, labels, language } = view;
  const measured = Object.entries(kpi).filter(([, { n = 0 }]) => n > 0);
  if (measured.length === 0) return [t("unknown")];
  return measured.map(([code, { n = 1, sum = 0, histogram = [] }]) =>
    el(
      "span",
      { class: "effect" },
      `${labels.code("kpi", code, language)} ${pointsText(sum / n, view)}${unitText(code, view)}`,
      el(
        "span",
        { class: "hint" },
        ` ${t("bucketWorse")} ${aboutText((histogram[0] ?? 0) / n, view)}`,
      ),
    ),
  );
}

/** The band in which the median engagement cost. */
function costText({ cost = [] }: Bucket, { t, formats, labels }: View): string {
  const all = cost.reduce((a, b) => a + b, 0);
  if (all === 0) return t("unknown");
  let seen = 0;
  const band = cost.findIndex((count) => {
    seen += count;
    return seen * 2 >= all;
  });
  const ends = labels.vocabulary.COST_BANDS_CNY;
  const money = (amount: number) => formats.money(amount, "CNY");
  const [low, high] = [ends[band - 1], ends[band]];
  if (low === undefined) return t("costBelow", { high: money(high as number) });
  if (high === undefined) return t("costAbove", { low: money(low) });
  return t("range", { low: money(low), high: money(high) });
}
