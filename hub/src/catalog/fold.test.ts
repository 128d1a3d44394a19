import { centerUrnOf, fromUtf8, parseUrn, type RecordRef, toHex, urnOf } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { aCase, aRecord, aWithdrawal, SmallLog, START_MS } from "../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { CENTER_FACTS, type CenterFact, decodeCenterFact } from "./center-fact.ts";
import { acceptedOf, COUNTS_FACTS, type Counts, decodeCounts, NO_COUNTS } from "./counts.ts";
import { decisionFactName, decodeDecisionFact } from "./decision-fact.ts";
import { catalogDigest } from "./digest.ts";
import { erasedHashOf, erasedRecord } from "./erasure.ts";
import { foldEntries } from "./fold.ts";

/** Folds the log into a new store, `chunk` entries at a time. */
async function foldAll(log: SmallLog, chunk = 1): Promise<CatalogStore> {
  const store = createMemoryCatalogStore();
  for (let at = 0; at < log.entries.length; at += chunk) {
    const entries = log.entries.slice(at, at + chunk);
    await store.write((await foldEntries(store, entries, log.lookup)).change);
  }
  return store;
}

function refOf(key: string, centerId = "aa"): RecordRef {
  return { kind: "case", centerId, key };
}

async function countsOf(store: CatalogStore, centerId = "aa"): Promise<Counts> {
  return decodeCounts((await store.fact(COUNTS_FACTS + centerId)) as Uint8Array);
}

async function centerOf(store: CatalogStore, centerId = "aa"): Promise<CenterFact> {
  return decodeCenterFact((await store.fact(CENTER_FACTS + centerId)) as Uint8Array);
}

async function verdictsOf(store: CatalogStore): Promise<Record<string, string>> {
  const rows = await Array.fromAsync(store.rows({}));
  return Object.fromEntries(rows.map((row) => [row.ref.key, row.verdict]));
}

