import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  RecordRefSchema,
  SearchRequestSchema,
  SearchResponseSchema,
  SimilarRequestSchema,
  WatchResponseSchema,
} from "../gen/tributary/v1/query_service_pb.ts";
import {
  listAnswerCodec,
  searchAnswerCodec,
  similarAnswerCodec,
  suggestAnswerCodec,
  type WatchEvent,
  watchEventCodec,
} from "./answer.ts";
import {
  listQueryCodec,
  parseFacetsQuery,
  parseListQuery,
  parseSearchQuery,
  parseSimilarQuery,
  parseSuggestQuery,
  parseWatchQuery,
  searchQueryCodec,
  similarQueryCodec,
} from "./query.ts";
import { type RecordView, recordRefCodec, recordViewCodec } from "./record-view.ts";

const refused = expect.objectContaining({ code: "ERR_QUERY_INVALID" });

const view: RecordView = {
  ref: { centerId: "chengdu", kind: "voucher_programme", key: "k1" },
  urn: "urn:dth:chengdu:voucher_programme:k1",
  revision: 3,
  title: "转型券",
  summary: "",
  state: "stale",
  stateReason: "",
  visibility: "members",
  license: "CC-BY-4.0",
  provenance: { sourceId: "src1", table: "", row: 0, mappingId: new Uint8Array(8), readAtMs: 5 },
  centerName: "成都中心",
  logPosition: 9,
  recordIndex: 0,
  receivedAtMs: 6,
  facets: [{ field: "region", values: ["510100"] }],
  body: { kind: "voucher_programme", value: { title: "转型券", amount: { amount: 1000 } } },
  findings: [
    { rule: "H4", code: "n", subject: "bucket 0", message: "n is 4", messageZh: "n 为 4" },
  ],
  entityId: "",
};

const coverage = {
  centersFresh: 2,
  centersStale: 1,
  centersPaused: 0,
  logSize: 10,
  centersNotFresh: ["chengdu"],
};

