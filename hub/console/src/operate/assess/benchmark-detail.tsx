/** One center as a benchmark: its figures, what experts say, and whether it is selected. @module */

import type { Benchmark, BenchmarkReview, BenchmarkRule } from "@tributary/sdk/operator";
import { Section, TermList } from "../../terms.tsx";
import { useView } from "../../view.tsx";
import { operateHash } from "../../views.ts";
import { AsCode } from "../as-code.tsx";
import { useOperator } from "../operator.tsx";
import { AboutCenter } from "./about-center.tsx";
import { ReviewForm, SelectForm } from "./benchmark-forms.tsx";
import { DifferencePlot, differenceText, scaleOf } from "./difference.tsx";
import { BucketLinks } from "./indicators.tsx";
import { Objections } from "./objections.tsx";
import { TakeBack } from "./take-back.tsx";

export interface BenchmarkDetailProps {
  readonly center: string;
}

export function BenchmarkDetail({ center }: BenchmarkDetailProps) {
  const { t } = useView();
  const { client } = useOperator();
  return (
    <AboutCenter
      page="benchmarks"
      center={center}
      back={t("benchAll")}
      load={(signal) => client.benchmarks({ center, signal })}
    >
      {({ rule, benchmarks: [benchmark] }, onDone) =>
        benchmark === undefined ? (
          <p className="note">{t("assessNotYet")}</p>
        ) : (
          <>
            <Figures benchmark={benchmark} rule={rule} />
            <Reviews reviews={benchmark.reviews} />
            <Objections center={center} onAnswered={onDone} />
            <Decide benchmark={benchmark} rule={rule} onDone={onDone} />
          </>
        )
      }
    </AboutCenter>
  );
}

interface FiguresProps {
  readonly benchmark: Benchmark;
  readonly rule: BenchmarkRule;
}

function Figures({ benchmark: { centerName, estimate, selected }, rule }: FiguresProps) {
  const view = useView();
  const { t, language, formats } = view;
  const { centerId, because, engagements, buckets, bucketCount } = estimate;
  return (
    <Section title={centerName}>
      <p>{because[language]}</p>
      <TermList
        rows={[
          [t("benchEngagements"), formats.number(engagements)],
          [
            t("benchDifference"),
            <div key="difference">
              {differenceText(estimate, view)}
              <DifferencePlot estimate={estimate} scale={scaleOf([estimate])} rule={rule} />
            </div>,
          ],
          [
            t("assessEvidence"),
            bucketCount === 0 ? undefined : (
              <BucketLinks
                key="buckets"
                from={operateHash("benchmarks", centerId)}
                buckets={buckets}
                bucketCount={bucketCount}
              />
            ),
          ],
          [
            t("benchSelected"),
            selected === undefined
              ? t("benchNotSelected")
              : `#${selected.position} ${selected.reason} (${selected.actor}, ${formats.instant(selected.selectedAtMs)})`,
          ],
        ]}
      />
      <AsCode
        cli={`assessment benchmarks --center ${centerId}`}
        sdk={`const { benchmarks } = await operator.benchmarks(${JSON.stringify({ center: centerId })});`}
      />
    </Section>
  );
}

function Reviews({ reviews }: { readonly reviews: readonly BenchmarkReview[] }) {
  const { t, formats } = useView();
  return (
    <Section title={t("benchReviews")}>
      {reviews.length === 0 && <p className="hint">{t("benchNoReviews")}</p>}
      {reviews.map(({ verdict, actor, reason, position, reviewedAtMs }) => (
        <article key={position} className="request">
          <p>
            <span className="chip">{`#${position}`}</span>{" "}
            <strong>{t(verdict === "recommend" ? "benchRecommend" : "benchAdviseAgainst")}</strong>{" "}
            {reason}
          </p>
          <p className="hint">{`${actor} · ${formats.instant(reviewedAtMs)}`}</p>
        </article>
      ))}
    </Section>
  );
}

interface DecideProps extends FiguresProps {
  readonly onDone: (position: number) => void;
}

/** What an assessor can do: review, select, and take either back. */
function Decide({ benchmark, rule, onDone }: DecideProps) {
  const { t } = useView();
  const { session, may } = useOperator();
  const { estimate, reviews, selected } = benchmark;
  if (!may("assessor")) return null;
  const own = reviews.find(({ actor }) => actor === `account ${session.name}`);
  const recommended = reviews.filter(({ verdict }) => verdict === "recommend").length;
  const isRecommended =
    reviews.length >= rule.minReviews && recommended > reviews.length - recommended;
  return (
    <>
      {estimate.candidate && <ReviewForm estimate={estimate} onDone={onDone} />}
      {own !== undefined && (
        <TakeBack
          title={t("benchTakeBackReview")}
          hint={t("benchTakeBackHint")}
          position={own.position}
          onDone={onDone}
        />
      )}
      {estimate.candidate && isRecommended && selected?.digest !== estimate.digest && (
        <SelectForm estimate={estimate} onDone={onDone} />
      )}
      {selected !== undefined && (
        <TakeBack
          title={t("benchTakeBackSelection")}
          hint={t("benchTakeBackHint")}
          position={selected.position}
          onDone={onDone}
        />
      )}
    </>
  );
}
