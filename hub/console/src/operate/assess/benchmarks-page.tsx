/** Whose clients gained more than others': all centers as a table, or one with its reviews and its selection. @module */

import { Table } from "@mantine/core";
import type { Benchmark, BenchmarkRule } from "@tributary/sdk/operator";
import { CoverageLine } from "../../coverage-line.tsx";
import { DataTable } from "../../data-table.tsx";
import { percentText } from "../../match/figures.ts";
import { Answer } from "../../page-frame.tsx";
import { hrefOf, START } from "../../page-state.ts";
import { useAnswer } from "../../use-answer.ts";
import { useView } from "../../view.tsx";
import { operateHash } from "../../views.ts";
import { AsCode } from "../as-code.tsx";
import { useOperator } from "../operator.tsx";
import { BenchmarkDetail } from "./benchmark-detail.tsx";
import { DifferencePlot, differenceText, scaleOf } from "./difference.tsx";

export interface BenchmarksPageProps {
  /** A center, or nothing for all. */
  readonly about: readonly string[];
}

export function BenchmarksPage({ about: [center] }: BenchmarksPageProps) {
  return center === undefined ? <AllBenchmarks /> : <BenchmarkDetail center={center} />;
}

function AllBenchmarks() {
  const { t } = useView();
  const { client } = useOperator();
  const asked = useAnswer("operate benchmarks", (signal) => client.benchmarks({ signal }));
  return (
    <Answer asked={asked} waiting={t("operateLoading")}>
      {({ rule, benchmarks, coverage }) => (
        <>
          <RuleText rule={rule} />
          {benchmarks.length === 0 ? (
            <p className="note">{t("assessNone")}</p>
          ) : (
            <BenchmarkTable benchmarks={benchmarks} rule={rule} />
          )}
          <CoverageLine coverage={coverage} />
        </>
      )}
    </Answer>
  );
}

/** The rule in words, with its numbers. */
function RuleText({ rule }: { readonly rule: BenchmarkRule }) {
  const view = useView();
  return (
    <p className="hint">
      {view.t("benchRule", {
        rule: rule.version,
        quarters: rule.quarters,
        engagements: rule.minEngagements,
        buckets: rule.minBuckets,
        interval: percentText(rule.interval, view),
        reviews: rule.minReviews,
      })}
    </p>
  );
}

interface BenchmarkTableProps {
  readonly benchmarks: readonly Benchmark[];
  readonly rule: BenchmarkRule;
}

function BenchmarkTable({ benchmarks, rule }: BenchmarkTableProps) {
  const view = useView();
  const { t, formats } = view;
  const scale = scaleOf(benchmarks.map(({ estimate }) => estimate));
  return (
    <section className="table-box">
      <DataTable
        className="assess-table"
        caption={t("benchTable")}
        columns={[
          t("centerId"),
          { figure: t("benchEngagements") },
          { figure: t("benchDifference") },
          t("weightChart"),
          { figure: t("benchFor") },
          { figure: t("benchAgainst") },
          t("benchSelected"),
        ]}
      >
        {benchmarks.map(({ centerName, estimate, reviews, selected }) => {
          const recommended = reviews.filter(({ verdict }) => verdict === "recommend").length;
          const { centerId } = estimate;
          return (
            <Table.Tr key={centerId}>
              <Table.Th scope="row">
                <a href={hrefOf({ ...START, view: operateHash("benchmarks", centerId) })}>
                  {centerName}
                </a>{" "}
                {estimate.candidate && (
                  <span className="chip chip-live">{t("benchCandidate")}</span>
                )}
              </Table.Th>
              <Table.Td className="figure">{formats.number(estimate.engagements)}</Table.Td>
              <Table.Td className="figure">{differenceText(estimate, view)}</Table.Td>
              <Table.Td>
                <DifferencePlot estimate={estimate} scale={scale} rule={rule} />
              </Table.Td>
              <Table.Td className="figure">{formats.number(recommended)}</Table.Td>
              <Table.Td className="figure">{formats.number(reviews.length - recommended)}</Table.Td>
              <Table.Td>
                {selected === undefined ? t("benchNotSelected") : `#${selected.position}`}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </DataTable>
      <p className="remark">
        {t("benchDifferenceHint", { interval: percentText(rule.interval, view) })}
      </p>
      <AsCode
        cli="assessment benchmarks"
        sdk="const { rule, benchmarks } = await operator.benchmarks();"
      />
    </section>
  );
}