describe("a query", () => {
  test("is completed with what was left out", () => {
    expect(parseSearchQuery({})).toEqual({
      query: "",
      filters: [],
      pageSize: 20,
      pageToken: "",
      facets: [],
      sort: "relevance",
      explain: false,
    });
    expect(parseListQuery({ pageSize: 0 })).toEqual({ filters: [], pageSize: 100, pageToken: "" });
    expect(parseFacetsQuery({})).toEqual({ query: "", filters: [], fields: [] });
    expect(parseSuggestQuery({ prefix: "质" })).toEqual({ prefix: "质", limit: 8 });
    expect(parseSimilarQuery({ text: "质量" })).toEqual({
      text: "质量",
      filters: [],
      limit: 10,
      explain: false,
    });
    expect(parseWatchQuery({})).toEqual({ fromPosition: 0, filters: [] });
  });

  test("comes back from its message", () => {
    const query = parseSearchQuery({
      query: "质量追溯",
      filters: [{ field: "region", values: ["360000"] }],
      facets: ["kind"],
      sort: "newest",
      explain: true,
      pageSize: 100,
      pageToken: "t",
    });
    expect(searchQueryCodec.decode(searchQueryCodec.encode(query))).toEqual(query);
    expect(searchQueryCodec.decode(create(SearchRequestSchema))).toEqual(parseSearchQuery({}));
    const list = parseListQuery({ pageToken: "x" });
    expect(listQueryCodec.decode(listQueryCodec.encode(list))).toEqual(list);
    const { ref } = view;
    for (const similar of [parseSimilarQuery({ ref }), parseSimilarQuery({ text: "质量" })]) {
      expect(similarQueryCodec.decode(similarQueryCodec.encode(similar))).toEqual(similar);
    }
  });

  test("for similar records has either a record or a text", () => {
    const { ref } = view;
    const wrong = [
      {},
      { ref, text: "质量" },
      { text: "" },
      { text: "字".repeat(4097) },
      { ref: { ...ref, key: "" } },
      { ref: { ...ref, kind: "tale" } },
      { ref: { ...ref, centerId: "A" } },
      { text: "质量", limit: 51 },
    ];
    for (const query of wrong) expect(() => parseSimilarQuery(query)).toThrow(refused);
    expect(() => similarQueryCodec.decode(create(SimilarRequestSchema))).toThrow(refused);
  });

  test.each<[object, string]>([
    [{ query: "字".repeat(1025) }, "query"],
    [{ query: "\ud800" }, "query"],
    [{ pageSize: 101 }, "pageSize"],
    [{ pageSize: -1 }, "pageSize"],
    [{ filters: [{ field: "colour", values: ["red"] }] }, "filters.0.field"],
    [{ filters: [{ field: "kind", values: [] }] }, "filters.0.values"],
    [{ filters: [{ field: "kind", values: Array(65).fill("case") }] }, "filters.0.values"],
    [{ filters: Array(33).fill({ field: "kind", values: ["case"] }) }, "filters"],
    [{ facets: ["colour"] }, "facets.0"],
    [{ sort: "oldest" }, "sort"],
    [{ qeury: "" }, "qeury"],
  ])("is refused as %j, naming %s in both languages", (query, field) => {
    let error: unknown;
    try {
      parseSearchQuery(query);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toEqual(refused);
    expect(error).toMatchObject({
      message: expect.stringContaining(field),
      messageZh: expect.stringContaining(field),
    });
  });

  test("in a message is checked too", () => {
    for (const wrong of [
      { pageSize: 101 },
      { query: "a".repeat(1025) },
      { sort: 9 as never },
      { filters: [{ field: "colour", values: ["red"] }] },
    ]) {
      const message = create(SearchRequestSchema, wrong);
      expect(() => searchQueryCodec.decode(message)).toThrow(refused);
    }
  });
});

describe("an answer", () => {
  test("comes back from its message, with the body of each record", () => {
    const list = { records: [view], nextPageToken: "", coverage };
    expect(listAnswerCodec.decode(listAnswerCodec.encode(list))).toEqual(list);
    expect(recordViewCodec.decode(recordViewCodec.encode(view))).toEqual(view);
    const { body: _, provenance: __, ...bare } = view;
    const search = {
      hits: [
        {
          record: bare,
          score: 1.5,
          highlights: [{ field: "title", text: "转型券", spans: [{ start: 0, end: 2 }] }],
          terms: [{ term: "转型", channel: "原文", field: "title", score: 1.5 }],
          byMeaning: true,
        },
      ],
      total: 1,
      facets: [
        { field: "kind", values: [{ value: "case", labelZh: "案例", labelEn: "Case", count: 2 }] },
      ],
      nextPageToken: "n",
      coverage,
      corrections: [{ typed: "转行", used: "转型", channel: "拼音" }],
      partial: true,
    };
    expect(searchAnswerCodec.decode(searchAnswerCodec.encode(search))).toEqual(search);
    const similar = { hits: search.hits, coverage };
    expect(similarAnswerCodec.decode(similarAnswerCodec.encode(similar))).toEqual(similar);
    const suggest = {
      suggestions: [
        { text: "质量", source: "vocabulary" },
        { text: "转型券", source: "title", ref: view.ref },
      ],
    };
    expect(suggestAnswerCodec.decode(suggestAnswerCodec.encode(suggest))).toEqual(suggest);
  });

  test("has all its lists even when nothing was found", () => {
    expect(searchAnswerCodec.decode(create(SearchResponseSchema))).toEqual({
      hits: [],
      total: 0,
      facets: [],
      nextPageToken: "",
      corrections: [],
      partial: false,
    });
  });

  test.each<WatchEvent>([
    { type: "upserted", position: 7, record: view },
    { type: "removed", position: 0, ref: view.ref },
    { type: "caught_up", position: 8 },
  ])("of a watch comes back: $type", (event) => {
    expect(watchEventCodec.decode(watchEventCodec.encode(event))).toEqual(event);
  });

  test("of a watch without a change is refused", () => {
    expect(() => watchEventCodec.decode(create(WatchResponseSchema))).toThrow(
      expect.objectContaining({ code: "ERR_MESSAGE_MALFORMED" }),
    );
  });

  test("with a body of an unknown kind is refused", () => {
    const message = recordViewCodec.encode(view);
    if (message.body) message.body.kind = { case: undefined };
    expect(() => recordViewCodec.decode(message)).toThrow(
      expect.objectContaining({ code: "ERR_MESSAGE_MALFORMED" }),
    );
  });
});

describe("a reference", () => {
  test("comes back from its message", () => {
    expect(recordRefCodec.decode(recordRefCodec.encode(view.ref))).toEqual(view.ref);
  });

  test.each([
    undefined,
    {},
    { centerId: "chengdu", kind: 2 },
    { centerId: "chengdu", key: "k" },
    { centerId: "A", kind: 2, key: "k" },
    { centerId: "chengdu", kind: 99, key: "k" },
  ])("is refused as %j", (ref) => {
    const message = ref && create(RecordRefSchema, ref as never);
    expect(() => recordRefCodec.decode(message)).toThrow(refused);
  });
});
