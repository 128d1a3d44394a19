/**
 * Answers queries over a federation the plain way: scans, substrings, no index.
 *
 * @module
 */

import {
  type ActivityAnswer,
  type Coverage,
  type Entity,
  FACET_FIELDS,
  type Facet,
  type FacetsQuery,
  type FieldFilter,
  type Hit,
  type ListQuery,
  type MarketAnswer,
  type MatchAnswer,
  type MatchQuery,
  type OverlapAnswer,
  type OverlapPair,
  type PlanAnswer,
  type PlanQuery,
  type RecordRef,
  type RecordView,
  type ScenarioEvidence,
  type SearchQuery,
  type SimilarQuery,
  type Suggestion,
  TributaryError,
  urnOf,
} from "@tributary/proto";
import { labelOf } from "@tributary/proto/vocabulary";
import type { Federation } from "./federation.ts";

/** Answers of a hub, as domain values. */
export class Catalog {
  readonly #federation: Federation;
  /** Mutable, so that a test can withdraw and add. */
  records: RecordView[];

  constructor(federation: Federation) {
    this.#federation = federation;
    this.records = [...federation.records];
  }

  get coverage(): Coverage {
    const ids = this.#federation.centers.map(({ id }) => id);
    const late = ids.slice(2);
    return {
      centersFresh: ids.length - late.length,
      centersStale: late.length,
      centersPaused: 0,
      logSize: this.#federation.logSize,
      centersNotFresh: late,
    };
  }

  /** Each provider by itself. */
  entities(): readonly Entity[] {
    return this.records
      .filter(({ ref }) => ref.kind === "provider")
      .map((record) => ({
        id: record.ref.key,
        name: record.title,
        uscc: "",
        members: [{ record }],
      }));
  }

  search(query: SearchQuery) {
    const words = query.query.split(/\s+/).filter((word) => word !== "");
    const matches = this.matches(words, query.filters);
    const sorted =
      query.sort === "newest"
        ? matches.toSorted((a, b) => b.receivedAtMs - a.receivedAtMs)
        : matches;
    const start = placeOf(query.pageToken);
    const end = start + query.pageSize;
    return {
      hits: sorted.slice(start, end).map((record) => hitOf(record, words)),
      total: matches.length,
      facets: this.#facets(words, query.filters, query.facets),
      nextPageToken: end < matches.length ? `at-${end}` : "",
      coverage: this.coverage,
      corrections: [],
      partial: false,
    };
  }

  /** Tokens name the last record of the page before, as a hub's do: they survive changes. */
  list({ filters, pageSize, pageToken }: ListQuery) {
    const matches = this.matches([], filters).filter((record) => nameOf(record) > pageToken);
    const page = matches.slice(0, pageSize);
    const last = page.at(-1);
    return {
      records: page,
      nextPageToken: last === undefined || page.length === matches.length ? "" : nameOf(last),
      coverage: this.coverage,
    };
  }

