import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { MatchRequestSchema } from "../gen/tributary/v1/match_service_pb.ts";
import { matchQueryCodec, parseMatchQuery, parsePlanQuery, planQueryCodec } from "./demand.ts";

const demand = { scenarios: ["S01", "S13"] };

describe("a demand", () => {
  test("is completed", () => {
    expect(parseMatchQuery({ demand })).toEqual({
      demand: {
        scenarios: ["S01", "S13"],
        industry: "",
        sizeBand: "",
        region: "",
        pains: "",
        must: {
          qualifications: [],
          systems: [],
          providerTypes: [],
          deliveryModes: [],
          servesRegion: false,
          excluded: [],
        },
      },
      limit: 10,
    });
  });

  test.each([
    ["no scenario", { scenarios: [] }],
    [
      "nine scenarios",
      { scenarios: ["S01", "S02", "S03", "S04", "S05", "S06", "S07", "S08", "S09"] },
    ],
    ["a scenario twice", { scenarios: ["S01", "S01"] }],
    ["an unknown scenario", { scenarios: ["S41"] }],
    ["an unknown industry", { ...demand, industry: "9999" }],
    ["an unknown size", { ...demand, sizeBand: "huge" }],
    ["a region by name", { ...demand, region: "南昌" }],
    ["a budget of nothing", { ...demand, budgetCny: 0 }],
    ["a budget that is no number", { ...demand, budgetCny: Number.NaN }],
    ["pains beyond 4,096 characters", { ...demand, pains: "痛".repeat(4097) }],
    ["half a character", { ...demand, pains: "\ud800" }],
    ["a member that it does not have", { ...demand, regoin: "360100" }],
  ])("is refused with %s", (_, wrong) => {
    expect(() => parsePlanQuery({ demand: wrong })).toThrow(
      expect.objectContaining({ code: "ERR_QUERY_INVALID" }),
    );
  });

  test("goes through its message, and an absent one is refused", () => {
    const query = parseMatchQuery({
      demand: {
        ...demand,
        industry: "3670",
        sizeBand: "small",
        region: "360100",
        pains: "停机",
        budgetCny: 500_000,
        must: { qualifications: ["CMMI"], servesRegion: true, excluded: ["x"] },
      },
      limit: 5,
    });
    expect(matchQueryCodec.decode(matchQueryCodec.encode(query))).toEqual(query);
    const plan = { demand: query.demand };
    expect(planQueryCodec.decode(planQueryCodec.encode(plan))).toEqual(plan);
    expect(() => matchQueryCodec.decode(create(MatchRequestSchema, {}))).toThrow(
      expect.objectContaining({ code: "ERR_QUERY_INVALID" }),
    );
  });
});
