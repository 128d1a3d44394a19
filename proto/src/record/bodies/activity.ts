import { z } from "zod";
import {
  amount,
  client,
  code,
  count,
  date,
  listOf,
  longText,
  money,
  shortText,
  title,
  webUrl,
} from "./field.ts";

/** A training course. @see ../../../tributary/v1/training.proto */
export const trainingBody = z.strictObject({
  title,
  titleEn: shortText.optional(),
  audience: shortText.optional(),
  scenarios: listOf(code).optional(),
  mode: code.optional(),
  hours: amount.min(0).optional(),
  capacity: count.optional(),
  enrolled: count.optional(),
  completed: count.optional(),
  certificate: shortText.optional(),
  startsOn: date.optional(),
  endsOn: date.optional(),
  organiser: shortText.optional(),
  feeCny: amount.min(0).optional(),
  region: code.optional(),
  description: longText.optional(),
});

/** An event. @see ../../../tributary/v1/event.proto */
export const eventBody = z.strictObject({
  title,
  titleEn: shortText.optional(),
  eventType: code.optional(),
  heldOn: date.optional(),
  mode: code.optional(),
  region: code.optional(),
  attendeeOrgs: count.optional(),
  attendeePersons: count.optional(),
  leads: count.optional(),
  contractsSigned: count.optional(),
  url: webUrl.optional(),
  description: longText.optional(),
});

/** A demand of an enterprise. @see ../../../tributary/v1/demand.proto */
export const demandBody = z.strictObject({
  title,
  client: client.optional(),
  scenarios: listOf(code).optional(),
  pains: longText.optional(),
  currentSystems: listOf(code).optional(),
  targetLevel: shortText.optional(),
  maturityLevel: z.int().min(1).max(5).optional(),
  budget: money.optional(),
  urgency: code.optional(),
  deliveryMode: code.optional(),
  regionConstraint: listOf(code).optional(),
  status: code.optional(),
  publishedOn: date.optional(),
});
