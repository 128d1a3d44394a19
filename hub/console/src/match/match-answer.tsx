/** The answer to a demand: ranked bands, plans, who could not be ranked, and what may help to pay. @module */

import type { MatchAnswer, MatchedProvider } from "@tributary/sdk";
import { CoverageLine } from "../coverage-line.tsx";
import type { MessageName } from "../language.ts";
import { useView } from "../view.tsx";
import type { Answers } from "./match-question.ts";
import { PlanSection } from "./plan-section.tsx";
import { ProviderCard, ProviderName, Remarks } from "./provider-card.tsx";
import { SupportSection } from "./support.tsx";

/** Id of the heading that gets the focus when the answer is there. */
export const ANSWER_ID = "match-answer";

export function MatchAnswerView({ answers }: { readonly answers: Answers }) {
  const { t } = useView();
  const { match, plan, support } = answers;
  const { ranked, providers } = match;
  const shown = providers.filter(({ standing }) => standing === "ranked").length;
  return (
    <>
      <h2 id={ANSWER_ID} tabIndex={-1}>
        {ranked === 0 ? t("matchNone") : t("matchRanked", { n: ranked })}
      </h2>
      {ranked === 0 && <p className="note">{t("matchNoneHint")}</p>}
      {shown < ranked && <p className="hint">{t("matchShown", { n: shown })}</p>}
      {bandsOf(providers).map((band) => (
        <BandSection key={band[0]?.providerId} band={band} />
      ))}
      <PlanSection answer={plan} />
      <UnrankedSection match={match} />
      <LeftOutSection match={match} />
      <SupportSection hits={support} />
      <CoverageLine coverage={match.coverage} />
    </>
  );
}

/** Providers by band in their order; a provider that was drawn stands in the band where its place is. */
function bandsOf(providers: readonly MatchedProvider[]): MatchedProvider[][] {
  const bands: MatchedProvider[][] = [];
  let last = 0;
  for (const provider of providers) {
    if (bands.length === 0 || (provider.band !== 0 && provider.band !== last)) bands.push([]);
    if (provider.band !== 0) last = provider.band;
    bands.at(-1)?.push(provider);
  }
  return bands;
}

function BandSection({ band }: { readonly band: readonly MatchedProvider[] }) {
  const { t } = useView();
  const ranked = band.filter(({ standing }) => standing === "ranked");
  const [first] = ranked;
  return (
    <section className="band">
      {first !== undefined && <h3 className="band-name">{t("band", { n: first.band })}</h3>}
      {ranked.length > 1 && <p className="hint">{t("bandHint")}</p>}
      <ol>
        {band.map((provider) => (
          <li key={provider.providerId}>
            <ProviderCard provider={provider} />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface MatchProps {
  readonly match: MatchAnswer;
}

function UnrankedSection({ match: { unranked } }: MatchProps) {
  const { t, formats } = useView();
  if (unranked.length === 0) return null;
  return (
    <section className="unranked">
      <h2>{t("unranked")}</h2>
      <p className="hint">{t("unrankedHint")}</p>
      <ul>
        {unranked.map((provider) => (
          <li key={provider.providerId}>
            <ProviderName provider={provider} />
            <span className="hint">{t("unrankedFit", { n: formats.number(provider.fit) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const LACKING: { readonly [lacking: string]: MessageName } = {
  qualifications: "lackQualifications",
  systems: "lackSystems",
  provider_types: "lackTypes",
  delivery_modes: "lackModes",
  serves_region: "lackRegion",
  excluded: "lackExcluded",
  budget: "lackBudget",
};

function LeftOutSection({ match: { leftOut } }: MatchProps) {
  const { t } = useView();
  const items = leftOut.flatMap(({ lacking, count }) => {
    const name = LACKING[lacking];
    return name === undefined ? [] : [t(name, { n: count })];
  });
  if (items.length === 0) return null;
  return (
    <section>
      <Remarks title={t("leftOut")} items={items} />
    </section>
  );
}
