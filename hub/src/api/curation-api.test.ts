import {
  type CurationDecision,
  type DecisionView,
  decodeCurationDecision,
  decodeLogEntry,
  encodeCurationDecision,
  generateSigningKey,
  importVerifyingKey,
  ManualClock,
  objectionIdOf,
  randomBytes,
  type SigningKey,
  signObjection,
  type VerifyingKey,
  verifyObjection,
  ZERO_HASH,
} from "@tributary/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import { MemoryCheckpointAnchor } from "../adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../adapters/memory-log-store.ts";
import { foldEntries } from "../catalog/fold.ts";
import { decisionFact } from "../ingest/curation-effect.ts";
import { FeedTable } from "../ingest/feed-table.ts";
import { type CheckpointSigner, createCheckpointSigner } from "../log/checkpoint-signer.ts";
import { MerkleLog } from "../log/merkle-log.ts";
import type { Member } from "../members/registry.ts";
import { noEvents } from "../ports/hub-events.ts";
import { createCurationApi, type DecideRequest } from "./curation-api.ts";
import type { ObjectRequest } from "./objection-api.ts";
import type { CallContext } from "./rpc.ts";

const OPERATOR: CallContext = {
  principal: { type: "operator", name: "operator" },
  requestId: "1",
  signal: new AbortController().signal,
};

const ORIGIN = "hub.example/log";

let signer: CheckpointSigner;
let signingKey: SigningKey;
let centerKey: VerifyingKey;

beforeAll(async () => {
  signer = createCheckpointSigner(ORIGIN, await generateSigningKey());
  signingKey = await generateSigningKey();
  centerKey = await importVerifyingKey(signingKey.publicKey);
});

describe("a decision", () => {
  test("becomes an entry of the log with who made it", async () => {
    const hub = await open();
    const { decisionId, position } = await hub.decide("hide", ["urn:dth:aa:case:1"]);
    expect(await hub.decisionAt(position)).toMatchObject({
      decisionId,
      action: "hide",
      actor: "operator",
      reason: "because",
      subjects: ["urn:dth:aa:case:1"],
    });
  });

  test("that pauses a center closes its feed, and one that releases it opens it, also after a start", async () => {
    const hub = await open();
    await hub.decide("pause", ["urn:dth:aa"]);
    expect(hub.feeds.get("aa")?.pausedCode).toBe("ERR_FEED_PAUSED");
    const reloaded = await FeedTable.load((prefix) => hub.log.facts(prefix));
    expect(reloaded.get("aa")?.pausedCode).toBe("ERR_FEED_PAUSED");
    await hub.decide("release", ["urn:dth:aa"]);
    expect(hub.feeds.get("aa")?.pausedCode).toBe("");
  });

  test("that retracts a pause opens the feed, and one that retracts something else does not", async () => {
    const hub = await open();
    const pause = await hub.decide("pause", ["urn:dth:aa"]);
    const hide = await hub.decide("hide", ["urn:dth:aa:case:1"]);
    await hub.decide("retract", [], hide.decisionId);
    expect(hub.feeds.get("aa")?.pausedCode).toBe("ERR_FEED_PAUSED");
    await hub.decide("retract", [], pause.decisionId);
    expect(hub.feeds.get("aa")?.pausedCode).toBe("");
  });

  test.each([
    ["applaud", ["urn:dth:aa:case:1"], "", "ERR_UNSUPPORTED"],
    ["merge", ["urn:dth:aa:provider:1", "urn:dth:aa:provider:1"], "", "ERR_ARGUMENT_INVALID"],
    ["split", ["urn:dth:aa:case:1", "urn:dth:aa:case:2"], "", "ERR_ARGUMENT_INVALID"],
    ["hide", [], "", "ERR_ARGUMENT_INVALID"],
    ["hide", ["urn:dth:aa"], "", "ERR_URN_MALFORMED"],
    ["pause", ["urn:dth:aa:case:1"], "", "ERR_ARGUMENT_INVALID"],
    ["retract", [], "f".repeat(32), "ERR_NOT_FOUND"],
    ["retract", [], "../x", "ERR_NOT_FOUND"],
  ])(
    "%s about %j is refused with a code, and nothing is logged",
    async (action, subjects, retracts, code) => {
      const hub = await open();
      await expect(hub.decide(action, subjects, retracts)).rejects.toMatchObject({ code });
      expect(hub.log.size).toBe(0);
    },
  );
});

