/**
 * The contract of {@link Courier}, as tests. Whatever carries the batches, a publisher sees the same.
 *
 * @module
 */

import { isTributaryError } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import type { Answer, Courier, CourierSession } from "./courier.ts";

/** A center that is a member of a real hub, and what it signs. */
export interface CourierBench {
  readonly courier: Courier;
  readonly feedId: Uint8Array;
  /** Signs the next batch of the feed; its frame. */
  readonly sign: () => Promise<Uint8Array>;
}

const TIMEOUT_MS = 20_000;

/** @param open A center whose feed the hub does not know yet. Called once a test. */
export function describeCourier(name: string, open: () => Promise<CourierBench>): void {
  describe(`${name} is a Courier`, () => {
    const signal = () => AbortSignal.timeout(TIMEOUT_MS);

    test("tells how the membership and the feed stand", async () => {
      const { courier, feedId, sign } = await open();
      await using session = courier.connect();
      expect(await session.membership(signal())).toMatchObject({ state: "approved", reason: "" });
      expect(await session.feedHead(feedId, signal())).toBeUndefined();
      await exchange(session, [await sign(), await sign()]);
      expect(await session.feedHead(feedId, signal())).toMatchObject({
        nextSeq: 2n,
        pausedCode: "",
      });
    });

    test("grants credit before anything else, and answers every batch in flight", async () => {
      const { courier, feedId, sign } = await open();
      await using session = courier.connect();
      const frames = [await sign(), await sign(), await sign(), await sign()];
      const answers = await exchange(session, frames);
      expect(answers[0]).toMatchObject({ type: "credit" });
      const receipts = answers.filter((answer) => answer.type === "receipt");
      expect(receipts.map(({ seq }) => seq).sort()).toEqual([0n, 1n, 2n, 3n]);
      for (const receipt of receipts) expect(receipt.feedId).toEqual(feedId);
    });

    test("answers a batch that came before with the same receipt, in another session", async () => {
      const { courier, sign } = await open();
      const frame = await sign();
      const receipts: Uint8Array[] = [];
      for (let i = 0; i < 2; i += 1) {
        const answer = await retried(courier, frame);
        if (answer.type === "receipt") receipts.push(answer.receipt);
      }
      expect(receipts).toHaveLength(2);
      expect(receipts[1]).toEqual(receipts[0]);
    });

    test("carries a refusal with its code, both sentences and what is expected", async () => {
      const { courier, sign } = await open();
      await sign();
      const ahead = await sign();
      await using session = courier.connect();
      const [, answer] = await exchange(session, [ahead]);
      expect(answer).toMatchObject({ type: "refusal", refusal: { code: "ERR_FEED_UNKNOWN" } });
      if (answer?.type !== "refusal") return;
      expect(answer.refusal.messageZh).toMatch(/\p{Script=Han}/u);
    });

    test("takes a sign of life", async () => {
      const { courier } = await open();
      await using session = courier.connect();
      const answers = session.answers(signal())[Symbol.asyncIterator]();
      await answers.next();
      await session.beat({
        agentVersion: "contract",
        outboxBatches: 1,
        rejectedRows: 0,
        pausedReason: "",
      });
    });

    test("ends its answers with the reason when it is aborted", async () => {
      const { courier } = await open();
      await using session = courier.connect();
      const stop = new AbortController();
      const answers = session.answers(stop.signal)[Symbol.asyncIterator]();
      await answers.next();
      const next = answers.next();
      stop.abort(new Error("enough"));
      await expect(next).rejects.toThrow("enough");
    });

    test("ends its answers when the session is disposed of", async () => {
      const { courier } = await open();
      const session = courier.connect();
      const answers = session.answers(signal())[Symbol.asyncIterator]();
      await answers.next();
      const end = answers.next().then(
        ({ done }) => done,
        (error) => isTributaryError(error),
      );
      await session[Symbol.asyncDispose]();
      expect(await end).toBe(true);
    });

    test("sends nothing before the stream is open", async () => {
      const { courier, sign } = await open();
      await using session = courier.connect();
      const frame = await sign();
      await expect(async () => session.send(frame)).rejects.toThrow(TypeError);
    });

    /** Sends frames once there is credit; resolves to credit and as many answers. */
    async function exchange(
      session: CourierSession,
      frames: readonly Uint8Array[],
    ): Promise<Answer[]> {
      const answers: Answer[] = [];
      for await (const answer of session.answers(signal())) {
        answers.push(answer);
        if (answers.length === 1) for (const frame of frames) await session.send(frame);
        if (answers.length === 1 + frames.length) break;
      }
      return answers;
    }

    /** As a publisher does: a session that fails is followed by another. */
    async function retried(courier: Courier, frame: Uint8Array): Promise<Answer> {
      for (let attempt = 0; ; attempt += 1) {
        try {
          await using session = courier.connect();
          const [, answer] = await exchange(session, [frame]);
          if (answer !== undefined) return answer;
        } catch (error) {
          if (attempt === 2 || !isTributaryError(error, "ERR_UNAVAILABLE")) throw error;
        }
      }
    }
  });
}
