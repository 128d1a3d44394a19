import {
  decodeBatchHeader,
  equalBytes,
  generateSigningKey,
  openBatch,
  randomBytes,
  type SigningKey,
  TributaryError,
  verifyAuthorization,
  verifyingKeyOf,
  verifyJoinProof,
} from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { acknowledgeAll, feedBench } from "../../test/feed-fixture.ts";
import type { Feed } from "../feed/feed.ts";
import { verifyFeed } from "../feed/verify-feed.ts";
import { aDraft } from "../ports/feed-store.contract.ts";
import type { MemberClient, RotateAnswer, RotateRequest } from "../ports/member-client.ts";
import { rekeyedCourier } from "./rekeyed-courier.ts";
import { rotateKey } from "./rotate.ts";

const never = new AbortController().signal;

async function bench() {
  const made = await feedBench();
  const feed = await made.open();
  const recovery = await generateSigningKey();
  const challenge = randomBytes(32);
  const requests: RotateRequest[] = [];
  let answer: (request: RotateRequest) => RotateAnswer = (request) => ({
    validFromPosition: 7n,
    previousKeyFeed: request.previousKeyFeed,
    previousKeyBeforeSeq: request.previousKeyBeforeSeq,
  });
  const hub = { hubOrigin: made.log.origin, centerId: "center-a" };
  const client: MemberClient = {
    requestChallenge: async () => ({ challenge, hubOrigin: hub.hubOrigin, hubVkey: made.log.vkey }),
    join: () => Promise.reject(new Error("not asked for")),
    async rotate(request) {
      requests.push(request);
      const { publicKey, previousKeyFeed, previousKeyBeforeSeq } = request;
      const statement = {
        ...hub,
        publicKey,
        recoveryPublicKey: recovery.publicKey,
        challenge,
        previousKeyUntil:
          previousKeyFeed.length === 0
            ? undefined
            : { feedId: previousKeyFeed, seq: Number(previousKeyBeforeSeq) },
      };
      const newKey = await verifyingKeyOf(await keyNamed(publicKey));
      await verifyJoinProof("join", request.proofOfPossession, newKey, statement);
      const key = await verifyingKeyOf(made.key);
      const keys = { key, recoveryPublicKey: recovery.publicKey };
      await verifyAuthorization("rotate", request.authorization, keys, statement);
      return answer(request);
    },
    issueCertificate: () => Promise.reject(new Error("not asked")),
    leave: () => Promise.reject(new Error("not asked for")),
    async [Symbol.asyncDispose]() {},
  };
  const newKeys = new Map<string, SigningKey>();
  const keyNamed = async (publicKey: Uint8Array) =>
    [...newKeys.values()].find((key) => equalBytes(key.publicKey, publicKey)) as SigningKey;
  const adopted: SigningKey[] = [];
  const rotate = async (recoveryKey?: SigningKey) => {
    const newKey = await generateSigningKey();
    newKeys.set(String(newKeys.size), newKey);
    const rotated = await rotateKey(
      {
        ...hub,
        ...{ client, feed, store: made.store, newKey, recoveryKey },
        recoveryPublicKey: recovery.publicKey,
        adopt: async () => {
          adopted.push(newKey);
        },
      },
      never,
    );
    return { newKey, rotated };
  };
  return {
    ...made,
    ...{ feed, recovery, requests, adopted, rotate },
    answerWith: (other: typeof answer) => {
      answer = other;
    },
  };
}

const append = (feed: Feed, key: string) =>
  feed.append({ feed: feed.state.ordinal, drafts: [aDraft({ key })], rows: [] });

async function signerAt(feed: Feed, seq: bigint): Promise<Uint8Array> {
  const { frame } = (await feed.pendingFrom(seq)) as { readonly frame: Uint8Array };
  return decodeBatchHeader(openBatch(frame).headerBytes).keyId;
}

describe("a rotation", () => {
  test("says below which sequence the key before signed, and the next batch has the new one", async () => {
    const { feed, key, requests, adopted, rotate } = await bench();
    await append(feed, "a");
    const { newKey, rotated } = await rotate();
    await append(feed, "b");
    expect(rotated).toEqual({ validFromPosition: 7, isNewFeed: false });
    expect(requests[0]?.previousKeyBeforeSeq).toBe(1n);
    expect(requests[0]?.previousKeyFeed).toEqual(feed.state.feedId);
    expect(await signerAt(feed, 0n)).toEqual(key.keyId);
    expect(await signerAt(feed, 1n)).toEqual(newKey.keyId);
    expect(adopted).toEqual([newKey]);
  });

  test("leaves a feed that verifies with both keys, and not with one", async () => {
    const { feed, key, store, log, rotate } = await bench();
    await append(feed, "a");
    const { newKey } = await rotate();
    await append(feed, "b");
    const trust = { hubOrigin: log.origin, hubVkey: log.vkey };
    const [before, after] = [await verifyingKeyOf(key), await verifyingKeyOf(newKey)];
    const both = await verifyFeed(store, feed.state, { ...trust, keys: [after, before] });
    expect(both.faults).toEqual([]);
    const { faults } = await verifyFeed(store, feed.state, { ...trust, keys: [after] });
    expect(faults[0]).toMatchObject({ seq: 0n, code: "ERR_KEY_UNKNOWN" });
  });

  test("by the recovery key ends the key before and opens a new feed", async () => {
    const { feed, recovery, requests, rotate } = await bench();
    await append(feed, "a");
    const { rotated } = await rotate(recovery);
    expect(rotated.isNewFeed).toBe(true);
    expect(requests[0]?.previousKeyFeed).toEqual(new Uint8Array());
    expect(feed.state).toMatchObject({ reason: "rekeyed", nextSeq: 0n });
    expect(feed.outbox.batches).toBe(0);
  });

  test("that the hub took at an earlier try opens a new feed where more was signed since", async () => {
    const { feed, rotate, answerWith } = await bench();
    await append(feed, "a");
    const earlier = { previousKeyFeed: feed.state.feedId, previousKeyBeforeSeq: 0n };
    answerWith(() => ({ validFromPosition: 7n, ...earlier }));
    expect((await rotate()).rotated.isNewFeed).toBe(true);
  });

  test("that the hub refuses changes nothing", async () => {
    const { feed, key, adopted, rotate, answerWith } = await bench();
    answerWith(() => {
      throw new TributaryError("ERR_MEMBER_STATE", "suspended");
    });
    await expect(rotate()).rejects.toMatchObject({ code: "ERR_MEMBER_STATE" });
    await append(feed, "a");
    expect(await signerAt(feed, 0n)).toEqual(key.keyId);
    expect(adopted).toEqual([]);
  });

  test("waits for the batches of the key before the last", async () => {
    const { feed, log, requests, rotate } = await bench();
    await append(feed, "a");
    await rotate();
    await expect(rotate()).rejects.toMatchObject({ code: "ERR_OUTBOX_FULL" });
    expect(requests).toHaveLength(1);
    await acknowledgeAll(feed, log);
  });
});

test("a connection that is made after a rotation proves itself with the new key", async () => {
  const [first, second] = [await generateSigningKey(), await generateSigningKey()];
  let current = first;
  const used: SigningKey[] = [];
  const courier = rekeyedCourier(
    () => current,
    (key) => ({
      connect: () => {
        used.push(key);
        return undefined as never;
      },
    }),
  );
  courier.connect();
  current = second;
  courier.connect();
  courier.connect();
  expect(used).toEqual([first, second, second]);
});
