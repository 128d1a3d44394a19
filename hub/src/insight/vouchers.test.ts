import { encodeBody } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { aBucket, ReleaseChain } from "../../test/support/match-world.ts";
import { aRecord, SmallLog } from "../../test/support/small-log.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import { foldEntries } from "../catalog/fold.ts";
import { readFederation } from "./federation.ts";
import { vouchersOf } from "./vouchers.ts";

/** January 2026. */
const NOW_MS = Date.UTC(2026, 0, 15);

/** Buckets with their gains and how many of their engagements had a voucher. */
async function asked(buckets: readonly (readonly [gains: readonly number[], voucher: number])[]) {
  const log = new SmallLog();
  log.member("aa");
  log.batch("aa", [
    aRecord({
      kind: "voucher_programme",
      key: "v1",
      body: encodeBody("voucher_programme", {
        title: "中小企业转型券",
        region: "360100",
        issued: 120,
        redeemed: 84,
        validUntil: "2026-12-31",
      }),
    }),
    aRecord({
      kind: "outcome",
      key: "2025Q4",
      body: new ReleaseChain().next(
        "2025Q4",
        buckets.map(([gains, voucher]) => ({
          ...aBucket({ deltas: { PRODUCTION_EFFICIENCY: gains } }),
          voucher,
        })),
      ),
    }),
  ]);
  const catalog = createMemoryCatalogStore();
  await catalog.write((await foldEntries(catalog, log.entries, log.lookup)).change);
  return vouchersOf(await readFederation(catalog), NOW_MS);
}

const LOW = [1, 3, 5, 7, 9, 11];
const HIGH = [11, 13, 15, 17, 21, 25];

describe("vouchers", () => {
  test("are told by programme, as its record says", async () => {
    const { programmes } = await asked([]);
    expect(programmes).toEqual([
      {
        urn: "urn:dth:aa:voucher_programme:v1",
        centerId: "aa",
        title: "中小企业转型券",
        province: "360000",
        issued: 120,
        redeemed: 84,
        validUntil: "2026-12-31",
      },
    ]);
  });

  test("have the gain of the buckets that they are in, by the shares of both sides", async () => {
    const { effects } = await asked([
      [HIGH, 5],
      [LOW, 1],
    ]);
    expect(effects).toMatchObject([
      { centerId: "aa", vouchers: 6, engagements: 12, bucketCount: 2 },
    ]);
    const [effect] = effects[0]?.effects ?? [];
    // Means are 17 and 6: five of six lie in the first, one of six in the second.
    expect(effect).toMatchObject({
      kpi: "PRODUCTION_EFFICIENCY",
      withVoucher: { mean: 15.2, engagements: 6 },
      withoutVoucher: { mean: 7.8, engagements: 6 },
    });
    const { low = 0, mean = 0, high = 0 } = effect?.withVoucher ?? {};
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
  });

  test("have no effect that fewer than five engagements of either side would tell", async () => {
    expect(
      (
        await asked([
          [HIGH, 3],
          [LOW, 1],
        ])
      ).effects,
    ).toEqual([]);
    const mostly = await asked([
      [HIGH, 6],
      [LOW, 4],
    ]);
    expect(mostly.effects[0]?.effects).toEqual([]);
    expect((await asked([[[...HIGH, ...LOW], 6]])).effects[0]?.effects).toEqual([]);
  });
});
