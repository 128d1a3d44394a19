/** The form in which a demand is said. What is wrong with a field stands beside it, in the reader's language. @module */

import { type Attributes, el } from "../dom.ts";
import { START } from "../page-state.ts";
import { hrefOf, type View } from "../view.ts";
import { conceptBox } from "./concept-box.ts";
import {
  checkDemand,
  type DemandErrors,
  type DemandField,
  type DemandState,
  formatDemandState,
  MATCH_HASH,
  MAX_PAINS,
} from "./demand-state.ts";
import { type Checks, check, checks, errorText, type Field, field } from "./field.ts";
import { scenarioField } from "./scenario-field.ts";

/** @param errors What is wrong with the state as it is. */
export function demandForm(state: DemandState, errors: DemandErrors, view: View): HTMLFormElement {
  const { t } = view;
  const parts = partsOf(state, view);
  const summary = el("p", { class: "field-error", role: "alert" });
  const show = (wrong: DemandErrors) => {
    for (const [name, part] of Object.entries(parts.fields)) {
      part.showError(errorText(t, wrong[name as DemandField]));
    }
    const n = Object.keys(wrong).length;
    summary.textContent = n === 0 ? "" : t("errorSummary", { n });
  };
  const submit = () => {
    const next = parts.read();
    const { errors: wrong } = checkDemand(next, isCodeIn(view));
    show(wrong ?? {});
    if (wrong === undefined) view.go({ ...START, match: formatDemandState(next) });
    else {
      const first = Object.keys(parts.fields).find((name) => wrong[name as DemandField]);
      if (first !== undefined) parts.fields[first as DemandField].focus();
    }
  };
  const { fields } = parts;
  const must = el(
    "details",
    { class: "must", open: hasMust(state) },
    el("summary", {}, t("demandMust")),
    el(
      "div",
      { class: "field-grid" },
      fields.qualifications.element,
      fields.excluded.element,
      fields.servesRegion.element,
      fields.providerTypes.element,
      fields.deliveryModes.element,
      fields.systems.element,
    ),
  );
  const form = el(
    "form",
    {
      class: "demand-form",
      novalidate: true,
      on: {
        submit: (event) => {
          event.preventDefault();
          submit();
        },
      },
    },
    fields.scenarios.element,
    el("h2", {}, t("demandEnterprise")),
    el(
      "div",
      { class: "field-grid" },
      fields.industry.element,
      fields.sizeBand.element,
      fields.region.element,
      fields.budget.element,
      fields.pains.element,
    ),
    must,
    summary,
    el(
      "p",
      { class: "form-actions" },
      el("button", { type: "submit", class: "primary" }, t("demandSubmit")),
      el("a", { href: hrefOf({ ...START, match: MATCH_HASH }) }, t("demandClear")),
    ),
  );
  show(errors);
  return form;
}

/** Codes of the vocabulary; see `checkDemand`. */
export function isCodeIn({ labels }: View) {
  const { conceptOf } = labels.vocabulary;
  return (scheme: Parameters<typeof conceptOf>[0], code: string) =>
    conceptOf(scheme, code) !== undefined;
}

function hasMust(state: DemandState): boolean {
  const { qualifications, systems, providerTypes, deliveryModes, excluded, servesRegion } = state;
  const lists = [qualifications, systems, providerTypes, deliveryModes, excluded];
  return servesRegion || lists.some((list) => list.length > 0);
}

interface Parts {
  readonly fields: Readonly<Record<DemandField, Field>>;
  readonly read: () => DemandState;
}

