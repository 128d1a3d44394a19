import { type BodyOf, encodeBody, type MarketCell, termStatement } from "@tributary/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { aBucket, ReleaseChain, usccOf } from "../../test/support/match-world.ts";
import { aRecord, SmallLog } from "../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import { foldEntries } from "../catalog/fold.ts";
import { readFederation } from "./federation.ts";
import { type Market, marketOf } from "./market.ts";

let log: SmallLog;

beforeEach(() => {
  log = new SmallLog();
  log.member("aa");
  log.member("bb");
});

async function market(): Promise<Market> {
  const catalog = createMemoryCatalogStore();
  await catalog.write((await foldEntries(catalog, log.entries, log.lookup)).change);
  return marketOf(await readFederation(catalog));
}

async function sectorCell(province: string): Promise<MarketCell | undefined> {
  return (await market()).sector.find((cell) => cell.province === province);
}

function demands(count: number, fields: Partial<BodyOf<"demand">> = {}): Uint8Array[] {
  const value = { title: "需求", client: { industry: "3612", region: "360122" }, ...fields };
  return Array.from({ length: count }, (_, i) =>
    aRecord({ kind: "demand", key: `d${i}`, body: encodeBody("demand", value) }),
  );
}

function aProvider(key: string, fields: Partial<BodyOf<"provider">>): Uint8Array {
  const value = { name: `服务商${key}`, industries: ["36"], ...fields };
  return aRecord({ kind: "provider", key, body: encodeBody("provider", value) });
}

function aCenter(region: string): Uint8Array {
  return aRecord({
    kind: "center",
    key: "self",
    body: encodeBody("center", { name: "中心", region }),
  });
}

function outcomes(count: number): Uint8Array {
  const buckets = Array.from({ length: count }, () =>
    aBucket({ scenario: "S01", sector: "36", size: "small", level: 0, provider: usccOf(1) }),
  );
  const body = new ReleaseChain().next("2025Q4", buckets);
  return aRecord({ kind: "outcome", key: "2025Q4", body });
}

describe("supply and demand", () => {
  test("counts a merged scenario as the one that it was merged into, on every side", async () => {
    log.batch("aa", [...demands(5, { scenarios: ["S01", "S02"] }), outcomes(2)]);
    log.batch("bb", [
      aProvider("p1", { scenarios: ["S01"] }),
      aProvider("p2", { scenarios: ["S02"] }),
    ]);
    const topics = async () =>
      (await market()).scenario.map(({ topic, demands, providers, engagements }) => [
        ...[topic, demands, providers, engagements],
      ]);
    expect(await topics()).toHaveLength(4);
    log.decide("term", ["urn:dth-term:scenario:S01"], {
      argument: termStatement.encode({ zh: "", en: "", aliases: [], into: "S02" }),
    });
    expect(await topics()).toEqual([
      ["S02", 5, 0, 0],
      ["S02", 0, 2, 10],
    ]);
  });

  test("counts demands by sector and province, from five on", async () => {
    log.batch("aa", demands(4));
    const few = await sectorCell("360000");
    expect(few).toMatchObject({ providers: 0, engagements: 0, centers: 0 });
    expect(few).not.toHaveProperty("demands");
    expect(few).not.toHaveProperty("concentration");
    log.batch("bb", demands(1));
    expect(await sectorCell("360000")).toMatchObject({ demands: 5 });
  });

  test("counts a provider once in each province that it serves, whoever lists it", async () => {
    const fields = { uscc: usccOf(1), region: "360100", serviceRegions: ["360200", "430000"] };
    log.batch("aa", [aProvider("p1", fields), aProvider("p2", { region: "360000" })]);
    log.batch("bb", [aProvider("p1", fields)]);
    expect(await sectorCell("360000")).toMatchObject({ demands: 0, providers: 2 });
    expect(await sectorCell("430000")).toMatchObject({ demands: 0, providers: 1 });
  });

  test("counts a provider of a part for a demand of which only the section is known", async () => {
    log.batch("aa", demands(5, { client: { industry: "C", region: "360000" } }));
    log.batch("bb", [aProvider("p1", { region: "360000" })]);
    const cells = (await market()).sector.filter(({ province }) => province === "360000");
    expect(cells.map(({ demands, providers }) => [demands, providers])).toEqual([
      [5, 1],
      [0, 1],
    ]);
  });

  test("says how few centers do it", async () => {
    log.batch("aa", [aCenter("360100"), outcomes(3)]);
    expect(await sectorCell("360000")).toMatchObject({
      engagements: 15,
      centers: 1,
      concentration: 1,
    });
    log.batch("bb", [aCenter("360000"), outcomes(1)]);
    const both = await sectorCell("360000");
    expect(both).toMatchObject({ engagements: 20, centers: 2 });
    expect(both?.concentration).toBeCloseTo(0.75 ** 2 + 0.25 ** 2, 12);
    expect((await market()).scenario).toMatchObject([
      { topic: "S01", province: "360000", engagements: 20 },
    ]);
  });

  test("lists the most demanded first, and among those the least supplied", async () => {
    log.batch("aa", [
      ...demands(6, { scenarios: ["S02", "S03"] }),
      aProvider("p1", { scenarios: ["S02"], region: "360000" }),
      aProvider("p2", { scenarios: ["S04"], region: "360000" }),
    ]);
    expect((await market()).scenario.map(({ topic }) => topic)).toEqual(["S03", "S02", "S04"]);
  });

  test("leaves out codes that say nothing, and says where a province is not known", async () => {
    log.batch("aa", demands(5, { client: { industry: "C" } }));
    log.batch("bb", demands(5, { client: { industry: "local-7" } }));
    expect((await market()).sector).toEqual([
      { topic: "C", province: "", demands: 5, providers: 0, engagements: 0, centers: 0 },
    ]);
  });
});
