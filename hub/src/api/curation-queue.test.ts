import { encodeBody, type QueueItem, type QueueQuery, urnOf } from "@tributary/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { NEVER, type SmallHub, smallHub } from "../../test/support/small-hub.ts";
import { aRecord, aWithdrawal, SmallLog, START_MS } from "../../test/support/small-log.ts";
import type { Member } from "../members/registry.ts";
import { CatalogStatus } from "./catalog-status.ts";
import { CurationQueue } from "./curation-queue.ts";

const POISON = aRecord({ kind: "policy", key: "bad", body: Uint8Array.of(0xff) });

let log: SmallLog;
let hub: SmallHub;
let queue: CurationQueue;
let members: Member[];

function provider(key: string, name: string, revision = 1n): Uint8Array {
  return aRecord({ kind: "provider", key, revision, body: encodeBody("provider", { name }) });
}

const urn = (centerId: string, key = "1") => urnOf({ kind: "provider", centerId, key });

beforeEach(async () => {
  log = new SmallLog();
  for (const center of ["aa", "bb"]) log.member(center);
  log.policy("approval_required", '["training"]');
  log.batch("aa", [provider("1", "厦门明达信息科技有限公司"), aRecord({ key: "c1" })]);
  log.batch("bb", [provider("1", "明达信息")]);
  hub = await smallHub(log);
  members = [member("aa", "approved"), member("bb", "approved")];
  const reading = {
    catalog: hub.catalog,
    catalogPosition: () => log.entries.length,
    lastHeardMs: () => undefined,
    clock: hub.clock,
  };
  const progress = () => ({ catalogPosition: 0, indexPosition: 0 });
  queue = new CurationQueue({
    ...reading,
    status: new CatalogStatus(hub.catalog, progress),
    registry: { list: () => members },
    log: { entry: async (position) => log.entries[position] as (typeof log.entries)[number] },
  });
}, 60_000); // the first one makes the dictionary

function member(centerId: string, state: Member["state"]): Member {
  const fields: Partial<Member> = {
    centerId,
    centerName: `${centerId} 中心`,
    state,
    checkCode: "ABC123",
    sinceMs: START_MS,
  };
  return fields as Member;
}

/** The center aa objects to a decision. */
function object(subjects: readonly string[], argument: string, reason: string): void {
  log.decide("object", subjects, { argument, actor: "aa", reason, authorization: "a.b.c" });
}

async function page(query: Partial<QueueQuery> = {}) {
  await hub.catchUp();
  const all = { pageSize: 0, pageToken: "", reasons: [], centerId: "", order: "", id: "" };
  return queue.page({ ...all, ...query }, NEVER);
}

async function items(query: Partial<QueueQuery> = {}): Promise<readonly QueueItem[]> {
  return (await page(query)).items;
}

const ids = (list: readonly QueueItem[]) => list.map(({ id }) => id);

