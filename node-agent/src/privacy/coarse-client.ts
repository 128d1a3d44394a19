/**
 * The facts about a client, as coarse as they may leave: a small county, a class of industry and an exact amount together
 * name a firm without a single word of text.
 *
 * @module
 */

import type { Body, BodyOf } from "@tributary/proto";
import { regionTable } from "@tributary/proto/vocabulary";
import { bandOf } from "./claims.ts";

/** Digits of GB/T 4754 that are kept: a case has happened, a demand is somebody's plan. */
const INDUSTRY_DIGITS = { case: 3, demand: 2 } as const;

/**
 * The body with the client's industry as a group (case) or division (demand), its region as a city at most, and amounts as
 * bands on the scale 1, 2, 5, 10.
 */
export function coarseClient(kind: "case" | "demand", value: Body["value"]): Body["value"] {
  return kind === "case"
    ? coarseCase(value as BodyOf<"case">)
    : coarseDemand(value as BodyOf<"demand">);
}

function coarseCase({ client, investment, ...rest }: BodyOf<"case">): BodyOf<"case"> {
  return {
    ...rest,
    ...(client && { client: coarse(client, INDUSTRY_DIGITS.case) }),
    ...(investment && { investment: banded(investment) }),
  };
}

function coarseDemand({ client, budget, ...rest }: BodyOf<"demand">): BodyOf<"demand"> {
  return {
    ...rest,
    ...(client && { client: coarse(client, INDUSTRY_DIGITS.demand) }),
    ...(budget && { budget: banded(budget) }),
  };
}

type Client = NonNullable<BodyOf<"case">["client"]>;
type Money = NonNullable<BodyOf<"case">["investment"]>;

function coarse({ industry, region, ...rest }: Client, digits: number): Client {
  return {
    ...(industry !== undefined && { industry: industry.slice(0, digits) }),
    ...(region !== undefined && { region: cityOf(region) }),
    ...rest,
  };
}

/** The city of a county, or what is listed above it; a code that is not listed by its first four digits. */
function cityOf(code: string): string {
  const region = regionTable().get(code);
  if (region === undefined) return /^\d{6}$/.test(code) ? `${code.slice(0, 4)}00` : code;
  return region.level === "county" ? (region.broader ?? code) : code;
}

/** A range is a band already. */
function banded({ amount, amountMax, ...rest }: Money): Money {
  if (amount === undefined || amount <= 0 || amountMax !== undefined) {
    return { ...rest, ...(amount !== undefined && { amount }), ...(amountMax && { amountMax }) };
  }
  const [low, high] = bandOf(amount);
  return { ...rest, amount: low, amountMax: high };
}
