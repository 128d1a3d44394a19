/**
 * As whom a caller reads the index.
 *
 * @module
 */

import type { MemberRegistry } from "../members/registry.ts";
import type { Reader } from "../ports/search-index.ts";
import type { Principal } from "./principal.ts";

/**
 * A center reads as a member while its membership is approved, and as everybody otherwise; a program as its scopes say.
 */
export function readerOf(principal: Principal, registry: MemberRegistry): Reader {
  switch (principal.type) {
    case "operator":
    case "account":
      return { type: "operator" };
    case "center":
      return registry.get(principal.centerId)?.state === "approved"
        ? { type: "member", centerId: principal.centerId }
        : { type: "public" };
    case "program":
      if (principal.scopes.has("operate")) return { type: "operator" };
      return principal.scopes.has("read:members") ? { type: "members" } : { type: "public" };
    case "visitor":
      return { type: "public" };
  }
}
