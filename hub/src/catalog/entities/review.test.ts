import { describe, expect, test } from "vitest";
import type { Assertion } from "./assertions.ts";
import { changesBetween, entityIdOf, entityOf } from "./entity.ts";
import { explainPair, explanationText } from "./explain.ts";
import { type EntityRecord, PROVIDER_SCHEMA } from "./record.ts";
import { resolve } from "./resolve.ts";
import { reviewQueue } from "./review.ts";
import { trainModel } from "./train.ts";

function record(id: string, since: number, values: Readonly<Record<string, string>>): EntityRecord {
  return { id, source: id.slice(0, 1), since, values };
}

/** A company in two lists, its branch, and a namesake in another place that shares its website. */
const RECORDS = [
  record("a1", 1, {
    name: "深圳市汇平智能科技有限公司",
    uscc: "9113040057217513XE",
    website: "huiping.cn",
    city: "深圳",
  }),
  record("b1", 2, { name: "汇平智能科技", website: "www.huiping.cn", city: "深圳市" }),
  record("b2", 3, {
    name: "深圳市汇平智能科技有限公司赣州分公司",
    website: "huiping.cn",
    city: "赣州",
  }),
  record("c1", 4, { name: "赣州市汇平智能科技有限公司", website: "huiping.cn", city: "深圳市" }),
  record("c2", 5, { name: "艾浩机械制造有限公司", website: "aihao.cn", city: "九江" }),
];
const MODEL = trainModel(PROVIDER_SCHEMA, RECORDS);

function said(position: number, kind: Assertion["kind"], a: string, b: string): Assertion {
  return { id: `${position}`, position, kind, a, b, by: "op", evidence: "", model: "" };
}

describe("reviewQueue", () => {
  test("asks about what a rule keeps apart, and not about a branch", () => {
    const queue = reviewQueue(resolve(MODEL, RECORDS), () => 1);
    expect(queue.map(({ a, b, reason }) => [a, b, reason])).toContainEqual(["a1", "c1", "place"]);
    expect(queue.filter(({ a, b }) => a === "b2" || b === "b2")).toEqual([]);
  });

  test("puts first what more depends on", () => {
    const resolver = resolve(MODEL, RECORDS);
    const [plain] = reviewQueue(resolver, () => 1);
    const [busy] = reviewQueue(resolver, () => 10);
    expect((busy?.priority ?? 0) / (plain?.priority ?? 1)).toBeCloseTo(10, 9);
  });

  test("does not ask again what a person has answered", () => {
    const entries = [said(1, "different", "a1", "c1"), said(2, "different", "b1", "c1")];
    const queue = reviewQueue(resolve(MODEL, RECORDS, entries), () => 1);
    expect(queue.filter(({ a, b }) => a === "c1" || b === "c1")).toEqual([]);
  });
});

describe("explainPair", () => {
  test("adds up", () => {
    const explanation = explainPair(resolve(MODEL, RECORDS), "a1", "c1");
    const sum = explanation?.evidence.reduce((total, { bits }) => total + bits, explanation.prior);
    expect(explanation?.bits).toBeCloseTo(sum ?? 0, 9);
    expect(explanation?.veto).toBe("place");
    expect(explainPair(resolve(MODEL, RECORDS), "a1", "nobody")).toBeUndefined();
  });

  test("says what a person said", () => {
    const resolver = resolve(MODEL, RECORDS, [said(1, "related", "a1", "b2")]);
    const explanation = explainPair(resolver, "a1", "b2");
    if (explanation === undefined) throw new TypeError("no explanation");
    expect(explanationText(explanation, "zh")).toMatch(/^人工认定为关联单位：.*网站 相同 \+.*合计/);
    expect(explanationText(explanation, "en")).toMatch(/^said to be related: .*website equal \+/);
  });
});

describe("a code that two records share", () => {
  const { uscc } = RECORDS[0]?.values ?? {};
  const withCode = (name: string) => record("d1", 9, { name, uscc: uscc ?? "", city: "深圳" });

  test("stands above a trade that changed", () => {
    const renamed = withCode("深圳市汇平软件有限公司");
    expect(resolve(MODEL, [...RECORDS, renamed]).entityOf("d1")?.members).toContain("a1");
  });

  test("does not make a branch of a company the company", () => {
    const branch = withCode("深圳市汇平智能科技有限公司九江分公司");
    expect(resolve(MODEL, [...RECORDS, branch]).entityOf("d1")?.members).toEqual(["d1"]);
  });
});

describe("ids", () => {
  test("are those of the oldest record, whatever it is called", () => {
    const [young, old] = [record("a", 7, {}), record("b", 2, {})];
    expect(entityOf([young, old])).toMatchObject({
      id: entityIdOf("b"),
      members: ["a", "b"],
      redirects: [entityIdOf("a")],
    });
  });

  test("a merge keeps the id of the oldest, and its undoing gives both back", () => {
    const before = resolve(MODEL, RECORDS);
    const merged = resolve(MODEL, RECORDS, [said(1, "same", "b2", "c2")]);
    const changes = changesBetween(before.entities(), merged.entities());
    expect(changes).toEqual([{ id: entityIdOf("b2"), supersedes: [entityIdOf("c2")] }]);
    expect(merged.entityOf("c2")?.redirects).toEqual([entityIdOf("c2")]);
    const undone = changesBetween(merged.entities(), before.entities());
    expect(undone.map(({ id }) => id).sort()).toEqual([entityIdOf("b2"), entityIdOf("c2")].sort());
    expect(before.entityOf("c2")?.id).toBe(entityIdOf("c2"));
  });
});
