import { encodeBody } from "@tributary/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { decidedCatalog } from "../../test/support/decided-catalog.ts";
import { aBucket, ReleaseChain } from "../../test/support/match-world.ts";
import { aRecord, SmallLog, START_MS } from "../../test/support/small-log.ts";
import { createMemoryInsights } from "../adapters/memory-insights.ts";
import { FeedTable } from "../ingest/feed-table.ts";
import { noEvents } from "../ports/hub-events.ts";
import { createAssessmentApi } from "./assessment-api.ts";
import { createCurationApi } from "./curation-api.ts";
import type { Principal } from "./principal.ts";

const { signal } = new AbortController();
const ASSESSOR: Principal = { type: "account", name: "李评", role: "assessor" };
const caller = (principal: Principal = ASSESSOR) => ({ principal, signal, requestId: "1" });

let hub: Awaited<ReturnType<typeof decidedCatalog>>;
let api: ReturnType<typeof createAssessmentApi>;
let curation: ReturnType<typeof createCurationApi>;

beforeEach(async () => {
  const small = new SmallLog();
  for (const id of ["aa", "bb"]) small.member(id);
  const body = encodeBody("center", { name: "示例", centerType: "region", tier: "provincial" });
  const outcome = new ReleaseChain().next("2025Q4", [aBucket(), aBucket()]);
  small.batch("aa", [
    aRecord({ kind: "center", key: "self", body }),
    aRecord({ kind: "outcome", key: "2025Q4", body: outcome }),
  ]);
  hub = await decidedCatalog(small);
  const { reading, catalog, clock } = hub;
  api = createAssessmentApi({ ...reading, insights: createMemoryInsights(catalog, clock) });
  const unaskedMember = () => {
    throw new TypeError("not asked here");
  };
  const unasked = () => Promise.reject(new TypeError("not asked here"));
  curation = createCurationApi({
    ...reading,
    queue: { page: unasked },
    preview: unasked,
    feeds: new FeedTable(),
    registry: { require: unaskedMember, requireApproved: unaskedMember },
    hubOrigin: "hub.example/log",
    events: noEvents,
  });
});

async function draftOf(centerId: string) {
  const { assessments } = await api.listAssessments({ centerId }, caller());
  return assessments[0] as (typeof assessments)[number];
}

async function publish(reason = "年度评估") {
  const { digest } = await draftOf("aa");
  return api.publishGrade({ centerId: "aa", digest, reason }, caller());
}

describe("assessments", () => {
  test("are told of all members with the rule and what they rest on, and a center of itself", async () => {
    const answer = await api.listAssessments({ centerId: "" }, caller());
    expect(answer).toMatchObject({
      rule: { version: "assessment/1" },
      computedAtMs: START_MS + 60_000,
      coverage: { logSize: 3 },
    });
    expect(answer.assessments.map(({ centerId, centerName }) => [centerId, centerName])).toEqual([
      ["aa", "aa 中心"],
      ["bb", "bb 中心"],
    ]);
    const evidenceOf = (code: string) =>
      answer.assessments[0]?.indicators.find((indicator) => indicator.code === code);
    // Of all centers together only the first; see `show` for one.
    expect(evidenceOf("engagements")?.buckets).toHaveLength(1);
    expect(evidenceOf("engagements")?.bucketCount).toBe(2);
    const shown = (await draftOf("aa")).indicators.find(({ code }) => code === "engagements");
    expect(shown?.buckets).toHaveLength(2);
    const own = await api.listAssessments(
      { centerId: "" },
      caller({ type: "center", centerId: "bb" }),
    );
    expect(own.assessments.map(({ centerId }) => centerId)).toEqual(["bb"]);
    await expect(api.listAssessments({ centerId: "zz" }, caller())).rejects.toMatchObject({
      code: "ERR_NOT_FOUND",
    });
  });
});