describe("an undo", () => {
  test("takes a decision back by its position, and gives it back when that is undone", async () => {
    const hub = await open();
    const label = await hub.decide("label", ["urn:dth:aa:case:1"], "", "节能");
    const undone = await hub.undo(label.position);
    expect(undone.action).toBe("retract");
    expect(await hub.decisionAt(undone.position)).toMatchObject({
      action: "retract",
      retracts: label.decisionId,
      reason: "a mistake",
      actor: "operator",
    });
    const again = await hub.undo(undone.position);
    expect(again.action).toBe("label");
    expect(await hub.decisionAt(again.position)).toMatchObject({
      action: "label",
      argument: "节能",
      subjects: ["urn:dth:aa:case:1"],
    });
  });

  test("of a pause opens the feed, and its undo closes it", async () => {
    const hub = await open();
    const { position } = await hub.decide("pause", ["urn:dth:aa"]);
    const undone = await hub.undo(position);
    expect(hub.feeds.get("aa")?.pausedCode).toBe("");
    await hub.undo(undone.position);
    expect(hub.feeds.get("aa")?.pausedCode).toBe("ERR_FEED_PAUSED");
  });

  test("needs a reason, a decision that holds, and one that can be taken back", async () => {
    const hub = await open();
    const hide = await hub.decide("hide", ["urn:dth:aa:case:1"]);
    await expect(hub.undo(hide.position, "")).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
    await hub.undo(hide.position);
    await hub.fold();
    await expect(hub.undo(hide.position)).rejects.toMatchObject({ code: "ERR_ARGUMENT_INVALID" });
    const release = await hub.decide("release", ["urn:dth:aa"]);
    await expect(hub.undo(release.position)).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
    const retract = hub.decide("retract", [], release.decisionId);
    await expect(retract).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
    await expect(hub.undo(99)).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    expect(hub.log.size).toBe(3);
  });

  test("takes nothing back that a center confirmed with its own key", async () => {
    const hub = await open();
    const confirmed: CurationDecision = {
      decisionId: "c".repeat(32),
      action: "confirm",
      subjects: ["urn:dth:aa"],
      argument: `${"ab".repeat(16)} 41`,
      actor: "aa",
      reason: "",
      retracts: "",
      authorization: "a.b.c",
    };
    const { position } = await hub.log.append({
      type: "curation",
      statement: encodeCurationDecision(confirmed),
      facts: (at) => [decisionFact(confirmed, at)],
    });
    await expect(hub.undo(position)).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
    const object = hub.object({ decisionId: confirmed.decisionId });
    await expect(object).rejects.toMatchObject({ code: "ERR_ARGUMENT_INVALID" });
    expect(hub.log.size).toBe(1);
  });
});

describe("a reason", () => {
  test.each(["hide", "split", "pause", "label"])("is required with %s", async (action) => {
    const hub = await open();
    const subjects =
      action === "pause" ? ["urn:dth:aa"] : ["urn:dth:aa:provider:1", "urn:dth:aa:provider:2"];
    await expect(hub.decide(action, subjects, "", "节能", " ")).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
    expect(hub.log.size).toBe(0);
  });

  test("may be left out with approve, and has at most 1,000 characters", async () => {
    const hub = await open();
    await hub.decide("approve", ["urn:dth:aa:case:1"], "", "", "");
    await expect(
      hub.decide("approve", ["urn:dth:aa:case:1"], "", "", "x".repeat(1_001)),
    ).rejects.toMatchObject({ code: "ERR_ARGUMENT_INVALID" });
    expect(hub.log.size).toBe(1);
  });
});

