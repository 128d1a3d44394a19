import { z } from "zod";
import {
  code,
  count,
  date,
  listOf,
  longText,
  money,
  share,
  shortText,
  title,
  webUrl,
} from "./field.ts";

/** A policy document. @see ../../../tributary/v1/policy.proto */
export const policyBody = z.strictObject({
  title,
  docNo: shortText.optional(),
  docNoAsWritten: shortText.optional(),
  issuers: listOf(shortText).optional(),
  level: code.optional(),
  region: code.optional(),
  issuedOn: date.optional(),
  effectiveFrom: date.optional(),
  validUntil: date.optional(),
  status: code.optional(),
  supersedes: shortText.optional(),
  supportModes: listOf(code).optional(),
  amountMax: money.optional(),
  ratioMax: share.optional(),
  targetIndustries: listOf(code).optional(),
  targetSizes: listOf(code).optional(),
  applyUntil: date.optional(),
  url: webUrl.optional(),
  summary: longText.optional(),
});

/** A programme of transformation vouchers. @see ../../../tributary/v1/policy.proto */
export const voucherProgrammeBody = z.strictObject({
  title,
  issuer: shortText.optional(),
  policyDocNo: shortText.optional(),
  region: code.optional(),
  amount: money.optional(),
  ratio: share.optional(),
  issued: count.optional(),
  redeemed: count.optional(),
  validUntil: date.optional(),
  summary: longText.optional(),
});
