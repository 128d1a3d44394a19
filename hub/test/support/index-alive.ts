/**
 * A program in which nothing is going on but merges and a question to the index; prints how many documents it finds.
 *
 * @module
 */

import { WorkerIndexReader } from "../../src/adapters/worker-index-reader.ts";
import { WorkerSegments } from "../../src/adapters/worker-segments.ts";
import { buildSegment } from "../../src/index/segment/build.ts";
import { testAnalyzer } from "./open-test-index.ts";

const analyzer = testAnalyzer();
const documents = [1, 2, 3].map((number) => ({
  ref: { centerId: "tongling", kind: "case" as const, key: String(number) },
  text: { title: `设备 ${number}`, tags: "", summary: "", body: "" },
  facets: {},
  visibility: "public" as const,
  visibleTo: [],
  receivedAtMs: 1,
  validUntilMs: undefined,
}));

let buffer = buildSegment(documents, analyzer);
const merger = new WorkerSegments({ goesLast: true });
// More than a worker takes listeners without a warning.
for (let i = 0; i < 15; i++) buffer = await merger.merge([{ buffer, deletes: undefined }]);

const reader = new WorkerIndexReader({ threads: 1 });
reader.publish({
  position: 1,
  series: "only",
  dictionary: analyzer.dictionary.data,
  segments: [{ id: 1, buffer, deletes: undefined }],
});
const { total } = await reader.search(
  {
    text: "设备",
    filters: [],
    reader: { type: "public" },
    limit: 10,
    after: undefined,
    facets: [],
    stale: { atMs: 0, centers: new Set() },
    sort: "relevance",
    explain: false,
  },
  new AbortController().signal,
);
console.log(total);
