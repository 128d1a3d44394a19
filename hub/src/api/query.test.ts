import {
  centerUrnOf,
  parseFacetsQuery,
  parseListQuery,
  parseSearchQuery,
  parseSimilarQuery,
  parseSuggestQuery,
  parseWatchQuery,
  type RecordRef,
  urnOf,
  type WatchEvent,
} from "@tributary/proto";
import { describe, expect, test, vi } from "vitest";
import { NEVER, smallHub } from "../../test/support/small-hub.ts";
import { aCase, aRecord, aWithdrawal, SmallLog, START_MS } from "../../test/support/small-log.ts";
import { aBucket, aRelease, nextRelease, releaseRecord } from "../../test/support/small-release.ts";
import type { Reader } from "../ports/search-index.ts";

const visitor: Reader = { type: "public" };
const operator: Reader = { type: "operator" };
const member = (centerId: string): Reader => ({ type: "member", centerId });
const HOUR_MS = 3_600_000;

function refOf(key: string, centerId = "aa"): RecordRef {
  return { kind: "case", centerId, key };
}

/** Two centers; one record of each visibility at the first. */
function aLog(): SmallLog {
  const log = new SmallLog();
  log.member("aa");
  log.member("bb");
  log.batch("aa", [
    aRecord({ key: "1", body: aCase("铜加工能耗管理", { scenarios: ["S01"] }) }),
    aRecord({ key: "2", visibility: "members", body: aCase("铜冶炼质量追溯") }),
    aRecord({
      key: "3",
      visibility: "centers",
      visibleTo: ["bb"],
      body: aCase("铜材排产", { scenarios: ["S02"] }),
    }),
  ]);
  log.batch("bb", [aRecord({ key: "9", body: aCase("陶瓷窑炉", { titleEn: "Kiln" }) })]);
  return log;
}

describe("similar", () => {
  test("shows records like one, and only what the reader may see", async () => {
    const log = new SmallLog();
    log.member("aa");
    log.batch("aa", [
      aRecord({ key: "1", body: aCase("能耗管理平台", { scenarios: ["S01"] }) }),
      aRecord({ key: "2", visibility: "members", body: aCase("能耗管理系统") }),
      aRecord({ key: "3", body: aCase("能耗管理改造", { scenarios: ["S02"] }) }),
    ]);
    const { api } = await smallHub(log);
    const find = async (to: object, reader: Reader) => {
      const answer = await api.similar(parseSimilarQuery(to), reader, NEVER);
      return answer.hits.map(({ record }) => record.ref.key).sort();
    };
    expect(await find({ text: "想做能耗管理" }, visitor)).toEqual(["1", "3"]);
    expect(await find({ text: "想做能耗管理" }, operator)).toEqual(["1", "2", "3"]);
    // 3 is known to be about another scenario than 1, and 2 about none.
    expect(await find({ ref: refOf("1") }, operator)).toEqual(["2"]);
    expect(await find({ ref: refOf("1") }, visitor)).toEqual([]);
    await expect(find({ ref: refOf("2") }, visitor)).rejects.toMatchObject({
      code: "ERR_NOT_FOUND",
    });
  });

  test("shows a hit as the catalog has it now, without its body, and what the answer rests on", async () => {
    const log = aLog();
    const { api, catalog } = await smallHub(log);
    const query = parseSimilarQuery({ text: "铜加工能耗", limit: 1, explain: true });
    const { hits, coverage } = await api.similar(query, operator, NEVER);
    expect(hits).toHaveLength(1);
    expect(hits[0]).toMatchObject({
      record: { ref: refOf("1"), state: "live", body: undefined },
      byMeaning: false,
    });
    expect(hits[0]?.terms.length).toBeGreaterThan(0);
    expect(coverage).toMatchObject({ centersFresh: 2, logSize: 4 });
    vi.spyOn(catalog, "getMany").mockImplementation(async (refs) => refs.map(() => undefined));
    expect((await api.similar(query, operator, NEVER)).hits).toEqual([]);
  });
});

