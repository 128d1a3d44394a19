/**
 * Thread that writes the index. Started by the adapter `worker-index-writer.ts`, over whose port one command comes at a time.
 *
 * @module
 */

import { workerData } from "node:worker_threads";
import { openLevelSearchIndex } from "../adapters/level-search-index.ts";
import { toThreadError } from "../adapters/thread.ts";
import type {
  IndexWriterData,
  WriterAnswer,
  WriterCommand,
  WriterReport,
} from "../adapters/worker-index-writer.ts";
import type { IndexWriter } from "../ports/search-index.ts";

const { folder, port } = workerData as IndexWriterData;
let writer: IndexWriter | undefined;

port.on("message", async (command: WriterCommand) => {
  const { id } = command;
  try {
    send({ type: "done", id, position: await run(command) });
  } catch (error) {
    send({ type: "failed", id, error: toThreadError(error) });
  }
  if (command.type === "close") port.close();
});
// Whoever commanded it ended without a word.
port.on("close", () => writer?.[Symbol.asyncDispose]());

async function run(command: WriterCommand): Promise<number> {
  if (command.type === "open") {
    writer = await openLevelSearchIndex(folder, {
      publish: (generation) => send({ type: "generation", generation }),
      onReset: (reason) => send({ type: "reset", reason }),
      onLost: (error) => send({ type: "lost", error: toThreadError(error) }),
    });
    return writer.position();
  }
  if (writer === undefined) throw new TypeError("the index was not opened");
  switch (command.type) {
    case "apply":
      await writer.apply(command.change);
      return command.change.position;
    case "position":
      break;
    case "flush":
      await writer.flush();
      break;
    case "rest":
      await writer.rest();
      break;
    case "clear":
      await writer.clear();
      break;
    case "close": {
      const closing = writer;
      writer = undefined;
      await closing[Symbol.asyncDispose]();
      return 0;
    }
  }
  return writer.position();
}

function send(message: WriterAnswer | WriterReport): void {
  port.postMessage(message);
}
