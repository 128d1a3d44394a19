import { z } from "zod";
import { amount, code, date, listOf, longText, shortText, title, webUrl } from "./field.ts";

/** A center describes itself. @see ../../../tributary/v1/center.proto */
export const centerBody = z.strictObject({
  name: title,
  nameEn: shortText.optional(),
  shortName: shortText.optional(),
  centerType: code.optional(),
  localTypeLabel: shortText.optional(),
  operationModel: code.optional(),
  tier: code.optional(),
  authority: shortText.optional(),
  recognitions: listOf(
    z.strictObject({
      issuer: shortText.optional(),
      docNo: shortText.optional(),
      recognisedOn: date.optional(),
      validUntil: date.optional(),
    }),
  ).optional(),
  operatorName: shortText.optional(),
  operatorUscc: shortText.optional(),
  operatorIsProvider: z.boolean().optional(),
  region: code.optional(),
  servedRegions: listOf(code).optional(),
  industries: listOf(code).optional(),
  scenarios: listOf(code).optional(),
  services: listOf(
    z.strictObject({
      service: title,
      intensity: z.int().min(0).max(5).optional(),
    }),
  ).optional(),
  foundedOn: date.optional(),
  staffFte: amount.min(0).optional(),
  website: webUrl.optional(),
  contactOffice: shortText.optional(),
  description: longText.optional(),
});