  facets({ query, filters, fields }: FacetsQuery) {
    const words = query.split(/\s+/).filter((word) => word !== "");
    const wanted = fields.length === 0 ? FACET_FIELDS : fields;
    return { facets: this.#facets(words, filters, wanted), coverage: this.coverage };
  }

  /** The other records of the kind, with the given one's title or a text for words. */
  similar({ ref, text = "", filters, limit }: SimilarQuery) {
    const own = this.records.find((record) => ref && record.urn === urnOf(ref));
    if (ref !== undefined && own === undefined) return undefined;
    const words = text === "" ? [] : [text];
    const hits = this.matches(words, filters)
      .filter((record) => record !== own && (own === undefined || record.ref.kind === own.ref.kind))
      .slice(0, limit)
      .map((record) => hitOf(record, words));
    return { hits, coverage: this.coverage };
  }

  /** Providers with a demanded scenario, ranked by their titles: no evidence, but an answer's whole shape. */
  match({ demand: { scenarios }, limit }: MatchQuery): MatchAnswer {
    const found = this.#withScenario(scenarios);
    return {
      providers: found.slice(0, limit).map(({ ref, title }, i) => ({
        providerId: `${ref.centerId}/${ref.key}`,
        name: title,
        records: [ref],
        place: i + 1,
        band: i + 1,
        standing: "ranked",
        score: 1 - i / 10,
        parts: { outcome: 0.5, fit: 0.25 - i / 10, comparable: 0.15, satisfaction: 0.1 },
        evidence: [evidenceOf(scenarios[0] as string, ref)],
        notCounted: [{ what: "claimed_cases", count: { least: 50 } }],
        counterfactuals: [
          { change: "any_region", place: i + 2, text: { zh: "降至", en: "it would be lower" } },
        ],
        because: { zh: `${title}做过`, en: `${title} did it` },
      })),
      unranked: found.slice(limit).map(({ ref, title }) => ({
        providerId: `${ref.centerId}/${ref.key}`,
        name: title,
        records: [ref],
        fit: 0.5,
      })),
      ranked: found.length,
      leftOut: [{ lacking: "budget", count: 1 }],
      coverage: this.coverage,
    };
  }

  /** The first provider does everything. */
  plan({ demand: { scenarios } }: PlanQuery): PlanAnswer {
    const [first] = this.#withScenario(scenarios);
    if (first === undefined) return { plans: [], uncovered: scenarios, coverage: this.coverage };
    const providerId = `${first.ref.centerId}/${first.ref.key}`;
    const of = { providerId, name: first.title, success: 0.55, cautious: -0.2, buckets: [] };
    return {
      plans: [
        {
          kind: "best_value",
          assignments: scenarios.map((scenario) => ({ scenario, ...of })),
          value: 0.47,
          pairs: [],
          exact: true,
          changes: [],
          because: { zh: "综合价值最高", en: "Best value" },
        },
      ],
      uncovered: [],
      coverage: this.coverage,
    };
  }

  /** Ascending. */
  centerIds(): readonly string[] {
    return this.#federation.centers.map(({ id }) => id).sort();
  }

  /** Every center did everything this week. */
  activity(centerId: string): ActivityAnswer | undefined {
    const wanted = this.#federation.centers.filter(({ id }) => centerId === "" || id === centerId);
    if (wanted.length === 0) return undefined;
    return {
      rule: {
        version: "activity/1",
        periodWeeks: 4,
        periods: 6,
        minKeptShare: 0.5,
        minPeriods: 3,
        slowingAfterDays: 28,
        dormantAfterDays: 84,
        growthWeeks: 12,
        minGrowthShare: 0.25,
        minBefore: 20,
      },
      centers: wanted.map(({ id }) => {
        const live = this.records.filter(({ ref }) => ref.centerId === id).length;
        return {
          centerId: id,
          centerName: id,
          state: "active",
          because: [{ zh: "今天有发布", en: "a batch today" }],
          silentDays: 0,
          promised: 6,
          kept: 6,
          recent: live,
          before: 0,
          live,
          quarantined: 0,
          releases: 0,
          lastBatchAtMs: 1_790_000_000_000,
          weeks: [{ week: 2960, batches: 1, records: live }],
        };
      }),
      coverage: this.coverage,
    };
  }

  /** One cell by sector, one by scenario. */
  market(by: string, province: string): MarketAnswer {
    const cell = {
      topic: by === "scenario" ? "S01" : "C",
      province: "360000",
      demands: 7,
      providers: 2,
      engagements: 20,
      centers: 2,
      concentration: 0.625,
    };
    return {
      rule: "market/2",
      minEnterprises: 5,
      cells: [cell].filter((known) => province === "" || known.province === province),
      computedAtMs: 1_790_000_000_000,
      coverage: this.coverage,
    };
  }

  /** Each two neighbours do the same. */
  overlap(centerId: string, limit: number, withMatrix: boolean): OverlapAnswer | undefined {
    const ids = this.centerIds();
    if (centerId !== "" && !ids.includes(centerId)) return undefined;
    const pairs = ids.slice(1).map((id, i): OverlapPair => {
      const before = ids[i] as string;
      return {
        centerA: before,
        nameA: before,
        centerB: id,
        nameB: id,
        index: 0.5,
        niche: { share: 0.5, engagementsA: 20, engagementsB: 25 },
        sameRegion: true,
        actions: [{ code: "divide_scenarios", because: { zh: "按场景分工", en: "divide" } }],
        division: [{ scenario: "S01", engagementsA: 20, engagementsB: 25, lead: "" }],
      };
    });
    const wanted = pairs.filter(
      ({ centerA, centerB }) => centerId === "" || centerA === centerId || centerB === centerId,
    );
    return {
      rule: {
        version: "overlap/1",
        minEnterprises: 5,
        shingleCharacters: 5,
        minJaccard: 0.7,
        minShingles: 20,
        falseDiscoveryRate: 0.05,
        highNiche: 0.5,
        minEngagements: 20,
        lowProviders: 0.2,
        highDocuments: 0.2,
        minCopies: 5,
      },
      pairs: wanted.slice(0, limit),
      compared: pairs.length,
      significant: 0,
      ...(withMatrix && {
        matrix: {
          centerIds: ids,
          percent: new Uint8Array((ids.length * (ids.length - 1)) / 2).fill(50),
        },
      }),
      documentsComplete: true,
      computedAtMs: 1_790_000_000_000,
      coverage: this.coverage,
    };
  }

  #withScenario(scenarios: readonly string[]): RecordView[] {
    return this.matches(
      [],
      [
        { field: "kind", values: ["provider"] },
        { field: "scenario", values: scenarios },
      ],
    ).sort((a, b) => (a.title < b.title ? -1 : 1));
  }