describe("the queue", () => {
  test("has suspected duplicates with both records, what speaks for and against, and what ends them", async () => {
    const [item] = await items({ reasons: ["duplicate"] });
    expect(item).toMatchObject({
      id: `duplicate/${urn("aa")}/${urn("bb")}`,
      centerIds: ["aa", "bb"],
      detail: expect.stringMatching(/^[a-z]+$/),
    });
    expect(item?.records.map((record) => [record.urn, record.body?.kind])).toEqual([
      [urn("aa"), "provider"],
      [urn("bb"), "provider"],
    ]);
    const { prior = 0, weights = [], bits = 0 } = item?.link ?? {};
    expect(weights.length).toBeGreaterThan(0);
    expect(weights.reduce((sum, weight) => sum + weight.bits, prior)).toBeCloseTo(bits);
    expect(item?.answers.map(({ action, subjects }) => [action, subjects])).toEqual(
      ["merge", "split", "relate"].map((action) => [action, [urn("aa"), urn("bb")]]),
    );
  });

  test.each(["merge", "split", "relate"])(
    "loses a duplicate by %s, and has it again when that is taken back",
    async (action) => {
      const before = await items({ reasons: ["duplicate"] });
      expect(before).toHaveLength(1);
      const { id } = log.decide(action, [urn("aa"), urn("bb")]);
      expect(await items({ reasons: ["duplicate"] })).toEqual([]);
      log.decide("retract", [], { retracts: id });
      expect(await items({ reasons: ["duplicate"] })).toEqual(before);
    },
  );

  test("has records that need an approval until somebody decides", async () => {
    log.batch("aa", [
      aRecord({ kind: "training", key: "t", body: encodeBody("training", { title: "培训" }) }),
    ]);
    const [item] = await items({ reasons: ["approval"] });
    expect(item).toMatchObject({
      record: { title: "培训", state: "pending" },
      centerIds: ["aa"],
      sinceMs: START_MS + 5_000,
    });
    expect(item?.answers.map(({ action }) => action)).toEqual(["approve", "hide"]);
    log.decide("approve", ["urn:dth:aa:training:t"]);
    expect(await items({ reasons: ["approval"] })).toEqual([]);
  });

  test("has what is quarantined until it is acknowledged, sent anew or withdrawn; a new bad revision waits again", async () => {
    const quarantined = () => items({ reasons: ["quarantined"] });
    log.batch("bb", [POISON]);
    const [item] = await quarantined();
    expect(item).toMatchObject({ id: "quarantined/urn:dth:bb:policy:bad" });
    expect(item?.detail).not.toBe("");
    const { id } = log.decide("acknowledge", ["urn:dth:bb:policy:bad"]);
    expect(await quarantined()).toEqual([]);
    log.decide("retract", [], { retracts: id });
    expect(ids(await quarantined())).toEqual([item?.id]);
    log.decide("acknowledge", ["urn:dth:bb:policy:bad"]);
    log.batch("bb", [
      aRecord({ kind: "policy", key: "bad", revision: 2n, body: Uint8Array.of(1) }),
    ]);
    expect(ids(await quarantined())).toEqual([item?.id]);
    log.batch("bb", [aWithdrawal("bad", 3n, "policy")]);
    expect(await quarantined()).toEqual([]);
  });

  test("has centers that are paused, with why and since when, until they are released", async () => {
    const { position } = log.decide("pause", ["urn:dth:aa"], { reason: "wrong file" });
    const [item] = await items({ reasons: ["paused"] });
    expect(item).toMatchObject({
      id: "paused/aa",
      detail: "ERR_FEED_PAUSED: wrong file",
      sinceMs: START_MS + position * 1_000,
      value: 2,
    });
    log.decide("release", item?.answers[0]?.subjects ?? []);
    expect(await items({ reasons: ["paused"] })).toEqual([]);
  });

  test("has centers that ask to join, with the check code, worth what a member brings", async () => {
    members.push(member("new", "pending"));
    const [item] = await items({ reasons: ["approval"] });
    expect(item).toMatchObject({ id: "approval/new", checkCode: "ABC123", value: 1.5 });
    expect(item?.answers.map(({ rpc, action }) => [rpc, action])).toEqual([
      ["AdminService.SetMemberState", "approved"],
      ["AdminService.SetMemberState", "rejected"],
    ]);
  });

  test("has objections with the record in question, what was decided and why, until they are answered", async () => {
    const hidden = log.decide("hide", [urn("aa")], { reason: "已注销" });
    object([urn("aa")], hidden.id, "仅为迁址");
    const [item] = await items({ reasons: ["objection"] });
    expect(item).toMatchObject({
      centerIds: ["aa"],
      record: { title: "厦门明达信息科技有限公司", state: "hidden" },
      records: [],
    });
    const [en, zh] = [item?.waitsFor.en, item?.waitsFor.zh];
    expect(en).toContain(`“hide” at log position ${hidden.position} (reason: 已注销): 仅为迁址`);
    expect(zh).toContain(`第 ${hidden.position} 条的决定“隐藏”（理由：已注销）提出异议：仅为迁址`);
    expect(item?.answers.map(({ rpc, argument }) => [rpc, argument])).toEqual([
      ["CurationService.Undo", String(hidden.position)],
      ["CurationService.Decide", "d1"],
    ]);
    log.decide("retract", [], { retracts: hidden.id });
    expect(await items({ reasons: ["objection"] })).toEqual([]);
  });

  test("has an objection to a merge with both records, and one about a center with none", async () => {
    const merged = log.decide("merge", [urn("aa"), urn("aa", "2")]);
    log.batch("aa", [provider("2", "厦门明达物业有限公司")]);
    const paused = log.decide("pause", ["urn:dth:aa"], { reason: "核查" });
    object([urn("aa"), urn("aa", "2")], merged.id, "不是");
    object(["urn:dth:aa"], paused.id, "不是");
    const all = await items({ reasons: ["objection"] });
    expect(all.map(({ record, records }) => [record, records.map(({ title }) => title)])).toEqual([
      [undefined, ["厦门明达信息科技有限公司", "厦门明达物业有限公司"]],
      [undefined, []],
    ]);
    expect(all[0]?.waitsFor.zh).not.toContain("理由");
  });
});

