import { decodeBody } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { passGate } from "./gate.ts";

function passed(kind: "case" | "demand", value: object) {
  const { body } = passGate({ kind, key: "k1", value: { title: "换型快了", ...value } as never });
  return decodeBody(kind, body);
}

describe("facts about a client", () => {
  test("a case keeps the group of the industry and the city", () => {
    const client = { industry: "3670", region: "360702", sizeBand: "small" };
    expect(passed("case", { client })).toMatchObject({
      client: { industry: "367", region: "360700", sizeBand: "small" },
    });
  });

  test("a demand keeps the division of the industry and the city", () => {
    const client = { industry: "3670", region: "360702" };
    expect(passed("demand", { client })).toMatchObject({
      client: { industry: "36", region: "360700" },
    });
  });

  test.each([
    ["a city", "360700", "360700"],
    ["a province", "360000", "360000"],
    ["a district of a municipality", "310115", "310000"],
    ["a code that is not listed", "210231", "210200"],
    ["another country", "DE", "DE"],
  ])("%s becomes no finer", (_, region, expected) => {
    expect(passed("case", { client: { region } })).toMatchObject({ client: { region: expected } });
  });

  test("an exact amount becomes a band, a range stays", () => {
    expect(passed("case", { investment: { amount: 1_234_567, currency: "CNY" } })).toMatchObject({
      investment: { amount: 1_000_000, amountMax: 2_000_000, currency: "CNY" },
    });
    const budget = { amount: 300_000, amountMax: 450_000, currency: "CNY" };
    expect(passed("demand", { budget })).toMatchObject({ budget });
  });

  test("a section of the industry stays, and what is missing is not invented", () => {
    expect(passed("case", { client: { industry: "C" } })).toMatchObject({
      client: { industry: "C" },
    });
    expect(passed("demand", {})).not.toHaveProperty("client");
  });
});
