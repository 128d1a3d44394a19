import { describe, expect, test } from "vitest";
import { type GatePolicy, reviewItemsOf } from "./client-gate.ts";
import { type Decision, decide, verdictOn } from "./decision.ts";
import { DETECTOR_VERSION } from "./free-text.ts";
import { passGate } from "./gate.ts";

const refusal = (word: RegExp) =>
  expect.objectContaining({ code: "ERR_PRIVACY", message: expect.stringMatching(word) });

function aCase(fields: object, extra: object = {}) {
  return {
    kind: "case" as const,
    key: "c1",
    value: { title: "换型快了", scenarios: ["S20"], ...fields } as never,
    ...extra,
  };
}

/** The policy of a center whose people decided so about a text of the case `c1`. */
function decided(field: string, text: string, verdict: Decision["verdict"]): GatePolicy {
  const decision = decide(
    { kind: "case", key: "c1", field, text },
    { verdict, by: "王敏", atMs: 1 },
  );
  const decisions = new Map([[decision.id, decision]]);
  return { verdictOn: (placed) => verdictOn(placed, decisions) };
}

describe("passGate, for a record about a client", () => {
  const painPoints = "赣州青禾机械有限公司的王总说，赣州市章贡区兴国路8号只有一条线。";

  test("masks what names the client with a word for its class, and counts it", () => {
    const { value, findings } = passGate(aCase({ painPoints }));
    expect(value).toMatchObject({ painPoints: "〔企业〕的〔人员〕说，〔地址〕只有一条线。" });
    expect(findings).toEqual([
      { field: "painPoints", type: "address", count: 1 },
      { field: "painPoints", type: "company", count: 1 },
      { field: "painPoints", type: "person", count: 1 },
    ]);
  });

  test.each(["abstract", "solution", "outcomeText", "titleEn"])("reads %s as closely", (field) => {
    const { value } = passGate(aCase({ [field]: "客户官网 qinghe-mfg.com，赣B12345" }));
    expect((value as unknown as Record<string, string>)[field]).toBe(
      "客户官网 〔网址〕，〔证照号〕",
    );
  });

  test("replaces exact magnitudes by bands and superlatives by a word", () => {
    const { value } = passGate(
      aCase({ outcomeText: "投入120万元，省内首家，人数由45人降到8人，节拍88秒。" }),
    );
    expect(value).toMatchObject({
      outcomeText: "投入100至200万元，〔称号〕，人数由20至50人降到8人，节拍88秒。",
    });
  });

  test("leaves the names of providers in their field, and in texts", () => {
    const providers = [{ name: "青禾智造科技有限公司", role: "lead" }];
    const { value, findings } = passGate(
      aCase({ providers, solution: "由青禾智造科技有限公司实施。" }),
    );
    expect(value).toMatchObject({ providers, solution: "由青禾智造科技有限公司实施。" });
    expect(findings).toEqual([]);
  });

  test("other kinds keep the names of firms and their addresses", () => {
    const value = { name: "青禾智造", selfDescription: "赣州青禾机械有限公司，兴国路8号" };
    expect(passGate({ kind: "provider", key: "p", value })).toMatchObject({ value, findings: [] });
  });

  test("refuses a title that would be nothing but masks, and never tells what it was", () => {
    const act = () => passGate(aCase({ title: "赣州青禾机械有限公司" }));
    expect(act).toThrow(refusal(/^title .*company/));
    expect(act).toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining("青禾"),
        messageZh: expect.not.stringContaining("青禾"),
      }),
    );
  });

  test("refuses a key that could name the client, until a person approved it", () => {
    const key = "赣州青禾机械有限公司改造";
    expect(() => passGate({ ...aCase({}), key })).toThrow(refusal(/key/));
    const decision = decide(
      { kind: "case", key, field: "key", text: key },
      { verdict: "approved", by: "a", atMs: 1 },
    );
    const verdict = (placed: Parameters<typeof verdictOn>[0]) =>
      verdictOn(placed, new Map([[decision.id, decision]]));
    expect(passGate({ ...aCase({}), key }, { verdictOn: verdict }).findings).toEqual([]);
  });

  test("lets an approved text leave as it is, but for personal numbers", () => {
    const text = "赣州青禾机械有限公司 13800138000";
    const { value } = passGate(
      aCase({ painPoints: text }),
      decided("painPoints", text, "approved"),
    );
    expect(value).toMatchObject({ painPoints: "赣州青禾机械有限公司 〔已隐去〕" });
  });

  test.each([
    ["another text", "painPoints", `${painPoints} `],
    ["another field", "solution", painPoints],
  ])("an approval is void for %s", (_, field, text) => {
    const policy = decided("painPoints", painPoints, "approved");
    expect(passGate(aCase({ [field]: text }), policy).findings).not.toEqual([]);
  });

  test("an approval is void for findings of other detectors, and a rejection holds", () => {
    const place = { kind: "case", key: "c1", field: "painPoints", text: painPoints } as const;
    for (const verdict of ["approved", "rejected"] as const) {
      const decision = {
        ...decide(place, { verdict, by: "a", atMs: 1 }),
        detectors: DETECTOR_VERSION - 1,
      };
      expect(verdictOn(place, new Map([[decision.id, decision]]))).toBe(
        verdict === "approved" ? undefined : "rejected",
      );
    }
  });

  test("keeps the record of a rejected text", () => {
    const policy = decided("painPoints", painPoints, "rejected");
    expect(() => passGate(aCase({ painPoints }), policy)).toThrow(
      refusal(/painPoints was rejected/),
    );
  });

  test("with review, keeps the record until its texts are approved", () => {
    const request = aCase({ painPoints }, { clientTexts: "review" });
    expect(() => passGate(request)).toThrow(
      refusal(/painPoints waits for a person \(company, person, address\)/),
    );
    const { value } = passGate(request, decided("painPoints", painPoints, "approved"));
    expect(value).toMatchObject({ painPoints });
    expect(passGate(aCase({ painPoints: "换型慢" }, { clientTexts: "review" })).findings).toEqual(
      [],
    );
  });

  test.each(["", "无", "待定", " - ", "是", "N/A"])("a consent is no %j", (consentRef) => {
    const request = aCase({ clientNamed: "赣州青禾机械有限公司", consentRef });
    expect(() => passGate(request)).toThrow(refusal(/consent/));
  });

  test("with a recorded consent the client may be named, in the texts too", () => {
    const fields = {
      clientNamed: "赣州青禾机械有限公司",
      consentRef: "同意书-2026-014",
      solution: "赣州青禾机械有限公司换了线。",
    };
    expect(passGate(aCase(fields))).toMatchObject({ value: fields, findings: [] });
  });

  test("masks what the center keeps back of the same row: the client's name, shortened, and its contact", () => {
    const withheld = [
      "赣州青禾机械有限公司",
      "李明、王芳",
      "某铜箔企业",
      "车间主任",
      "2024",
      "a small shop",
      "small",
    ];
    const { value } = passGate(
      aCase(
        { client: { sizeBand: "small" }, solution: "青禾由王芳牵头，李明与车间主任2024年配合" },
        { withheld },
      ),
    );
    expect(value).toMatchObject({
      client: { sizeBand: "small" },
      solution: "〔企业〕由〔企业〕牵头，〔企业〕与车间主任2024年配合",
    });
  });

  test("demands are read as closely", () => {
    const value = {
      title: "找排产",
      client: {},
      scenarios: ["S08"],
      pains: "赣州青禾机械有限公司排产慢",
    };
    expect(passGate({ kind: "demand", key: "d", value: value as never }).value).toMatchObject({
      pains: "〔企业〕排产慢",
    });
  });
});

test("reviewItemsOf shows each text with what was found, as it leaves, and what was decided", () => {
  const painPoints = "王总投了120万元";
  const request = aCase({ painPoints, solution: "换夹具" });
  const items = reviewItemsOf(request, decided("painPoints", painPoints, "rejected"));
  expect(items).toMatchObject([
    {
      field: "painPoints",
      text: painPoints,
      masked: "〔人员〕投了100至200万元",
      verdict: "rejected",
    },
  ]);
  expect(items[0]?.found.map(({ type }) => type)).toEqual(["person", "magnitude"]);
});
