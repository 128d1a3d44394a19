/**
 * H2: nothing but the fields of the schema, and no word that is not in a closed vocabulary.
 *
 * The decoder has refused wrong types, lengths and characters before. What it ignores, such as a field that it does not
 * know or one that is there twice, could carry anything: so the body must be the one encoding of what it says.
 *
 * @module
 */

import { encodeBody, equalBytes, type RecordFinding, standardHierarchies } from "@tributary/proto";
import { kpiOf } from "@tributary/proto/vocabulary";
import type { ReceivedRelease } from "./context.ts";
import { bucketName, finding } from "./finding.ts";

/** What k counts. */
const UNITS = ["enterprise-group/center"];
const ATTACKERS = ["A1", "A2", "A3"];
const SAMPLERS = ["cks20-bigint/1"];
/** As ISO/IEC 20889 and GB/T 37964 name them. */
const TECHNIQUES = [
  "pseudonymisation",
  "generalisation",
  "aggregation",
  "suppression",
  "noise-addition",
];
const REASONS = ["legal", "error"];
const STATISTICS = ["n", "sum", "satisfied"];
/** What an answer protects. */
const ANSWER_UNITS = ["group-year"];
/** Versions and names of rules: short, and of a few characters. */
const TOKEN = /^[A-Za-z0-9][A-Za-z0-9._/+-]{0,39}$/;

export function* checkClosedWords({ body, release }: ReceivedRelease): Iterable<RecordFinding> {
  if (!equalBytes(encodeBody("outcome", release), body)) {
    yield problem(
      "encoding",
      "release",
      "the body is not the one encoding of its fields: it has unknown or repeated ones, or another order",
      "正文不是其字段的唯一编码：含未知、重复或乱序的字段",
    );
  }
  const { agent, policy, buckets = [], retracted = [], noised = [], narratives = [] } = release;
  const families = standardHierarchies().values("family");
  yield* among("unit", [release.unit ?? ""], UNITS);
  yield* among("attackerProfile", [release.attackerProfile ?? ""], ATTACKERS);
  yield* among("agent.sampler", present(agent?.sampler), SAMPLERS);
  yield* among("policy.techniques", policy.techniques ?? [], TECHNIQUES);
  yield* tokens("agent.version", present(agent?.version));
  yield* tokens("agent.unprovenPaths", agent?.unprovenPaths ?? []);
  yield* tokens("policy.policyId", present(policy.policyId));
  yield* tokens("consentBasis", present(release.consentBasis));
  for (const [i, { bucketId, kpi = {}, scenarioFamilies = {} }] of buckets.entries()) {
    const unknown = Object.keys(kpi).filter((code) => kpiOf(code) === undefined);
    yield* among(`${bucketName(i, bucketId)} kpi`, unknown, []);
    yield* among(`${bucketName(i, bucketId)} scenarioFamilies`, Object.keys(scenarioFamilies), [
      ...families,
    ]);
  }
  yield* among(
    "retracted.reason",
    retracted.map(({ reason = "" }) => reason),
    REASONS,
  );
  yield* among(
    "noised.statistic",
    noised.map(({ statistic }) => statistic),
    STATISTICS,
  );
  yield* among(
    "noised.unit",
    noised.map(({ unit = "" }) => unit),
    ANSWER_UNITS,
  );
  yield* tokens(
    "narratives.detectors",
    narratives.map(({ detectors = "" }) => detectors),
  );
}

function present(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}

function* among(
  subject: string,
  values: readonly string[],
  known: readonly string[],
): Iterable<RecordFinding> {
  for (const value of values) {
    if (known.includes(value)) continue;
    yield problem("word", subject, `"${value}" is not in its vocabulary`, `“${value}”不在词表中`);
  }
}

function* tokens(subject: string, values: readonly string[]): Iterable<RecordFinding> {
  for (const value of values) {
    if (TOKEN.test(value)) continue;
    yield problem(
      "token",
      subject,
      "is not a name or version of at most 40 plain characters",
      "不是 40 个字符以内的名称或版本号",
    );
  }
}

function problem(code: string, subject: string, message: string, messageZh: string): RecordFinding {
  return finding("H2", code, subject, message, messageZh);
}
