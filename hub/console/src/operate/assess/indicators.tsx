/** What each indicator of an assessment earns, why, and the records and releases that were counted. @module */

import { Table } from "@mantine/core";
import { type BucketRef, parseUrn, urnOf } from "@tributary/sdk";
import type { AssessmentRule, IndicatorResult } from "@tributary/sdk/operator";
import { DataTable } from "../../data-table.tsx";
import { pointsText } from "../../match/figures.ts";
import { hrefOf, START } from "../../page-state.ts";
import { ShareBar } from "../../share-bar.tsx";
import { Section } from "../../terms.tsx";
import { useView } from "../../view.tsx";

export interface IndicatorsProps {
  /** Hash of the page, where the way back from a record leads. */
  readonly from: string;
  readonly indicators: readonly IndicatorResult[];
  readonly rule: AssessmentRule;
}

export function Indicators({ indicators, ...row }: IndicatorsProps) {
  const { t } = useView();
  return (
    <Section title={t("assessIndicators")}>
      <p className="hint">{t("assessIndicatorsHint")}</p>
      <div className="table-box">
        <DataTable
          className="assess-table"
          columns={[
            t("assessIndicator"),
            { figure: t("assessPoints") },
            t("weightChart"),
            t("assessWhy"),
            t("assessEvidence"),
          ]}
        >
          {indicators.map((indicator) => (
            <Row key={indicator.code} indicator={indicator} {...row} />
          ))}
        </DataTable>
      </div>
    </Section>
  );
}

interface RowProps extends Pick<IndicatorsProps, "rule" | "from"> {
  readonly indicator: IndicatorResult;
}

function Row({ indicator, rule, from }: RowProps) {
  const view = useView();
  const { language, t } = view;
  const { code, judged, points, weight, because } = indicator;
  const name = rule.indicators.find((one) => one.code === code)?.name[language] ?? code;
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td className="figure">
        {judged ? `${pointsText(points, view)} / ${weight}` : t("assessNotJudged", { weight })}
      </Table.Td>
      <Table.Td>{judged && <ShareBar share={points / weight} />}</Table.Td>
      <Table.Td>{because[language]}</Table.Td>
      <Table.Td>
        <Evidence indicator={indicator} from={from} />
      </Table.Td>
    </Table.Tr>
  );
}

/** How much was counted, and links to the first of it. */
function Evidence({ indicator, from }: Pick<RowProps, "indicator" | "from">) {
  const { t, labels, language } = useView();
  const { records, recordCount, buckets, bucketCount } = indicator;
  return (
    <>
      {recordCount > 0 && (
        <Links
          title={t("assessRecords", { n: recordCount })}
          from={from}
          urns={records}
          left={recordCount - records.length}
          nameOf={(urn) => {
            const { kind, key } = parseUrn(urn);
            return `${labels.value("kind", kind, language)} ${key}`;
          }}
        />
      )}
      {bucketCount > 0 && <BucketLinks buckets={buckets} bucketCount={bucketCount} from={from} />}
    </>
  );
}

export interface BucketLinksProps extends Pick<IndicatorsProps, "from"> {
  readonly buckets: readonly BucketRef[];
  readonly bucketCount: number;
}

/** Sealed buckets, as links to the releases that they stand in. */
export function BucketLinks({ buckets, bucketCount, from }: BucketLinksProps) {
  const { t } = useView();
  return (
    <Links
      title={t("assessBuckets", { n: bucketCount })}
      from={from}
      urns={[...new Set(buckets.map(({ release }) => urnOf(release)))]}
      left={bucketCount - buckets.length}
      nameOf={(urn) => t("assessRelease", { key: parseUrn(urn).key })}
    />
  );
}

interface LinksProps extends Pick<IndicatorsProps, "from"> {
  readonly title: string;
  readonly urns: readonly string[];
  /** Counted and not named. */
  readonly left: number;
  readonly nameOf: (urn: string) => string;
}

function Links({ title, from, urns, left, nameOf }: LinksProps) {
  const { t } = useView();
  return (
    <details className="entry-fields">
      <summary>{title}</summary>
      <ul>
        {urns.map((urn) => (
          <li key={urn}>
            <a href={hrefOf({ ...START, record: urn, view: from })}>{nameOf(urn)}</a>
          </li>
        ))}
        {left > 0 && <li className="hint">{t("moreItems", { n: left })}</li>}
      </ul>
    </details>
  );
}
