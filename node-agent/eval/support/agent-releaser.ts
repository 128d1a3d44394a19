/**
 * The releaser that is evaluated: the one place where the evaluation meets the code that seals buckets.
 *
 * @module
 */

import { COST_BANDS_CNY, ManualClock, sha256Text } from "@tributary/proto";
import { MemoryReleaseLedger } from "../../src/adapters/memory-release-ledger.ts";
import type { Engagement } from "../../src/privacy/release/engagement.ts";
import { type Epoch, parseEpoch, tickOf } from "../../src/privacy/release/epoch.ts";
import { MEMBERS_POLICY } from "../../src/privacy/release/policy.ts";
import { pseudonymsOf } from "../../src/privacy/release/pseudonym.ts";
import { Releases } from "../../src/privacy/release/releases.ts";
import {
  type EvalEngagement,
  epochOf,
  type Quarter,
  type ReleaserUnderTest,
} from "./engagement.ts";

/** Keys of the center that is evaluated; the attacks have no part in them. */
const pseudonyms = pseudonymsOf({
  enterprise: sha256Text("key of enterprises"),
  nullifier: sha256Text("key of records"),
  salt: sha256Text("key of salts"),
});

/** The agent's own, with the rules for members of the hub. */
export const agentReleaser: ReleaserUnderTest = {
  nullifierOf: (engagementId) => pseudonyms.nullifier(engagementId),
  release: async (quarters, { k, hierarchies }) => {
    const [first] = quarters;
    if (first === undefined) return [];
    const clock = new ManualClock(tickOf(epochNumber(first)) - 1);
    const ledger = new MemoryReleaseLedger();
    await ledger.commit({
      head: { openEpoch: epochNumber(first), nextSeq: 0, lastHash: new Uint8Array() },
    });
    const releases = new Releases({
      ledger,
      pseudonyms,
      clock,
      terms: {
        policy: { ...MEMBERS_POLICY, k },
        hierarchies,
        agentVersion: "eval",
        consentBasis: "contract",
      },
    });
    const outbox: Uint8Array[] = [];
    for (const quarter of quarters) {
      await releases.take(
        quarter.epoch,
        new Map(quarter.engagements.map((each) => [each.id, asEngagement(each)])),
      );
      clock.advance(tickOf(epochNumber(quarter)) - clock.now());
      const released = await releases.tick(new AbortController().signal);
      outbox.push(...released.map(({ body }) => body));
    }
    return outbox;
  },
};

function epochNumber({ epoch }: Quarter): Epoch {
  const number = parseEpoch(epoch);
  if (number === undefined) throw new Error(`${epoch} is not an epoch`);
  return number;
}

/** As a mapping would fill it. The KPI stands for whichever one the file measured. */
export function asEngagement(engagement: EvalEngagement): Engagement {
  const { sat, costBand, kpiDelta } = engagement;
  return {
    enterprise: engagement.ent,
    providerUscc: engagement.provider,
    industry: engagement.sector,
    sizeBand: engagement.size,
    scenarios: [engagement.scenario],
    finished: epochOf(engagement.q),
    months: engagement.months,
    cost: { amount: costBand === 0 ? 0 : (COST_BANDS_CNY[costBand - 1] as number) },
    hasVoucher: engagement.voucher,
    ...(sat !== null && { satisfaction: sat }),
    outcomes: [{ kpi: "ON_TIME_DELIVERY", valueKind: "level_change", unit: "pp", value: kpiDelta }],
  };
}
