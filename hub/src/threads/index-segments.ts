/**
 * Thread that builds and merges segments of the index, one request at a time. Started by the adapter
 * `worker-segments.ts`.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { goLast } from "../adapters/thread.ts";
import type { SegmentRequest, SegmentThreadData } from "../adapters/worker-segments.ts";
import { type Analyzer, createAnalyzer } from "../index/analysis/analyzer.ts";
import { type DictionaryData, openDictionary } from "../index/analysis/dictionary.ts";
import { buildSegment } from "../index/segment/build.ts";
import { mergeRequested } from "../index/writer.ts";

const port = parentPort;
if (port === null) throw new TypeError("this file is the entry of a worker thread");

if ((workerData as SegmentThreadData).goesLast) goLast();

let opened: { readonly fingerprint: number; readonly analyzer: Analyzer } | undefined;

port.on("message", (request: SegmentRequest) => port.postMessage(made(request)));

function made(request: SegmentRequest): SharedArrayBuffer {
  if (request.type === "merge") return mergeRequested(request.inputs);
  return buildSegment(request.documents, analyzerOf(request.dictionary));
}

function analyzerOf(dictionary: DictionaryData): Analyzer {
  const { fingerprint } = dictionary;
  if (opened?.fingerprint !== fingerprint) {
    opened = { fingerprint, analyzer: createAnalyzer(openDictionary(dictionary)) };
  }
  return opened.analyzer;
}
