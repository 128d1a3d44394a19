/**
 * Whether a center still has the key that it signed with, when what it said gets its place in the log: there it is checked
 * under the key that the center has at that place.
 *
 * @module
 */

import { equalBytes, TributaryError, type VerifyingKey } from "@tributary/proto";
import type { Member } from "../members/registry.ts";

/** @throws {TributaryError} `ERR_SIGNATURE` if the member has another key by now. */
export function requireKey({ key }: Pick<Member, "key">, signedBy: VerifyingKey): void {
  if (equalBytes(key.keyId, signedBy.keyId)) return;
  throw new TributaryError(
    "ERR_SIGNATURE",
    "the center has changed its key meanwhile; sign with the new one",
    { messageZh: "该中心的密钥刚刚更换，请用新密钥重新签名" },
  );
}