test.each(["", " x", "x".repeat(61)])("a label cannot be %j", async (label) => {
  const hub = await open();
  await expect(hub.decide("label", ["urn:dth:aa:case:1"], "", label)).rejects.toMatchObject({
    code: "ERR_ARGUMENT_INVALID",
  });
  expect(hub.log.size).toBe(0);
});

describe("the list of decisions", () => {
  test("is newest first, by page, and says which are retracted", async () => {
    const hub = await open();
    const first = await hub.decide("hide", ["urn:dth:aa:case:1"]);
    await hub.decide("label", ["urn:dth:aa:case:2"], "", "节能");
    await hub.decide("retract", [], first.decisionId);
    await hub.fold();
    const all = await hub.list({});
    expect(all.decisions.map((d) => [d.action, d.retracted])).toEqual([
      ["retract", false],
      ["label", false],
      ["hide", true],
    ]);
    const page = await hub.list({ pageSize: 2 });
    expect(page.decisions.map((d) => d.action)).toEqual(["retract", "label"]);
    const next = await hub.list({ pageSize: 2, pageToken: page.nextPageToken });
    expect(next).toMatchObject({ decisions: [{ action: "hide" }], nextPageToken: "" });
  });

  test("can be of one subject", async () => {
    const hub = await open();
    await hub.decide("hide", ["urn:dth:aa:case:1"]);
    await hub.decide("hide", ["urn:dth:aa:case:2"]);
    await hub.fold();
    const { decisions } = await hub.list({ subject: "urn:dth:aa:case:2" });
    expect(decisions.map((d) => d.subjects)).toEqual([["urn:dth:aa:case:2"]]);
  });

  test("refuses a token that is none", async () => {
    const hub = await open();
    await expect(hub.list({ pageToken: "x" })).rejects.toMatchObject({ code: "ERR_PAGE_TOKEN" });
    await expect(hub.list({ pageSize: 501 })).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
  });
});

