/**
 * The ingest service of a hub that is being healed: it takes no batches, and asks each center for those that it lost.
 *
 * @module
 */

import { type PublishAnswer, type PublishItem, TributaryError } from "@tributary/proto";
import type { Reclaim } from "../ingest/reclaim.ts";
import { AnswerQueue } from "./answer-queue.ts";
import type { CallContext } from "./rpc.ts";

/** Batches that one agent is asked for at a time: at most so many frames of it are in memory. */
const WINDOW = 4;

/** The handler of `IngestService.Publish`. */
export function createReclaimApi(reclaim: Reclaim) {
  return {
    /**
     * Asks for what was lost, and takes it.
     *
     * @throws {TributaryError} `ERR_CREDIT` if a batch comes that is to be published; what {@link Reclaim.take} throws.
     */
    async *publish(
      items: AsyncIterable<PublishItem>,
      { principal, signal }: CallContext,
    ): AsyncIterable<PublishAnswer> {
      if (principal.type !== "center") throw new TypeError("publish without a center");
      const { centerId } = principal;
      const answers = new AnswerQueue<PublishAnswer>();
      const onAbort = () => answers.fail(signal.reason);
      signal.throwIfAborted();
      signal.addEventListener("abort", onAbort, { once: true });
      const wanted = reclaim.wantedOf(centerId)[Symbol.iterator]();
      const ask = () => {
        const next = wanted.next();
        if (next.done) return;
        const { feedId, seq } = next.value.header;
        answers.push({ type: "wanted", feedId, seq });
      };
      const takeAll = async () => {
        for await (const item of items) {
          if (item.type === "batch") throw takesNothing();
          if (item.type !== "returned") continue;
          await reclaim.take(centerId, item.returned);
          ask();
        }
      };
      try {
        answers.push({ type: "credit", credit: { batches: 0, bytes: 0 } });
        for (let i = 0; i < WINDOW; i += 1) ask();
        takeAll().then(
          () => answers.close(),
          (error) => answers.fail(error),
        );
        yield* answers;
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}

function takesNothing(): TributaryError {
  return new TributaryError("ERR_CREDIT", "a hub that is being healed takes no batches", {
    messageZh: "枢纽正在修复，暂不接收批次",
    details: { limitName: "credit_batches", limitValue: 0 },
  });
}
