/** The three plans: who does what, how sure that is, what would change it, and what no plan covers. @module */

import type { Assignment, PlanAnswer, SolutionPlan } from "@tributary/sdk";
import type { MessageName } from "../language.ts";
import { useView, type View } from "../view.tsx";
import { percentText, pointsText } from "./figures.ts";
import { Figures } from "./number-button.tsx";
import { Remarks } from "./provider-card.tsx";

const KINDS: { readonly [kind: string]: MessageName } = {
  best_value: "planBestValue",
  fewest_providers: "planFewest",
  most_certain: "planCertain",
};

export function PlanSection({ answer: { plans, uncovered } }: { readonly answer: PlanAnswer }) {
  const { t, labels, language } = useView();
  return (
    <section className="plans">
      <h2>{plans.length === 0 ? t("plansNone") : t("plans")}</h2>
      {plans.length > 0 && <p className="hint">{t("plansHint")}</p>}
      {uncovered.length > 0 && (
        <div className="note gap">
          <Remarks
            title={t("planGap")}
            items={uncovered.map((code) => labels.code("scenario", code, language))}
          />
          <p className="hint">{t("planGapHint")}</p>
        </div>
      )}
      <div className="plan-list">
        {plans.map((plan, i) => (
          <PlanCard key={plan.kind} plan={plan} before={plans.slice(0, i)} />
        ))}
      </div>
    </section>
  );
}

interface PlanCardProps {
  readonly plan: SolutionPlan;
  readonly before: readonly SolutionPlan[];
}

function PlanCard({ plan, before }: PlanCardProps) {
  const view = useView();
  const { t, language, formats } = view;
  const same = before.find((other) => workOf(other) === workOf(plan));
  return (
    <article className="plan">
      <h3>
        {nameOf(plan, view)}
        <span className="chip">{t("planValue", { n: formats.number(plan.value) })}</span>
      </h3>
      {same !== undefined && <p className="hint">{t("planSame", { plan: nameOf(same, view) })}</p>}
      <p className="because">{plan.because[language]}</p>
      {/* What was just shown is not shown again. */}
      {same === undefined && (
        <>
          <ul>
            {plan.assignments.map((one) => (
              <AssignmentItem key={one.scenario} plan={plan} one={one} />
            ))}
          </ul>
          <Pairs plan={plan} />
        </>
      )}
      <Remarks title={t("planChanges")} items={plan.changes.map((change) => change[language])} />
      {!plan.exact && <p className="hint">{t("planHeuristic")}</p>}
    </article>
  );
}

/** Who does what, as one text. */
function workOf({ assignments }: SolutionPlan): string {
  return assignments.map(({ scenario, providerId }) => `${scenario}=${providerId}`).join();
}

function nameOf({ kind }: SolutionPlan, { t }: View): string {
  const name = KINDS[kind];
  return name === undefined ? kind : t(name);
}

interface AssignmentItemProps {
  readonly plan: SolutionPlan;
  readonly one: Assignment;
}

function AssignmentItem({ plan, one }: AssignmentItemProps) {
  const view = useView();
  const { t, labels, language } = view;
  return (
    <li className="assignment">
      <h4>{labels.code("scenario", one.scenario, language)}</h4>
      <p>{one.name || one.providerId}</p>
      <Figures
        id={`plan-${plan.kind}-${one.scenario}`}
        buckets={one.buckets}
        providerName={one.name}
        figures={[
          [t("figureSuccess"), percentText(one.success, view)],
          [t("figureCautious"), pointsText(one.cautious, view)],
        ]}
      />
    </li>
  );
}

function Pairs({ plan: { pairs, assignments } }: { readonly plan: SolutionPlan }) {
  const { t } = useView();
  const nameOfId = (id: string) =>
    assignments.find(({ providerId }) => providerId === id)?.name || id;
  return (
    <ul className="pairs">
      {pairs.map(({ a, b, relation, joint }) => {
        const message =
          relation !== "compatible"
            ? "planPairUnknown"
            : joint > 0
              ? "planPairJoint"
              : "planPairKnown";
        return (
          <li key={`${a} ${b}`}>{t(message, { a: nameOfId(a), b: nameOfId(b), n: joint })}</li>
        );
      })}
    </ul>
  );
}
