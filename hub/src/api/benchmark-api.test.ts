import type { BenchmarkEstimate } from "@tributary/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { decidedCatalog } from "../../test/support/decided-catalog.ts";
import { SmallLog } from "../../test/support/small-log.ts";
import type { InsightSnapshot } from "../ports/insights.ts";
import { createAssessmentApi } from "./assessment-api.ts";
import { createBenchmarkApi } from "./benchmark-api.ts";
import type { Principal } from "./principal.ts";

const { signal } = new AbortController();
const assessor = (name: string) => {
  const principal: Principal = { type: "account", name, role: "assessor" };
  return { principal, signal };
};
const DIGEST = "ab".repeat(32);

const estimateOf = (centerId: string, low: number): BenchmarkEstimate => ({
  centerId,
  candidate: low > 0,
  engagements: 60,
  difference: low + 0.1,
  low,
  high: low + 0.2,
  because: { en: low > 0 ? "candidate" : "no candidate", zh: low > 0 ? "可入选" : "不入选" },
  buckets: [],
  bucketCount: 8,
  digest: DIGEST,
});

let hub: Awaited<ReturnType<typeof decidedCatalog>>;
let api: ReturnType<typeof createBenchmarkApi>;
let assessments: ReturnType<typeof createAssessmentApi>;

beforeEach(async () => {
  const small = new SmallLog();
  for (const id of ["aa", "bb", "cc"]) small.member(id);
  hub = await decidedCatalog(small);
  const benchmarks = [estimateOf("aa", 0.1), estimateOf("bb", -0.3), estimateOf("cc", 0.2)];
  const snapshot = { benchmarks, position: 3, computedAtMs: 7 } as unknown as InsightSnapshot;
  const options = { ...hub.reading, insights: { snapshot: async () => snapshot } };
  api = createBenchmarkApi(options);
  assessments = createAssessmentApi(options);
});

const review = (name: string, verdict: string, centerId = "aa") =>
  api.reviewBenchmark({ centerId, verdict, reason: `${name}认为` }, assessor(name));
const select = (digest = DIGEST, centerId = "aa") =>
  api.selectBenchmark({ centerId, digest, reason: "连续四季领先" }, assessor("李评"));
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "",
    ({ code }) => code as string,
  );
const benchmarkOf = async (centerId: string) => {
  await hub.fold();
  const { benchmarks } = await api.listBenchmarks({ centerId }, assessor("李评"));
  return benchmarks[0];
};

describe("benchmarks", () => {
  test("are told candidates first, the surest first, and a center of itself alone", async () => {
    const answer = await api.listBenchmarks({ centerId: "" }, assessor("李评"));
    expect(answer).toMatchObject({
      rule: { version: "benchmark/1", minReviews: 2 },
      computedAtMs: 7,
      coverage: { logSize: 3 },
    });
    expect(answer.benchmarks.map(({ estimate }) => estimate.centerId)).toEqual(["cc", "aa", "bb"]);
    const principal: Principal = { type: "center", centerId: "bb" };
    const own = await api.listBenchmarks({ centerId: "" }, { principal, signal });
    expect(own.benchmarks.map(({ centerName }) => centerName)).toEqual(["bb 中心"]);
  });
});

describe("a review", () => {
  test("is an entry of the log, and replaced by the expert's next one", async () => {
    const first = await review("王评", "against");
    await review("张评", "recommend");
    expect((await benchmarkOf("aa"))?.reviews).toMatchObject([
      { verdict: "against", actor: "account 王评", reason: "王评认为", position: first.position },
      { verdict: "recommend", actor: "account 张评" },
    ]);
    await review("王评", "recommend");
    expect((await benchmarkOf("aa"))?.reviews).toMatchObject([
      { verdict: "recommend", actor: "account 张评" },
      { verdict: "recommend", actor: "account 王评" },
    ]);
  });

  test("is refused of who is no candidate or no member, with another verdict, or without a reason", async () => {
    const wordless = { centerId: "aa", verdict: "recommend", reason: "" };
    expect([
      await codeOf(review("王评", "recommend", "bb")),
      await codeOf(review("王评", "recommend", "zz")),
      await codeOf(review("王评", "perhaps")),
      await codeOf(api.reviewBenchmark(wordless, assessor("王评"))),
    ]).toEqual([
      "ERR_ARGUMENT_INVALID",
      "ERR_NOT_FOUND",
      "ERR_ARGUMENT_INVALID",
      "ERR_ARGUMENT_INVALID",
    ]);
    expect(hub.log.size).toBe(0);
  });
});

describe("a selection", () => {
  test("needs two experts, of whom more recommend than advise against", async () => {
    await review("王评", "recommend");
    await hub.fold();
    expect(await codeOf(select())).toBe("ERR_ARGUMENT_INVALID");
    await review("张评", "against");
    await hub.fold();
    expect(await codeOf(select())).toBe("ERR_ARGUMENT_INVALID");
    await review("赵评", "recommend");
    await hub.fold();
    expect(await codeOf(select("0".repeat(64)))).toBe("ERR_LOG_CONFLICT");
    expect(await codeOf(select(DIGEST, "bb"))).toBe("ERR_ARGUMENT_INVALID");
    expect(await codeOf(select())).toBe("");
  });

  test("is told to everybody with its reason until it is taken back", async () => {
    for (const name of ["王评", "张评"]) await review(name, "recommend");
    await hub.fold();
    const { position } = await select();
    expect((await benchmarkOf("aa"))?.selected).toMatchObject({ position, digest: DIGEST });
    expect((await assessments.listGrades({ centerId: "" })).benchmarks).toMatchObject([
      { centerId: "aa", centerName: "aa 中心", reason: "连续四季领先", actor: "account 李评" },
    ]);
    await assessments.takeBack({ position, reason: "数据更正" }, assessor("李评"));
    await hub.fold();
    expect((await assessments.listGrades({ centerId: "" })).benchmarks).toEqual([]);
    expect((await benchmarkOf("aa"))?.selected).toBeUndefined();
  });
});
