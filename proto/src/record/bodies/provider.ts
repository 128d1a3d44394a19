import { z } from "zod";
import {
  code,
  count,
  date,
  listOf,
  longText,
  money,
  shortText,
  title,
  unmapped,
  webUrl,
} from "./field.ts";

/** A provider of services or products. @see ../../../tributary/v1/provider.proto */
export const providerBody = z.strictObject({
  uscc: shortText.optional(),
  usccCheck: code.optional(),
  name: title,
  nameEn: shortText.optional(),
  aliases: listOf(shortText).optional(),
  providerTypes: listOf(code).optional(),
  region: code.optional(),
  foundedOn: date.optional(),
  sizeBand: code.optional(),
  registeredCapital: money.optional(),
  employees: count.optional(),
  industries: listOf(code).optional(),
  scenarios: listOf(code).optional(),
  systems: listOf(code).optional(),
  technologies: listOf(shortText).optional(),
  services: listOf(code).optional(),
  products: listOf(
    z.strictObject({
      name: title,
      kind: shortText.optional(),
      deliveryMode: code.optional(),
      priceBand: shortText.optional(),
      interfaces: listOf(shortText).optional(),
    }),
  ).optional(),
  qualifications: listOf(
    z.strictObject({
      name: title,
      grade: shortText.optional(),
      issuer: shortText.optional(),
      validUntil: date.optional(),
    }),
  ).optional(),
  honours: listOf(shortText).optional(),
  serviceRegions: listOf(code).optional(),
  website: webUrl.optional(),
  selfDescription: longText.optional(),
  claimedCases: count.optional(),
  unmapped: unmapped.optional(),
});
