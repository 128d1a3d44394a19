/** What an agent noises passes the checks of a hub, release after release. */

import { decodeBody, standardHierarchies } from "@tributary/proto";
import { expect, test } from "vitest";
import { judgeRelease } from "../../hub/src/catalog/release/check.ts";
import { context, received } from "../../hub/test/support/small-release.ts";
import { MemoryBudgetLedger } from "../src/adapters/memory-budget-ledger.ts";
import { PrivacyAccountant } from "../src/privacy/budget/accountant.ts";
import { answersOfYear, type GradedOutcome } from "../src/privacy/noised/year-answers.ts";
import { lastOfYear } from "../src/privacy/release/epoch.ts";
import { MEMBERS_POLICY } from "../src/privacy/release/policy.ts";
import { releasesOf } from "../src/privacy/release/release-body.ts";
import { Q1 } from "./release-fixture.ts";
import { seededBytes } from "./seeded-bytes.ts";

test.each([
  ["many outcomes", 3000],
  ["no outcome at all", 0],
])("noised answers over %s pass every check of a hub", async (_, count) => {
  const hierarchies = standardHierarchies();
  const randomBytes = seededBytes("hub");
  const accountant = new PrivacyAccountant(new MemoryBudgetLedger(), { randomBytes });
  const outcomes: GradedOutcome[] = Array.from({ length: count }, (_, index) => ({
    nullifier: `${index}`,
    group: `${index}`,
    finished: Q1,
    scenario: "S21",
    grade: index % 11,
    isSatisfied: index % 2 === 0,
  }));
  const epoch = lastOfYear(Q1);
  const answers = await answersOfYear(epoch, outcomes, { accountant, randomBytes, hierarchies });
  const terms = {
    policy: MEMBERS_POLICY,
    hierarchies,
    agentVersion: "0.1.0",
    consentBasis: "contract",
  };
  const head = { openEpoch: epoch, nextSeq: 0, lastHash: new Uint8Array() };
  const { releases } = releasesOf(epoch, { buckets: [], retracted: [], answers }, head, terms);
  const release = decodeBody("outcome", releases[0]?.body ?? new Uint8Array());
  expect(release.noised).toHaveLength(3);
  expect(judgeRelease(received(release), context())).toEqual({ isRefused: false, findings: [] });
});