describe("an objection", () => {
  const AA = "urn:dth:aa:case:1";
  const BB = "urn:dth:bb:case:1";

  test("is an entry with the center's signature, about what of the decision is the center's", async () => {
    const hub = await open();
    const { decisionId } = await hub.decide("hide", [AA, BB]);
    const { position } = await hub.object({ decisionId });
    const entry = await hub.decisionAt(position);
    expect(entry).toMatchObject({ action: "object", actor: "aa", subjects: [AA] });
    const said = { hubOrigin: ORIGIN, centerId: "aa", decisionId, reason: entry.reason };
    await verifyObjection(entry.authorization, centerKey, said);
  });

  test("is made once, by whom the decision concerns, with its own key and a reason", async () => {
    const hub = await open();
    const { decisionId } = await hub.decide("hide", [AA]);
    const refused = (change: Partial<ObjectRequest>, code: string, key = signingKey) =>
      expect(hub.object({ decisionId, ...change }, key)).rejects.toMatchObject({ code });
    await refused({ centerId: "bb" }, "ERR_NOT_FOUND");
    await refused({ decisionId: "f".repeat(32) }, "ERR_NOT_FOUND");
    await refused({ reason: " " }, "ERR_ARGUMENT_INVALID");
    await refused({}, "ERR_SIGNATURE", await generateSigningKey());
    const both = await Promise.allSettled([hub.object({ decisionId }), hub.object({ decisionId })]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await refused({ reason: "再次说明" }, "ERR_ALREADY_EXISTS");
    const { decisionId: release } = await hub.decide("release", ["urn:dth:aa"]);
    await refused({ decisionId: release }, "ERR_ARGUMENT_INVALID");
  });

  test("by a center that changes its key meanwhile is refused", async () => {
    const hub = await open();
    const { decisionId } = await hub.decide("hide", [AA]);
    const size = hub.log.size;
    const other = await importVerifyingKey((await generateSigningKey()).publicKey);
    const objecting = hub.object({ decisionId });
    hub.changeKey(other);
    await expect(objecting).rejects.toMatchObject({ code: "ERR_SIGNATURE" });
    expect(hub.log.size).toBe(size);
  });

  test("stands open until it is declined with a reason or its decision is undone", async () => {
    const hub = await open();
    const { decisionId, position } = await hub.decide("hide", [AA]);
    await hub.object({ decisionId });
    const standing = async () => {
      await hub.fold();
      const { decisions } = await hub.list({});
      const { standing: now, answer } = decisions.find(
        ({ action }) => action === "object",
      ) as DecisionView;
      return [now, answer];
    };
    expect(await standing()).toEqual(["open", ""]);
    const objection = objectionIdOf({ centerId: "aa", decisionId });
    const declined = await hub.decide("decline", [], "", objection, "无授权书");
    expect((await hub.decisionAt(declined.position)).subjects).toEqual([AA]);
    expect(await standing()).toEqual(["declined", "无授权书"]);
    await hub.undo(declined.position);
    expect(await standing()).toEqual(["open", ""]);
    await hub.undo(position, "已核实授权");
    expect(await standing()).toEqual(["accepted", "已核实授权"]);
    await expect(hub.decide("decline", [], "", decisionId)).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
  });

  test("and the decision are shown to the center concerned, and nothing of others", async () => {
    const hub = await open();
    const { decisionId, position } = await hub.decide("hide", [AA]);
    await hub.decide("hide", [BB]);
    await hub.object({ decisionId });
    await hub.undo(position);
    await hub.fold();
    const seenBy = async (centerId: string) =>
      (await hub.list({}, { type: "center", centerId })).decisions.map(({ action }) => action);
    expect(await seenBy("aa")).toEqual(["retract", "object", "hide"]);
    expect(await seenBy("bb")).toEqual(["hide"]);
    expect((await hub.list({ centerId: "bb" })).decisions).toHaveLength(1);
  });
});

async function open() {
  const store = new MemoryLogStore();
  const log = await MerkleLog.open({
    store,
    anchor: new MemoryCheckpointAnchor(),
    signer,
    clock: new ManualClock(),
  });
  const feeds = new FeedTable();
  feeds.set({
    centerId: "aa",
    feedId: randomBytes(16),
    nextSeq: 1n,
    lastHash: ZERO_HASH,
    nextRecordSeq: 2n,
    pausedCode: "",
    isOpen: true,
  });
  const catalog = createMemoryCatalogStore();
  const queue = { page: () => Promise.reject(new TypeError("not asked here")) };
  let key = centerKey;
  const member = () => ({ key }) as Member;
  const api = createCurationApi({
    catalog,
    log,
    queue,
    preview: queue.page,
    feeds,
    registry: { require: member, requireApproved: member },
    hubOrigin: ORIGIN,
    events: noEvents,
    random: randomBytes,
  });
  return {
    log,
    feeds,
    changeKey: (to: VerifyingKey) => {
      key = to;
    },
    object: async (change: Partial<ObjectRequest>, by = signingKey) => {
      const said = { centerId: "aa", reason: "客户已同意", ...change };
      const statement = { hubOrigin: ORIGIN, decisionId: "", ...said };
      const authorization = await signObjection(by, statement);
      return api.object({ ...statement, authorization });
    },
    decide: (
      action: string,
      subjects: readonly string[],
      retracts = "",
      argument = "",
      reason = "because",
    ) => {
      const request: DecideRequest = { action, subjects, argument, reason, retracts };
      return api.decide(request, OPERATOR);
    },
    undo: (position: number, reason = "a mistake") => api.undo({ position, reason }, OPERATOR),
    list: (
      request: Partial<Parameters<typeof api.listDecisions>[0]>,
      principal: CallContext["principal"] = OPERATOR.principal,
    ) =>
      api.listDecisions(
        { subject: "", centerId: "", pageSize: 0, pageToken: "", ...request },
        { principal },
      ),
    async decisionAt(position: number): Promise<CurationDecision> {
      return decodeCurationDecision(decodeLogEntry((await log.entry(position)).entry).statement);
    },
    async fold() {
      const entries = await Array.fromAsync(log.entries(await catalog.position(), log.size));
      const { change } = await foldEntries(catalog, entries, (at) => store.readEntry(at));
      await catalog.write(change);
    },
  };
}