describe("a batch", () => {
  test("makes rows that know where in the log they are", async () => {
    const log = new SmallLog();
    log.member("aa");
    const at = log.batch("aa", [
      aRecord({ key: "1", license: "CC-BY-4.0", validUntilMs: 7 }),
      aRecord({ key: "2", revision: 5n, visibility: "centers", visibleTo: ["bb"] }),
    ]);
    const store = await foldAll(log);
    expect(await store.position()).toBe(2);
    expect(await store.get(refOf("1"))).toMatchObject({
      verdict: "live",
      verdictReason: "",
      license: "CC-BY-4.0",
      validUntilMs: 7,
      logPosition: at,
      recordIndex: 0,
      receivedAtMs: START_MS + 1000 * at,
      changePosition: at,
      audience: { widest: "public", centers: [] },
      body: aCase("铜加工厂能耗管理"),
    });
    expect(await store.get(refOf("2"))).toMatchObject({
      recordIndex: 1,
      revision: 5n,
      visibility: "centers",
      visibleTo: ["bb"],
      audience: { widest: "centers", centers: ["bb"] },
    });
    expect(await countsOf(store)).toEqual({ ...NO_COUNTS, live: 2, rows: 2 });
    expect((await centerOf(store)).lastBatchAtMs).toBe(START_MS + 1000 * at);
  });

  test("replaces a revision by a higher one and supersedes lower and equal ones", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord({ revision: 2n, body: aCase("二") })]);
    log.batch("aa", [
      aRecord({ revision: 1n, body: aCase("一") }),
      aRecord({ revision: 2n, body: aCase("又二") }),
    ]);
    log.batch("aa", [aRecord({ revision: 3n, body: aCase("三") })]);
    const store = await foldAll(log);
    expect(await store.get(refOf("1"))).toMatchObject({ revision: 3n, body: aCase("三") });
    expect(await countsOf(store)).toEqual({ ...NO_COUNTS, live: 1, superseded: 3, rows: 1 });
  });

  test("takes a record back by a withdrawal, and brings it back by a higher revision", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord({ revision: 1n })]);
    log.batch("aa", [aWithdrawal("1", 2n)]);
    const gone = await foldAll(log);
    expect(await gone.get(refOf("1"))).toMatchObject({
      verdict: "withdrawn",
      body: new Uint8Array(),
      changePosition: 1,
      firstPosition: 0,
    });
    expect(await countsOf(gone)).toEqual({ ...NO_COUNTS, withdrawn: 1, superseded: 1, rows: 1 });
    log.batch("aa", [aRecord({ revision: 3n })]);
    expect(await verdictsOf(await foldAll(log))).toEqual({ "1": "live" });
  });

  test("keeps the same key of two centers apart", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord({ body: aCase("甲") })]);
    log.batch("bb", [aRecord({ body: aCase("乙") })]);
    const store = await foldAll(log);
    expect((await store.get(refOf("1", "aa")))?.body).toEqual(aCase("甲"));
    expect((await store.get(refOf("1", "bb")))?.body).toEqual(aCase("乙"));
  });

  test("quarantines a body that cannot be read, shows its neighbours, and does not show what was before", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord({ key: "1" }), aRecord({ key: "2" })]);
    log.batch("aa", [
      aRecord({ key: "1", revision: 2n, body: Uint8Array.of(0xff, 0xff) }),
      aRecord({ key: "3" }),
    ]);
    const store = await foldAll(log);
    expect(await verdictsOf(store)).toEqual({ "1": "quarantined", "2": "live", "3": "live" });
    expect(await store.get(refOf("1"))).toMatchObject({ verdictReason: "ERR_BODY_MALFORMED" });
    expect((await store.get(refOf("1")))?.body.length).toBe(0);
    expect(await countsOf(store)).toMatchObject({ live: 2, quarantined: 1, superseded: 1 });
  });

  test("quarantines a record that cannot be read under its place", async () => {
    const log = new SmallLog();
    const at = log.batch("aa", [Uint8Array.of(1, 2, 3), aRecord({ key: "2" })]);
    const store = await foldAll(log);
    expect(await verdictsOf(store)).toEqual({ "2": "live" });
    const [[name, code]] = (await Array.fromAsync(store.facts("unreadable/"))) as [
      readonly [string, Uint8Array],
    ];
    expect(name).toBe(`unreadable/aa/${String(at).padStart(16, "0")}/0000`);
    expect(fromUtf8(code)).toBe("ERR_RECORD_MALFORMED");
    expect(await countsOf(store)).toEqual({ ...NO_COUNTS, live: 1, quarantined: 1, rows: 1 });
  });
});

