/**
 * The match service: a demand in, a ranking or plans out. Domain values in, domain values out.
 *
 * The text of a demand is searched for by the index, as the reader: cases like it make similarity, providers that speak
 * of it become candidates. Everything else is the matcher's.
 *
 * @module
 */

import type {
  Clock,
  MatchAnswer,
  MatchDemand,
  MatchQuery,
  PlanAnswer,
  PlanQuery,
} from "@tributary/proto";
import type { SchemeName } from "@tributary/proto/vocabulary";
import type { Taxonomy } from "../catalog/taxonomy.ts";
import { NO_HITS, type Question, type TextHits } from "../match/question.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import type { Matcher } from "../ports/matcher.ts";
import type { IndexReader, Reader } from "../ports/search-index.ts";
import { type CenterBoard, CoverageReader, coverageOf } from "./query-coverage.ts";

export interface MatchApiOptions {
  readonly catalog: Pick<CatalogStore, "facts">;
  readonly index: Pick<IndexReader, "similar">;
  readonly matcher: Matcher;
  /** Log size that the catalog covers now. */
  readonly catalogPosition: () => number;
  /** When a center's agent was last heard from; ms since the epoch; undefined when not since the hub started. */
  readonly lastHeardMs: (centerId: string) => number | undefined;
  readonly clock: Clock;
  /** For how long a center may be silent before its records are shown as stale. Default 24 h. */
  readonly staleAfterMs?: number | undefined;
}

/** Questions were parsed; readers were identified. Safe to call concurrently. */
export interface MatchApi {
  /** @throws {TributaryError} `ERR_OVERLOADED`, `ERR_UNAVAILABLE`. */
  match(query: MatchQuery, reader: Reader, signal: AbortSignal): Promise<MatchAnswer>;
  /** @throws {TributaryError} `ERR_OVERLOADED`, `ERR_UNAVAILABLE`. */
  plan(query: PlanQuery, reader: Reader, signal: AbortSignal): Promise<PlanAnswer>;
}

/** Cases and providers that the text of a demand is compared with. */
const CASES = 100;
const PROVIDERS = 50;

export function createMatchApi(options: MatchApiOptions): MatchApi {
  const coverage = new CoverageReader(options);
  const questionOf = async (
    asked: MatchDemand,
    reader: Reader,
    board: CenterBoard,
    signal: AbortSignal,
  ): Promise<Question> => ({
    demand: currentDemand(asked, board.taxonomy),
    view: reader.type === "public" ? "public" : "members",
    nowMs: board.nowMs,
    hits: await textHits(options.index, asked, reader, board, signal),
  });
  return {
    async match({ demand, limit }, reader, signal) {
      const board = await coverage.board();
      const question = await questionOf(demand, reader, board, signal);
      const { answer, position } = await options.matcher.match(question, limit, signal);
      return { ...answer, coverage: coverageOf(board, position) };
    },

    async plan({ demand }, reader, signal) {
      const board = await coverage.board();
      const question = await questionOf(demand, reader, board, signal);
      const { answer, position } = await options.matcher.plan(question, signal);
      return { ...answer, coverage: coverageOf(board, position) };
    },
  };
}

/** The demand with the codes that terms were merged into, each once. */
function currentDemand(demand: MatchDemand, taxonomy: Taxonomy): MatchDemand {
  const { scenarios, must } = demand;
  const read = (scheme: SchemeName, codes: readonly string[]) => [
    ...new Set(codes.map((code) => taxonomy.codeOf(scheme, code))),
  ];
  return {
    ...demand,
    scenarios: read("scenario", scenarios),
    must: {
      ...must,
      systems: read("systemType", must.systems),
      providerTypes: read("providerType", must.providerTypes),
    },
  };
}

async function textHits(
  index: MatchApiOptions["index"],
  { pains }: MatchDemand,
  reader: Reader,
  { nowMs, stale }: CenterBoard,
  signal: AbortSignal,
): Promise<TextHits> {
  if (pains.trim() === "") return NO_HITS;
  const found = async (kind: "case" | "provider", limit: number) => {
    const { hits } = await index.similar(
      {
        to: { text: pains },
        filters: [{ field: "kind", values: [kind] }],
        reader,
        limit,
        stale: { atMs: nowMs, centers: stale },
        explain: false,
      },
      signal,
    );
    return hits.map(({ ref, score }) => ({ ref, score }));
  };
  const [cases, providers] = await Promise.all([
    found("case", CASES),
    found("provider", PROVIDERS),
  ]);
  return { cases, providers };
}
