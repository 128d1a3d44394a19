import { type Body, type BodyOf, RECORD_KINDS } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { aBucket } from "../../test/support/match-world.ts";
import { currentBody, hasCode } from "./current-body.ts";
import { SHARED_TAXONOMY, Taxonomy, type TermFact } from "./taxonomy.ts";

const MERGES = [
  ["scenario", "S01", "S02"],
  ["systemType", "wms", "mes"],
  ["serviceType", "training", "diagnosis"],
  ["providerType", "integrator", "consulting"],
  ["centerType", "region", "industry"],
  ["sizeBand", "micro", "small"],
  ["policyLevel", "county", "municipal"],
  ["policyStatus", "draft", "in_force"],
  ["eventType", "roadshow", "matchmaking"],
  ["kpi", "DEFECT_RATE", "UNPLANNED_DOWNTIME"],
] as const;

const decided = { zh: "", en: "", aliases: [], actor: "", reason: "", position: 1, decidedAtMs: 0 };
const taxonomy = new Taxonomy(
  MERGES.map(([scheme, code, into]): TermFact => ({ scheme, code, into, ...decided })),
);

/** Every field that holds a code which was merged, with what it is read as. */
const BODIES: { readonly [Kind in Body["kind"]]: readonly [BodyOf<Kind>, Partial<BodyOf<Kind>>] } =
  {
    center: [
      { name: "x", centerType: "region", scenarios: ["S01"], services: [{ service: "training" }] },
      { centerType: "industry", scenarios: ["S02"], services: [{ service: "diagnosis" }] },
    ],
    provider: [
      {
        ...{ name: "x", providerTypes: ["integrator"], sizeBand: "micro", services: ["training"] },
        ...{ scenarios: ["S01", "S02"], systems: ["mes", "wms"] },
        products: [{ name: "y", kind: "wms", deliveryMode: "saas" }],
      },
      {
        ...{ providerTypes: ["consulting"], sizeBand: "small", services: ["diagnosis"] },
        ...{ scenarios: ["S02"], systems: ["mes"] },
        products: [{ name: "y", kind: "mes", deliveryMode: "saas" }],
      },
    ],
    case: [
      {
        ...{ title: "x", scenarios: ["S01"], systems: ["wms"], client: { sizeBand: "micro" } },
        outcomes: [{ kpi: "DEFECT_RATE", value: 3 }],
      },
      {
        ...{ scenarios: ["S02"], systems: ["mes"], client: { sizeBand: "small" } },
        outcomes: [{ kpi: "UNPLANNED_DOWNTIME", value: 3 }],
      },
    ],
    policy: [
      { title: "x", level: "county", status: "draft", targetSizes: ["micro", "large"] },
      { level: "municipal", status: "in_force", targetSizes: ["small", "large"] },
    ],
    training: [{ title: "x", scenarios: ["S01"] }, { scenarios: ["S02"] }],
    event: [{ title: "x", eventType: "roadshow" }, { eventType: "matchmaking" }],
    demand: [
      { title: "x", scenarios: ["S01"], currentSystems: ["wms"], client: { sizeBand: "micro" } },
      { scenarios: ["S02"], currentSystems: ["mes"], client: { sizeBand: "small" } },
    ],
    voucher_programme: [{ title: "x" }, {}],
    outcome: [{ epoch: "2025Q4" } as BodyOf<"outcome">, {}],
  };

const bodyOf = (kind: Body["kind"]) => ({ kind, value: BODIES[kind][0] }) as Body;

describe("a body as it is read now", () => {
  test.each(RECORD_KINDS)("of the kind %s has the codes that terms were merged into", (kind) => {
    const [value, read] = BODIES[kind];
    const before = structuredClone(value);
    expect(currentBody(bodyOf(kind), taxonomy)).toEqual({ kind, value: { ...value, ...read } });
    expect(value).toEqual(before);
    expect(currentBody(bodyOf(kind), SHARED_TAXONOMY).value).toBe(value);
  });

  test("reads labels of buckets, and effects once: what was published under the code itself counts", () => {
    const deltas = { UNPLANNED_DOWNTIME: [1, 2, 3, 4, 5], DEFECT_RATE: [6, 7, 8, 9, 10] };
    const named = aBucket({ scenario: "S01", deltas });
    const alone = aBucket({ scenario: "S03", deltas: { DEFECT_RATE: deltas.DEFECT_RATE } });
    const value = { epoch: "2025Q4", buckets: [named, alone] } as BodyOf<"outcome">;
    const { buckets = [] } = currentBody({ kind: "outcome", value }, taxonomy).value;
    expect(buckets.map(({ label }) => label[0])).toEqual(["S02", "S03"]);
    expect(buckets.map(({ kpi = {} }) => Object.keys(kpi))).toEqual([
      ["UNPLANNED_DOWNTIME"],
      ["UNPLANNED_DOWNTIME"],
    ]);
    expect(buckets.map(({ kpi }) => kpi?.["UNPLANNED_DOWNTIME"]?.sum)).toEqual([15, 40]);
    expect(hasCode({ kind: "outcome", value }, "scenario", (code) => code === "S01")).toBe(true);
    expect(hasCode({ kind: "outcome", value }, "kpi", (code) => code === "OEE")).toBe(false);
  });

  test("takes no effect for another that is measured otherwise", () => {
    const into = "ON_TIME_DELIVERY";
    const other = new Taxonomy([{ scheme: "kpi", code: "DEFECT_RATE", into, ...decided }]);
    expect(other.codeOf("kpi", "DEFECT_RATE")).toBe("DEFECT_RATE");
  });
});
