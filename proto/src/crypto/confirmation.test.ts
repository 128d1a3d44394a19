import { describe, expect, test } from "vitest";
import {
  type ConfirmationStatement,
  confirmationArgumentOf,
  confirmationIdOf,
  parseConfirmationArgument,
  signConfirmation,
  verifyConfirmation,
} from "./confirmation.ts";
import { generateSigningKey, importVerifyingKey } from "./keys.ts";
import { signObjection } from "./objection.ts";

const STATEMENT: ConfirmationStatement = {
  hubOrigin: "hub.example/log",
  centerId: "jinling",
  feedId: "ab".repeat(16),
  position: 41,
  reason: "旧系统已停用",
};

/** Each differs in one thing. */
const OTHERS: readonly (readonly [what: string, change: Partial<ConfirmationStatement>])[] = [
  ["hub", { hubOrigin: "other.example/log" }],
  ["center", { centerId: "chengdu" }],
  ["feed", { feedId: "cd".repeat(16) }],
  ["position", { position: 42 }],
  ["reason", { reason: "" }],
];

describe("a confirmation", () => {
  test.each(OTHERS)("is worth nothing with another %s", async (_, change) => {
    const signing = await generateSigningKey();
    const key = await importVerifyingKey(signing.publicKey);
    const authorization = await signConfirmation(signing, STATEMENT);
    await verifyConfirmation(authorization, key, STATEMENT);
    await expect(
      verifyConfirmation(authorization, key, { ...STATEMENT, ...change }),
    ).rejects.toMatchObject({ code: "ERR_SIGNATURE" });
  });

  test("of another key, of another kind, or no signature at all, is refused", async () => {
    const signing = await generateSigningKey();
    const key = await importVerifyingKey(signing.publicKey);
    const other = await signConfirmation(await generateSigningKey(), STATEMENT);
    const objection = await signObjection(signing, { ...STATEMENT, decisionId: "0".repeat(32) });
    for (const text of [other, objection, "", "a.b.c"]) {
      await expect(verifyConfirmation(text, key, STATEMENT)).rejects.toMatchObject({
        code: "ERR_SIGNATURE",
      });
    }
  });

  test("has one identifier for a center and a snapshot", () => {
    const changes = OTHERS.filter(([what]) => ["center", "feed", "position"].includes(what));
    const ids = changes.map(([, change]) => confirmationIdOf({ ...STATEMENT, ...change }));
    expect(new Set([...ids, confirmationIdOf(STATEMENT)]).size).toBe(4);
    expect(confirmationIdOf(STATEMENT)).toMatch(/^[0-9a-f]{32}$/);
  });

  test("names its snapshot in one spelling", () => {
    const { feedId, position } = STATEMENT;
    const argument = confirmationArgumentOf(STATEMENT);
    expect(parseConfirmationArgument(argument)).toEqual({ feedId, position });
    const others = ["", feedId, `${feedId} 041`, `${feedId.toUpperCase()} 41`, `${argument} `];
    for (const text of [...others, `${feedId} -1`, `${feedId} 9999999999999999`]) {
      expect(parseConfirmationArgument(text)).toBeUndefined();
    }
  });
});
