/** One provider at its place: why, with which evidence, and what would change it. @module */

import { type MatchedProvider, urnOf } from "@tributary/sdk";
import { type Child, el } from "../dom.ts";
import type { MessageName } from "../language.ts";
import { START } from "../page-state.ts";
import { hrefOf } from "../view.ts";
import { formatDemandState } from "./demand-state.ts";
import { evidenceBlock } from "./evidence-block.ts";
import { countMessage } from "./figures.ts";
import type { MatchContext } from "./match-context.ts";
import { figure } from "./number-button.ts";
import { uncertaintiesOf } from "./uncertainty.ts";

/** Places whose evidence is shown at once; enterprises want about three options. */
const UNFOLDED = 3;

export function providerCard(provider: MatchedProvider, context: MatchContext): HTMLElement {
  const { view } = context;
  const { t, language } = view;
  const isChance = provider.standing === "chance";
  return el(
    "article",
    { class: "provider" },
    el(
      "h3",
      {},
      el(
        "span",
        { class: "place", "aria-label": t("place", { n: provider.place }) },
        String(provider.place),
      ),
      providerName(provider, context),
      el(
        "span",
        { class: isChance ? "chip chip-pending" : "chip chip-live" },
        t(isChance ? "littleEvidence" : "centerVerified"),
      ),
    ),
    el("p", { class: "because" }, provider.because[language]),
    isChance
      ? remarks(t("notCounted"), notCountedOf(provider, context))
      : el(
          "details",
          { class: "more", open: provider.place <= UNFOLDED },
          el("summary", {}, t("evidence")),
          ...evidenceOf(provider, context),
        ),
    cardLinks(provider, context),
  );
}

/** Everything behind the sentence. */
function evidenceOf(provider: MatchedProvider, context: MatchContext): Child[] {
  const { t, language } = context.view;
  return [
    ...provider.evidence.map((evidence) =>
      evidenceBlock(
        `buckets-${provider.place}-${evidence.scenario}`,
        evidence,
        provider.name,
        context,
      ),
    ),
    remarks(t("notCounted"), notCountedOf(provider, context)),
    remarks(t("uncertain"), uncertaintiesOf(provider, context)),
    remarks(
      t("counterfactuals"),
      provider.counterfactuals.map(({ text }) => text[language]),
    ),
    scoreParts(provider, context),
  ];
}

/** The name, as a link to its record where there is one. */
export function providerName(
  { name, providerId, records }: Pick<MatchedProvider, "name" | "providerId" | "records">,
  { recordHref }: MatchContext,
): Child {
  const [first] = records;
  const text = name || providerId;
  if (first === undefined) return el("span", {}, text);
  const urn = urnOf(first);
  return el("a", { href: recordHref(urn), "data-key": urn }, text);
}

/** A titled list of short remarks; nothing where there are none. */
export function remarks(title: string, items: readonly Child[]): Child {
  if (items.length === 0) return undefined;
  return el(
    "div",
    { class: "remarks" },
    el("h4", {}, title),
    el("ul", {}, ...items.map((item) => el("li", {}, item))),
  );
}

const NOT_COUNTED: { readonly [what: string]: MessageName } = {
  claimed_cases: "notCountedClaimed",
  self_reported_cases: "notCountedSelf",
  unmeasured: "notCountedUnmeasured",
};

function notCountedOf({ notCounted }: MatchedProvider, { view }: MatchContext): string[] {
  return notCounted.flatMap(({ what, count }) => {
    const name = NOT_COUNTED[what];
    return name === undefined ? [] : [countMessage(name, count, view)];
  });
}

function scoreParts({ parts, score }: MatchedProvider, { view }: MatchContext): HTMLElement {
  const { t } = view;
  const number = new Intl.NumberFormat(view.language, { minimumFractionDigits: 2 });
  const rows: readonly (readonly [MessageName, number])[] = [
    ["partOutcome", parts.outcome],
    ["partFit", parts.fit],
    ["partComparable", parts.comparable],
    ["partSatisfaction", parts.satisfaction],
    ["partSum", score],
  ];
  return el(
    "details",
    { class: "score" },
    el("summary", {}, t("scoreParts")),
    el("p", { class: "hint" }, t("scoreHint")),
    el(
      "dl",
      { class: "figures" },
      ...rows.map(([name, value]) => figure(t(name), number.format(value))),
    ),
  );
}

/** Ways on: who it did this for, and the same question without it. */
function cardLinks({ name, providerId }: MatchedProvider, { view, demand }: MatchContext) {
  const { t } = view;
  const cases = { ...START, query: name, kind: "case", filters: { scenario: demand.scenarios } };
  const without = formatDemandState({ ...demand, excluded: [...demand.excluded, providerId] });
  return el(
    "p",
    { class: "card-links" },
    name !== "" &&
      el("a", { href: hrefOf(cases), "aria-label": t("casesOfName", { name }) }, t("casesOf")),
    el(
      "a",
      { href: hrefOf({ ...START, match: without }), "aria-label": t("excludeName", { name }) },
      t("exclude"),
    ),
  );
}
