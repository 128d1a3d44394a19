import {
  type ConfirmationStatement,
  decodeCurationDecision,
  decodeLogEntry,
  fromHex,
  generateSigningKey,
  importVerifyingKey,
  ManualClock,
  randomBytes,
  type SigningKey,
  signConfirmation,
  TributaryError,
  type VerifyingKey,
  verifyConfirmation,
} from "@tributary/proto";
import { beforeEach, describe, expect, test } from "vitest";
import { HELD, holdSnapshotOf } from "../../test/support/held-snapshot.ts";
import { createMemoryCatalogStore } from "../adapters/memory-catalog-store.ts";
import { MemoryCheckpointAnchor } from "../adapters/memory-checkpoint-anchor.ts";
import { MemoryLogStore } from "../adapters/memory-log-store.ts";
import { createCheckpointSigner } from "../log/checkpoint-signer.ts";
import { MerkleLog } from "../log/merkle-log.ts";
import type { Member } from "../members/registry.ts";
import { type ConfirmRequest, createConfirmation } from "./confirmation-api.ts";
import { DecisionLog } from "./decision-log.ts";

const STATEMENT: ConfirmationStatement = {
  hubOrigin: "hub.example/log",
  centerId: "aa",
  feedId: HELD.feedId,
  position: HELD.position,
  reason: "旧系统已停用",
};

let log: MerkleLog;
let key: SigningKey;
let verifying: VerifyingKey;
let state: "approved" | "suspended";
let confirm: ReturnType<typeof createConfirmation>;

beforeEach(async () => {
  key = await generateSigningKey();
  state = "approved";
  const { hubOrigin } = STATEMENT;
  const signer = createCheckpointSigner(hubOrigin, await generateSigningKey());
  const [store, anchor] = [new MemoryLogStore(), new MemoryCheckpointAnchor()];
  log = await MerkleLog.open({ store, anchor, signer, clock: new ManualClock() });
  const catalog = createMemoryCatalogStore();
  await holdSnapshotOf(catalog, "aa", "bb");
  verifying = await importVerifyingKey(key.publicKey);
  const requireApproved = () => {
    if (state === "approved") return { key: verifying } as Member;
    throw new TributaryError("ERR_MEMBER_STATE", "the membership is suspended");
  };
  const decisions = new DecisionLog({ catalog, log, random: randomBytes });
  confirm = createConfirmation({ catalog, decisions, registry: { requireApproved }, hubOrigin });
});

/** What a center sends; `change` after it was signed. */
async function said(
  signed: Partial<ConfirmationStatement> = {},
  change: Partial<ConfirmRequest> = {},
  by = key,
): Promise<ConfirmRequest> {
  const statement = { ...STATEMENT, ...signed };
  const authorization = await signConfirmation(by, statement);
  return { ...statement, feedId: fromHex(statement.feedId), authorization, ...change };
}

describe("a confirmation of what a snapshot left out", () => {
  test("is an entry of the log that anybody can check, with the center as its author", async () => {
    const { position } = await confirm(await said());
    const { entry } = await log.entry(position);
    const decision = decodeCurationDecision(decodeLogEntry(entry).statement);
    expect(decision).toMatchObject({
      action: "confirm",
      subjects: ["urn:dth:aa"],
      argument: `${HELD.feedId} 41`,
      actor: "aa",
      reason: STATEMENT.reason,
      retracts: "",
    });
    await verifyConfirmation(
      decision.authorization,
      await importVerifyingKey(key.publicKey),
      STATEMENT,
    );
  });

  test("is made once, also where it comes twice at a time", async () => {
    const request = await said();
    const both = await Promise.allSettled([confirm(request), confirm(request)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(confirm(request)).rejects.toMatchObject({ code: "ERR_ALREADY_EXISTS" });
    expect(log.size).toBe(1);
  });

  test.each<[string, () => Promise<ConfirmRequest>, string]>([
    ["another key", async () => said({}, {}, await generateSigningKey()), "ERR_SIGNATURE"],
    ["another hub", () => said({ hubOrigin: "other.example/log" }), "ERR_SIGNATURE"],
    ["another center, replayed", () => said({}, { centerId: "bb" }), "ERR_SIGNATURE"],
    [
      "an earlier snapshot, replayed",
      () => said({ position: 7 }, { position: 41 }),
      "ERR_SIGNATURE",
    ],
    ["a snapshot that does not wait", () => said({ position: 7 }), "ERR_NOT_FOUND"],
    ["another feed", () => said({ feedId: "cd".repeat(16) }), "ERR_NOT_FOUND"],
    ["no feed", () => said({}, { feedId: new Uint8Array() }), "ERR_SIGNATURE"],
    ["another reason", () => said({}, { reason: "" }), "ERR_SIGNATURE"],
    ["too long a reason", () => said({ reason: "长".repeat(1_001) }), "ERR_ARGUMENT_INVALID"],
  ])("of %s is refused, and the log stays as it is", async (_, request, code) => {
    await expect(confirm(await request())).rejects.toMatchObject({ code });
    expect(log.size).toBe(0);
  });

  test("of a center that is suspended is refused", async () => {
    state = "suspended";
    await expect(confirm(await said())).rejects.toMatchObject({ code: "ERR_MEMBER_STATE" });
    expect(log.size).toBe(0);
  });

  test("of a center that is suspended meanwhile is refused, and can be made when it is approved again", async () => {
    const request = await said();
    const confirming = confirm(request);
    state = "suspended";
    await expect(confirming).rejects.toMatchObject({ code: "ERR_MEMBER_STATE" });
    expect(log.size).toBe(0);
    state = "approved";
    expect(await confirm(request)).toEqual({ position: 0 });
  });

  test("of a center that changes its key meanwhile is refused", async () => {
    const confirming = confirm(await said());
    verifying = await importVerifyingKey((await generateSigningKey()).publicKey);
    await expect(confirming).rejects.toMatchObject({ code: "ERR_SIGNATURE" });
    expect(log.size).toBe(0);
  });
});
