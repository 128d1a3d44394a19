/**
 * Bodies: what a record says, by kind. A body is a plain value with the field names of its message in camelCase;
 * fields that have nothing to say are left out.
 *
 * @module
 */

import { type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { z } from "zod";
import { TributaryError } from "../errors.ts";
import { CaseSchema } from "../gen/tributary/v1/case_pb.ts";
import { CenterSchema } from "../gen/tributary/v1/center_pb.ts";
import { DemandSchema } from "../gen/tributary/v1/demand_pb.ts";
import { EventSchema } from "../gen/tributary/v1/event_pb.ts";
import { OutcomeReleaseSchema } from "../gen/tributary/v1/outcome_pb.ts";
import { PolicySchema, VoucherProgrammeSchema } from "../gen/tributary/v1/policy_pb.ts";
import { ProviderSchema } from "../gen/tributary/v1/provider_pb.ts";
import { TrainingSchema } from "../gen/tributary/v1/training_pb.ts";
import { fromPlain, toPlain } from "../plain.ts";
import { demandBody, eventBody, trainingBody } from "./bodies/activity.ts";
import { caseBody } from "./bodies/case.ts";
import { centerBody } from "./bodies/center.ts";
import { outcomeBody } from "./bodies/outcome.ts";
import { policyBody, voucherProgrammeBody } from "./bodies/policy.ts";
import { providerBody } from "./bodies/provider.ts";
import { assertBodyWithinLimits } from "./body-scan.ts";
import type { RecordKind } from "./kind.ts";

/** What a valid body of each kind is. */
export const bodySchemas = {
  center: centerBody,
  provider: providerBody,
  case: caseBody,
  policy: policyBody,
  training: trainingBody,
  event: eventBody,
  outcome: outcomeBody,
  demand: demandBody,
  voucher_programme: voucherProgrammeBody,
} as const satisfies Record<RecordKind, z.ZodType>;

/** The plain value of a kind's body. */
export type BodyOf<Kind extends RecordKind> = z.infer<(typeof bodySchemas)[Kind]>;

/** A body with its kind; switch on `kind` to narrow `value`. */
export type Body = {
  [Kind in RecordKind]: { readonly kind: Kind; readonly value: BodyOf<Kind> };
}[RecordKind];

/** The message of each kind. */
export const bodyMessages: Readonly<Record<RecordKind, DescMessage>> = {
  center: CenterSchema,
  provider: ProviderSchema,
  case: CaseSchema,
  policy: PolicySchema,
  training: TrainingSchema,
  event: EventSchema,
  outcome: OutcomeReleaseSchema,
  demand: DemandSchema,
  voucher_programme: VoucherProgrammeSchema,
};

/** Fields that a complete record of the kind has. A record without them is taken, and shown as incomplete. */
export const expectedFields: {
  readonly [Kind in RecordKind]: readonly (keyof BodyOf<Kind> & string)[];
} = {
  center: ["name", "centerType", "tier", "authority", "region"],
  provider: ["uscc", "name", "providerTypes", "region"],
  case: ["title", "client", "scenarios"],
  policy: ["title", "issuers", "level", "region", "issuedOn"],
  training: ["title", "startsOn"],
  event: ["title", "eventType", "heldOn"],
  outcome: ["epoch", "policy"],
  demand: ["title", "client", "scenarios"],
  voucher_programme: ["title", "issuer", "region"],
};

/**
 * Checks a body and returns it.
 *
 * @param value From people or a mapping; anything.
 * @throws {TributaryError} `ERR_BODY_MALFORMED` that names each wrong field.
 */
export function parseBody<Kind extends RecordKind>(kind: Kind, value: unknown): BodyOf<Kind> {
  const result = bodySchemas[kind].safeParse(value);
  if (result.success) return result.data as BodyOf<Kind>;
  const inChinese = bodySchemas[kind].safeParse(value, { error: z.locales.zhCN().localeError });
  throw new TributaryError("ERR_BODY_MALFORMED", problemsOf(result.error), {
    messageZh: problemsOf(inChinese.error ?? result.error),
    details: { kind, field: pathOf(result.error.issues[0]) },
  });
}

function problemsOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${pathOf(issue)}: ${issue.message}`).join("; ");
}

function pathOf(issue: z.core.$ZodIssue | undefined): string {
  return issue?.path.join(".") ?? "";
}

/**
 * The bytes of a body.
 *
 * @throws {TributaryError} `ERR_BODY_MALFORMED` if it breaks a rule of its kind or is above a limit.
 */
export function encodeBody<Kind extends RecordKind>(kind: Kind, value: BodyOf<Kind>): Uint8Array {
  const desc = bodyMessages[kind];
  const bytes = toBinary(desc, fromPlain(desc, parseBody(kind, value)));
  assertBodyWithinLimits(desc, bytes);
  return bytes;
}

/**
 * Reads a body. Fields that this version does not know are ignored, so that a newer agent can speak to an older hub.
 *
 * @param bytes Attacker-controlled. Copied.
 * @throws {TributaryError} `ERR_BODY_MALFORMED` if it cannot be read, breaks a rule of its kind, or is above a limit.
 */
export function decodeBody<Kind extends RecordKind>(kind: Kind, bytes: Uint8Array): BodyOf<Kind> {
  return parseBody(kind, decodeBodyUnchecked(kind, bytes));
}

/**
 * Reads a body as its center wrote it, without checking the rules of its kind: for readers that show what was signed,
 * and that must stay small. What it gives back is not safe to show as it is: an address may have any scheme.
 *
 * @param bytes Attacker-controlled. Copied.
 * @throws {TributaryError} `ERR_BODY_MALFORMED` if it cannot be read or is above a limit.
 */
export function decodeBodyUnchecked<Kind extends RecordKind>(
  kind: Kind,
  bytes: Uint8Array,
): BodyOf<Kind> {
  const desc = bodyMessages[kind];
  assertBodyWithinLimits(desc, bytes);
  try {
    return toPlain(desc, fromBinary(desc, new Uint8Array(bytes), { readUnknownFields: false }));
  } catch (cause) {
    throw new TributaryError("ERR_BODY_MALFORMED", `the body is not a ${desc.name} message`, {
      messageZh: `正文不是有效的 ${desc.name} 消息`,
      details: { kind },
      cause,
    });
  }
}
