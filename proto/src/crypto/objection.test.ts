import { describe, expect, test } from "vitest";
import { generateSigningKey, importVerifyingKey } from "./keys.ts";
import { type ObjectionStatement, signObjection, verifyObjection } from "./objection.ts";

const STATEMENT: ObjectionStatement = {
  hubOrigin: "hub.example/log",
  centerId: "jinling",
  decisionId: "0".repeat(32),
  reason: "案例已取得客户同意",
};

describe("an objection", () => {
  test("is the center's own, and of exactly what it says", async () => {
    const signing = await generateSigningKey();
    const key = await importVerifyingKey(signing.publicKey);
    const authorization = await signObjection(signing, STATEMENT);
    await verifyObjection(authorization, key, STATEMENT);
    for (const name of Object.keys(STATEMENT)) {
      const other = { ...STATEMENT, [name]: "another" };
      await expect(verifyObjection(authorization, key, other)).rejects.toMatchObject({
        code: "ERR_SIGNATURE",
      });
    }
  });

  test("of another key, or no signature at all, is refused", async () => {
    const key = await importVerifyingKey((await generateSigningKey()).publicKey);
    const authorization = await signObjection(await generateSigningKey(), STATEMENT);
    for (const text of [authorization, "", "a.b.c", authorization.slice(0, -2)]) {
      await expect(verifyObjection(text, key, STATEMENT)).rejects.toMatchObject({
        code: "ERR_SIGNATURE",
      });
    }
  });
});
