import { describe, expect, test } from "vitest";
import { EVERYBODY, MATRIX, PRINCIPALS } from "../../test/support/who-may.ts";
import { SERVICES } from "../adapters/rpc-messages.ts";
import { ACTIONS, authorize, RPC_NAMES } from "./authorize.ts";

describe("authorize", () => {
  test("has a row for each RPC of each service, and no other", () => {
    const served = SERVICES.flatMap((service) =>
      service.methods.map((method) => `${service.name}.${method.name}`),
    );
    expect([...RPC_NAMES].sort()).toEqual(served.sort());
    expect([...ACTIONS].sort()).toEqual(Object.keys(MATRIX).sort());
  });

  test.each(Object.entries(MATRIX))("lets only those call %s who may", (action, allowed) => {
    for (const name of EVERYBODY) {
      const refused = name === "visitor" ? "ERR_UNAUTHENTICATED" : "ERR_FORBIDDEN";
      const code = codeOf(() => authorize(PRINCIPALS[name], action, { centerId: "aa" }));
      expect([name, code]).toEqual([name, allowed.includes(name) ? "" : refused]);
    }
  });

  test.each(EVERYBODY)("denies %s what has no row", (name) => {
    for (const action of ["AdminService.Nothing", "", "toString", "__proto__", "POST /livez"]) {
      expect(() => authorize(PRINCIPALS[name], action, {})).toThrow();
    }
  });
});

function codeOf(run: () => void): string {
  try {
    run();
    return "";
  } catch (error) {
    return (error as { code: string }).code;
  }
}
