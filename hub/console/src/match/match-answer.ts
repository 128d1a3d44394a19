/** The answer to a demand: ranked bands, plans, who could not be ranked, and what may help to pay. @module */

import type { Hit, MatchAnswer, MatchedProvider, PlanAnswer } from "@tributary/sdk";
import { coverageLine } from "../coverage-line.ts";
import { type Child, el } from "../dom.ts";
import type { MessageName } from "../language.ts";
import type { MatchContext } from "./match-context.ts";
import { planSection } from "./plan-section.ts";
import { providerCard, providerName, remarks } from "./provider-card.ts";
import { supportSection } from "./support.ts";

/** Everything that was asked about a demand. */
export interface Answers {
  readonly match: MatchAnswer;
  readonly plan: PlanAnswer;
  readonly support: readonly Hit[];
}

/** Id of the heading that gets the focus when the answer is there. */
export const ANSWER_ID = "match-answer";

export function matchAnswer({ match, plan, support }: Answers, context: MatchContext): Child[] {
  const { t } = context.view;
  const { ranked, providers } = match;
  const shown = providers.filter(({ standing }) => standing === "ranked").length;
  return [
    el(
      "h2",
      { id: ANSWER_ID, tabindex: -1 },
      ranked === 0 ? t("matchNone") : t("matchRanked", { n: ranked }),
    ),
    ranked === 0 && el("p", { class: "note" }, t("matchNoneHint")),
    shown < ranked && el("p", { class: "hint" }, t("matchShown", { n: shown })),
    ...bandsOf(providers).map((band) => bandSection(band, context)),
    planSection(plan, context),
    unrankedSection(match, context),
    leftOutSection(match, context),
    supportSection(support, context),
    coverageLine(match.coverage, context.view),
  ];
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

function bandSection(band: readonly MatchedProvider[], context: MatchContext): HTMLElement {
  const { t } = context.view;
  const ranked = band.filter(({ standing }) => standing === "ranked");
  const [first] = ranked;
  return el(
    "section",
    { class: "band" },
    first !== undefined && el("h3", { class: "band-name" }, t("band", { n: first.band })),
    ranked.length > 1 && el("p", { class: "hint" }, t("bandHint")),
    el(
      "ol",
      { role: "list" },
      ...band.map((provider) => el("li", {}, providerCard(provider, context))),
    ),
  );
}

function unrankedSection({ unranked }: MatchAnswer, context: MatchContext): Child {
  if (unranked.length === 0) return undefined;
  const { t, formats } = context.view;
  return el(
    "section",
    { class: "unranked" },
    el("h2", {}, t("unranked")),
    el("p", { class: "hint" }, t("unrankedHint")),
    el(
      "ul",
      { role: "list" },
      ...unranked.map((provider) =>
        el(
          "li",
          {},
          providerName(provider, context),
          el("span", { class: "hint" }, t("unrankedFit", { n: formats.number(provider.fit) })),
        ),
      ),
    ),
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

function leftOutSection({ leftOut }: MatchAnswer, { view }: MatchContext): Child {
  const { t } = view;
  const items = leftOut.flatMap(({ lacking, count }) => {
    const name = LACKING[lacking];
    return name === undefined ? [] : [t(name, { n: count })];
  });
  return items.length === 0 ? undefined : el("section", {}, remarks(t("leftOut"), items));
}
