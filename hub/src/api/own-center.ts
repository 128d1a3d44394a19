/**
 * Centers that a caller may ask about: an operator about all, a center about itself.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import type { Principal } from "./principal.ts";
import type { CenterBoard } from "./query-coverage.ts";

/** The only center that the caller may ask about; empty for an operator. */
export function ownCenter(principal: Principal): string {
  return principal.type === "center" ? principal.centerId : "";
}

/**
 * Members that are asked about: the one that is named, the caller itself, or all.
 *
 * @param centerId Empty where none is named.
 * @throws {TributaryError} `ERR_NOT_FOUND` for a center that is no member.
 */
export function askedMembers(
  board: CenterBoard,
  centerId: string,
  principal: Principal,
): readonly string[] {
  const wanted = centerId || ownCenter(principal);
  if (wanted === "") return board.members();
  if (board.members().includes(wanted)) return [wanted];
  throw noSuchMember(wanted);
}

export function noSuchMember(centerId: string): TributaryError {
  return new TributaryError("ERR_NOT_FOUND", `${centerId} is no member of this hub`, {
    messageZh: `${centerId} 不是本枢纽的成员`,
  });
}
