/**
 * Thread that answers queries over shared memory. Started by the adapter `worker-index-reader.ts`, which sends one
 * message a generation and one a question; messages are handled in order.
 *
 * @module
 */

import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { systemClock, TributaryError } from "@tributary/proto/base";
import { packResult } from "../adapters/packed-result.ts";
import { toThreadError } from "../adapters/thread.ts";
import type {
  QuestionMessage,
  ThreadAnswer,
  ThreadFlags,
  ThreadMessage,
} from "../adapters/worker-index-reader.ts";
import { type Analyzer, createAnalyzer } from "../index/analysis/analyzer.ts";
import { type DictionaryData, openDictionary } from "../index/analysis/dictionary.ts";
import { type Generation, type GenerationData, GenerationOpener } from "../index/generation.ts";
import { search } from "../index/query/search.ts";
import { similar } from "../index/query/similar.ts";
import {
  type Meaning,
  type SemanticData,
  SemanticOpener,
  withQuestion,
} from "../index/semantic/semantic.ts";
import { suggest } from "../index/suggest/complete.ts";

if (parentPort === null) throw new TypeError("this file is the entry of a worker thread");
const port = parentPort;
const cancelled = workerData as ThreadFlags;

/**
 * For so long a thread that answered the only question looks for the next before it sleeps, ms. Who asks one after the
 * other gets a tenth of the time back: a thread that sleeps takes a while to wake, maybe on another core, without its
 * caches. Where others ask, too, the cores have better things to do.
 */
const AWAKE_MS = 0.2;

const opener = new GenerationOpener();
let dictionary: DictionaryData | undefined;
let analyzer: Analyzer | undefined;
let generation: Generation | undefined;
let semanticOpener = new SemanticOpener();
let semantic: SemanticData | undefined;
/** Of `semantic` for `generation`; made with the next question. */
let meaning: { readonly of: Meaning | undefined } | undefined;
/** Why the newest generation cannot be used; told to whoever asks. */
let failure: unknown;

port.on("message", (first: ThreadMessage) => {
  let message: ThreadMessage | undefined = first;
  while (message !== undefined) {
    handle(message);
    message = message.type === "question" && message.isAlone ? nextMessage() : undefined;
  }
});

function nextMessage(): ThreadMessage | undefined {
  for (const end = performance.now() + AWAKE_MS; performance.now() < end; ) {
    const next: { message: ThreadMessage } | undefined = receiveMessageOnPort(port);
    if (next !== undefined) return next.message;
  }
  return undefined;
}

function handle(message: ThreadMessage): void {
  if (message.type === "question") {
    port.postMessage(answer(message));
    return;
  }
  meaning = undefined;
  if (message.type === "generation") open(message.data);
  else semantic = message.data;
}

function open(data: GenerationData): void {
  failure = undefined;
  try {
    if (dictionary?.fingerprint !== data.dictionary.fingerprint) {
      dictionary = data.dictionary;
      analyzer = createAnalyzer(openDictionary(dictionary));
      semanticOpener = new SemanticOpener();
    }
    generation = opener.open(data);
  } catch (error) {
    failure = error;
  }
}

function answer(message: QuestionMessage): ThreadAnswer {
  const { id } = message;
  try {
    return { id, ...ask(message) };
  } catch (error) {
    return { id, error: toThreadError(error) };
  }
}

function ask({ question, slot, timeoutMs }: QuestionMessage) {
  if (failure !== undefined) throw failure;
  if (generation === undefined || analyzer === undefined) {
    throw new TributaryError("ERR_UNAVAILABLE", "the index is not loaded yet; try again");
  }
  const endMs = systemClock.now() + timeoutMs;
  const checkTime = () => {
    if (Atomics.load(cancelled, slot) !== 0) {
      throw new TributaryError("ERR_CANCELLED", "the caller has left");
    }
    if (systemClock.now() > endMs) {
      throw new TributaryError(
        "ERR_DEADLINE",
        `the query took longer than ${timeoutMs} ms; make it more specific`,
        { messageZh: `查询超过 ${timeoutMs} 毫秒，请缩小范围。` },
      );
    }
  };
  checkTime();
  meaning ??= { of: semantic && semanticOpener.open(semantic, generation, analyzer) };
  if (question.type === "suggest") {
    return { json: JSON.stringify(suggest(generation, question.query, analyzer)) };
  }
  const options = { checkTime, meaning: meaning.of && withQuestion(meaning.of, question.vector) };
  return question.type === "search"
    ? { packed: packResult(search(generation, question.query, analyzer, options)) }
    : { json: JSON.stringify(similar(generation, question.query, analyzer, options)) };
}
