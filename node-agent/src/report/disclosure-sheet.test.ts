import { describe, expect, test } from "vitest";
import { MEMBERS_POLICY } from "../privacy/release/policy.ts";
import { type Disclosure, disclosureSheet } from "./disclosure-sheet.ts";

const noNoise = {
  policy: MEMBERS_POLICY,
  audience: "members",
  since: "2024Q1",
  consentBasis: "contract-v2",
  noise: false,
};

const sheet: Disclosure = {
  center: "copper",
  hub: "hub.example:7443",
  agentVersion: "0.1.0",
  madeOn: "2026-11-29",
  tables: [
    {
      source: "providers",
      table: "名录",
      kind: "provider",
      visibility: "members",
      license: "CC-BY-4.0",
      schedule: undefined,
      watch: true,
      columns: [
        { title: "名称", fate: { type: "used", fields: ["name"] } },
        { title: "手机", fate: { type: "never" } },
        { title: "<b>备注", fate: { type: "unmapped" } },
      ],
    },
    {
      source: "outcomes",
      table: "",
      kind: "engagement",
      visibility: "public",
      license: "CC-BY-4.0",
      schedule: undefined,
      watch: true,
      columns: [{ title: "企业名称", fate: { type: "used", fields: ["enterprise"] } }],
    },
  ],
  outcomes: noNoise,
};

describe("the disclosure sheet", () => {
  const page = disclosureSheet(sheet);

  test("says that noised totals leave where they do", () => {
    const outcomes = { ...noNoise, noise: true };
    expect(page).not.toContain("noised totals");
    expect(disclosureSheet({ ...sheet, outcomes })).toContain(
      "noised totals by family of scenarios leave too",
    );
  });

  test("says of each column whether and as what it leaves", () => {
    expect(page).toContain("<td>名称</td><td>外发为 name leaves as name</td>");
    expect(page).toContain("<td>手机</td><td>禁止外发 must not leave</td>");
    expect(page).toContain("<td>企业名称</td><td>不外发 does not leave</td>");
  });

  test("says to whom, how often and by which rules", () => {
    expect(page).toContain("枢纽成员 members of the hub");
    expect(page).toContain("逐行不外发 no row leaves");
    expect(page).toContain("频率 How often: 有变化时 on change");
    expect(page).toMatch(/At least 5 different enterprises/);
    expect(page).toMatch(/自 2024Q1 起/);
    expect(page).toContain("contract-v2");
  });

  test("shows texts of the center as texts, and has no script", () => {
    expect(page).toContain("&lt;b&gt;备注");
    expect(page).not.toMatch(/<script|<b>备注/);
  });

  test("says nothing of outcomes where no source has any", () => {
    const { outcomes: _, ...without } = sheet;
    expect(disclosureSheet(without)).not.toContain("成效数据");
  });
});