describe("search", () => {
  test("finds what the reader may see, with what the answer rests on", async () => {
    const { api } = await smallHub(aLog());
    const find = async (reader: Reader) => {
      const answer = await api.search(parseSearchQuery({ query: "铜" }), reader, NEVER);
      expect(answer.total).toBe(answer.hits.length);
      return answer.hits.map(({ record }) => record.ref.key).sort();
    };
    expect(await find(visitor)).toEqual(["1"]);
    expect(await find(member("aa"))).toEqual(["1", "2", "3"]);
    expect(await find(member("bb"))).toEqual(["1", "2", "3"]);
    expect(await find(member("cc"))).toEqual(["1", "2"]);
    expect(await find(operator)).toEqual(["1", "2", "3"]);
    const { coverage } = await api.search(parseSearchQuery({}), visitor, NEVER);
    expect(coverage).toEqual({
      centersFresh: 2,
      centersStale: 0,
      centersPaused: 0,
      logSize: 4,
      centersNotFresh: [],
    });
  });

  test("shows a hit without its body, with title, center, place and facets", async () => {
    const { api } = await smallHub(aLog());
    const { hits } = await api.search(parseSearchQuery({ query: "能耗" }), visitor, NEVER);
    expect(hits[0]?.record).toMatchObject({
      ref: refOf("1"),
      urn: urnOf(refOf("1")),
      title: "铜加工能耗管理",
      state: "live",
      stateReason: "",
      visibility: "public",
      centerName: "aa 中心",
      logPosition: 2,
      recordIndex: 0,
      receivedAtMs: START_MS + 2000,
      body: undefined,
    });
    expect(hits[0]?.record.facets).toContainEqual({ field: "scenario", values: ["S01"] });
    expect(hits[0]?.highlights.length).toBeGreaterThan(0);
  });

  test("goes through all pages without a gap or a double", async () => {
    const log = new SmallLog();
    const keys = Array.from({ length: 23 }, (_, i) => String(i).padStart(2, "0"));
    log.batch(
      "aa",
      keys.map((key) => aRecord({ key, body: aCase(`铜 ${key}`) })),
    );
    const { api } = await smallHub(log);
    for (const sort of ["relevance", "newest"] as const) {
      const seen: string[] = [];
      let pageToken = "";
      do {
        const query = parseSearchQuery({ query: "铜", pageSize: 10, pageToken, sort });
        const page = await api.search(query, visitor, NEVER);
        seen.push(...page.hits.map(({ record }) => record.ref.key));
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      expect(seen.toSorted()).toEqual(keys);
    }
  });

  test("refuses a page token of another query, and one that is none", async () => {
    const { api } = await smallHub(aLog());
    const first = parseSearchQuery({ query: "", pageSize: 1 });
    const { nextPageToken } = await api.search(first, operator, NEVER);
    expect(nextPageToken).not.toBe("");
    const others = [
      { query: "铜", pageToken: nextPageToken },
      { sort: "newest", pageToken: nextPageToken },
      { filters: [{ field: "kind", values: ["case"] }], pageToken: nextPageToken },
      { pageToken: "x" },
      { pageToken: `${nextPageToken}AA` },
      { pageToken: Buffer.from("[1,2]").toString("base64url") },
    ];
    for (const other of others) {
      await expect(api.search(parseSearchQuery(other), operator, NEVER)).rejects.toMatchObject({
        code: "ERR_PAGE_TOKEN",
      });
    }
    const list = parseListQuery({ pageToken: nextPageToken });
    await expect(api.list(list, operator, NEVER)).rejects.toMatchObject({ code: "ERR_PAGE_TOKEN" });
  });

  test("does not show what the catalog has hidden before the index knows", async () => {
    const hub = await smallHub(aLog());
    const row = await hub.catalog.get(refOf("1"));
    await hub.catalog.write({
      rows: [
        {
          row: { ...(row as NonNullable<typeof row>), verdict: "hidden" },
          previousChange: row?.changePosition,
        },
      ],
      facts: new Map(),
      position: 4,
    });
    const found = await hub.api.search(parseSearchQuery({ query: "能耗" }), visitor, NEVER);
    expect(found.hits).toEqual([]);
    const suggested = await hub.api.suggest(parseSuggestQuery({ prefix: "铜加" }), visitor, NEVER);
    expect(suggested.suggestions).toEqual([]);
  });
});

describe("facets", () => {
  test("count what the reader may see, with labels in both languages", async () => {
    const { api } = await smallHub(aLog());
    const query = parseFacetsQuery({ fields: ["center", "scenario", "language"] });
    const { facets } = await api.facets(query, visitor, NEVER);
    const of = (field: string) => facets.find((facet) => facet.field === field)?.values;
    expect(of("center")).toEqual([
      { value: "aa", labelZh: "aa 中心", labelEn: "aa 中心", count: 1 },
      { value: "bb", labelZh: "bb 中心", labelEn: "bb 中心", count: 1 },
    ]);
    expect(of("scenario")).toMatchObject([{ value: "S01", count: 1 }]);
    expect(of("scenario")?.[0]?.labelZh).toMatch(/\p{Script=Han}/u);
    expect(of("scenario")?.[0]?.labelEn).toMatch(/^[A-Z][a-z]/);
    expect(of("language")).toContainEqual({
      value: "en",
      labelZh: "英文",
      labelEn: "English",
      count: 1,
    });
  });

  test("are all fields where none is named", async () => {
    const { api } = await smallHub(aLog());
    const { facets } = await api.facets(parseFacetsQuery({}), visitor, NEVER);
    expect(facets.map(({ field }) => field)).toContain("state");
    expect(facets.find(({ field }) => field === "state")?.values).toMatchObject([
      { value: "live", labelZh: "有效", count: 2 },
    ]);
  });
});

describe("get", () => {
  test("answers a record with its body", async () => {
    const { api } = await smallHub(aLog());
    const { record, coverage } = await api.get(refOf("1"), visitor);
    expect(record.body).toEqual({
      kind: "case",
      value: { title: "铜加工能耗管理", scenarios: ["S01"] },
    });
    expect(coverage.logSize).toBe(4);
  });

  test("does not tell a record that may not be seen from one that is not there", async () => {
    const { api } = await smallHub(aLog());
    const missing = await api.get(refOf("404"), visitor).catch((error: unknown) => error);
    const secret = await api.get(refOf("2"), visitor).catch((error: unknown) => error);
    expect(missing).toMatchObject({ code: "ERR_NOT_FOUND" });
    expect(String(secret).replace("aa:case:2", "")).toBe(
      String(missing).replace("aa:case:404", ""),
    );
  });

  test("shows a record that is not shown to its center and to operators only, with the reason", async () => {
    const log = aLog();
    log.decide("hide", [urnOf(refOf("1"))], { reason: "广告" });
    log.batch("aa", [aRecord({ key: "7", body: Uint8Array.of(255) })]);
    const { api } = await smallHub(log);
    for (const reader of [operator, member("aa")]) {
      const { record } = await api.get(refOf("1"), reader);
      expect(record).toMatchObject({ state: "hidden", stateReason: "广告" });
      expect(record.body).toBeDefined();
      expect((await api.get(refOf("7"), reader)).record).toMatchObject({
        state: "quarantined",
        stateReason: "ERR_BODY_MALFORMED",
        title: "7",
      });
    }
    for (const reader of [visitor, member("bb")]) {
      await expect(api.get(refOf("1"), reader)).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
      await expect(api.get(refOf("7"), reader)).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    }
  });
});

describe("what a check found", () => {
  const bad = aRelease({ unit: "nobody" });
  const odd = nextRelease(bad, "2026Q1", {
    buckets: ["a", "b", "c", "d", "e", "f"].map((name) => aBucket(name)),
    policy: { ...bad.policy, k: 10 },
  });

  function releases(): SmallLog {
    const log = new SmallLog(Date.UTC(2027, 0, 1));
    log.member("aa");
    log.batch("aa", [releaseRecord(bad), releaseRecord(odd)]);
    return log;
  }

  test("of a refused release is told to its center and to operators, in both languages", async () => {
    const { api } = await smallHub(releases());
    const ref = { kind: "outcome", centerId: "aa", key: "2025Q4" } as const;
    const quarantined = parseListQuery({ filters: [{ field: "state", values: ["quarantined"] }] });
    for (const reader of [operator, member("aa")]) {
      const { record } = await api.get(ref, reader);
      expect(record).toMatchObject({
        state: "quarantined",
        stateReason: "ERR_RELEASE_REFUSED",
        findings: [
          {
            rule: "H2",
            code: "word",
            subject: "unit",
            message: 'unit: "nobody" is not in its vocabulary',
            messageZh: "unit：“nobody”不在词表中",
          },
        ],
      });
      const { records } = await api.list(quarantined, reader, NEVER);
      expect(records.map(({ findings }) => findings.length)).toEqual([1]);
    }
    await expect(api.get(ref, member("bb"))).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  });

  test("of a release that is shown is told to nobody else", async () => {
    const { api } = await smallHub(releases());
    const ref = { kind: "outcome", centerId: "aa", key: "2026Q1" } as const;
    const rulesFor = async (reader: Reader) =>
      (await api.get(ref, reader)).record.findings.map(({ rule, code }) => `${rule} ${code}`);
    expect(await rulesFor(operator)).toEqual(["H12 all_k"]);
    expect(await rulesFor(member("aa"))).toEqual(["H12 all_k"]);
    expect(await rulesFor(member("bb"))).toEqual([]);
    expect(await rulesFor(visitor)).toEqual([]);
  });
});

describe("a silent center", () => {
  test("is stale after its promise, and its records are still shown", async () => {
    const hub = await smallHub(aLog());
    hub.clock.advance(24 * HOUR_MS + 1);
    hub.heard.set("bb", hub.clock.now());
    const { record, coverage } = await hub.api.get(refOf("1"), visitor);
    expect(record).toMatchObject({ state: "stale", stateReason: "center_silent" });
    expect(coverage).toMatchObject({
      centersFresh: 1,
      centersStale: 1,
      centersNotFresh: ["aa"],
    });
    const stale = { filters: [{ field: "state", values: ["stale"] }] } as const;
    const searched = await hub.api.search(parseSearchQuery(stale), visitor, NEVER);
    expect(searched.hits.map(({ record: { ref } }) => ref)).toEqual([refOf("1")]);
    const listed = await hub.api.list(parseListQuery(stale), visitor, NEVER);
    expect(listed.records.map(({ ref }) => ref)).toEqual([refOf("1")]);
    hub.heard.set("aa", hub.clock.now());
    expect((await hub.api.get(refOf("1"), visitor)).record.state).toBe("live");
  });

  test("is not one that was only just silent for its promise", async () => {
    const hub = await smallHub(aLog());
    hub.clock.advance(START_MS + 2000 + 24 * HOUR_MS - hub.clock.now());
    expect((await hub.api.get(refOf("1"), visitor)).record.state).toBe("live");
  });
});

test("a center that never published is fresh for its promise, and one that left is no part of any answer", async () => {
  const log = aLog();
  log.member("cc");
  log.member("bb", "left");
  const hub = await smallHub(log);
  const coverage = async () => (await hub.api.get(refOf("1"), visitor)).coverage;
  expect(await coverage()).toMatchObject({ centersFresh: 2, centersNotFresh: [] });
  hub.clock.advance(24 * HOUR_MS);
  expect(await coverage()).toMatchObject({ centersFresh: 0, centersNotFresh: ["aa", "cc"] });
});

test("a record whose validity is over is stale and still shown", async () => {
  const log = new SmallLog();
  log.batch("aa", [aRecord({ validUntilMs: START_MS + HOUR_MS })]);
  const hub = await smallHub(log);
  expect((await hub.api.get(refOf("1"), visitor)).record.state).toBe("live");
  hub.clock.advance(HOUR_MS);
  expect((await hub.api.get(refOf("1"), visitor)).record).toMatchObject({
    state: "stale",
    stateReason: "validity_over",
  });
});

test("a paused center is counted as paused, whoever paused it, until it is released", async () => {
  const log = aLog();
  log.refusal("aa", "ERR_BATCH_FORK");
  log.member("bb", "suspended");
  const hub = await smallHub(log);
  const coverage = async () => (await hub.api.get(refOf("1"), visitor)).coverage;
  expect(await coverage()).toMatchObject({
    centersFresh: 0,
    centersPaused: 2,
    centersNotFresh: ["aa", "bb"],
  });
  log.decide("release", [centerUrnOf("aa")]);
  log.member("bb", "approved");
  await hub.catchUp();
  expect(await coverage()).toMatchObject({ centersFresh: 2, centersPaused: 0 });
});

describe("list", () => {
  test("goes through everything in the order of kind, center and key, whatever the page size", async () => {
    const log = new SmallLog();
    for (const center of ["bb", "aa"]) {
      for (const kind of ["policy", "case"] as const) {
        log.batch(
          center,
          ["b", "a", "c"].map((key) => aRecord({ kind, key })),
        );
      }
    }
    const { api } = await smallHub(log);
    for (const pageSize of [1, 2, 5, 100]) {
      for (const filters of [
        [],
        [{ field: "kind", values: ["policy", "case"] }],
        [{ field: "center", values: ["bb", "aa"] }],
        [{ field: "kind", values: ["policy", "event"] }],
        [
          { field: "kind", values: ["policy"] },
          { field: "center", values: ["bb", "xx"] },
        ],
      ]) {
        const seen: string[] = [];
        let pageToken = "";
        do {
          const query = parseListQuery({ filters, pageSize, pageToken });
          const page = await api.list(query, visitor, NEVER);
          seen.push(...page.records.map(({ ref }) => `${ref.kind}/${ref.centerId}/${ref.key}`));
          pageToken = page.nextPageToken;
        } while (pageToken !== "");
        const has = (field: string, value: string) =>
          filters.every((filter) => filter.field !== field || filter.values.includes(value));
        const expected = ["case", "policy"]
          .filter((kind) => has("kind", kind))
          .flatMap((kind) =>
            ["aa", "bb"]
              .filter((center) => has("center", center))
              .flatMap((center) => ["a", "b", "c"].map((key) => `${kind}/${center}/${key}`)),
          );
        expect(seen).toEqual(expected);
      }
    }
  });

  test("lists other states only where they are asked for, and only to those who may know", async () => {
    const log = aLog();
    log.batch("aa", [aWithdrawal("1", 2n)]);
    const { api } = await smallHub(log);
    const keys = async (filters: object[], reader: Reader) => {
      const { records } = await api.list(parseListQuery({ filters }), reader, NEVER);
      return records.map(({ ref }) => ref.key);
    };
    const withdrawn = [{ field: "state", values: ["withdrawn"] }];
    expect(await keys([], operator)).toEqual(["2", "3", "9"]);
    expect(await keys(withdrawn, operator)).toEqual(["1"]);
    expect(await keys(withdrawn, member("aa"))).toEqual(["1"]);
    expect(await keys(withdrawn, member("bb"))).toEqual([]);
    expect(await keys(withdrawn, visitor)).toEqual([]);
  });

  test("keeps what is below a code of a hierarchy", async () => {
    const log = new SmallLog();
    log.batch("aa", [
      aRecord({ key: "1", body: aCase("一", { client: { region: "360681" } }) }),
      aRecord({ key: "2", body: aCase("二", { client: { region: "510100" } }) }),
    ]);
    const { api } = await smallHub(log);
    const filters = [{ field: "region", values: ["360000"] }];
    const { records } = await api.list(parseListQuery({ filters }), visitor, NEVER);
    expect(records.map(({ ref }) => ref.key)).toEqual(["1"]);
  });

  test("ends a page that is heavy before it is full, and goes on behind it", async () => {
    const log = new SmallLog();
    const abstract = "铜".repeat(19_000);
    log.batch(
      "aa",
      Array.from({ length: 25 }, (_, i) =>
        aRecord({
          key: String(i).padStart(2, "0"),
          body: aCase("重", { abstract, solution: abstract, painPoints: abstract }),
        }),
      ),
    );
    const { api } = await smallHub(log);
    const first = await api.list(parseListQuery({}), visitor, NEVER);
    expect(first.records.length).toBeLessThan(15);
    const next = parseListQuery({ pageToken: first.nextPageToken });
    const second = await api.list(next, visitor, NEVER);
    expect(second.records[0]?.ref.key).toBe(String(first.records.length).padStart(2, "0"));
  });
});

/** Reads events up to the first that says that nothing is missing. */
async function untilCaughtUp(events: AsyncIterator<WatchEvent>): Promise<WatchEvent[]> {
  const seen: WatchEvent[] = [];
  for (;;) {
    const { value } = await events.next();
    seen.push(value);
    if ((value as WatchEvent).type === "caught_up") return seen;
  }
}

function brief(events: readonly WatchEvent[]): string[] {
  return events.map((event) => {
    if (event.type === "upserted") return `+${event.record.ref.key}@${event.position}`;
    return event.type === "removed" ? `-${event.ref.key}@${event.position}` : `=${event.position}`;
  });
}

describe("watch", () => {
  test("tells the state of everything, then each change, and is alive in between", async () => {
    const log = aLog();
    const hub = await smallHub(log);
    const stop = new AbortController();
    const events = hub.api
      .watch(parseWatchQuery({}), operator, stop.signal)
      [Symbol.asyncIterator]();
    expect(brief(await untilCaughtUp(events))).toEqual(["+1@1", "+2@1", "+3@2", "+9@3", "=3"]);

    const quiet = events.next();
    hub.clock.advance(15_000);
    expect((await quiet).value).toEqual({ type: "caught_up", position: 3 });

    const changed = untilCaughtUp(events);
    log.batch("aa", [aRecord({ key: "1", revision: 2n }), aWithdrawal("2", 2n)]);
    await hub.catchUp();
    expect(brief(await changed)).toEqual(["+1@3", "-2@4", "=4"]);
    const waiting = events.next();
    await vi.waitFor(() => expect(hub.clock.sleeping).toBe(1));
    hub.clock.advance(15_000);
    await waiting;
    stop.abort(new Error("enough"));
    await expect(events.next()).rejects.toThrow("enough");
    expect(hub.clock.sleeping).toBe(0);
  });

  test("goes on where a client broke off, even among the rows of one batch", async () => {
    const log = aLog();
    const { api } = await smallHub(log);
    const events = api.watch(parseWatchQuery({}), operator, NEVER)[Symbol.asyncIterator]();
    await events.next();
    const { value: second } = await events.next();
    const query = parseWatchQuery({ fromPosition: (second as WatchEvent).position + 1 });
    const again = api.watch(query, operator, NEVER)[Symbol.asyncIterator]();
    expect(brief(await untilCaughtUp(again))).toEqual(["+1@1", "+2@1", "+3@2", "+9@3", "=3"]);
    const later = api.watch(parseWatchQuery({ fromPosition: 3 }), operator, NEVER);
    expect(brief(await untilCaughtUp(later[Symbol.asyncIterator]()))).toEqual(["+9@3", "=3"]);
  });

  test("tells a reader what vanished only if he could have seen it", async () => {
    const log = aLog();
    log.batch("aa", [aWithdrawal("1", 2n), aWithdrawal("2", 2n), aWithdrawal("3", 2n)]);
    const { api } = await smallHub(log);
    const from = async (reader: Reader) => {
      const query = parseWatchQuery({ fromPosition: 3 });
      const events = api.watch(query, reader, NEVER)[Symbol.asyncIterator]();
      return brief(await untilCaughtUp(events));
    };
    expect(await from(visitor)).toEqual(["+9@3", "-1@3", "=4"]);
    expect(await from(member("cc"))).toEqual(["+9@3", "-1@3", "-2@3", "=4"]);
    expect(await from(member("bb"))).toEqual(["+9@3", "-1@3", "-2@3", "-3@4", "=4"]);
  });

  test("does not tell a new client of what was gone before it came", async () => {
    const log = aLog();
    log.batch("aa", [aWithdrawal("1", 2n)]);
    const { api } = await smallHub(log);
    const events = api.watch(parseWatchQuery({}), visitor, NEVER)[Symbol.asyncIterator]();
    expect(brief(await untilCaughtUp(events))).toEqual(["+9@3", "=4"]);
  });

  test("sends a record that leaves the filter or the reader's sight as removed", async () => {
    const log = aLog();
    const hub = await smallHub(log);
    const filters = [{ field: "scenario", values: ["S01"] }];
    const events = hub.api
      .watch(parseWatchQuery({ filters }), visitor, NEVER)
      [Symbol.asyncIterator]();
    expect(brief(await untilCaughtUp(events))).toEqual(["+1@1", "=3"]);
    log.batch("aa", [
      aRecord({ key: "1", revision: 2n, body: aCase("x", { scenarios: ["S02"] }) }),
    ]);
    await hub.catchUp();
    expect(brief(await untilCaughtUp(events))).toEqual(["-1@4", "=4"]);
    log.batch("aa", [
      aRecord({
        key: "1",
        revision: 3n,
        visibility: "members",
        body: aCase("x", { scenarios: ["S01"] }),
      }),
    ]);
    await hub.catchUp();
    expect(brief(await untilCaughtUp(events))).toEqual(["-1@5", "=5"]);
  });

  test("says nothing of kinds and centers that the filter leaves out", async () => {
    const log = aLog();
    log.batch("aa", [aWithdrawal("1", 2n)]);
    const { api } = await smallHub(log);
    const filters = [{ field: "center", values: ["bb"] }];
    const query = parseWatchQuery({ fromPosition: 3, filters });
    const events = api.watch(query, operator, NEVER)[Symbol.asyncIterator]();
    expect(brief(await untilCaughtUp(events))).toEqual(["+9@3", "=4"]);
  });

  test("goes through a batch that is larger than a page", async () => {
    const log = new SmallLog();
    log.member("aa");
    log.batch(
      "aa",
      Array.from({ length: 700 }, (_, i) => aRecord({ key: String(i) })),
    );
    const { api } = await smallHub(log);
    const events = await untilCaughtUp(
      api.watch(parseWatchQuery({}), visitor, NEVER)[Symbol.asyncIterator](),
    );
    expect(events.length).toBe(701);
    expect(new Set(events.slice(0, 699).map(({ position }) => position))).toEqual(new Set([0]));
    expect(events[699]?.position).toBe(1);
  });

  test("refuses to begin beyond the log", async () => {
    const { api } = await smallHub(aLog());
    const query = parseWatchQuery({ fromPosition: 5 });
    const events = api.watch(query, visitor, NEVER)[Symbol.asyncIterator]();
    await expect(events.next()).rejects.toMatchObject({ code: "ERR_QUERY_INVALID" });
  });
});
