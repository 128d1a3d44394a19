/** How centers are graded: all of them as a table, or one with its evidence and what is published of it. @module */

import { Table } from "@mantine/core";
import type { Assessment, AssessmentRule } from "@tributary/sdk/operator";
import { CoverageLine } from "../../coverage-line.tsx";
import { DataTable } from "../../data-table.tsx";
import { percentText, pointsText } from "../../match/figures.ts";
import { Answer } from "../../page-frame.tsx";
import { hrefOf, START } from "../../page-state.ts";
import { ShareBar } from "../../share-bar.tsx";
import { useLabelledAnswer } from "../../use-vocabulary.ts";
import { useView } from "../../view.tsx";
import { operateHash } from "../../views.ts";
import { AsCode } from "../as-code.tsx";
import { useOperator } from "../operator.tsx";
import { AssessmentDetail } from "./assessment-detail.tsx";

export interface AssessmentPageProps {
  /** A center, or nothing for all. */
  readonly about: readonly string[];
}

export function AssessmentPage({ about: [center] }: AssessmentPageProps) {
  return center === undefined ? <AllAssessments /> : <AssessmentDetail center={center} />;
}

function AllAssessments() {
  const { t } = useView();
  const { client } = useOperator();
  const asked = useLabelledAnswer("operate assessments", (signal) =>
    client.assessments({ signal }),
  );
  return (
    <Answer asked={asked} waiting={t("operateLoading")}>
      {({ rule, assessments, coverage }) => (
        <>
          <RuleText rule={rule} />
          {assessments.length === 0 ? (
            <p className="note">{t("assessNone")}</p>
          ) : (
            <AssessmentTable assessments={assessments} />
          )}
          <CoverageLine coverage={coverage} />
        </>
      )}
    </Answer>
  );
}

/** The rule in words, with its numbers. */
function RuleText({ rule }: { readonly rule: AssessmentRule }) {
  const view = useView();
  const { version, grades, minCompleteness, minEnterprises } = rule;
  return (
    <p className="hint">
      {view.t("assessRule", {
        rule: version,
        cuts: grades.map(({ grade, minPoints }) => `${grade} ${minPoints}`).join(", "),
        least: percentText(minCompleteness, view),
        enterprises: minEnterprises,
      })}{" "}
      {view.t("assessUnpublished")}
    </p>
  );
}

function AssessmentTable({ assessments }: { readonly assessments: readonly Assessment[] }) {
  const { t } = useView();
  return (
    <section className="table-box">
      <DataTable
        className="assess-table"
        caption={t("assessTable")}
        columns={[
          t("centerId"),
          t("assessType"),
          t("assessGrade"),
          { figure: t("assessPoints") },
          t("weightChart"),
          { figure: t("assessJudged") },
          t("assessPublished"),
        ]}
      >
        {assessments.map((assessment) => (
          <Row key={assessment.centerId} assessment={assessment} />
        ))}
      </DataTable>
      <AsCode
        cli="assessment list"
        sdk="const { rule, assessments } = await operator.assessments();"
      />
    </section>
  );
}

function Row({ assessment }: { readonly assessment: Assessment }) {
  const view = useView();
  const { t, labels, language } = view;
  const { centerId, centerName, centerType, tier, points, completeness, published } = assessment;
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <a href={hrefOf({ ...START, view: operateHash("assessment", centerId) })}>{centerName}</a>
      </Table.Th>
      <Table.Td>
        {[
          labels.code("centerType", centerType, language),
          labels.code("centerTier", tier, language),
        ]
          .filter((text) => text !== "")
          .join(" · ") || t("unknown")}
      </Table.Td>
      <Table.Td>{assessment.grade || t("assessNoGrade")}</Table.Td>
      <Table.Td className="figure">{pointsText(points, view)}</Table.Td>
      <Table.Td>
        <ShareBar share={points / 100} />
      </Table.Td>
      <Table.Td className="figure">{percentText(completeness, view)}</Table.Td>
      <Table.Td>
        {published === undefined
          ? t("assessNotPublished")
          : t("assessGradePoints", {
              grade: published.grade,
              points: pointsText(published.points, view),
            })}
      </Table.Td>
    </Table.Tr>
  );
}
