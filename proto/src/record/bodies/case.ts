import { z } from "zod";
import {
  amount,
  client,
  code,
  count,
  listOf,
  longText,
  money,
  quarter,
  shortText,
  title,
  unmapped,
} from "./field.ts";

/** One stated effect. @see ../../../tributary/v1/case.proto */
const outcomeClaim = z.strictObject({
  kpi: code,
  valueKind: code.optional(),
  value: amount.optional(),
  unit: shortText.optional(),
  before: amount.optional(),
  after: amount.optional(),
  op: code.optional(),
  valueMax: amount.optional(),
  n: count.optional(),
  method: code.optional(),
  evidence: code.optional(),
  measuredAfterMonths: count.optional(),
  note: shortText.optional(),
});

/** A case of an engagement. @see ../../../tributary/v1/case.proto */
export const caseBody = z
  .strictObject({
    title,
    titleEn: shortText.optional(),
    abstract: longText.optional(),
    client: client.optional(),
    clientNamed: shortText.optional(),
    consentRef: shortText.optional(),
    scenarios: listOf(code).optional(),
    systems: listOf(code).optional(),
    painPoints: longText.optional(),
    solution: longText.optional(),
    providers: listOf(
      z.strictObject({
        uscc: shortText.optional(),
        name: shortText.optional(),
        role: code.optional(),
      }),
    ).optional(),
    investment: money.optional(),
    started: quarter.optional(),
    finished: quarter.optional(),
    stage: code.optional(),
    outcomes: listOf(outcomeClaim).optional(),
    outcomeText: longText.optional(),
    unmapped: unmapped.optional(),
  })
  .refine(({ clientNamed, consentRef }) => !clientNamed || Boolean(consentRef), {
    error: "clientNamed needs the client's consent in consentRef",
    path: ["consentRef"],
  });
