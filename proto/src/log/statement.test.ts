import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { MembershipChangeSchema } from "../gen/tributary/v1/log_pb.ts";
import {
  decodeCurationDecision,
  decodeEpochSummary,
  decodeMembershipChange,
  encodeCurationDecision,
  encodeEpochSummary,
  encodeErasure,
  encodeMembershipChange,
  encodePolicyChange,
  encodeRestart,
  type MembershipChange,
} from "./statement.ts";

const refused = expect.objectContaining({ code: "ERR_STATEMENT_MALFORMED" });

const change: MembershipChange = {
  centerId: "chengdu",
  state: "suspended",
  publicKey: new Uint8Array(),
  recoveryPublicKey: new Uint8Array(),
  actor: "operator",
  reason: "质量",
  proofOfPossession: "",
  centerName: "成都中心",
  authorization: "",
  previousKeyFeed: new Uint8Array(),
  previousKeyBeforeSeq: 0,
  distrustedFrom: 0,
};

const rotation: MembershipChange = {
  ...change,
  state: "approved",
  publicKey: new Uint8Array(32).fill(1),
  recoveryPublicKey: new Uint8Array(32).fill(2),
  proofOfPossession: "a.b.c",
  authorization: "d.e.f",
  previousKeyFeed: new Uint8Array(16).fill(3),
  previousKeyBeforeSeq: 7,
};

const revocation: MembershipChange = { ...change, state: "revoked", distrustedFrom: 12 };

const decision = {
  decisionId: "d1",
  action: "hide",
  subjects: ["urn:dth:chengdu:case:k"],
  argument: "",
  actor: "operator",
  reason: "",
  retracts: "",
  authorization: "",
};

const summary = {
  centerId: "a1",
  feedId: new Uint8Array(),
  nextSeq: 0,
  lastHash: new Uint8Array(),
  accepted: 0,
  quarantined: 0,
  stale: 0,
  withdrawn: 0,
  erased: 0,
  catalogDigest: new Uint8Array(32),
};

const epoch = {
  epoch: 0,
  centers: [summary],
  catalogDigest: new Uint8Array(32),
  logSize: 3,
  periodMs: 1_000,
  afterCenterId: "",
  untilCenterId: "",
};