describe("a new feed", () => {
  function twoFeeds(repeated: readonly string[], held: readonly string[]): SmallLog {
    const log = new SmallLog();
    log.batch(
      "aa",
      held.map((key) => aRecord({ key, revision: 9n })),
    );
    log.batch("bb", [aRecord({ key: "1" })]);
    log.batch(
      "aa",
      repeated.map((key) => aRecord({ key })),
      { feed: 1, snapshot: "part" },
    );
    return log;
  }
  const ten = Array.from({ length: 10 }, (_, i) => String(i));

  test("counts revisions anew", async () => {
    const log = twoFeeds(["0"], ["0"]);
    const store = await foldAll(log);
    expect(await store.get(refOf("0"))).toMatchObject({ revision: 1n, feedPosition: 2 });
    log.batch("aa", [aRecord({ key: "0", revision: 1n })], { feed: 1 });
    expect((await countsOf(await foldAll(log))).superseded).toBe(2);
  });

  test("withdraws what its snapshot does not repeat when the snapshot ends, not before", async () => {
    const log = twoFeeds(ten.slice(0, 8), ten);
    expect(Object.values(await verdictsOf(await foldAll(log)))).not.toContain("withdrawn");
    const end = log.batch("aa", [], { feed: 1, snapshot: "end" });
    const store = await foldAll(log);
    expect(await store.get(refOf("8"))).toMatchObject({
      verdict: "withdrawn",
      verdictReason: "omitted_from_snapshot",
      changePosition: end,
      body: new Uint8Array(),
    });
    expect(await verdictsOf(store)).toMatchObject({
      "7": "live",
      "8": "withdrawn",
      "9": "withdrawn",
    });
    expect(await countsOf(store)).toMatchObject({ live: 8, withdrawn: 2, superseded: 8 });
    expect(await store.get(refOf("1", "bb"))).toMatchObject({ verdict: "live" });
  });

  test("pauses the center where its snapshot omits more than a quarter, until a release", async () => {
    const log = twoFeeds(ten.slice(0, 7), ten);
    const end = log.batch("aa", [], { feed: 1, snapshot: "end" });
    const paused = await foldAll(log);
    expect(Object.values(await verdictsOf(paused))).not.toContain("withdrawn");
    expect((await centerOf(paused)).pauses).toEqual([
      {
        code: "ERR_MASS_CHANGE",
        reason: "the snapshot repeats 7 of 10 records",
        position: end,
      },
    ]);
    expect((await centerOf(paused)).held).toMatchObject({
      feedPosition: 2,
      position: end,
      omitted: 3,
      kept: 7,
    });
    const { position } = log.decide("release", [centerUrnOf("aa")]);
    const released = await foldAll(log);
    expect((await centerOf(released)).pauses).toEqual([]);
    expect(await countsOf(released)).toMatchObject({ live: 7, withdrawn: 3 });
    expect((await released.get(refOf("9")))?.changePosition).toBe(position);
  });

  describe("whose snapshot waits", () => {
    /** Two feeds, of which the second leaves 3 of 10 records out. @returns Position of its end. */
    function waiting() {
      const log = twoFeeds(ten.slice(0, 7), ten);
      log.member("aa");
      return { log, end: log.batch("aa", [], { feed: 1, snapshot: "end" }) };
    }
    const feedOf = (feed: number) => toHex(new Uint8Array(16).fill(feed + 1));
    const confirm = (log: SmallLog, argument: string, centerId = "aa") =>
      log.decide("confirm", [centerUrnOf(centerId)], {
        argument,
        actor: centerId,
        authorization: "a.b.c",
      }).position;

    test("withdraws what the center confirms, and ends no other pause", async () => {
      const { log, end } = waiting();
      const { position: paused } = log.decide("pause", [centerUrnOf("aa")], { reason: "核查" });
      const position = confirm(log, `${feedOf(1)} ${end}`);
      const store = await foldAll(log);
      expect(await centerOf(store)).toMatchObject({
        pauses: [{ code: "ERR_FEED_PAUSED", position: paused }],
        held: undefined,
      });
      expect(await countsOf(store)).toMatchObject({ live: 7, withdrawn: 3 });
      expect(await store.get(refOf("9"))).toMatchObject({
        verdictReason: "omitted_from_snapshot",
        changePosition: position,
      });
      expect(await store.get(refOf("1", "bb"))).toMatchObject({ verdict: "live" });
    });

    test.each<[string, (log: SmallLog, end: number) => void]>([
      ["another place", (log, end) => confirm(log, `${feedOf(1)} ${end - 1}`)],
      ["another feed", (log, end) => confirm(log, `${feedOf(0)} ${end}`)],
      ["another center", (log, end) => confirm(log, `${feedOf(1)} ${end}`, "bb")],
      [
        "a center that is suspended",
        (log, end) => {
          log.member("aa", "suspended");
          confirm(log, `${feedOf(1)} ${end}`);
        },
      ],
      [
        "a snapshot before the one that waits",
        (log, end) => {
          log.batch("aa", [aRecord({ key: "0" })], { feed: 2, snapshot: "end" });
          confirm(log, `${feedOf(1)} ${end}`);
        },
      ],
    ])("waits on after a confirmation of %s", async (_, say) => {
      const { log, end } = waiting();
      say(log, end);
      const store = await foldAll(log);
      expect((await centerOf(store)).held).toBeDefined();
      expect((await centerOf(store)).pauses).toMatchObject([{ code: "ERR_MASS_CHANGE" }]);
      expect((await countsOf(store)).withdrawn).toBe(0);
    });

    test("needs another confirmation when it happens again", async () => {
      const { log, end } = waiting();
      confirm(log, `${feedOf(1)} ${end}`);
      const second = log.batch("aa", [aRecord({ key: "0" })], { feed: 2, snapshot: "end" });
      confirm(log, `${feedOf(1)} ${end}`);
      expect(await countsOf(await foldAll(log))).toMatchObject({ live: 7, withdrawn: 3 });
      expect((await centerOf(await foldAll(log))).held).toMatchObject({ position: second });
      confirm(log, `${feedOf(2)} ${second}`);
      expect(await countsOf(await foldAll(log))).toMatchObject({ live: 1, withdrawn: 9 });
    });

    test("keeps what the center brought back before it confirmed", async () => {
      const { log, end } = waiting();
      log.batch("aa", [aRecord({ key: "9" })], { feed: 1 });
      confirm(log, `${feedOf(1)} ${end}`);
      expect(await verdictsOf(await foldAll(log))).toMatchObject({ "8": "withdrawn", "9": "live" });
    });
  });

  test("is not excused by new records for those that it omits", async () => {
    const added = Array.from({ length: 30 }, (_, i) => `new ${i}`);
    const log = twoFeeds([...ten.slice(0, 7), ...added], ten);
    log.batch("aa", [], { feed: 1, snapshot: "end" });
    const store = await foldAll(log);
    expect((await centerOf(store)).pauses).toMatchObject([{ code: "ERR_MASS_CHANGE" }]);
    expect(await countsOf(store)).toMatchObject({ live: 40, withdrawn: 0 });
  });

  test("passes where it only grows, and a first feed has nothing to withdraw", async () => {
    const log = twoFeeds(ten, ten.slice(0, 2));
    log.batch("aa", [], { feed: 1, snapshot: "end" });
    const store = await foldAll(log);
    expect(await countsOf(store)).toMatchObject({ live: 10, withdrawn: 0 });
    expect((await centerOf(store)).pauses).toEqual([]);
  });

  test("ends a pause for a mass change by a snapshot that is complete", async () => {
    const log = twoFeeds(ten.slice(0, 7), ten);
    log.batch("aa", [], { feed: 1, snapshot: "end" });
    log.batch(
      "aa",
      ten.map((key) => aRecord({ key })),
      { feed: 2, snapshot: "end" },
    );
    const store = await foldAll(log);
    expect(await centerOf(store)).toMatchObject({ pauses: [], held: undefined });
    expect(await countsOf(store)).toMatchObject({ live: 10, withdrawn: 0 });
  });
});

