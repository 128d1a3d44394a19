/** Buckets as a table: what their labels say in words, counts as bands, effects as means. @module */

import { hexOf } from "../hex.ts";
import { useView, type View } from "../view.tsx";
import type { Bucket } from "./bucket-panel.tsx";
import { aboutText, bandText, pointsText, unitText } from "./figures.ts";

export interface BucketTableProps {
  readonly caption: string;
  readonly buckets: readonly Bucket[];
  readonly providerName: string;
}

export function BucketTable({ caption, buckets, providerName }: BucketTableProps) {
  const view = useView();
  const { t } = view;
  const [label, enterprises, mean, cost] = [
    t("bucketLabel"),
    t("bucketEnterprises"),
    t("bucketMean"),
    t("bucketCost"),
  ];
  return (
    <table className="bucket-table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {[label, enterprises, mean, cost].map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {buckets.map((bucket) => (
          <tr key={hexOf(bucket.bucketId)}>
            <th scope="row">{labelText(bucket, providerName, view)}</th>
            <td data-label={enterprises}>
              <span className="enterprises">{bandText(bucket.distinct, view)}</span>
            </td>
            <td data-label={mean}>
              <Effects bucket={bucket} />
            </td>
            <td data-label={cost}>{costText(bucket, view)}</td>
          </tr>
        ))}
      </tbody>
    </table>
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
function Effects({ bucket: { kpi = {} } }: { readonly bucket: Bucket }) {
  const view = useView();
  const { t, labels, language } = view;
  const measured = Object.entries(kpi).filter(([, { n = 0 }]) => n > 0);
  if (measured.length === 0) return t("unknown");
  return measured.map(([code, { n = 1, sum = 0, histogram = [] }]) => (
    <span key={code} className="effect">
      {`${labels.code("kpi", code, language)} ${pointsText(sum / n, view)}${unitText(code, view)}`}
      <span className="hint">
        {` ${t("bucketWorse")} ${aboutText((histogram[0] ?? 0) / n, view)}`}
      </span>
    </span>
  ));
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
