/** One provider at its place: why, with which evidence, and what would change it. @module */

import { type MatchedProvider, urnOf } from "@tributary/sdk";
import type { MessageName } from "../language.ts";
import { hrefOf, START } from "../page-state.ts";
import { useView, type View } from "../view.tsx";
import { providerHash } from "../views.ts";
import { formatDemandState } from "./demand-state.ts";
import { EvidenceBlock } from "./evidence-block.tsx";
import { countMessage } from "./figures.ts";
import { useMatch } from "./match-context.tsx";
import { Figure } from "./number-button.tsx";
import { uncertaintiesOf } from "./uncertainty.ts";

/** Places whose evidence is shown at once; enterprises want about three options. */
const UNFOLDED = 3;

interface ProviderProps {
  readonly provider: MatchedProvider;
}

export function ProviderCard({ provider }: ProviderProps) {
  const view = useView();
  const { t, language } = view;
  const isChance = provider.standing === "chance";
  const place = t("place", { n: provider.place });
  return (
    <article className="provider">
      <h3>
        <span className="place">
          <span aria-hidden="true">{provider.place}</span>
          <span className="visually-hidden">{place}</span>
        </span>
        <ProviderName provider={provider} />
        <span className={isChance ? "chip chip-pending" : "chip chip-live"}>
          {t(isChance ? "littleEvidence" : "centerVerified")}
        </span>
      </h3>
      <p className="because">{provider.because[language]}</p>
      {isChance ? (
        <Remarks title={t("notCounted")} items={notCountedOf(provider, view)} />
      ) : (
        <details className="more" open={provider.place <= UNFOLDED}>
          <summary>{t("evidence")}</summary>
          <Evidence provider={provider} />
        </details>
      )}
      <CardLinks provider={provider} />
    </article>
  );
}

/** Everything behind the sentence. */
function Evidence({ provider }: ProviderProps) {
  const view = useView();
  const { demand } = useMatch();
  const { t, language } = view;
  const changes = provider.counterfactuals.map(({ text }) => text[language]);
  return (
    <>
      {provider.evidence.map((evidence) => (
        <EvidenceBlock
          key={evidence.scenario}
          id={`buckets-${provider.place}-${evidence.scenario}`}
          evidence={evidence}
          providerName={provider.name}
        />
      ))}
      <Remarks title={t("notCounted")} items={notCountedOf(provider, view)} />
      <Remarks title={t("uncertain")} items={uncertaintiesOf(provider, demand, view)} />
      <Remarks title={t("counterfactuals")} items={changes} />
      <ScoreParts provider={provider} />
    </>
  );
}

export interface ProviderNameProps {
  readonly provider: Pick<MatchedProvider, "name" | "providerId" | "records">;
}

/** The name, as a link to its record where there is one. */
export function ProviderName({ provider: { name, providerId, records } }: ProviderNameProps) {
  const { recordHref } = useMatch();
  const [first] = records;
  const text = name || providerId;
  if (first === undefined) return <span>{text}</span>;
  const urn = urnOf(first);
  return (
    <a href={recordHref(urn)} data-key={urn}>
      {text}
    </a>
  );
}

export interface RemarksProps {
  readonly title: string;
  readonly items: readonly string[];
}

/** A titled list of short remarks; nothing where there are none. */
export function Remarks({ title, items }: RemarksProps) {
  if (items.length === 0) return null;
  return (
    <div className="remarks">
      <h4>{title}</h4>
      <ul>
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </div>
  );
}

const NOT_COUNTED: { readonly [what: string]: MessageName } = {
  claimed_cases: "notCountedClaimed",
  self_reported_cases: "notCountedSelf",
  unmeasured: "notCountedUnmeasured",
};

function notCountedOf({ notCounted }: MatchedProvider, view: View): string[] {
  return notCounted.flatMap(({ what, count }) => {
    const name = NOT_COUNTED[what];
    return name === undefined ? [] : [countMessage(name, count, view)];
  });
}

function ScoreParts({ provider: { parts, score } }: ProviderProps) {
  const { t, language } = useView();
  const number = new Intl.NumberFormat(language, { minimumFractionDigits: 2 });
  const rows: readonly (readonly [MessageName, number])[] = [
    ["partOutcome", parts.outcome],
    ["partFit", parts.fit],
    ["partComparable", parts.comparable],
    ["partSatisfaction", parts.satisfaction],
    ["partSum", score],
  ];
  return (
    <details className="score">
      <summary>{t("scoreParts")}</summary>
      <p className="hint">{t("scoreHint")}</p>
      <dl className="figures">
        {rows.map(([name, value]) => (
          <Figure key={name} name={t(name)}>
            {number.format(value)}
          </Figure>
        ))}
      </dl>
    </details>
  );
}

/** Ways on: who describes it, who it did this for, and the same question without it. */
function CardLinks({ provider: { name, providerId, records } }: ProviderProps) {
  const { t } = useView();
  const { demand } = useMatch();
  const [first] = records;
  const cases = { ...START, query: name, kind: "case", filters: { scenario: demand.scenarios } };
  const without = formatDemandState({ ...demand, excluded: [...demand.excluded, providerId] });
  return (
    <p className="card-links">
      {first !== undefined && (
        <a
          href={hrefOf({ ...START, view: providerHash(urnOf(first)) })}
          aria-label={t("providerOfName", { name })}
        >
          {t("providerOf")}
        </a>
      )}
      {name !== "" && (
        <a href={hrefOf(cases)} aria-label={t("casesOfName", { name })}>
          {t("casesOf")}
        </a>
      )}
      <a href={hrefOf({ ...START, view: without })} aria-label={t("excludeName", { name })}>
        {t("exclude")}
      </a>
    </p>
  );
}