describe("a membership change", () => {
  test("gives a center its name, state and keys", async () => {
    const log = new SmallLog();
    log.member("aa", "pending", new Uint8Array(32).fill(1));
    const at = log.member("aa", "approved", new Uint8Array(32).fill(1));
    log.member("aa", "suspended");
    const center = await centerOf(await foldAll(log));
    expect(center).toMatchObject({ name: "aa 中心", state: "suspended" });
    expect(center.keys.map(({ position }) => position)).toEqual([at]);
    expect(center.keys[0]?.keyId).toMatch(/^[0-9a-f]{64}$/);
  });

  test("withdraws everything of a center that leaves, and nothing of one that is suspended", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord()]);
    log.batch("bb", [aRecord()]);
    log.member("aa", "suspended");
    expect((await foldAll(log).then((store) => store.get(refOf("1"))))?.verdict).toBe("live");
    log.member("aa", "left");
    const store = await foldAll(log);
    expect(await store.get(refOf("1"))).toMatchObject({
      verdict: "withdrawn",
      verdictReason: "member_left",
    });
    expect((await store.get(refOf("1", "bb")))?.verdict).toBe("live");
  });
});

describe("a revocation", () => {
  test("withdraws what the center published from the position on, and nothing before it", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord()]);
    const from = log.batch("aa", [aRecord({ key: "2" })]);
    log.batch("bb", [aRecord()]);
    log.batch("aa", [aRecord({ key: "3" })]);
    log.member("aa", "revoked", new Uint8Array(), from);
    const store = await foldAll(log);
    const verdicts = await Promise.all(["1", "2", "3"].map((key) => store.get(refOf(key))));
    expect(verdicts.map((row) => [row?.verdict, row?.verdictReason])).toEqual([
      ["live", ""],
      ["withdrawn", "key_revoked"],
      ["withdrawn", "key_revoked"],
    ]);
    expect((await store.get(refOf("1", "bb")))?.verdict).toBe("live");
  });

  test("without a position leaves everything as it is", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord()]);
    log.member("aa", "revoked");
    expect((await (await foldAll(log)).get(refOf("1")))?.verdict).toBe("live");
  });

  test("does not stand in the way of the new feed, whatever revisions a thief used", async () => {
    const log = new SmallLog();
    const from = log.batch("aa", [aRecord({ revision: 2n ** 60n })]);
    log.member("aa", "revoked", new Uint8Array(), from || 1);
    log.member("aa", "approved");
    log.batch("aa", [aRecord({ revision: 1n })], { feed: 2, snapshot: "part" });
    expect(await (await foldAll(log)).get(refOf("1"))).toMatchObject({
      verdict: "live",
      revision: 1n,
    });
  });
});

