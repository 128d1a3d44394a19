/**
 * Arbitrary logs for properties of the catalog: few centers, keys and feeds, so that everything meets everything.
 *
 * @module
 */

import { centerUrnOf, type RecordValue, type Snapshot, urnOf } from "@tributary/proto";
import fc from "fast-check";
import { aCase, aRecord, SmallLog } from "./small-log.ts";

const CENTERS = ["aa", "bb", "cc"] as const;
const KEYS = ["1", "2", "3"] as const;
const KINDS = ["case", "policy"] as const;

/** One step of a log. */
export type Step =
  | {
      readonly type: "batch";
      readonly center: string;
      readonly feed: number;
      readonly snapshot: Snapshot;
      readonly records: readonly RecordStep[];
    }
  | {
      readonly type: "member";
      readonly center: string;
      readonly state: "approved" | "suspended" | "left";
    }
  | { readonly type: "refusal"; readonly center: string }
  | {
      readonly type: "center-decision";
      readonly center: string;
      readonly action: "pause" | "release";
    }
  | {
      readonly type: "decision";
      readonly action: "hide" | "unhide" | "label" | "unlabel" | "approve";
      readonly center: string;
      readonly kind: (typeof KINDS)[number];
      readonly key: string;
      readonly argument: string;
    }
  | { readonly type: "retract"; readonly decision: number }
  | { readonly type: "erase"; readonly back: number; readonly index: number }
  | { readonly type: "policy"; readonly value: string };

/** One record of a batch. */
export interface RecordStep {
  readonly kind: (typeof KINDS)[number];
  readonly key: string;
  readonly revision: bigint;
  readonly what: "upsert" | "withdraw" | "poison" | "garbage";
  readonly visibility: RecordValue["visibility"];
  readonly visibleTo: readonly string[];
}

const center = fc.constantFrom(...CENTERS);

const anyRecordStep: fc.Arbitrary<RecordStep> = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    key: fc.constantFrom(...KEYS),
    revision: fc.bigInt(1n, 4n),
    what: fc.constantFrom(
      ...(["upsert", "upsert", "upsert", "upsert", "withdraw", "poison", "garbage"] as const),
    ),
    visibility: fc.constantFrom("public", "public", "members", "centers"),
    visibleTo: fc.uniqueArray(center, { minLength: 1 }),
  } as const)
  .map((step) => ({
    ...step,
    visibleTo: step.visibility === "centers" ? step.visibleTo.toSorted() : [],
  }));

const anyBatch: fc.Arbitrary<Step> = fc.record({
  type: fc.constant("batch" as const),
  center,
  feed: fc.nat(2),
  snapshot: fc.constantFrom("none", "none", "part", "end"),
  records: fc.array(anyRecordStep, { minLength: 1, maxLength: 5 }),
} as const);

const anyOther: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    type: fc.constant("member" as const),
    center,
    state: fc.constantFrom("approved", "suspended", "left"),
  } as const),
  fc.record({ type: fc.constant("refusal" as const), center }),
  fc.record({
    type: fc.constant("center-decision" as const),
    center,
    action: fc.constantFrom("pause", "release"),
  } as const),
  fc.record({
    type: fc.constant("policy" as const),
    value: fc.constantFrom('["case"]', "[]", "x"),
  }),
  fc.record({ type: fc.constant("retract" as const), decision: fc.nat(5) }),
  fc.record({ type: fc.constant("erase" as const), back: fc.nat(8), index: fc.nat(4) }),
);

const anyDecision: fc.Arbitrary<Step> = fc.record({
  type: fc.constant("decision" as const),
  action: fc.constantFrom("hide", "hide", "unhide", "label", "unlabel", "approve"),
  center,
  kind: fc.constantFrom(...KINDS),
  key: fc.constantFrom(...KEYS),
  argument: fc.constantFrom("x", "y"),
} as const);

/** Logs of every kind of entry. */
export const anySteps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: anyBatch },
    { weight: 3, arbitrary: anyDecision },
    { weight: 3, arbitrary: anyOther },
  ),
  { maxLength: 24 },
);

/** Writes the steps. A feed never comes back once another of its center began, as the hub sees to it. */
export function logOf(steps: readonly Step[]): SmallLog {
  const log = new SmallLog();
  const feeds = new Map<string, number>();
  const decisions: string[] = [];
  for (const [i, step] of steps.entries()) {
    switch (step.type) {
      case "batch": {
        const feed = Math.max(step.feed, feeds.get(step.center) ?? 0);
        feeds.set(step.center, feed);
        log.batch(
          step.center,
          step.records.map((record) => bytesOf(record, i)),
          {
            feed,
            snapshot: step.snapshot,
          },
        );
        break;
      }
      case "member":
        log.member(step.center, step.state);
        break;
      case "refusal":
        log.refusal(step.center, "ERR_BATCH_FORK");
        break;
      case "center-decision":
        decisions.push(log.decide(step.action, [centerUrnOf(step.center)]).id);
        break;
      case "decision": {
        const { action, kind, key, argument } = step;
        const urn = urnOf({ centerId: step.center, kind, key });
        decisions.push(log.decide(action, [urn], { argument, reason: `because ${i}` }).id);
        break;
      }
      case "retract":
        log.decide("retract", [], { retracts: decisions[step.decision] ?? "none" });
        break;
      case "erase":
        log.erase(Math.max(0, i - step.back), step.index);
        break;
      case "policy":
        log.policy("approval_required", step.value);
        break;
    }
  }
  return log;
}

function bytesOf({ kind, key, revision, what, visibility, visibleTo }: RecordStep, step: number) {
  const envelope = { kind, key, revision, visibility, visibleTo };
  switch (what) {
    case "garbage":
      return Uint8Array.of(step % 256, 1);
    case "withdraw":
      return aRecord({ ...envelope, operation: "withdraw", body: new Uint8Array() });
    case "poison":
      return aRecord({ ...envelope, body: Uint8Array.of(0xff) });
    case "upsert":
      // A case and a policy both have their title in field 1.
      return aRecord({ ...envelope, body: aCase(`标题 ${key} ${step}`) });
  }
}
