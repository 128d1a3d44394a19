/** What all parts of one answer share. @module */

import type { MatchAnswer, ScenarioEvidence } from "@tributary/sdk";
import { createContext, useContext } from "react";
import { hrefOf, START } from "../page-state.ts";
import type { DemandState } from "./demand-state.ts";

export interface MatchContext {
  readonly demand: DemandState;
  /** Range over which an effect is drawn, so that providers can be compared by eye; in points. */
  readonly scaleOf: (evidence: ScenarioEvidence) => Scale;
  /** Address of a record, shown over this view. */
  readonly recordHref: (urn: string) => string;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
}

const Context = createContext<MatchContext | undefined>(undefined);

export const MatchProvider = Context.Provider;

/** @throws {TypeError} outside of an answer. */
export function useMatch(): MatchContext {
  const context = useContext(Context);
  if (context === undefined) throw new TypeError("this component stands outside of an answer");
  return context;
}

/** @param hash Of the view as it is. */
export function matchContext(answer: MatchAnswer, demand: DemandState, hash: string): MatchContext {
  return {
    demand,
    scaleOf: scalesOf(answer),
    recordHref: (urn) => hrefOf({ ...START, record: urn, view: hash }),
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