describe("a refusal", () => {
  test("pauses the center with its code until a release", async () => {
    const log = new SmallLog();
    const at = log.refusal("aa", "ERR_BATCH_FORK");
    expect((await centerOf(await foldAll(log))).pauses).toEqual([
      { code: "ERR_BATCH_FORK", reason: "paused", position: at },
    ]);
    log.decide("release", [centerUrnOf("aa")]);
    expect((await centerOf(await foldAll(log))).pauses).toEqual([]);
  });
});

describe("a decision", () => {
  const urn = urnOf(refOf("1"));

  test("hides a record with a reason, later revisions too, and shows it again", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord(), aRecord({ key: "2" })]);
    const { position } = log.decide("hide", [urn], { reason: "广告" });
    const hidden = await foldAll(log);
    expect(await hidden.get(refOf("1"))).toMatchObject({
      verdict: "hidden",
      verdictReason: "广告",
      changePosition: position,
    });
    expect(await countsOf(hidden)).toMatchObject({ live: 1, hidden: 1 });
    log.batch("aa", [aRecord({ revision: 2n })]);
    expect(await verdictsOf(await foldAll(log))).toEqual({ "1": "hidden", "2": "live" });
    log.decide("unhide", [urn]);
    const store = await foldAll(log);
    expect(await store.get(refOf("1"))).toMatchObject({ verdict: "live", revision: 2n });
    expect(await countsOf(store)).toEqual({ ...NO_COUNTS, live: 2, superseded: 1, rows: 2 });
  });

  test("labels a record, which a later revision keeps", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord()]);
    log.decide("label", [urn], { argument: "标杆" });
    log.decide("label", [urn], { argument: "2026" });
    log.decide("unlabel", [urn], { argument: "2026" });
    log.batch("aa", [aRecord({ revision: 2n })]);
    expect((await (await foldAll(log)).get(refOf("1")))?.labels).toEqual(["标杆"]);
  });

  test("is undone by a retraction, exactly", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord()]);
    const first = log.decide("hide", [urn], { reason: "一" });
    const second = log.decide("hide", [urn], { reason: "二" });
    log.decide("retract", [], { retracts: second.id });
    expect(await (await foldAll(log)).get(refOf("1"))).toMatchObject({
      verdict: "hidden",
      verdictReason: "一",
    });
    const undone = log.decide("retract", [], { retracts: first.id });
    log.decide("retract", [], { retracts: first.id });
    log.decide("retract", [], { retracts: undone.id });
    const store = await foldAll(log);
    const fact = await store.fact(decisionFactName(first.position));
    expect(decodeDecisionFact(fact as Uint8Array).retractedAt).toBe(undone.position);
    const retraction = await store.fact(decisionFactName(undone.position));
    expect(decodeDecisionFact(retraction as Uint8Array).retractedAt).toBeUndefined();
    expect((await store.get(refOf("1")))?.changePosition).toBe(undone.position);
    expect(await store.get(refOf("1"))).toMatchObject({ verdict: "live", verdictReason: "" });
    expect(await countsOf(store)).toMatchObject({ live: 1, hidden: 0 });
  });

  test("pauses a center, which its retraction ends", async () => {
    const log = new SmallLog();
    const { id, position } = log.decide("pause", [centerUrnOf("aa")], { reason: "核查" });
    expect((await centerOf(await foldAll(log))).pauses).toEqual([
      { code: "ERR_FEED_PAUSED", reason: "核查", position },
    ]);
    log.decide("retract", [], { retracts: id });
    expect((await centerOf(await foldAll(log))).pauses).toEqual([]);
  });

  test("about something that is not there has no effect", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord()]);
    log.decide("hide", [urnOf(refOf("x")), "urn:dth:entity/1"]);
    log.decide("retract", [], { retracts: "never" });
    expect(await verdictsOf(await foldAll(log))).toEqual({ "1": "live" });
  });

  test("approves a kind that the hub shows only after approval", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord({ key: "0" })]);
    log.policy("approval_required", '["case"]');
    log.batch("aa", [aRecord()]);
    const pending = await foldAll(log);
    expect(await verdictsOf(pending)).toEqual({ "0": "live", "1": "pending" });
    expect((await pending.get(refOf("1")))?.audience.widest).toBeUndefined();
    log.decide("approve", [urn]);
    const approved = await foldAll(log);
    expect(await verdictsOf(approved)).toEqual({ "0": "live", "1": "live" });
    expect((await approved.get(refOf("1")))?.audience.widest).toBe("public");
    log.batch("aa", [aRecord({ revision: 2n })]);
    expect((await verdictsOf(await foldAll(log)))["1"]).toBe("live");
    log.policy("approval_required", "not json");
    log.policy("approval_required", '["nothing"]');
    log.batch("aa", [aRecord({ key: "2" })]);
    expect((await verdictsOf(await foldAll(log)))["2"]).toBe("pending");
    log.policy("approval_required", "[]");
    log.batch("aa", [aRecord({ key: "3" })]);
    expect((await verdictsOf(await foldAll(log)))["3"]).toBe("live");
  });
});

