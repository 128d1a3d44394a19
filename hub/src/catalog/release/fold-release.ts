/**
 * One outcome record of a batch: judged once, and never changed.
 *
 * @module
 */

import {
  decodeBody,
  fromUtf8,
  type RecordFinding,
  type RecordValue,
  sha256,
  toHex,
} from "@tributary/proto";
import { codeOf } from "../entry.ts";
import { isErased } from "../erased-mark.ts";
import type { WorkingSet } from "../working-set.ts";
import { judgeRelease } from "./check.ts";
import type { OutcomeRelease } from "./context.ts";
import { afterRelease, effectOf, type ReleaseEffect, unreadableEffect } from "./effect.ts";
import { effectOfErased } from "./erased-effect.ts";
import { finding } from "./finding.ts";
import {
  namesOf,
  readPast,
  readReleaseRecord,
  writeAfter,
  writeReleaseRecord,
} from "./release-facts.ts";
import { DEFAULT_RULES, parseReleaseRules, RELEASE_POLICY, type ReleaseRules } from "./rules.ts";

/** Where the hub's rule about releases is kept; its value is that of the policy entry. */
export const RELEASE_POLICY_FACT = `policy/${RELEASE_POLICY}`;
const REFUSED = "ERR_RELEASE_REFUSED";
/** Of what is left of an erased release, until the erasure itself is folded. */
const UNREADABLE = "ERR_BODY_MALFORMED";

/** What becomes of an outcome record. */
export type FoldedRelease =
  /** It is the first of its key. */
  | {
      readonly type: "judged";
      /** Code under which it is quarantined; empty where it is accepted. */
      readonly reason: string;
      readonly findings: readonly RecordFinding[];
      readonly release: OutcomeRelease | undefined;
    }
  /** It has the body that was judged before, as in the snapshot of a new feed. */
  | {
      readonly type: "repeated";
      readonly reason: string;
      readonly release: OutcomeRelease | undefined;
    }
  /** It would change or withdraw what was judged before (I7); that stays as it is. */
  | { readonly type: "refused"; readonly findings: readonly RecordFinding[] };

/** Where the record came from. */
export interface ReleaseOrigin {
  readonly centerId: string;
  readonly receivedAtMs: number;
}

export async function foldRelease(
  work: WorkingSet,
  origin: ReleaseOrigin,
  record: RecordValue,
): Promise<FoldedRelease> {
  const { centerId } = origin;
  const { key, body } = record;
  const known = await readReleaseRecord(work, centerId, key);
  const erased = isErased(record.license) ? effectOfErased(body) : undefined;
  if (erased !== undefined && (known === undefined || known.bodyHash === erased.bodyHash)) {
    if (known === undefined) await applyEffect(work, { ...origin, key }, erased);
    return { type: "judged", reason: UNREADABLE, findings: [], release: undefined };
  }
  if (known === undefined) {
    // Nothing to take back: the withdrawal of a release that never came.
    if (record.operation === "withdraw") {
      return { type: "judged", reason: "", findings: [], release: undefined };
    }
    return judgeFirst(work, { ...origin, key, body });
  }
  const isSame = record.operation === "upsert" && toHex(sha256(body)) === known.bodyHash;
  if (!isSame) return { type: "refused", findings: [changeFinding(record)] };
  const release = known.reason === "" ? decodeBody("outcome", body) : undefined;
  return { type: "repeated", reason: known.reason, release };
}

async function judgeFirst(
  work: WorkingSet,
  source: ReleaseOrigin & { readonly key: string; readonly body: Uint8Array },
): Promise<FoldedRelease> {
  const { body } = source;
  let release: OutcomeRelease;
  try {
    release = decodeBody("outcome", body);
  } catch (error) {
    const reason = codeOf(error);
    await applyEffect(work, source, unreadableEffect(body, reason));
    return { type: "judged", reason, findings: [], release: undefined };
  }
  const accepted = effectOf(body, release, "");
  const given = (release.buckets ?? []).map(({ bucketId }) => bucketId);
  const past = await readPast(work, source.centerId, namesOf(accepted, given));
  const rules = await readRules(work);
  const { isRefused, findings } = judgeRelease({ ...source, release }, { rules, past });
  const reason = isRefused ? REFUSED : "";
  await applyEffect(work, source, { ...accepted, reason });
  return { type: "judged", reason, findings, release: isRefused ? undefined : release };
}

/** Keeps what a release means for those after it. */
async function applyEffect(
  work: WorkingSet,
  source: ReleaseOrigin & { readonly key: string },
  effect: ReleaseEffect,
): Promise<void> {
  const past = await readPast(work, source.centerId, namesOf(effect));
  writeAfter(work, source.centerId, afterRelease(past, source, effect));
  writeReleaseRecord(work, source.centerId, source.key, effect);
}

/** The effect of a body, readable or not. @param reason Code under which it is quarantined; empty where accepted. */
export function readEffect(body: Uint8Array, reason: string): ReleaseEffect {
  try {
    return effectOf(body, decodeBody("outcome", body), reason);
  } catch (error) {
    return unreadableEffect(body, codeOf(error));
  }
}

async function readRules(work: WorkingSet): Promise<ReleaseRules> {
  const value = await work.fact(RELEASE_POLICY_FACT);
  return (value && parseReleaseRules(fromUtf8(value))) ?? DEFAULT_RULES;
}

function changeFinding({ operation, revision }: RecordValue): RecordFinding {
  const does = operation === "withdraw" ? "withdraws" : "changes";
  const doesZh = operation === "withdraw" ? "撤回" : "更改";
  return finding(
    "I7",
    "release_changed",
    `revision ${revision}`,
    `${does} a release; a release is never changed, and only whole buckets are taken back, by a later one`,
    `${doesZh}了已有发布；发布不可更改，只能由之后的发布整桶撤回`,
  );
}
