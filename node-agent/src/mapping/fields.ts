/**
 * The fields that a mapping can fill, by kind of record, with the usual way to read each.
 *
 * Names are those of the record bodies; dotted below a sub-message. Contacts have no field: they cannot leave.
 *
 * @module
 */

import { bodySchemas, type RecordKind } from "@tributary/proto";
import type { SchemeName } from "@tributary/proto/vocabulary";
import { z } from "zod";
import { engagementSchema } from "../privacy/release/engagement.ts";
import type { TransformName } from "./transforms.ts";

/** What a row can become: a record, or an engagement, which never leaves as one. */
export type MappedKind = Exclude<RecordKind, "outcome"> | "engagement";

/** How a field is usually read. */
export interface FieldType {
  readonly as: TransformName;
  readonly scheme?: SchemeName;
  /** A row without it is no record. */
  readonly isRequired?: true;
  /** The field that the same cell fills as well. */
  readonly also?: string;
  /** Whether the value belongs to each item of the list before the dot, or one of a list to each in turn. */
  readonly isOfEach?: true;
}

const text: FieldType = { as: "text" };
const prose: FieldType = { as: "prose" };
const list: FieldType = { as: "list" };
const date: FieldType = { as: "date" };
const integer: FieldType = { as: "integer" };
const money: FieldType = { as: "money" };
const region: FieldType = { as: "region" };
const regions: FieldType = { as: "regions" };
const industries: FieldType = { as: "industries" };
const url: FieldType = { as: "url" };
const required: FieldType = { as: "text", isRequired: true };
const term = (scheme: SchemeName): FieldType => ({ as: "term", scheme });
const terms = (scheme: SchemeName): FieldType => ({ as: "terms", scheme });
const scenarios = terms("scenario");
const systems = terms("systemType");

const client = {
  "client.industry": { as: "industry" },
  "client.region": region,
  "client.sizeBand": term("sizeBand"),
  "client.ownership": term("ownership"),
} as const satisfies Record<string, FieldType>;

