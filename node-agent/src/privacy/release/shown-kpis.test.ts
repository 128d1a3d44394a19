import { describe, expect, test } from "vitest";
import type { PendingRecord } from "./engagement.ts";
import { MEMBERS_POLICY } from "./policy.ts";
import { shownKpis } from "./shown-kpis.ts";

function members(
  deltas: readonly Readonly<Record<string, number>>[],
  isPublic: (index: number) => boolean = () => false,
): PendingRecord[] {
  return deltas.map((own, index) => ({
    nullifier: String(index),
    group: String(index),
    isPublic: isPublic(index),
    facts: { scenario: "S21", provider: "", sector: "36", size: "small" },
    families: [],
    finished: 0,
    entered: 0,
    hasVoucher: false,
    isSatisfied: index % 2 === 0,
    deltas: own,
    leadKpi: "OEE",
  }));
}

const diverse = [-3, 2, 7, 12, 30].map((OEE) => ({ OEE }));

describe("shownKpis", () => {
  test("shows what enough groups contribute to, in order", () => {
    const both = diverse.map(({ OEE }) => ({ OEE, DEFECT_RATE: OEE + 1 }));
    expect(shownKpis(members(both), MEMBERS_POLICY)).toEqual(["DEFECT_RATE", "OEE"]);
  });

  test("hides a further KPI that fewer contribute to", () => {
    const some = diverse.map(({ OEE }, index) =>
      index === 0 ? { OEE } : { OEE, DEFECT_RATE: OEE },
    );
    expect(shownKpis(members(some), MEMBERS_POLICY)).toEqual(["OEE"]);
  });

  test("does not count who is known to the public", () => {
    expect(
      shownKpis(
        members(diverse, (index) => index === 2),
        MEMBERS_POLICY,
      ),
    ).toEqual([]);
  });

  test("hides what is alike", () => {
    const alike = [1, 2, 3, 4, 3].map((OEE) => ({ OEE }));
    expect(shownKpis(members(alike), MEMBERS_POLICY)).toEqual([]);
  });

  test("hides what would tell one contributor the others' figures", () => {
    // Whoever has 2 knows that the others are between 20 and 22.
    const near = [2, 20, 21, 22, 20].map((OEE) => ({ OEE }));
    expect(shownKpis(members(near), MEMBERS_POLICY)).toEqual([]);
    const far = [2, 20, 31, 22, 20].map((OEE) => ({ OEE }));
    expect(shownKpis(members(far), MEMBERS_POLICY)).toEqual(["OEE"]);
  });

  test("hides zeros from who has another figure", () => {
    const zeros = [7, 0, 0, 0, 0].map((OEE) => ({ OEE }));
    expect(shownKpis(members(zeros), { ...MEMBERS_POLICY, shareCap: [1, 1] })).toEqual([]);
  });
});
