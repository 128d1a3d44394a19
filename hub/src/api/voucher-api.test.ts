import { describe, expect, test } from "vitest";
import { decidedCatalog } from "../../test/support/decided-catalog.ts";
import { SmallLog } from "../../test/support/small-log.ts";
import type { InsightSnapshot } from "../ports/insights.ts";
import type { Principal } from "./principal.ts";
import { createVoucherApi } from "./voucher-api.ts";

const { signal } = new AbortController();

async function ask(province: string, principal: Principal) {
  const small = new SmallLog();
  small.member("aa");
  const { reading } = await decidedCatalog(small);
  const of = (code: string) => ({ centerId: "aa", province: code });
  const vouchers = { programmes: [of("360000"), of("430000")], effects: [of("360000")] };
  const snapshot = { vouchers, position: 1, computedAtMs: 7 } as unknown as InsightSnapshot;
  const api = createVoucherApi({ ...reading, insights: { snapshot: async () => snapshot } });
  return api.listVouchers({ province }, { principal, signal });
}

describe("vouchers", () => {
  test("are told to members and operators alike, of one province or all, with names", async () => {
    const all = await ask("", { type: "center", centerId: "aa" });
    expect(all).toMatchObject({ rule: "vouchers/1", minEnterprises: 5, computedAtMs: 7 });
    expect(all.programmes.map(({ province }) => province)).toEqual(["360000", "430000"]);
    const one = await ask("430000", { type: "operator", name: "operator" });
    expect(one.programmes).toEqual([{ centerId: "aa", centerName: "aa 中心", province: "430000" }]);
    expect(one.effects).toEqual([]);
  });

  test("are not told to a center that is no member", async () => {
    await expect(ask("", { type: "center", centerId: "zz" })).rejects.toMatchObject({
      code: "ERR_NOT_FOUND",
    });
  });
});
