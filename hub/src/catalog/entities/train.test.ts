import { describe, expect, test } from "vitest";
import { providerList } from "../../../bench/support/provider-list.ts";
import { startOf } from "./expectation.ts";
import { modelVersion } from "./model.ts";
import { type EntityRecord, PROVIDER_SCHEMA } from "./record.ts";
import { resolve } from "./resolve.ts";
import { trainModel } from "./train.ts";

const LISTED = providerList(5).take(600).toArray();
const RECORDS = LISTED.map(({ record }) => record);
const COMPANY = new Map(LISTED.map(({ record, company }) => [record.id, company]));

test("start values add up to 1 and are worth what the levels say", () => {
  const levels = [
    { name: "equal", startShare: 0.6, startBits: 9 },
    { name: "close", startShare: 0.2, startBits: 4 },
    { name: "different", startShare: 0, startBits: -5 },
  ];
  const { m, u } = startOf(levels);
  expect(m.reduce((sum, p) => sum + p)).toBeCloseTo(1, 12);
  expect(u.reduce((sum, p) => sum + p)).toBeCloseTo(1, 12);
  for (const [i, { startBits }] of levels.entries()) {
    expect(Math.log2((m[i] as number) / (u[i] as number))).toBeCloseTo(startBits, 9);
  }
});

describe("a model of records that nobody labelled", () => {
  const model = trainModel(PROVIDER_SCHEMA, RECORDS);

  test("is the same for any order of the records", () => {
    const reversed = trainModel(PROVIDER_SCHEMA, [...RECORDS].reverse());
    expect(modelVersion(reversed)).toBe(modelVersion(model));
    const less = trainModel(PROVIDER_SCHEMA, RECORDS.slice(1));
    expect(modelVersion(less)).not.toBe(modelVersion(model));
  });

  test("knows how many pairs are one thing, to a factor of 1.5", () => {
    let pairs = 0;
    for (const group of Map.groupBy(RECORDS, ({ id }) => COMPANY.get(id)).values()) {
      pairs += (group.length * (group.length - 1)) / 2;
    }
    const share = pairs / ((RECORDS.length * (RECORDS.length - 1)) / 2);
    expect(model.lambda / share).toBeGreaterThan(1 / 1.5);
    expect(model.lambda / share).toBeLessThan(1.5);
  });

  test("links invented companies right, relatives and all", () => {
    let right = 0;
    let linked = 0;
    for (const { members } of resolve(model, RECORDS).entities()) {
      for (const [i, a] of members.entries()) {
        for (const b of members.slice(i + 1)) {
          linked += 1;
          if (COMPANY.get(a) === COMPANY.get(b)) right += 1;
        }
      }
    }
    expect(linked).toBeGreaterThan(150);
    expect(right / linked).toBeGreaterThanOrEqual(0.99);
  });

  test("leaves the name of one company with the code of another to a person", () => {
    const of = (id: string, name: string, uscc: string) =>
      ({ id, source: id, since: 0, values: { name, uscc, city: "赣州市" } }) as const;
    const owner = of("owner", "赣州市汇平智能科技有限公司", "9113040057217513XE");
    const namesake = of("namesake", "赣州市艾浩机械制造有限公司", "91640100686819554N");
    const mixed = of("mixed", namesake.values.name, owner.values.uscc);
    expect(resolve(model, [owner, namesake, mixed]).entityOf("mixed")?.members).toEqual(["mixed"]);
    // With nobody else of that name it is a new name of the owner.
    expect(resolve(model, [owner, mixed]).entityOf("mixed")?.members).toContain("owner");
  });

  test("takes a link back when a rival comes that is too light to be linked itself", () => {
    const of = (id: string, values: Readonly<Record<string, string>>): EntityRecord => ({
      id,
      source: id,
      since: 0,
      values,
    });
    const owner = of("owner", {
      name: "赣州市汇平智能科技有限公司",
      uscc: "9113040057217513XE",
      city: "赣州市",
    });
    const rival = of("rival", { name: "赣州市艾浩机械制造有限公司", uscc: "91640100686819554N" });
    const mixed = of("mixed", {
      name: "赣州市艾浩机械制造有限公司",
      uscc: "9113040057217513XE",
      city: "赣州市",
    });
    const [own] = resolve(model, [owner, mixed]).neighboursOf("mixed");
    const thresholds = { autoBits: own?.bits ?? 0, reviewBits: -20, marginBits: 100 };
    const resolver = resolve(model, [owner, mixed], [], { thresholds });
    expect(resolver.entityOf("mixed")?.members).toContain("owner");
    resolver.add(rival);
    expect(resolver.neighboursOf("mixed").map(({ id }) => id)).toEqual(["owner", "rival"]);
    expect(resolver.entityOf("mixed")?.members).toEqual(["mixed"]);
  });

  test("of very few records rests on the start values", () => {
    const two: readonly EntityRecord[] = [
      {
        id: "a",
        source: "x",
        since: 1,
        values: { name: "汇平智能科技有限公司", website: "huiping.cn", city: "赣州" },
      },
      {
        id: "b",
        source: "y",
        since: 2,
        values: { name: "汇平智能科技", website: "www.huiping.cn", city: "赣州市" },
      },
      {
        id: "c",
        source: "y",
        since: 3,
        values: { name: "艾浩机械有限公司", website: "aihao.cn", city: "赣州市" },
      },
    ];
    const entities = resolve(trainModel(PROVIDER_SCHEMA, two), two).entities();
    expect(entities.map(({ members }) => members).sort()).toEqual([["a", "b"], ["c"]]);
  });
});

test("no records make a model that finds nothing", () => {
  const model = trainModel(PROVIDER_SCHEMA, []);
  expect(resolve(model, []).entities()).toEqual([]);
  expect(model.lambda).toBeGreaterThan(0);
});