describe("a grade", () => {
  test("is published as it was looked at, with its author and reason, and is then told to everybody", async () => {
    expect((await api.listGrades({ centerId: "" })).grades).toEqual([]);
    const draft = await draftOf("aa");
    const receipt = await publish();
    expect(receipt).toMatchObject({ grade: draft.grade, points: draft.points });
    await hub.fold();
    const { grades } = await api.listGrades({ centerId: "aa" });
    expect(grades).toMatchObject([
      {
        centerId: "aa",
        centerName: "aa 中心",
        centerType: "region",
        tier: "provincial",
        grade: draft.grade,
        points: draft.points,
        completeness: draft.completeness,
        rule: "assessment/1",
        logSize: 3,
        digest: draft.digest,
        actor: "account 李评",
        reason: "年度评估",
        position: receipt.position,
      },
    ]);
    expect((await draftOf("aa")).published).toEqual(grades[0]);
  });

  test("keeps its figures out of the log", async () => {
    await publish();
    await hub.fold();
    const { decisions } = await curation.listDecisions(
      { subject: "", centerId: "", pageSize: 0, pageToken: "" },
      { principal: { type: "operator", name: "operator" } },
    );
    expect(Object.keys(JSON.parse(decisions[0]?.argument as string))).toEqual([
      "rule",
      "centerType",
      "tier",
      "grade",
      "points",
      "completeness",
      "logSize",
      "digest",
    ]);
  });

  test("is not published by who has seen something else, nor without a reason or a grade", async () => {
    const { digest } = await draftOf("aa");
    const refused = async (centerId: string, seen: string, reason: string) => {
      const request = { centerId, digest: seen, reason };
      return api.publishGrade(request, caller()).catch(({ code }) => code);
    };
    expect(await refused("aa", "0".repeat(64), "年度评估")).toBe("ERR_LOG_CONFLICT");
    expect(await refused("aa", digest, " ")).toBe("ERR_ARGUMENT_INVALID");
    expect(await refused("zz", digest, "年度评估")).toBe("ERR_NOT_FOUND");
    expect(await refused("", digest, "年度评估")).toBe("ERR_NOT_FOUND");
    expect(await refused("bb", (await draftOf("bb")).digest, "年度评估")).toBe(
      "ERR_ARGUMENT_INVALID",
    );
    expect(hub.log.size).toBe(0);
  });

  test("that is taken back leaves the one before it, and can be taken back once", async () => {
    const first = await publish("初评");
    const second = await publish("复核");
    await hub.fold();
    expect((await draftOf("aa")).published).toMatchObject({ reason: "复核" });
    const request = { position: second.position, reason: "数据更正" };
    await api.takeBack(request, caller());
    await hub.fold();
    expect((await draftOf("aa")).published).toMatchObject({ position: first.position });
    await expect(api.takeBack(request, caller())).rejects.toMatchObject({
      code: "ERR_ARGUMENT_INVALID",
    });
    await api.takeBack({ ...request, position: first.position }, caller());
    await hub.fold();
    expect((await api.listGrades({ centerId: "" })).grades).toEqual([]);
  });

  test("is neither made nor undone by curators, and assessors undo nothing of theirs", async () => {
    const { position } = await publish();
    const curator = caller({ type: "account", name: "王策", role: "curator" });
    const decision = { action: "grade", subjects: ["urn:dth:aa"], argument: "{}" };
    await expect(
      curation.decide({ ...decision, reason: "x", retracts: "" }, curator),
    ).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
    await expect(curation.undo({ position, reason: "x" }, curator)).rejects.toMatchObject({
      code: "ERR_UNSUPPORTED",
    });
    const taken = await api.takeBack({ position, reason: "更正" }, caller());
    await expect(
      curation.undo({ position: taken.position, reason: "x" }, curator),
    ).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
    const hide = { action: "hide", subjects: ["urn:dth:aa:case:1"], argument: "", retracts: "" };
    const hidden = await curation.decide({ ...hide, reason: "x" }, curator);
    await expect(
      api.takeBack({ position: hidden.position, reason: "x" }, caller()),
    ).rejects.toMatchObject({ code: "ERR_ARGUMENT_INVALID" });
  });
});
