import { type CollectionStatement, collectionStatement, encodeBody } from "@tributary/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { decidedCatalog } from "../../test/support/decided-catalog.ts";
import { aCase, aRecord, SmallLog } from "../../test/support/small-log.ts";
import { foldEntries } from "../catalog/fold.ts";
import { FeedTable } from "../ingest/feed-table.ts";
import { noEvents } from "../ports/hub-events.ts";
import type { Reader } from "../ports/search-index.ts";
import { type CollectionApi, createCollectionApi } from "./collection-api.ts";
import { createCurationApi } from "./curation-api.ts";
import type { CallContext } from "./rpc.ts";

const { signal } = new AbortController();
const CURATOR: CallContext = {
  principal: { type: "account", name: "王工", role: "curator" },
  signal,
  requestId: "1",
};
const PUBLIC: Reader = { type: "public" };
const [A, B, P, M] = [
  "urn:dth:aa:case:1",
  "urn:dth:bb:case:2",
  "urn:dth:aa:provider:p",
  "urn:dth:bb:case:m",
] as const;

let hub: Awaited<ReturnType<typeof decidedCatalog>>;
let api: CollectionApi;
let curation: ReturnType<typeof createCurationApi>;

beforeEach(async () => {
  const small = new SmallLog();
  for (const id of ["aa", "bb", "cc"]) small.member(id);
  const provider = encodeBody("provider", { name: "江西铜智能科技有限公司" });
  small.batch("aa", [
    aRecord({ key: "1", body: aCase("熔炼炉节能") }),
    aRecord({ kind: "provider", key: "p", body: provider }),
  ]);
  small.batch("bb", [
    aRecord({ key: "2", body: aCase("余热回收") }),
    aRecord({ key: "m", body: aCase("内部案例"), visibility: "members" }),
  ]);
  hub = await decidedCatalog(small);
  const unasked = () => Promise.reject(new TypeError("not asked here"));
  api = createCollectionApi(hub.reading);
  const unaskedMember = () => {
    throw new TypeError("not asked here");
  };
  curation = createCurationApi({
    ...hub.reading,
    queue: { page: unasked },
    preview: unasked,
    feeds: new FeedTable(),
    registry: { require: unaskedMember, requireApproved: unaskedMember },
    hubOrigin: "hub.example/log",
    events: noEvents,
  });
});

const statement = (id: string, zh = "铜加工节能"): CollectionStatement => ({
  id,
  name: { zh, en: "Energy in copper works" },
  text: { zh: "三个案例", en: "Three cases" },
});

async function decide(action: string, subjects: readonly string[], argument: string) {
  const request = { action, subjects, argument, reason: "值得一看", retracts: "" };
  const decided = await curation.decide(request, CURATOR);
  await hub.fold();
  return decided;
}

const feature = (id: string, subjects: readonly string[], zh?: string) =>
  decide("feature", subjects, collectionStatement.encode(statement(id, zh)));

async function undo(position: number) {
  const undone = await curation.undo({ position, reason: "误操作" }, CURATOR);
  await hub.fold();
  return undone;
}

const list = async (reader: Reader = PUBLIC) =>
  (await api.listCollections({ id: "" }, reader)).collections;
const one = async (id: string, reader: Reader = PUBLIC) =>
  (await api.listCollections({ id }, reader)).collections[0];