describe("the order of the queue", () => {
  beforeEach(() => {
    members.push(member("new", "pending"));
    log.batch("bb", [POISON]);
    log.decide("pause", ["urn:dth:aa"], { reason: "wrong file" });
  });

  const [quarantined, duplicate] = [
    "quarantined/urn:dth:bb:policy:bad",
    `duplicate/${urn("aa")}/${urn("bb")}`,
  ];

  test("is by what depends on the answer, or by age", async () => {
    expect(ids(await items())).toEqual(["paused/aa", "approval/new", quarantined, duplicate]);
    expect(ids(await items({ order: "age" }))).toEqual([
      "approval/new",
      duplicate,
      quarantined,
      "paused/aa",
    ]);
  });

  test.each(["value", "age"])(
    "goes on from page to page by %s, also when what was seen is decided",
    async (order) => {
      const all = ids(await items({ order }));
      const first = await page({ order, pageSize: 2 });
      expect(first.counts).toEqual([
        { reason: "approval", count: 1 },
        { reason: "duplicate", count: 1 },
        { reason: "quarantined", count: 1 },
        { reason: "paused", count: 1 },
        { reason: "objection", count: 0 },
      ]);
      members.pop();
      log.decide("release", ["urn:dth:aa"]);
      const second = await page({ order, pageSize: 2, pageToken: first.nextPageToken });
      const left = new Set(ids(await items({ order })));
      expect([...ids(first.items), ...ids(second.items)].filter((id) => left.has(id))).toEqual(
        all.filter((id) => left.has(id)),
      );
      expect(second.nextPageToken).toBe("");
    },
  );

  test("can be narrowed to reasons, to a center, to one item", async () => {
    expect(ids(await items({ reasons: ["paused", "quarantined"] }))).toEqual([
      "paused/aa",
      quarantined,
    ]);
    const ofBb = await page({ centerId: "bb", reasons: ["duplicate"] });
    expect(ids(ofBb.items)).toEqual([duplicate]);
    expect(ofBb.counts.filter(({ count }) => count > 0).map(({ reason }) => reason)).toEqual([
      "duplicate",
      "quarantined",
    ]);
    expect(ids(await items({ id: "approval/new" }))).toEqual(["approval/new"]);
  });

  test("says keys of records so that a shell reads them as they are", async () => {
    const bad = Uint8Array.of(0xff);
    log.batch("bb", [aRecord({ kind: "policy", key: "it's; rm", body: bad })]);
    const [item] = await items({
      id: `quarantined/${urnOf({ kind: "policy", centerId: "bb", key: "it's; rm" })}`,
    });
    expect(item?.answers[0]?.command).toMatch(
      /^tributary-hub curation acknowledge [^\s;']+ --reason REASON$/,
    );
  });

  test.each([
    [{ pageSize: 501 }, "ERR_ARGUMENT_INVALID"],
    [{ reasons: ["late"] }, "ERR_ARGUMENT_INVALID"],
    [{ order: "name" }, "ERR_ARGUMENT_INVALID"],
    [{ pageToken: "x" }, "ERR_PAGE_TOKEN"],
  ])("refuses %j", async (query, code) => {
    await expect(page(query)).rejects.toMatchObject({ code });
  });

  test("refuses the page token of another question", async () => {
    const { nextPageToken } = await page({ pageSize: 1 });
    await expect(page({ pageToken: nextPageToken, order: "age" })).rejects.toMatchObject({
      code: "ERR_PAGE_TOKEN",
    });
  });
});
