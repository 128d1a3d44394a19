/**
 * The voucher service: what was issued and used, and what users gained; the same for all members.
 *
 * @module
 */

import type { VouchersAnswer } from "@tributary/proto";
import { MIN_VOUCHERS, VOUCHER_RULE } from "../insight/vouchers.ts";
import type { Insights } from "../ports/insights.ts";
import { askedMembers } from "./own-center.ts";
import { type CoverageOptions, CoverageReader, coverageOf } from "./query-coverage.ts";
import type { CallContext } from "./rpc.ts";

export interface VoucherApiOptions extends CoverageOptions {
  readonly insights: Insights;
}

export function createVoucherApi(options: VoucherApiOptions) {
  const coverage = new CoverageReader(options);
  return {
    /** As of the newest computation. @throws {TributaryError} `ERR_NOT_FOUND` for a center that is no member. */
    async listVouchers(
      { province }: { readonly province: string },
      { principal, signal }: Pick<CallContext, "principal" | "signal">,
    ): Promise<VouchersAnswer> {
      const board = await coverage.board();
      askedMembers(board, "", principal);
      const { vouchers, position, computedAtMs } = await options.insights.snapshot(signal);
      const isWanted = (of: { readonly province: string }) =>
        province === "" || of.province === province;
      const named = <Of extends { readonly centerId: string }>(of: Of) => ({
        ...of,
        centerName: board.nameOf(of.centerId),
      });
      return {
        rule: VOUCHER_RULE,
        minEnterprises: MIN_VOUCHERS,
        programmes: vouchers.programmes.filter(isWanted).map(named),
        effects: vouchers.effects.filter(isWanted).map(named),
        computedAtMs,
        coverage: coverageOf(board, position),
      };
    },
  };
}
