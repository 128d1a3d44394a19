/**
 * What a center has published, counted for its assessment, with the records that were counted.
 *
 * @module
 */

import { type Body, type BodyOf, type RecordRef, urnOf } from "@tributary/proto";
import { checkUscc } from "@tributary/proto/vocabulary";
import { usccOf } from "../../match/providers.ts";
import { MOST_NAMED } from "./evidence.ts";

/** Some of how many; the first records of those that count. */
export interface Tally {
  readonly count: number;
  readonly of: number;
  /** URNs. */
  readonly records: readonly string[];
}

/** Something at a time. */
export interface Dated {
  /** Months since year 0. */
  readonly month: number;
  readonly urn: string;
}

/** All that one center has published. */
export interface Portfolio {
  /** Members of its own description that are filled in. */
  readonly description: Tally;
  /** Of finished cases those with an effect that somebody else than a provider of the case has verified. */
  readonly cases: Tally;
  /** Of demands those that were matched or closed. */
  readonly demands: Tally;
  /** Of providers that it lists those with a valid code. */
  readonly providers: Tally;
  /** Trainings and events whose month is known. */
  readonly activities: readonly Dated[];
  /** Releases by the last month of their quarter. */
  readonly releases: readonly Dated[];
}

/** What a center says of itself; {@link Portfolio.description} counts these. */
const DESCRIPTION: readonly (readonly (keyof BodyOf<"center">)[])[] = [
  ["name"],
  ["centerType"],
  ["operationModel"],
  ["tier"],
  ["authority"],
  ["operatorName"],
  ["region"],
  ["industries", "scenarios"],
  ["services"],
  ["foundedOn"],
  ["staffFte"],
  ["contactOffice"],
];

const FINISHED = new Set(["accepted", "followed_up"]);
const ANSWERED = new Set(["matched", "closed"]);
/** Evidence levels, vocabulary evidenceLevel: verified by the center or better, and without the center's word. */
const VERIFIED = new Set(["E2", "E3", "E4"]);
const VERIFIED_BY_OTHERS = new Set(["E3", "E4"]);

/** Collects records of all centers: their own descriptions first, which say whom each of them cannot vouch for. */
export class Portfolios {
  readonly #centers = new Map<string, Collected>();

  /** Takes a record that is shown. */
  add(ref: RecordRef, body: Body): void {
    const center = this.#center(ref.centerId);
    const urn = urnOf(ref);
    switch (body.kind) {
      case "center":
        describe(center, body.value, urn);
        break;
      case "case":
        if (!FINISHED.has(body.value.stage ?? "")) break;
        center.cases.add(isVerified(body.value, center.operator), urn);
        break;
      case "demand":
        center.demands.add(ANSWERED.has(body.value.status ?? ""), urn);
        break;
      case "provider":
        center.providers.add(checkUscc(body.value.uscc ?? "").status === "valid", urn);
        break;
      case "training":
        center.activities.push(...dated(body.value.startsOn, urn));
        break;
      case "event":
        center.activities.push(...dated(body.value.heldOn, urn));
        break;
      default:
        break;
    }
  }

  /** Takes a release. @param month The last one of its quarter; months since year 0. */
  addRelease(ref: RecordRef, month: number): void {
    this.#center(ref.centerId).releases.push({ month, urn: urnOf(ref) });
  }

  of(centerId: string): Portfolio {
    return this.#center(centerId);
  }

  #center(centerId: string): Collected {
    let center = this.#centers.get(centerId);
    if (center === undefined) {
      center = {
        operator: undefined,
        description: new Counter(),
        cases: new Counter(),
        demands: new Counter(),
        providers: new Counter(),
        activities: [],
        releases: [],
      };
      this.#centers.set(centerId, center);
    }
    return center;
  }
}

interface Collected {
  /** Code of the operator, where it is a provider too. */
  operator: string | undefined;
  readonly description: Counter;
  readonly cases: Counter;
  readonly demands: Counter;
  readonly providers: Counter;
  readonly activities: Dated[];
  readonly releases: Dated[];
}

class Counter implements Tally {
  count = 0;
  of = 0;
  readonly records: string[] = [];

  add(counts: boolean, urn: string): void {
    this.of += 1;
    if (!counts) return;
    this.count += 1;
    if (this.records.length < MOST_NAMED) this.records.push(urn);
  }
}

/** Code of a center's operator, if that is a provider too. */
export function operatorCode(body: BodyOf<"center"> | undefined): string | undefined {
  return body?.operatorIsProvider === true ? usccOf(body.operatorUscc) : undefined;
}

/** A center with several records about itself is judged by the fullest. */
function describe(center: Collected, body: BodyOf<"center">, urn: string): void {
  const { description } = center;
  center.operator = operatorCode(body);
  const filled = DESCRIPTION.filter((names) => names.some((name) => isFilled(body[name]))).length;
  description.of = DESCRIPTION.length;
  if (filled <= description.count) return;
  description.count = filled;
  description.records.splice(0, 1, urn);
}

function isFilled(value: unknown): boolean {
  if (typeof value === "string" || Array.isArray(value)) return value.length > 0;
  return value !== undefined;
}

function isVerified(
  { outcomes = [], providers = [] }: BodyOf<"case">,
  operator: string | undefined,
): boolean {
  const isOwn = providers.some(({ uscc }) => operator !== undefined && usccOf(uscc) === operator);
  const levels = isOwn ? VERIFIED_BY_OTHERS : VERIFIED;
  return outcomes.some(({ evidence = "" }) => levels.has(evidence));
}

/** A date that says no month counts nowhere. */
function dated(date: string | undefined, urn: string): Dated[] {
  const [, year, month] = /^(\d{4})-(\d{2})/.exec(date ?? "") ?? [];
  return month === undefined ? [] : [{ month: Number(year) * 12 + Number(month) - 1, urn }];
}
