/**
 * Thread that gives the documents of the index a meaning, and questions too where query threads cannot. Started by the
 * adapter `worker-semantic.ts`, which sends each generation; it tells back what queries should use, and why it ends.
 *
 * With a model of the operator's, the model that is trained here serves until all documents have vectors of it.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "@tributary/proto/base";
import { openLevelIndexStore } from "../adapters/level-index-store.ts";
import type { EmbedCommand } from "../adapters/question-vectors.ts";
import { goLast, toThreadError } from "../adapters/thread.ts";
import type {
  SemanticCommand,
  SemanticReport,
  SemanticSettings,
} from "../adapters/worker-semantic.ts";
import { SemanticFollower } from "../index/semantic/follower.ts";
import { LsaSource } from "../index/semantic/lsa-source.ts";
import { createPace } from "../index/semantic/pace.ts";
import type { ProviderSource } from "../index/semantic/source.ts";
import { StoredSource } from "../index/semantic/stored-source.ts";
import { StoredVectors } from "../index/semantic/stored-vectors.ts";
import type { EmbeddingProvider } from "../ports/embedding-provider.ts";

const port = parentPort;
if (port === null) throw new TypeError("this file is the entry of a worker thread");

const { folder, modelFolder, duty, minDocuments, parallelTexts, delayMs } =
  workerData as SemanticSettings;
const stopping = new AbortController();
const { signal } = stopping;
const pace = createPace(systemClock, duty, signal);

try {
  await using closing = new AsyncDisposableStack();
  const brought = modelFolder === undefined ? undefined : await openBrought(modelFolder, closing);
  // Where questions wait for this thread, its share of the time is all that holds it back.
  if (brought === undefined) goLast();
  const sources: ProviderSource[] = [];
  if (brought !== undefined) sources.push(brought.source);
  if (brought?.isComplete !== true) {
    const store = closing.use(await openLevelIndexStore(folder));
    sources.unshift(new LsaSource({ store, minDocuments, parallelTexts, pace }));
  }
  const follower = new SemanticFollower({
    sources,
    delayMs,
    clock: systemClock,
    pace,
    publish: (data, position) => report({ type: "state", data, position }),
  });
  const failed = Promise.withResolvers<never>();
  port.on("message", (command: SemanticCommand) => {
    if (command.type === "stop") stopping.abort();
    else if (command.type === "generation") follower.follow(command.generation);
    else if (brought !== undefined) answer(brought.provider, command).catch(failed.reject);
  });
  await Promise.race([follower.run(signal), failed.promise]);
} catch (error) {
  if (!signal.aborted) report({ type: "failed", error: toThreadError(error) });
} finally {
  port.close();
}

/** A model of the operator's, and the vectors that are kept of it. */
async function openBrought(path: string, closing: AsyncDisposableStack) {
  // Loaded where it is used: the runtime is large.
  const { openOnnxDirEmbedding } = await import("../adapters/onnx-dir-embedding.ts");
  const provider = closing.use(await openOnnxDirEmbedding(path));
  const store = closing.use(await openLevelIndexStore(`${folder}-vectors`));
  const vectors = await StoredVectors.open(store, provider);
  return { provider, source: new StoredSource(vectors, pace), isComplete: vectors.isComplete };
}

async function answer(provider: EmbeddingProvider, { id, text, role }: EmbedCommand) {
  const [vector] = await provider.embed([text], role, signal);
  report({ type: "embedded", id, providerId: provider.id, vector: vector as Float32Array });
}

function report(message: SemanticReport): void {
  port?.postMessage(message);
}
