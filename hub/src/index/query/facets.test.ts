import { describe, expect, test } from "vitest";
import { testAnalyzer } from "../../../test/support/open-test-index.ts";
import { aDocument } from "../../ports/search-index.contract.ts";
import { MAX_FACET_VALUES } from "../../ports/search-index.ts";
import { buildSegment } from "../segment/build.ts";
import { Segment } from "../segment/segment.ts";
import { seeded } from "../semantic/seeded.ts";
import { BATCH_SIZE, Batch } from "./batch.ts";
import { FacetColumns } from "./facet-columns.ts";
import { type FacetQuery, FacetTally, SegmentFacets } from "./facets.ts";

const analyzer = testAnalyzer();
const STALE = { atMs: 50, centers: new Set(["south"]) };

/** Small fields share a column, large ones have their own; some documents have no value, some several. */
function documentsOf(count: number, seed: number) {
  const random = seeded(seed);
  const below = (end: number) => Math.floor(end * random() ** 2);
  return Array.from({ length: count }, (_, i) =>
    aDocument({
      key: String(i),
      center: random() < 0.7 ? "north" : "south",
      kind: random() < 0.6 ? "case" : "policy",
      ...(random() < 0.5 ? { validUntilMs: below(100) } : {}),
      facets: {
        year: random() < 0.1 ? [] : [`20${20 + below(6)}`],
        size: ["small", "large"].slice(below(3)),
        region: [`${below(20)}`, `${below(20)}-${below(30)}`],
        code: [`c${below(700)}`],
      },
    }),
  );
}

const parts = [documentsOf(2_500, 1), documentsOf(300, 2), documentsOf(40, 3)];
const segments = parts.map((documents) => new Segment(buildSegment(documents, analyzer)));

/** What is counted and how many pass, in batches as a query makes them. */
function counted(query: FacetQuery) {
  const columns = new FacetColumns();
  const tally = new FacetTally(query.facets, columns);
  let passed = 0;
  for (const segment of segments) {
    const facets = new SegmentFacets(segment, columns, query);
    const batch = new Batch();
    for (let from = 0; from < segment.docs; from += BATCH_SIZE) {
      batch.size = Math.min(BATCH_SIZE, segment.docs - from);
      for (let i = 0; i < batch.size; i++) batch.docs[i] = from + i;
      facets.accept(batch);
      passed += batch.size;
    }
    facets.addTo(tally);
  }
  return { passed, facets: tally.result() };
}

function valuesOf(document: ReturnType<typeof documentsOf>[number], field: string) {
  const { centerId, kind } = document.ref;
  if (field === "center") return [centerId];
  if (field === "kind") return [kind];
  if (field !== "state") return [...new Set(document.facets[field] ?? [])];
  const isOver = (document.validUntilMs ?? Number.POSITIVE_INFINITY) < STALE.atMs;
  return [isOver || STALE.centers.has(centerId) ? "stale" : "live"];
}

/** The same, looking at every document. */
function expected({ filters, excluded, facets }: FacetQuery) {
  type Filter = FacetQuery["filters"][number];
  const documents = parts.flat();
  const has = (document: (typeof documents)[number]) => (filter: Filter) =>
    valuesOf(document, filter.field).some((value) => filter.values.includes(value));
  const left = documents.filter((document) => !excluded.some(has(document)));
  return {
    passed: left.filter((document) => filters.every(has(document))).length,
    facets: facets.map((field) => {
      const others = filters.filter((filter) => filter.field !== field);
      const counts = new Map<string, number>();
      for (const document of left.filter((d) => others.every(has(d)))) {
        for (const value of valuesOf(document, field)) {
          counts.set(value, (counts.get(value) ?? 0) + 1);
        }
      }
      const values = [...counts]
        .map(([value, count]) => ({ value, count }))
        .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
      return { field, values: values.slice(0, MAX_FACET_VALUES) };
    }),
  };
}

const FIELDS = ["year", "size", "region", "code", "kind", "center", "state", "nothing"];
const year = { field: "year", values: ["2020", "2021", "2099"] };
const size = { field: "size", values: ["small"] };
const region = { field: "region", values: ["0", "1-2"] };
const state = { field: "state", values: ["live"] };
const nothing = { field: "nothing", values: ["x"] };

describe("facets", () => {
  test("of these segments share columns, and do not", () => {
    const columns = new FacetColumns().of(segments[0] as Segment);
    const fields = columns.map((column) => [...column.fields.keys()]);
    expect(fields.some((names) => names.includes("year") && names.includes("size"))).toBe(true);
    expect(fields).toContainEqual(["code"]);
  });

  test.each<[string, FacetQuery["filters"], FacetQuery["excluded"]]>([
    ["no filters", [], []],
    ["a filter", [year], []],
    ["filters on fields of one column", [year, size], []],
    ["filters on fields of two columns", [year, region], []],
    ["filters on all kinds of columns", [size, region, state], []],
    ["two filters on one field", [year, { field: "year", values: ["2021", "2022"] }], []],
    ["a field that no document has", [nothing, year], []],
    ["exclusions", [], [year, region]],
    ["filters and exclusions", [size, state], [{ field: "kind", values: ["policy"] }, nothing]],
  ])("are counted as by looking at every document: %s", (_, filters, excluded) => {
    const query = { filters, excluded, facets: FIELDS, stale: STALE };
    expect(counted(query)).toEqual(expected(query));
  });

  test("are the most frequent values where there are many, with equal ones by name", () => {
    const query = { filters: [], excluded: [], facets: ["code"], stale: STALE };
    const [code] = counted(query).facets;
    expect(code?.values).toHaveLength(MAX_FACET_VALUES);
    expect(code?.values.at(-1)?.count).toBe(code?.values.at(-2)?.count);
  });
});
