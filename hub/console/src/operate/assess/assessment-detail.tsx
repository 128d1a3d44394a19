/** One center as it is assessed: each point with its evidence, what is published, and objections to that. @module */

import type { Assessment, AssessmentsAnswer } from "@tributary/sdk/operator";
import { percentText, pointsText } from "../../match/figures.ts";
import { Section, TermList } from "../../terms.tsx";
import { useView } from "../../view.tsx";
import { operateHash } from "../../views.ts";
import { AsCode } from "../as-code.tsx";
import { useOperator } from "../operator.tsx";
import { AboutCenter } from "./about-center.tsx";
import { Indicators } from "./indicators.tsx";
import { Objections } from "./objections.tsx";
import { PublishGrade } from "./publish-grade.tsx";
import { TakeBack } from "./take-back.tsx";

export interface AssessmentDetailProps {
  readonly center: string;
}

export function AssessmentDetail({ center }: AssessmentDetailProps) {
  const { t, labels } = useView();
  const { client } = useOperator();
  return (
    <AboutCenter
      page="assessment"
      center={center}
      back={t("assessAll")}
      load={async (signal) => {
        const [answer] = await Promise.all([client.assessments({ center, signal }), labels.load()]);
        return answer;
      }}
    >
      {({ rule, assessments: [assessment], computedAtMs }, onDone) =>
        assessment === undefined ? (
          <p className="note">{t("assessNotYet")}</p>
        ) : (
          <>
            <Standing assessment={assessment} computedAtMs={computedAtMs} />
            <Indicators
              from={operateHash("assessment", center)}
              indicators={assessment.indicators}
              rule={rule}
            />
            <Objections center={center} onAnswered={onDone} />
            <Publication assessment={assessment} rule={rule} onDone={onDone} />
          </>
        )
      }
    </AboutCenter>
  );
}

interface StandingProps extends Pick<AssessmentsAnswer, "computedAtMs"> {
  readonly assessment: Assessment;
}

function Standing({ assessment, computedAtMs }: StandingProps) {
  const view = useView();
  const { t, labels, language, formats } = view;
  const { centerId, centerName, centerType, tier, grade, because, points, peers } = assessment;
  const code = (scheme: "centerType" | "centerTier", value: string) =>
    value === "" ? t("unknown") : labels.code(scheme, value, language);
  return (
    <Section title={centerName}>
      <p>{because[language]}</p>
      <TermList
        rows={[
          [t("assessType"), code("centerType", centerType)],
          [t("assessTier"), code("centerTier", tier)],
          [t("assessGrade"), grade || t("assessNoGrade")],
          [t("assessPoints"), pointsText(points, view)],
          [t("assessJudged"), percentText(assessment.completeness, view)],
          [
            t("assessPeers"),
            peers === undefined
              ? t("assessFewPeers")
              : t("assessPeersText", {
                  n: peers.centers,
                  median: pointsText(peers.median, view),
                  lower: pointsText(peers.lowerQuartile, view),
                  upper: pointsText(peers.upperQuartile, view),
                }),
          ],
          [t("assessComputed"), formats.instant(computedAtMs)],
        ]}
      />
      <AsCode
        cli={`assessment show ${centerId}`}
        sdk={`const { assessments } = await operator.assessments(${JSON.stringify({ center: centerId })});`}
      />
    </Section>
  );
}

interface PublicationProps extends Pick<AssessmentsAnswer, "rule"> {
  readonly assessment: Assessment;
  readonly onDone: (position: number) => void;
}

/** What stands published, and what can be done about that. */
function Publication({ assessment, rule, onDone }: PublicationProps) {
  const view = useView();
  const { t, formats } = view;
  const { may } = useOperator();
  const { published, grade, digest } = assessment;
  return (
    <>
      <Section title={t("assessPublished")}>
        {published === undefined ? (
          <p className="hint">{t("assessNothingPublished")}</p>
        ) : (
          <>
            <p>
              <span className="chip">{`#${published.position}`}</span>{" "}
              <strong>
                {t("assessGradePoints", {
                  grade: published.grade,
                  points: pointsText(published.points, view),
                })}
              </strong>{" "}
              {published.reason}
            </p>
            <p className="hint">
              {`${published.actor} · ${formats.instant(published.publishedAtMs)} · ${published.rule}`}
            </p>
            {published.digest !== digest && <p className="note">{t("assessChanged")}</p>}
          </>
        )}
      </Section>
      {published !== undefined && may("assessor") && (
        <TakeBack
          title={t("assessTakeBack")}
          hint={t("assessTakeBackHint")}
          position={published.position}
          onDone={onDone}
        />
      )}
      {grade !== "" && published?.digest !== digest && may("assessor") && (
        <PublishGrade assessment={assessment} rule={rule} onDone={onDone} />
      )}
    </>
  );
}