  suggest(prefix: string, limit: number): Suggestion[] {
    return this.records
      .filter(({ title }) => title.toLowerCase().includes(prefix.toLowerCase()))
      .slice(0, limit)
      .map(({ title, ref }) => ({ text: title, source: "title", ref }));
  }

  /** Records that have all words and pass all filters. */
  matches(words: readonly string[], filters: readonly FieldFilter[]): RecordView[] {
    return this.records.filter(
      (record) =>
        words.every((word) => textOf(record).includes(word.toLowerCase())) &&
        filters.every((filter) => keeps(filter, record)),
    );
  }

  #facets(
    words: readonly string[],
    filters: readonly FieldFilter[],
    fields: readonly string[],
  ): Facet[] {
    return fields.map((field) => {
      const counts = new Map<string, number>();
      const others = filters.filter((filter) => filter.field !== field);
      for (const record of this.matches(words, others)) {
        for (const value of valuesOf(record, field)) {
          counts.set(value, (counts.get(value) ?? 0) + 1);
        }
      }
      return {
        field,
        values: [...counts]
          .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
          .map(([value, count]) => ({
            value,
            labelZh: this.#label(field, value, "zh"),
            labelEn: this.#label(field, value, "en"),
            count,
          })),
      };
    });
  }

  #label(field: string, value: string, language: "zh" | "en"): string {
    switch (field) {
      case "center":
        return this.#federation.centers.find(({ id }) => id === value)?.name ?? value;
      case "kind":
        return labelOf("recordKind", value, language);
      case "region":
      case "industry":
      case "scenario":
        return labelOf(field, value, language);
      case "provider_type":
        return labelOf("providerType", value, language);
      case "system":
        return labelOf("systemType", value, language);
      default:
        return value;
    }
  }
}

function placeOf(token: string): number {
  if (token === "") return 0;
  const place = /^at-(\d+)$/.exec(token)?.[1];
  if (place === undefined) throw new TributaryError("ERR_PAGE_TOKEN", "no such page");
  return Number(place);
}

/** Sorts as (kind, center, key). */
function nameOf({ ref }: RecordView): string {
  return `${ref.kind} ${ref.centerId} ${ref.key}`;
}

function textOf(record: RecordView): string {
  return `${record.title} ${record.summary}`.toLowerCase();
}

function valuesOf(record: RecordView, field: string): readonly string[] {
  return record.facets.find((facet) => facet.field === field)?.values ?? [];
}

function keeps({ field, values }: FieldFilter, record: RecordView): boolean {
  return valuesOf(record, field).some((value) => values.includes(value));
}

function hitOf(record: RecordView, words: readonly string[]): Hit {
  const { body: _, ...withoutBody } = record;
  const highlights = (["title", "summary"] as const).flatMap((field) => {
    const text = record[field];
    const spans = words
      .map((word) => ({ start: text.toLowerCase().indexOf(word.toLowerCase()), word }))
      .filter(({ start }) => start >= 0)
      .map(({ start, word }) => ({ start, end: start + word.length }));
    return spans.length === 0 ? [] : [{ field, text, spans }];
  });
  return { record: withoutBody, score: 1, highlights, terms: [], byMeaning: false };
}

function evidenceOf(scenario: string, release: RecordRef): ScenarioEvidence {
  return {
    scenario,
    engagements: { least: 20, most: 49 },
    comparable: 4.6,
    measuredShare: 0.85,
    kpi: {
      kpi: "UNPLANNED_DOWNTIME",
      observed: 18,
      estimate: 15,
      low: 9,
      high: 21,
      usual: 8,
    },
    centers: 3,
    largestCenterShare: 0.5,
    ownOperator: false,
    satisfied: { estimate: 0.8, low: 0.7, high: 0.9 },
    buckets: [{ release: { ...release, kind: "outcome" }, bucketId: "00".repeat(16) }],
  };
}
