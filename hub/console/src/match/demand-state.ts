/**
 * A demand as the page's form has it and as its URL says it:
 * `#/match?scenario=S11&scenario=S13&industry=3670&size=medium&region=360100&budget=80`.
 *
 * @module
 */

import type { Demand } from "@tributary/sdk";
import type { MessageName } from "../language.ts";

/** Hash of the view without a demand. */
export const MATCH_HASH = "#/match";

/** Most scenarios of a demand, and most words of one must-have. */
export const MAX_SCENARIOS = 8;
const MAX_WORDS = 16;
/** Characters that a demand may have for its pains. */
export const MAX_PAINS = 4096;
/** The budget is asked in 10,000 CNY (万元), as enterprises state it; the most that a demand may have. */
const CNY_PER_UNIT = 10_000;
const MAX_BUDGET = 1e8;

/** What the form holds; a text that is no code stays as it was typed, so that its error can be shown beside it. */
export interface DemandState {
  readonly scenarios: readonly string[];
  readonly industry: string;
  readonly sizeBand: string;
  readonly region: string;
  readonly pains: string;
  /** In 10,000 CNY. */
  readonly budget: string;
  readonly qualifications: readonly string[];
  readonly systems: readonly string[];
  readonly providerTypes: readonly string[];
  readonly deliveryModes: readonly string[];
  readonly servesRegion: boolean;
  /** Identifiers of providers. */
  readonly excluded: readonly string[];
}

/** Names in the URL, in its order. */
const LISTS = {
  scenarios: "scenario",
  qualifications: "qualification",
  systems: "system",
  providerTypes: "provider_type",
  deliveryModes: "delivery_mode",
  excluded: "exclude",
} as const;
const TEXTS = {
  industry: "industry",
  sizeBand: "size",
  region: "region",
  pains: "pains",
  budget: "budget",
} as const;

export type ListField = keyof typeof LISTS;
export type TextField = keyof typeof TEXTS;
export type DemandField = ListField | TextField | "servesRegion";

/** True for the hash of this view. */
export function isMatchHash(hash: string): boolean {
  return /^#\/match(?:\?|$)/.test(hash);
}

/** Reads a hash; what is not understood is left out. */
export function parseDemandState(hash: string): DemandState {
  const parameters = new URLSearchParams(hash.slice(MATCH_HASH.length));
  const list = (field: ListField) => [
    ...new Set(
      parameters
        .getAll(LISTS[field])
        .map((value) => value.trim())
        .filter((value) => value !== ""),
    ),
  ];
  const text = (field: TextField) => (parameters.get(TEXTS[field]) ?? "").trim();
  return {
    scenarios: list("scenarios"),
    industry: text("industry"),
    sizeBand: text("sizeBand"),
    region: text("region"),
    pains: text("pains"),
    budget: text("budget"),
    qualifications: list("qualifications"),
    systems: list("systems"),
    providerTypes: list("providerTypes"),
    deliveryModes: list("deliveryModes"),
    servesRegion: parameters.get("serves_region") === "1",
    excluded: list("excluded"),
  };
}

/** Writes what {@link parseDemandState} reads. */
export function formatDemandState(state: DemandState): string {
  const { scenarios: first, ...lists } = LISTS;
  const pairs: (readonly [name: string, value: string])[] = [
    ...state.scenarios.map((value) => [first, value] as const),
    ...entriesOf(TEXTS).map(([field, name]) => [name, state[field]] as const),
    ...entriesOf(lists).flatMap(([field, name]) =>
      state[field].map((value) => [name, value] as const),
    ),
    ["serves_region", state.servesRegion ? "1" : ""],
  ];
  const text = pairs
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  return text === "" ? MATCH_HASH : `${MATCH_HASH}?${text}`;
}

function entriesOf<T extends Record<string, string>>(table: T): [keyof T, string][] {
  return Object.entries(table) as [keyof T, string][];
}

/** True where nothing has been asked yet. */
export function isBlank(state: DemandState): boolean {
  return formatDemandState(state) === MATCH_HASH;
}

/** What is wrong with each field. */
export type DemandErrors = { readonly [field in DemandField]?: MessageName };

/** Whether a scheme has a code. */
export type IsCode = (
  scheme: "scenario" | "industry" | "region" | "sizeBand",
  code: string,
) => boolean;

/** A demand that can be asked, or why it cannot. */
export type CheckedDemand =
  | { readonly demand: Demand; readonly errors?: undefined }
  | { readonly demand?: undefined; readonly errors: DemandErrors };

export function checkDemand(state: DemandState, isCode: IsCode): CheckedDemand {
  const budget = Number(state.budget.replaceAll(/[,，\s]/g, ""));
  const isRegion = isCode("region", state.region) || /^\d{6}$/.test(state.region);
  const errors: { [field in DemandField]?: MessageName } = {};
  if (state.scenarios.length === 0) errors.scenarios = "errorScenariosNone";
  else if (state.scenarios.length > MAX_SCENARIOS) errors.scenarios = "errorScenariosMany";
  else if (!state.scenarios.every((code) => isCode("scenario", code)))
    errors.scenarios = "errorScenarioUnknown";
  if (state.industry !== "" && !isCode("industry", state.industry))
    errors.industry = "errorIndustry";
  if (state.sizeBand !== "" && !isCode("sizeBand", state.sizeBand)) errors.sizeBand = "errorSize";
  if (state.region !== "" && !isRegion) errors.region = "errorRegion";
  if (state.pains.length > MAX_PAINS) errors.pains = "errorPains";
  if (state.budget !== "" && !(budget > 0 && budget <= MAX_BUDGET)) errors.budget = "errorBudget";
  for (const field of ["qualifications", "systems", "providerTypes", "deliveryModes"] as const) {
    if (state[field].length > MAX_WORDS) errors[field] = "errorWordsMany";
  }
  if (state.servesRegion && state.region === "") errors.servesRegion = "errorServesRegion";
  if (Object.keys(errors).length > 0) return { errors };
  const { scenarios, industry, region, pains, qualifications, systems } = state;
  return {
    demand: {
      scenarios: [...scenarios],
      industry,
      sizeBand: state.sizeBand as NonNullable<Demand["sizeBand"]>,
      region,
      pains,
      ...(state.budget !== "" && { budgetCny: budget * CNY_PER_UNIT }),
      must: {
        qualifications: [...qualifications],
        systems: [...systems],
        providerTypes: [...state.providerTypes],
        deliveryModes: [...state.deliveryModes],
        servesRegion: state.servesRegion,
        excluded: [...state.excluded],
      },
    },
  };
}
