import { encodeBody, parseListQuery, parseSearchQuery, type Visibility } from "@tributary/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { usccOf } from "../../test/support/match-world.ts";
import { NEVER, type SmallHub, smallHub } from "../../test/support/small-hub.ts";
import { aRecord, aWithdrawal, SmallLog } from "../../test/support/small-log.ts";
import { entityIdOf } from "../catalog/entities/entity.ts";
import type { Reader } from "../ports/search-index.ts";
import { createEntityApi, type EntityApi } from "./entity-api.ts";

const CODE = usccOf(1);
const visitor: Reader = { type: "public" };
const member: Reader = { type: "member", centerId: "bb" };

function provider(name: string, visibility: Visibility = "public", uscc = CODE): Uint8Array {
  const body = encodeBody("provider", { name, uscc });
  return aRecord({ kind: "provider", key: "1", visibility, body });
}

const urn = (centerId: string) => `urn:dth:${centerId}:provider:1`;
const idOf = (centerId: string) => entityIdOf(urn(centerId));

let log: SmallLog;
let hub: SmallHub;
let api: EntityApi;

/** Three centers describe one provider, the oldest to members only; a fourth describes another one. */
beforeEach(async () => {
  log = new SmallLog();
  for (const center of ["aa", "bb", "cc", "dd"]) log.member(center);
  log.batch("aa", [provider("厦门某某信息科技有限公司", "members")]);
  log.batch("bb", [provider("某某信息")]);
  log.batch("cc", [provider("厦门某某信息科技")]);
  log.batch("dd", [provider("北京另外智能装备有限公司", "public", usccOf(2))]);
  hub = await smallHub(log);
  api = createEntityApi({
    catalog: hub.catalog,
    catalogPosition: () => log.entries.length,
    lastHeardMs: () => undefined,
    clock: hub.clock,
  });
  // The first hub of a process reads the dictionaries.
}, 60_000);

const get = (id: string, reader: Reader = member) => api.getEntity({ id }, reader);
const list = (fields: object = {}, reader: Reader = member) =>
  api.listEntities({ pageSize: 0, pageToken: "", minMembers: 0, ...fields }, reader, NEVER);

describe("entities", () => {
  test("are answered with all their records and what joins them, in both languages", async () => {
    const { entity, coverage } = await get(idOf("aa"));
    expect(entity).toMatchObject({ id: idOf("aa"), name: "厦门某某信息科技有限公司", uscc: CODE });
    expect(entity.members.map(({ record }) => record.urn)).toEqual(["aa", "bb", "cc"].map(urn));
    expect(entity.members.map(({ record }) => record.entityId)).toEqual(
      Array.from({ length: 3 }, () => idOf("aa")),
    );
    const link = entity.members[1]?.link;
    const sum = (link?.weights ?? []).reduce((all, { bits }) => all + bits, link?.prior ?? 0);
    expect(sum).toBeCloseTo(link?.bits ?? 0, 9);
    expect(link?.text).toMatch(/^the same: .*credit code equal/);
    expect(link?.textZh).toMatch(/^判为同一家：.*统一社会信用代码 相同/);
    expect(coverage.logSize).toBe(8);
  });

  test("show a reader only records that he may see, and no link to others", async () => {
    const { entity } = await get(idOf("bb"), visitor);
    expect(entity.members.map(({ record }) => record.urn)).toEqual(["bb", "cc"].map(urn));
    for (const { link } of entity.members) expect(link?.to).not.toBe(urn("aa"));
    await expect(get(urn("aa"), visitor)).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  });

  test("are found by the ids of all their records, by URN, and by what they were called before", async () => {
    for (const id of [idOf("bb"), idOf("cc"), urn("cc")]) {
      expect((await get(id)).entity.id).toBe(idOf("aa"));
    }
    log.batch("aa", [aWithdrawal("1", 2n, "provider")]);
    log.batch("bb", [aWithdrawal("1", 2n, "provider")]);
    await hub.catchUp();
    for (const id of [idOf("aa"), idOf("bb")]) {
      expect((await get(id, visitor)).entity.id).toBe(idOf("cc"));
    }
    log.batch("cc", [aWithdrawal("1", 2n, "provider")]);
    await hub.catchUp();
    await expect(get(idOf("aa"))).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  });

  test("are what a curator says, and say so", async () => {
    log.decide("merge", [urn("cc"), urn("dd")]);
    await hub.catchUp();
    const { entity } = await get(urn("dd"));
    const merged = entity.members.find(({ record }) => record.urn === urn("dd"));
    expect(merged?.link).toMatchObject({ to: urn("cc"), asserted: "same" });
    expect(merged?.link?.textZh).toMatch(/^人工认定为同一家：/);
  });

  test.each(["", "ent_", "ent_XYZ", "x".repeat(10_000), "ent_0123456789abcdef0123456g"])(
    "refuse %j as a name",
    async (id) => {
      await expect(get(id)).rejects.toMatchObject({ code: "ERR_ARGUMENT_INVALID" });
    },
  );

  test("are not found by a name that none has", async () => {
    await expect(get(`ent_${"0".repeat(24)}`)).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    await expect(get("urn:dth:aa:provider:2")).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  });

  test("are listed by id, page by page", async () => {
    const first = await list({ pageSize: 1 });
    const second = await list({ pageSize: 1, pageToken: first.nextPageToken });
    const third = await list({ pageSize: 1, pageToken: second.nextPageToken });
    const ids = [...first.entities, ...second.entities, ...third.entities].map(({ id }) => id);
    expect(ids).toEqual([idOf("aa"), idOf("dd")].sort());
    expect(third.nextPageToken).toBe("");
    expect((await list({ minMembers: 2 })).entities.map(({ id }) => id)).toEqual([idOf("aa")]);
    expect((await list({ minMembers: 3 }, visitor)).entities).toEqual([]);
    await expect(list({ pageSize: 101 })).rejects.toMatchObject({ code: "ERR_ARGUMENT_INVALID" });
    await expect(list({ pageToken: first.nextPageToken, minMembers: 2 })).rejects.toMatchObject({
      code: "ERR_PAGE_TOKEN",
    });
  });

  test("are named by the records that queries answer", async () => {
    const hits = await hub.api.search(parseSearchQuery({ query: "某某信息" }), visitor, NEVER);
    expect(hits.hits.map(({ record }) => record.entityId)).toEqual([idOf("aa"), idOf("aa")]);
    const filters = [{ field: "kind", values: ["provider"] }];
    const listed = await hub.api.list(parseListQuery({ filters }), visitor, NEVER);
    expect(listed.records.map(({ entityId }) => entityId)).toEqual(["aa", "aa", "dd"].map(idOf));
    const one = { kind: "provider", centerId: "dd", key: "1" } as const;
    expect((await hub.api.get(one, visitor)).record.entityId).toBe(idOf("dd"));
    log.decide("hide", [urn("dd")]);
    await hub.catchUp();
    expect((await hub.api.get(one, { type: "operator" })).record.entityId).toBe("");
  });
});