function partsOf(state: DemandState, view: View): Parts {
  const { t } = view;
  const scenarios = scenarioField(state.scenarios, view);
  const industry = conceptBox("demand-industry", "industry", state.industry, view);
  const region = conceptBox("demand-region", "region", state.region, view);
  const size = sizeSelect(state.sizeBand, view);
  const budget = textInput("demand-budget", state.budget, { inputmode: "decimal" });
  const pains = el("textarea", { id: "demand-pains", rows: 3, maxlength: MAX_PAINS }, state.pains);
  const qualifications = textInput("demand-qualifications", state.qualifications.join("，"));
  const excluded = textInput("demand-excluded", state.excluded.join("，"));
  const systems = codes("systems", "systemType", t("demandSystems"), state.systems, view);
  const providerTypes = codes(
    "provider-types",
    "providerType",
    t("demandProviderTypes"),
    state.providerTypes,
    view,
  );
  const deliveryModes = codes(
    "delivery-modes",
    "deliveryMode",
    t("demandDeliveryModes"),
    state.deliveryModes,
    view,
  );
  const serves = check("1", t("demandServesRegion"), state.servesRegion);
  return {
    // In the order in which they stand in the form: the first wrong one gets the focus.
    fields: {
      scenarios,
      industry: field({
        id: industry.input.id,
        label: t("demandIndustry"),
        hint: t("demandIndustryHint"),
        control: industry.input,
        around: industry.element,
      }),
      sizeBand: field({ id: size.id, label: t("demandSize"), control: size }),
      region: field({
        id: region.input.id,
        label: t("demandRegion"),
        hint: t("demandRegionHint"),
        control: region.input,
        around: region.element,
      }),
      budget: field({
        id: budget.id,
        label: t("demandBudget"),
        hint: t("demandBudgetHint"),
        control: budget,
      }),
      pains: field({
        id: pains.id,
        label: t("demandPains"),
        hint: t("demandPainsHint"),
        control: pains,
        isWide: true,
      }),
      qualifications: field({
        id: qualifications.id,
        label: t("demandQualifications"),
        hint: t("demandQualificationsHint"),
        control: qualifications,
      }),
      excluded: field({
        id: excluded.id,
        label: t("demandExcluded"),
        hint: t("demandExcludedHint"),
        control: excluded,
      }),
      servesRegion: checks({
        id: "demand-serves-region",
        legend: t("demandRegion"),
        boxes: [serves.box],
        children: [serves.element],
      }),
      providerTypes,
      deliveryModes,
      systems,
    },
    read: () => ({
      scenarios: scenarios.read(),
      industry: industry.read(),
      sizeBand: size.value,
      region: region.read(),
      pains: pains.value.trim(),
      budget: budget.value.trim(),
      qualifications: words(qualifications.value),
      systems: systems.read(),
      providerTypes: providerTypes.read(),
      deliveryModes: deliveryModes.read(),
      servesRegion: serves.box.checked,
      excluded: words(excluded.value),
    }),
  };
}

function textInput(id: string, value: string, attributes: Attributes = {}): HTMLInputElement {
  const input = el("input", { id, type: "text", autocomplete: "off", ...attributes });
  input.value = value;
  return input;
}

function sizeSelect(value: string, { t, labels, language }: View): HTMLSelectElement {
  const { concepts } = labels.vocabulary.scheme("sizeBand");
  // A code of the link that the list does not have stays visible, so that its error makes sense.
  const isUnknown = value !== "" && !concepts.some(({ code }) => code === value);
  const option = (code: string, label: string) =>
    el("option", { value: code, selected: code === value }, label);
  return el(
    "select",
    { id: "demand-size" },
    option("", t("demandSizeAny")),
    ...concepts.map((concept) => option(concept.code, concept[language])),
    isUnknown && option(value, value),
  );
}

function codes(
  name: string,
  scheme: "systemType" | "providerType" | "deliveryMode",
  legend: string,
  chosen: readonly string[],
  { labels, language }: View,
): Checks {
  const items = labels.vocabulary
    .scheme(scheme)
    .concepts.map((concept) =>
      check(concept.code, concept[language], chosen.includes(concept.code)),
    );
  return checks({
    id: `demand-${name}`,
    legend,
    boxes: items.map(({ box }) => box),
    isWide: true,
    children: [el("div", { class: "check-list" }, ...items.map(({ element }) => element))],
  });
}

/** Items of a text, without repetitions. */
function words(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/[,，、;；\n]/)
        .map((word) => word.trim())
        .filter((word) => word !== ""),
    ),
  ];
}
