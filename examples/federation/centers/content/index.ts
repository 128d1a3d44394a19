/** The hand-written content of the three demonstration centers. Everything is invented. */
import { readFileSync } from "node:fs";

export type CenterId = "jiangnan" | "copper" | "smes";

/** The description of a center as that center would give it. */
export interface CenterContent {
  readonly id: CenterId;
  readonly name: string;
  readonly nameEn: string;
  readonly shortName: string;
  readonly type: string;
  readonly operatingModel: string;
  readonly tier: string;
  readonly authority: string;
  readonly operator: string;
  /** Key of the provider that is the operator itself; empty when it is none. */
  readonly operatorKey: string;
  readonly region: string;
  readonly sectors: readonly string[];
  readonly services: readonly string[];
  readonly foundedOn: string;
  readonly staff: string;
  readonly website: string;
  readonly office: string;
  readonly docNo: string;
  readonly about: string;
}

/** One provider as one center describes it; the same key in two centers is the same firm. */
export interface ProviderContent {
  readonly key: string;
  readonly name: string;
  readonly region: string;
  readonly type: string;
  readonly sectors: readonly string[];
  readonly scenarios: readonly string[];
  readonly systems: readonly string[];
  readonly products: readonly string[];
  readonly about: string;
  readonly price: string;
}

export interface KpiContent {
  /** A code of the KPI vocabulary, or the center's own words when there is none. */
  readonly kpi: string;
  /** Empty when only the change is known; then `after` holds the change. */
  readonly before: string;
  readonly after: string;
  readonly unit: string;
}

export interface CaseContent {
  readonly title: string;
  readonly industry: string;
  readonly client: string;
  readonly region: string;
  readonly size: string;
  readonly scenarios: readonly string[];
  /** Keys of providers. */
  readonly providers: readonly string[];
  readonly pain: string;
  readonly solution: string;
  readonly outcome: string;
  /** In 10,000 yuan. */
  readonly investment: string;
  readonly start: string;
  readonly end: string;
  readonly stage: string;
  readonly kpis?: readonly KpiContent[];
}

export interface PolicyContent {
  /** `real`: an existing document, cited as public pages cite it; `demo`: invented. */
  readonly origin: string;
  readonly title: string;
  readonly docNo: string;
  readonly issuer: string;
  readonly level: string;
  readonly region: string;
  readonly issuedOn: string;
  readonly status: string;
  readonly support: string;
  readonly amountMax: string;
  readonly applyUntil: string;
  readonly note: string;
}

export interface TrainingContent {
  readonly title: string;
  readonly audience: string;
  readonly scenarios: readonly string[];
  readonly mode: string;
  readonly hours: string;
  readonly capacity: string;
  readonly enrolled: string;
  readonly completed: string;
  /** One day, or first and last day with a slash between them. */
  readonly dates: string;
  readonly organiser: string;
  readonly fee: string;
  readonly satisfaction: string;
}

export interface EventContent {
  readonly title: string;
  readonly eventType: string;
  readonly heldOn: string;
  readonly mode: string;
  readonly region: string;
  readonly orgs: string;
  readonly persons: string;
  readonly leads: string;
  readonly followUps: string;
  readonly contracts: string;
  readonly summary: string;
}

/** What an enterprise asked the center for. */
export interface DemandContent {
  readonly title: string;
  readonly client: string;
  readonly industry: string;
  readonly region: string;
  readonly size: string;
  readonly scenarios: readonly string[];
  readonly pain: string;
  /** In 10,000 CNY. */
  readonly budget: string;
  readonly urgency: string;
  readonly mode: string;
  readonly registeredOn: string;
  readonly status: string;
}

/** A programme of transformation vouchers. */
export interface VoucherContent {
  readonly title: string;
  readonly issuer: string;
  readonly docNo: string;
  readonly region: string;
  /** In 10,000 CNY. */
  readonly amount: string;
  readonly ratio: string;
  readonly issued: string;
  readonly redeemed: string;
  readonly validUntil: string;
  readonly note: string;
}

export interface Vocabulary {
  readonly scenarios: Readonly<Record<string, string>>;
  /** Another wording of a scenario that is seen in lists. */
  readonly variants: Readonly<Record<string, string>>;
  readonly kpis: Readonly<Record<string, string>>;
}

export interface Content {
  readonly center: CenterContent;
  readonly providers: readonly ProviderContent[];
  readonly cases: readonly CaseContent[];
  readonly policies: readonly PolicyContent[];
  readonly trainings: readonly TrainingContent[];
  readonly events: readonly EventContent[];
  /** Only one center keeps lists of these. */
  readonly demands: readonly DemandContent[];
  readonly vouchers: readonly VoucherContent[];
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")) as T;
}

/** Region code to its names, from the province down. */
export const REGIONS = read<Readonly<Record<string, readonly string[]>>>("regions.json");
export const VOCABULARY = read<Vocabulary>("vocabulary.json");

export function contentOf(id: CenterId): Content {
  const center = read<CenterContent[]>("center.json").find((entry) => entry.id === id);
  if (center === undefined) throw new Error(`No center ${id}`);
  return {
    center,
    providers: read(`providers.${id}.json`),
    cases: read(`cases.${id}.json`),
    policies: read(`policies.${id}.json`),
    trainings: read(`trainings.${id}.json`),
    events: read(`events.${id}.json`),
    demands: id === "jiangnan" ? read("demands.jiangnan.json") : [],
    vouchers: id === "jiangnan" ? read("vouchers.jiangnan.json") : [],
  };
}
