import { ManualClock, standardHierarchies } from "@tributary/proto";
import { MemoryReleaseLedger } from "../src/adapters/memory-release-ledger.ts";
import type { NoiseSource } from "../src/privacy/noised/year-answers.ts";
import type { Engagement } from "../src/privacy/release/engagement.ts";
import { parseEpoch, tickOf } from "../src/privacy/release/epoch.ts";
import { MEMBERS_POLICY } from "../src/privacy/release/policy.ts";
import { pseudonymsOf } from "../src/privacy/release/pseudonym.ts";
import { Releases } from "../src/privacy/release/releases.ts";

export const Q1 = parseEpoch("2025Q1") as number;
export const pseudonyms = pseudonymsOf({
  enterprise: new Uint8Array(32).fill(1),
  nullifier: new Uint8Array(32).fill(2),
  salt: new Uint8Array(32).fill(3),
});

/** A ledger whose first epoch is {@link Q1}. */
export async function begun<Ledger extends MemoryReleaseLedger>(ledger: Ledger): Promise<Ledger> {
  await ledger.commit({ head: { openEpoch: Q1, nextSeq: 0, lastHash: new Uint8Array() } });
  return ledger;
}

/** Releases a moment before the tick of {@link Q1}, or at a given time. */
export async function openReleases(
  ledger?: MemoryReleaseLedger,
  at = tickOf(Q1) - 1,
  noise?: NoiseSource,
) {
  ledger ??= await begun(new MemoryReleaseLedger());
  const clock = new ManualClock(at);
  const releases = new Releases({
    ledger,
    pseudonyms,
    clock,
    noise,
    terms: {
      policy: MEMBERS_POLICY,
      hierarchies: standardHierarchies(),
      agentVersion: "0.1.0",
      consentBasis: "contract",
    },
  });
  return { ledger, clock, releases };
}

/** One of an electronics maker; each number is another one. */
export function anEngagement(number: number, changes: Partial<Engagement> = {}): Engagement {
  return {
    enterprise: `江西示例企业${number}有限公司`,
    providerUscc: "91350100M000100Y43",
    industry: "3670",
    sizeBand: "small",
    scenarios: ["S21", "S30"],
    finished: "2025Q1",
    months: 4,
    cost: { amount: 480_000, currency: "CNY" },
    hasVoucher: number % 2 === 0,
    satisfaction: 3 + (number % 3),
    outcomes: [
      {
        kpi: "ON_TIME_DELIVERY",
        valueKind: "level_change",
        unit: "pp",
        value: (number % 5) * 6 - 3,
      },
    ],
    ...changes,
  };
}

/** By the id of their row. */
export function engagements(count: number, changes: Partial<Engagement> = {}, from = 0) {
  return new Map(
    Array.from({ length: count }, (_, index) => [
      `row-${from + index}`,
      anEngagement(from + index, changes),
    ]),
  );
}

/** Time goes on to a moment. */
export function moveTo(clock: ManualClock, ms: number): void {
  clock.advance(ms - clock.now());
}
