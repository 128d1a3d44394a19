import { describe, expect, test } from "vitest";
import { SERVICES } from "../adapters/rpc-messages.ts";
import { authorize, RPC_NAMES } from "./authorize.ts";
import type { Principal } from "./principal.ts";

const VISITOR: Principal = { type: "visitor" };
const CENTER: Principal = { type: "center", centerId: "aa" };
const OPERATOR: Principal = { type: "operator", name: "operator" };

describe("authorize", () => {
  test("has a row for each RPC of each service, and no other", () => {
    const served = SERVICES.flatMap((service) =>
      service.methods.map((method) => `${service.name}.${method.name}`),
    );
    expect([...RPC_NAMES].sort()).toEqual(served.sort());
  });

  test.each([VISITOR, CENTER, OPERATOR])("denies %o what has no row", (principal) => {
    for (const action of ["AdminService.Nothing", "", "toString", "__proto__"]) {
      expect(() => authorize(principal, action, {})).toThrow();
    }
  });

  test.each(RPC_NAMES.filter((name) => /^(Admin|Curation)Service/.test(name)))(
    "lets only an operator call %s",
    (name) => {
      expect(codeOf(() => authorize(VISITOR, name, {}))).toBe("ERR_UNAUTHENTICATED");
      expect(codeOf(() => authorize(CENTER, name, { centerId: "aa" }))).toBe("ERR_FORBIDDEN");
      expect(codeOf(() => authorize(OPERATOR, name, {}))).toBe("");
    },
  );

  test.each(["IngestService.FeedHead", "IngestService.Publish", "MemberService.GetStatus"])(
    "lets only the center itself call %s",
    (name) => {
      expect(codeOf(() => authorize(VISITOR, name, { centerId: "aa" }))).toBe(
        "ERR_UNAUTHENTICATED",
      );
      expect(codeOf(() => authorize(OPERATOR, name, { centerId: "aa" }))).toBe("ERR_FORBIDDEN");
      expect(codeOf(() => authorize(CENTER, name, { centerId: "bb" }))).toBe("ERR_FORBIDDEN");
      expect(codeOf(() => authorize(CENTER, name, { centerId: "aa" }))).toBe("");
    },
  );

  test.each(RPC_NAMES.filter((name) => /^(Query|Match|Log)Service/.test(name)))(
    "lets everybody call %s",
    (name) => {
      for (const principal of [VISITOR, CENTER, OPERATOR]) {
        expect(codeOf(() => authorize(principal, name, {}))).toBe("");
      }
    },
  );
});

function codeOf(run: () => void): string {
  try {
    run();
    return "";
  } catch (error) {
    return (error as { code: string }).code;
  }
}