describe("an erasure", () => {
  test("leaves the row without content and counts each record once", async () => {
    const log = new SmallLog();
    const provenance = {
      sourceId: "cases",
      table: "2024",
      row: 3,
      mappingId: new Uint8Array(8),
      readAtMs: 1,
    };
    const at = log.batch("aa", [
      aRecord({ key: "1", license: "x", validUntilMs: 9, provenance }),
      aRecord({ key: "2" }),
    ]);
    log.erase(at, 0);
    log.erase(at, 0);
    log.erase(at, 7);
    log.erase(99, 0);
    const store = await foldAll(log);
    expect(await store.get(refOf("1"))).toMatchObject({
      verdict: "erased",
      verdictReason: "erased on request",
      body: new Uint8Array(),
      license: "",
      validUntilMs: undefined,
      provenance: undefined,
    });
    expect(await countsOf(store)).toEqual({ ...NO_COUNTS, live: 1, erased: 1, rows: 2 });
    log.batch("aa", [aRecord({ key: "1", revision: 2n })]);
    expect(await countsOf(await foldAll(log))).toEqual({
      ...NO_COUNTS,
      live: 2,
      erased: 1,
      rows: 2,
    });
  });

  test("of an earlier revision or an unreadable record leaves the newest as it is", async () => {
    const log = new SmallLog();
    const at = log.batch("aa", [aRecord({ revision: 1n }), Uint8Array.of(9)]);
    log.batch("aa", [aRecord({ revision: 2n })]);
    for (const index of [0, 1, 0, 1]) log.erase(at, index);
    const store = await foldAll(log);
    expect(await store.get(refOf("1"))).toMatchObject({ verdict: "live", changePosition: 1 });
    expect(await countsOf(store)).toEqual({ ...NO_COUNTS, live: 1, erased: 2, rows: 1 });
    expect(await Array.fromAsync(store.facts("unreadable/"))).toEqual([]);
  });

  test("gives the same catalog from what is left in the log as from what was there", async () => {
    const log = new SmallLog();
    const records = [
      aRecord({ key: "1", revision: 1n }),
      aRecord({ key: "1", revision: 2n, visibility: "members", license: "x" }),
      aRecord({ key: "2", body: Uint8Array.of(255) }),
      Uint8Array.of(9),
      aRecord({ key: "3" }),
    ];
    const at = log.batch("aa", records);
    log.decide("hide", [urnOf(refOf("3"))]);
    log.batch("aa", [aRecord({ key: "2", revision: 2n })]);
    for (const index of records.keys()) log.erase(at, index);
    const before = await catalogDigest(await foldAll(log));
    log.replaceRecords(
      at,
      records.map((bytes) => erasedRecord(bytes)),
    );
    expect(toHex(await catalogDigest(await foldAll(log)))).toBe(toHex(before));
  });

  test("keeps the leaf hash of what it erased, readable or not", () => {
    for (const bytes of [aRecord(), Uint8Array.of(9)]) {
      const left = erasedRecord(bytes);
      expect(left.length).toBeLessThan(200);
      expect(toHex(erasedHashOf(left) as Uint8Array)).toMatch(/^[0-9a-f]{64}$/);
      expect(erasedHashOf(bytes)).toBeUndefined();
    }
  });
});