const FIELDS: Readonly<Record<MappedKind, Readonly<Record<string, FieldType>>>> = {
  center: {
    name: required,
    nameEn: text,
    shortName: text,
    centerType: term("centerType"),
    localTypeLabel: text,
    operationModel: term("operationModel"),
    tier: term("centerTier"),
    authority: text,
    recognitions: { as: "documents" },
    operatorName: text,
    operatorUscc: { as: "uscc" },
    operatorIsProvider: { as: "yes_no" },
    region,
    servedRegions: regions,
    industries,
    scenarios,
    services: { as: "pairs", scheme: "serviceType" },
    foundedOn: date,
    staffFte: { as: "number" },
    website: url,
    contactOffice: text,
    description: prose,
  },
  provider: {
    uscc: { as: "uscc", also: "usccCheck" },
    name: required,
    nameEn: text,
    aliases: list,
    providerTypes: terms("providerType"),
    region,
    foundedOn: date,
    sizeBand: term("sizeBand"),
    registeredCapital: money,
    employees: integer,
    industries,
    scenarios,
    systems,
    technologies: list,
    services: terms("serviceType"),
    products: { as: "names" },
    "products.priceBand": { as: "price", isOfEach: true },
    "products.deliveryMode": { ...term("deliveryMode"), isOfEach: true },
    qualifications: { as: "names" },
    honours: list,
    serviceRegions: regions,
    website: url,
    selfDescription: prose,
    claimedCases: integer,
  },
  case: {
    title: required,
    titleEn: text,
    abstract: prose,
    ...client,
    scenarios,
    systems,
    painPoints: prose,
    solution: prose,
    providers: { as: "case_providers" },
    "providers.uscc": { as: "usccs", isOfEach: true },
    investment: money,
    started: { as: "quarter" },
    finished: { as: "quarter" },
    stage: term("engagementStage"),
    outcomes: { as: "outcomes" },
    "outcomes.method": { ...term("outcomeMethod"), isOfEach: true },
    "outcomes.evidence": { ...term("evidenceLevel"), isOfEach: true },
    outcomeText: prose,
  },
  policy: {
    title: required,
    docNo: { as: "policy_number", also: "docNoAsWritten" },
    issuers: list,
    level: term("policyLevel"),
    region,
    issuedOn: date,
    effectiveFrom: date,
    validUntil: date,
    status: term("policyStatus"),
    supersedes: text,
    supportModes: terms("supportMode"),
    amountMax: money,
    ratioMax: { as: "share" },
    targetIndustries: industries,
    targetSizes: terms("sizeBand"),
    applyUntil: date,
    url,
    summary: prose,
  },
  training: {
    title: required,
    titleEn: text,
    audience: text,
    scenarios,
    mode: term("attendanceMode"),
    hours: { as: "number" },
    capacity: integer,
    enrolled: integer,
    completed: integer,
    certificate: text,
    startsOn: { as: "first_date" },
    endsOn: { as: "last_date" },
    organiser: text,
    feeCny: { as: "cny" },
    region,
    description: prose,
  },
  event: {
    title: required,
    titleEn: text,
    eventType: term("eventType"),
    heldOn: { as: "first_date" },
    mode: term("attendanceMode"),
    region,
    attendeeOrgs: integer,
    attendeePersons: integer,
    leads: integer,
    contractsSigned: integer,
    url,
    description: prose,
  },
  demand: {
    title: required,
    ...client,
    scenarios,
    pains: prose,
    currentSystems: systems,
    targetLevel: text,
    maturityLevel: integer,
    budget: money,
    urgency: term("urgency"),
    deliveryMode: term("deliveryMode"),
    regionConstraint: regions,
    status: term("demandStatus"),
    publishedOn: date,
  },
  voucher_programme: {
    title: required,
    issuer: text,
    policyDocNo: text,
    region,
    amount: money,
    ratio: { as: "share" },
    issued: integer,
    redeemed: integer,
    validUntil: date,
    summary: prose,
  },
  engagement: {
    enterprise: required,
    enterpriseUscc: { as: "uscc" },
    group: text,
    providerUscc: { as: "uscc" },
    industry: { as: "industry", isRequired: true },
    sizeBand: term("sizeBand"),
    scenarios: { ...scenarios, isRequired: true },
    finished: { as: "quarter", isRequired: true },
    months: { as: "number" },
    cost: money,
    hasVoucher: { as: "yes_no" },
    satisfaction: { as: "number" },
    isPublic: { as: "yes_no" },
    outcomes: { as: "outcomes" },
    "outcomes.method": { ...term("outcomeMethod"), isOfEach: true },
  },
};

/** Fields of a kind, in the order of the record's body. */
export function fieldNamesOf(kind: MappedKind): readonly string[] {
  return Object.keys(FIELDS[kind]);
}

/** How a field is usually read. @throws {TypeError} if the kind has no such field. */
export function fieldTypeOf(kind: MappedKind, field: string): FieldType {
  const fields = FIELDS[kind];
  const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (type === undefined) throw new TypeError(`${kind} has no field ${field}`);
  return type;
}

/** What a record takes as the value of a field; of a field of each item, what an item takes. */
export function valueSchemaOf(kind: MappedKind, field: string): z.ZodType {
  let schema: z.ZodType = kind === "engagement" ? engagementSchema : bodySchemas[kind];
  for (const name of field.split(".")) {
    if (schema instanceof z.ZodArray) schema = schema.element as z.ZodType;
    const inner = (schema as z.ZodObject).shape[name] as z.ZodType;
    schema = inner instanceof z.ZodOptional ? (inner.unwrap() as z.ZodType) : inner;
  }
  return schema;
}

/** Fields without which a row is no record. */
export function requiredFieldsOf(kind: MappedKind): readonly string[] {
  return fieldNamesOf(kind).filter((field) => fieldTypeOf(kind, field).isRequired);
}

/** Kinds that keep words which are in no list. */
export function keepsUnmapped(kind: MappedKind): boolean {
  return kind === "provider" || kind === "case";
}
