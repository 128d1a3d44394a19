/** What the hub is asked about a demand. @module */

import type { Hit, MatchAnswer, PlanAnswer } from "@tributary/sdk";
import type { Asker, Question } from "../answers.ts";
import {
  type CheckedDemand,
  checkDemand,
  type DemandState,
  type IsCode,
  isBlank,
  parseDemandState,
} from "./demand-state.ts";

/** Providers that are asked for. */
const LIMIT = 10;
/** Kinds of record that may help to pay, and how many are looked through at most. */
const SUPPORT_KINDS = ["policy", "voucher_programme"];
const SUPPORT_LIMIT = 50;

/** Everything that was asked about a demand. */
export interface Answers {
  readonly match: MatchAnswer;
  readonly plan: PlanAnswer;
  readonly support: readonly Hit[];
}

/**
 * Asks everything that the view shows about a demand, beside the loading of the vocabulary: a code that there is not is
 * told by the form. The answer is undefined for a demand that cannot be asked.
 */
export function matchQuestion(hash: string): Question<Answers | undefined> {
  return {
    key: `match ${hash}`,
    async ask(asker, signal) {
      const { demand } = demandOf(parseDemandState(hash), () => true);
      if (demand === undefined) return undefined;
      const { client } = asker;
      const [match, plan, support] = await Promise.all([
        client.match(demand, { limit: LIMIT, signal }),
        client.plan(demand, { signal }),
        supportFor(demand.region ?? "", asker, signal),
      ]);
      return { match, plan, support };
    },
  };
}

/** The demand, or what is wrong with it; neither where nothing has been asked yet. */
export function demandOf(state: DemandState, isCode: IsCode): Partial<CheckedDemand> {
  return isBlank(state) ? {} : checkDemand(state, isCode);
}

/** What holds in a region: what is its own and of what it is part of, not what is of its neighbours. */
async function supportFor(
  region: string,
  { client, labels }: Asker,
  signal: AbortSignal,
): Promise<readonly Hit[]> {
  await labels.load();
  if (region === "") return [];
  const { ancestorsOf, NATION } = labels.vocabulary;
  const regions = [...new Set([region, ...ancestorsOf("region", region), NATION])];
  const filters = { kind: SUPPORT_KINDS, region: regions };
  const { hits } = await client.search("", { filters, pageSize: SUPPORT_LIMIT, signal });
  return hits.filter(({ record }) => {
    const values = record.facets.find(({ field }) => field === "region")?.values ?? [];
    return values.every((value) => regions.includes(value));
  });
}