describe("a statement", () => {
  test("comes back whole, also what is empty or zero", () => {
    for (const value of [change, rotation, revocation]) {
      expect(decodeMembershipChange(encodeMembershipChange(value))).toEqual(value);
    }
    expect(decodeCurationDecision(encodeCurationDecision(decision))).toEqual(decision);
    expect(decodeEpochSummary(encodeEpochSummary(epoch))).toEqual(epoch);
  });

  test.each<[string, Partial<MembershipChange>]>([
    ["a permission without a key", { publicKey: new Uint8Array() }],
    ["a feed id that is none", { previousKeyFeed: new Uint8Array(15) }],
    ["an overlap without a permission", { authorization: "" }],
    ["a sequence without a feed", { previousKeyFeed: new Uint8Array() }],
    ["distrust without a revocation", { distrustedFrom: 1 }],
  ])("is refused with %s", (_, wrong) => {
    expect(() => encodeMembershipChange({ ...rotation, ...wrong })).toThrow(refused);
  });

  test("is read only in its one encoding", () => {
    const bytes = encodeMembershipChange(change);
    for (const tail of [
      [0x4a, 1, 65],
      [0x2a, 1, 65],
      [0x1a, 0],
    ]) {
      expect(() => decodeMembershipChange(Uint8Array.from([...bytes, ...tail]))).toThrow(refused);
    }
    expect(() => decodeMembershipChange(bytes.subarray(1))).toThrow(refused);
    expect(() => decodeMembershipChange(new Uint8Array())).toThrow(refused);
  });

  test("is checked when it is read, too", () => {
    const message = create(MembershipChangeSchema, { centerId: "A", state: 2, actor: "operator" });
    const bytes = toBinary(MembershipChangeSchema, message);
    expect(() => decodeMembershipChange(bytes)).toThrow(refused);
  });

  test.each<[string, Partial<MembershipChange>]>([
    ["a center id", { centerId: "A" }],
    ["a key", { publicKey: new Uint8Array(31) }],
    ["a recovery key", { recoveryPublicKey: new Uint8Array(33) }],
    ["an actor", { actor: "" }],
  ])("of a membership is refused without %s that can be", (_, wrong) => {
    expect(() => encodeMembershipChange({ ...change, ...wrong })).toThrow(refused);
  });

  test("of a curator is refused without id, verb, subject or actor, or with a stray retraction", () => {
    const { retracts: _, ...rest } = decision;
    for (const wrong of [
      { decisionId: "" },
      { action: "" },
      { subjects: [] },
      { actor: "" },
      { retracts: "d0" },
      { action: "retract" },
      { action: "object" },
      { authorization: "a.b.c" },
    ]) {
      expect(() => encodeCurationDecision({ ...rest, retracts: "", ...wrong })).toThrow(refused);
    }
    const retraction = { ...decision, action: "retract", subjects: [], retracts: "d0" };
    expect(decodeCurationDecision(encodeCurationDecision(retraction))).toEqual(retraction);
    const objection = { ...decision, action: "object", authorization: "a.b.c" };
    expect(decodeCurationDecision(encodeCurationDecision(objection))).toEqual(objection);
  });

  test("of a center that confirms is about itself and one snapshot, and signed", () => {
    const confirmation = {
      ...decision,
      action: "confirm",
      actor: "copper",
      subjects: ["urn:dth:copper"],
      argument: `${"ab".repeat(16)} 41`,
      authorization: "a.b.c",
    };
    expect(decodeCurationDecision(encodeCurationDecision(confirmation))).toEqual(confirmation);
    for (const wrong of [
      { authorization: "" },
      { actor: "steel" },
      { subjects: ["urn:dth:copper", "urn:dth:steel"] },
      { argument: "41" },
    ]) {
      expect(() => encodeCurationDecision({ ...confirmation, ...wrong })).toThrow(refused);
    }
  });

  test("of an epoch has its centers ascending, once each", () => {
    const of = (...ids: string[]) =>
      encodeEpochSummary({ ...epoch, centers: ids.map((centerId) => ({ ...summary, centerId })) });
    expect(decodeEpochSummary(of("a1", "b1")).centers).toHaveLength(2);
    for (const ids of [["b1", "a1"], ["a1", "a1"], ["A1"]]) {
      expect(() => of(...ids)).toThrow(refused);
    }
  });

  test.each([
    ["a digest that is none", { catalogDigest: new Uint8Array(31) }],
    ["no period", { periodMs: 0 }],
    ["a center at or before its range", { afterCenterId: "a1" }],
    ["a center behind its range", { untilCenterId: "a0" }],
    ["a range of no centers", { centers: [], afterCenterId: "b1", untilCenterId: "a1" }],
    ["a range that names no center", { afterCenterId: "-" }],
  ])("of an epoch is refused with %s", (_, wrong) => {
    expect(() => encodeEpochSummary({ ...epoch, ...wrong })).toThrow(refused);
  });

  test.each([
    ["a feed id that is none", { feedId: new Uint8Array(15), nextSeq: 1 }],
    ["a feed and no sequence", { feedId: new Uint8Array(16), lastHash: new Uint8Array(32) }],
    ["a sequence and no feed", { nextSeq: 1 }],
    ["a feed and no hash", { feedId: new Uint8Array(16), nextSeq: 1 }],
    ["a hash and no feed", { lastHash: new Uint8Array(32) }],
    ["a digest that is none", { catalogDigest: new Uint8Array() }],
  ])("of an epoch is refused with a row with %s", (_, wrong) => {
    const centers = [{ ...summary, ...wrong }];
    expect(() => encodeEpochSummary({ ...epoch, centers })).toThrow(refused);
  });

  test("of other kinds names what it is about", () => {
    expect(() => encodeErasure({ position: 1, index: 0, actor: "", reason: "" })).toThrow(refused);
    expect(() => encodePolicyChange({ name: "", value: "1", actor: "a" })).toThrow(refused);
    expect(() => encodeRestart({ version: "", logSize: 0 })).toThrow(refused);
  });
});
