/**
 * Thread that keeps the evidence of the catalog in memory and answers matching questions. Started by the adapter
 * `worker-matcher.ts`, which tells it when the catalog has grown and sends one message a question; messages are handled
 * in order.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "@tributary/proto";
import type { ThreadAnswer, ThreadQuestion } from "../adapters/asked-thread.ts";
import { openLevelCatalogStore } from "../adapters/level-catalog-store.ts";
import { toThreadError } from "../adapters/thread.ts";
import type { MatcherAsk, MatcherCommand, MatcherSettings } from "../adapters/worker-matcher.ts";
import { MatchFollower } from "../match/follower.ts";
import { match } from "../match/match.ts";
import { plan } from "../match/plan.ts";

/** During a large load, families change all the time: preparing them would be in vain. */
const PREPARE_AFTER_MS = 300;

const port = parentPort;
if (port === null) throw new TypeError("this file is the entry of a worker thread");

const { catalogFolder } = workerData as MatcherSettings;
const catalog = await openLevelCatalogStore(catalogFolder);
const follower = new MatchFollower(catalog);
/** Ends when everything that was sent so far has been handled. */
let queue: Promise<void> = follow();
let waiting = new AbortController();
/** True while a catch-up waits in the queue: one is enough, however often the catalog grows. */
let isFollowing = false;

type Message = Exclude<MatcherCommand, MatcherAsk> | ThreadQuestion<MatcherAsk> | { type: "stop" };

port.on("message", (command: Message) => {
  if (command.type === "advance") {
    if (isFollowing) return;
    isFollowing = true;
  }
  queue = queue.then(() => handle(command));
});

async function handle(command: Message): Promise<void> {
  switch (command.type) {
    case "advance":
      isFollowing = false;
      return follow();
    case "reset":
      follower.clear();
      return;
    case "stop":
      waiting.abort();
      await catalog[Symbol.asyncDispose]();
      port?.close();
      return;
    default:
      send(answer(command));
  }
}

/** A catalog that cannot be read is made anew by the projector, and read again when it has grown. */
async function follow(): Promise<void> {
  try {
    await follower.advance();
    prepareSoon();
  } catch (error) {
    follower.clear();
    send({ type: "failed", error: toThreadError(error) });
  }
}

/** When nothing has come for a while, what has changed is prepared, family by family; questions go in between. */
function prepareSoon(): void {
  waiting.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const prepare = () => {
    if (!signal.aborted && follower.knowledge.base.prepareNext()) queue = queue.then(prepare);
  };
  systemClock
    .sleep(PREPARE_AFTER_MS, signal)
    .then(() => {
      queue = queue.then(prepare);
    })
    // More has come.
    .catch(() => undefined);
}

function answer({ id, ...ask }: ThreadQuestion<MatcherAsk>): ThreadAnswer {
  try {
    const { knowledge, position } = follower;
    const answer =
      ask.type === "match"
        ? match(knowledge, ask.question, ask.limit)
        : plan(knowledge, ask.question);
    return { type: "answer", id, answer: { answer, position } };
  } catch (error) {
    return { type: "refused", id, error: toThreadError(error) };
  }
}

function send(message: ThreadAnswer): void {
  port?.postMessage(message);
}
