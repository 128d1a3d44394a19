/** What all parts of one answer share. @module */

import type { GetAnswer, MatchAnswer, RecordRef, ScenarioEvidence } from "@tributary/sdk";
import { START } from "../page-state.ts";
import { hrefOf, type View } from "../view.ts";
import type { DemandState } from "./demand-state.ts";

export interface MatchContext {
  readonly view: View;
  readonly demand: DemandState;
  /** Hash of the view as it is. */
  readonly hash: string;
  /** Range over which an effect is drawn, so that providers can be compared by eye; in points. */
  readonly scaleOf: (evidence: ScenarioEvidence) => Scale;
  /** The release record, fetched once; a failed fetch is tried again. */
  readonly release: (ref: RecordRef) => Promise<GetAnswer>;
  /** Address of a record, shown over this view. */
  readonly recordHref: (urn: string) => string;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
}

export function matchContext(
  answer: MatchAnswer,
  demand: DemandState,
  hash: string,
  view: View,
): MatchContext {
  const releases = new Map<string, Promise<GetAnswer>>();
  return {
    view,
    demand,
    hash,
    scaleOf: scalesOf(answer),
    release(ref) {
      const name = `${ref.centerId}/${ref.key}`;
      let asked = releases.get(name);
      if (asked === undefined) {
        asked = view.client.get(ref);
        releases.set(name, asked);
        asked.catch(() => releases.delete(name));
      }
      return asked;
    },
    recordHref: (urn) => hrefOf({ ...START, record: urn, match: hash }),
  };
}

/** One scale for each effect of each scenario, with 0 in it. */
function scalesOf({ providers }: MatchAnswer): (evidence: ScenarioEvidence) => Scale {
  const scales = new Map<string, Scale>();
  const nameOf = ({ scenario, kpi }: ScenarioEvidence) => `${scenario}/${kpi?.kpi}`;
  for (const evidence of providers.flatMap((provider) => provider.evidence)) {
    const { kpi } = evidence;
    if (kpi === undefined) continue;
    const { low, high } = scales.get(nameOf(evidence)) ?? { low: 0, high: 0 };
    scales.set(nameOf(evidence), {
      low: Math.min(low, kpi.low, kpi.usual),
      high: Math.max(high, kpi.high, kpi.usual),
    });
  }
  return (evidence) => scales.get(nameOf(evidence)) ?? { low: 0, high: 0 };
}