describe("the counts", () => {
  test("sum to the accepted records", async () => {
    const log = new SmallLog();
    log.batch("aa", [aRecord(), aRecord({ revision: 2n }), Uint8Array.of(1)]);
    log.batch("aa", [aWithdrawal("1", 3n), aRecord({ key: "2" })]);
    expect(acceptedOf(await countsOf(await foldAll(log)))).toBe(5);
  });
});

test("the digest covers every row and fact, but not what is local to a hub", async () => {
  const log = new SmallLog();
  log.batch("aa", [aRecord()]);
  const store = await foldAll(log);
  const digest = toHex(await catalogDigest(store));
  await store.write({ rows: [], facts: new Map([["local/x", Uint8Array.of(1)]]), position: 1 });
  expect(toHex(await catalogDigest(store))).toBe(digest);
  await store.write({ rows: [], facts: new Map([["x", Uint8Array.of(1)]]), position: 1 });
  const withFact = toHex(await catalogDigest(store));
  const row = (await store.get(refOf("1"))) as NonNullable<Awaited<ReturnType<typeof store.get>>>;
  await store.write({
    rows: [{ row: { ...row, labels: ["x"] }, previousChange: row.changePosition }],
    facts: new Map(),
    position: 1,
  });
  expect(new Set([digest, withFact, toHex(await catalogDigest(store))]).size).toBe(3);
});

test("a center's URN is not a record's", () => {
  expect(() => parseUrn(centerUrnOf("aa"))).toThrow(
    expect.objectContaining({ code: "ERR_URN_MALFORMED" }),
  );
});
