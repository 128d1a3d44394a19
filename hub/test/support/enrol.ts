/**
 * A member that nobody invited.
 *
 * @module
 */

import { encodeMembershipChange } from "@tributary/proto";
import type { MerkleLog } from "../../src/log/merkle-log.ts";
import { type MemberRegistry, membershipFact } from "../../src/members/registry.ts";

/** Makes a center a member, unless it is one. */
export async function enrol(
  { log, registry }: { readonly log: MerkleLog; readonly registry: MemberRegistry },
  centerId: string,
  publicKey: Uint8Array,
  nowMs: number,
): Promise<void> {
  if (registry.list().some((member) => member.centerId === centerId)) return;
  const change = {
    centerId,
    state: "approved" as const,
    publicKey,
    recoveryPublicKey: publicKey,
    actor: "drill",
    reason: "",
    proofOfPossession: "",
    centerName: centerId,
    authorization: "",
    previousKeyFeed: new Uint8Array(),
    previousKeyBeforeSeq: 0,
    distrustedFrom: 0,
  };
  await log.append({
    type: "membership",
    statement: encodeMembershipChange(change),
    facts: (position) => [membershipFact(position)],
  });
  registry.set(await registry.after(change, nowMs));
}