describe("a collection", () => {
  test("has its records in the order in which they were put, with who decided and why", async () => {
    const { position } = await feature("copper", [B, P, A]);
    const { records, ...said } = (await one("copper")) ?? { records: [] };
    expect(records.map(({ urn }) => urn)).toEqual([B, P, A]);
    expect(records[1]?.entityId).toMatch(/^ent_/);
    expect(records[0]?.body).toBeUndefined();
    expect(said).toEqual({
      ...statement("copper"),
      total: 3,
      notShown: 0,
      actor: "account 王工",
      reason: "值得一看",
      position,
      decidedAtMs: expect.any(Number),
    });
    expect(await hub.catalog.get({ kind: "case", centerId: "aa", key: "1" })).toMatchObject({
      decisions: [],
    });
  });

  test("keeps from a reader what the reader may not see, and says how many that are", async () => {
    await feature("copper", [A, M, B]);
    await decide("hide", [A], "");
    expect(await one("copper")).toMatchObject({ records: [{ urn: B }], total: 1, notShown: 2 });
    const member = await one("copper", { type: "member", centerId: "cc" });
    expect(member?.records.map(({ urn }) => urn)).toEqual([M, B]);
  });

  test("is replaced by a later decision about it, which is undone alone", async () => {
    await feature("copper", [A]);
    const second = await feature("copper", [B], "铜业节能");
    expect(await list()).toMatchObject([{ name: { zh: "铜业节能" }, records: [{ urn: B }] }]);
    const undone = await undo(second.position);
    expect(await list()).toMatchObject([{ name: { zh: "铜加工节能" }, records: [{ urn: A }] }]);
    await undo(undone.position);
    expect(await list()).toMatchObject([{ name: { zh: "铜业节能" }, records: [{ urn: B }] }]);
  });

  test("is ended by a decision that names its records, and is there again when that is undone", async () => {
    await feature("copper", [A, B]);
    const ended = await decide("unfeature", [], "copper");
    expect(await list()).toEqual([]);
    await expect(one("copper")).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    await expect(decide("unfeature", [], "copper")).rejects.toMatchObject({
      code: "ERR_NOT_FOUND",
    });
    expect(await decisionsOf("bb")).toEqual(["unfeature", "feature"]);
    await undo(ended.position);
    expect(await list()).toMatchObject([{ id: "copper", total: 2 }]);
  });

  test("is known to the centers whose records it has, and to no other", async () => {
    const { position } = await feature("copper", [A]);
    await undo(position);
    expect(await decisionsOf("aa")).toEqual(["retract", "feature"]);
    expect(await decisionsOf("bb")).toEqual([]);
  });

  test("shows the first records alone where all collections are listed, the newest first", async () => {
    await feature("first", [A, B, P, M]);
    await feature("second", [A]);
    const listed = await list({ type: "operator" });
    expect(listed.map(({ id, records, total }) => [id, records.length, total])).toEqual([
      ["second", 1, 1],
      ["first", 3, 4],
    ]);
  });

  test.each<[string, readonly string[], string, string]>([
    ["no record", [], "copper", "ERR_ARGUMENT_INVALID"],
    [
      "61 records",
      Array.from({ length: 61 }, (_, i) => `${A}${i}`),
      "copper",
      "ERR_ARGUMENT_INVALID",
    ],
    ["a record twice", [A, A], "copper", "ERR_ARGUMENT_INVALID"],
    ["a record that is not there", [A, "urn:dth:aa:case:x"], "copper", "ERR_NOT_FOUND"],
    ["a center", ["urn:dth:aa"], "copper", "ERR_URN_MALFORMED"],
    ["a name that is none", [A], "Copper", "ERR_STATEMENT_MALFORMED"],
  ])("of %s is refused, and nothing is logged", async (_, subjects, id, code) => {
    await expect(feature(id, subjects)).rejects.toMatchObject({ code });
    expect(hub.log.size).toBe(0);
  });

  test("is the fiftieth at most", async () => {
    for (let i = 0; i < 50; i += 1) await feature(`c-${i}`, [A]);
    await expect(feature("one-more", [A])).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
      message: expect.stringContaining("50"),
    });
    await feature("c-7", [B]);
    await decide("unfeature", [], "c-8");
    await feature("one-more", [A]);
    expect(await list()).toHaveLength(50);
  });

  test("of a log that says nonsense has no effect", async () => {
    const small = new SmallLog();
    small.decide("feature", [A], { argument: '{"id":"x"}' });
    small.decide("unfeature", [A], { argument: "../x" });
    const { change } = await foldEntries(hub.catalog, small.entries, small.lookup);
    expect([...change.facts.keys()].filter((name) => name.startsWith("collection/"))).toEqual([]);
  });
});

async function decisionsOf(centerId: string) {
  const request = { centerId: "", subject: "", pageSize: 0, pageToken: "" };
  const { decisions } = await curation.listDecisions(request, {
    principal: { type: "center", centerId },
  });
  return decisions.map(({ action }) => action);
}
