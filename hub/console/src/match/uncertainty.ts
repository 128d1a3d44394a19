/** What an answer leaves open, said from its own numbers. @module */

import type { MatchedProvider } from "@tributary/sdk";
import type { View } from "../view.tsx";
import type { DemandState } from "./demand-state.ts";

export function uncertaintiesOf(
  provider: MatchedProvider,
  demand: DemandState,
  view: View,
): string[] {
  const { t, labels, language } = view;
  const nameOf = (code: string) => labels.code("scenario", code, language);
  const { evidence } = provider;
  const known = new Set(evidence.map(({ scenario }) => scenario));
  return [
    ...demand.scenarios
      .filter((code) => !known.has(code))
      .map((code) => t("uncertainScenario", { scenario: nameOf(code) })),
    ...evidence.flatMap(({ scenario: code, centers, ownOperator, kpi }) => {
      const scenario = nameOf(code);
      const hasUsual = kpi !== undefined && kpi.low <= kpi.usual && kpi.usual <= kpi.high;
      return [
        centers === 1 ? t("uncertainCenter", { scenario }) : "",
        ownOperator ? t("uncertainOwn", { scenario }) : "",
        hasUsual ? t("uncertainUsual", { scenario }) : "",
      ].filter((text) => text !== "");
    }),
  ];
}
