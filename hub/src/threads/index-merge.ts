/**
 * Thread that merges segments of the index, one request at a time. Started by the adapter `worker-index-merger.ts`.
 *
 * @module
 */

import { parentPort } from "node:worker_threads";
import { type MergeRequest, mergeRequested } from "../index/writer.ts";

const port = parentPort;
if (port === null) throw new TypeError("this file is the entry of a worker thread");
port.on("message", (inputs: readonly MergeRequest[]) => port.postMessage(mergeRequested(inputs)));
