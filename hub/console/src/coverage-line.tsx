/** What an answer rests on. @module */

import type { Coverage } from "@tributary/sdk";
import { useView } from "./view.tsx";

/** How many centers are fresh, stale or paused, and the size of the log it was computed at. */
export function CoverageLine({ coverage }: { readonly coverage: Coverage }) {
  const { t, labels, language } = useView();
  const { centersFresh, centersStale, centersPaused, centersNotFresh, logSize } = coverage;
  const behind = centersNotFresh.map((id) => labels.value("center", id, language));
  return (
    <section className="coverage" aria-label={t("coverage")}>
      <span className="dot dot-fresh">{t("coverageFresh", { n: centersFresh })}</span>
      {centersStale > 0 && (
        <span className="dot dot-stale" title={behind.join("、")}>
          {t("coverageStale", { n: centersStale })}
        </span>
      )}
      {centersPaused > 0 && (
        <span className="dot dot-paused">{t("coveragePaused", { n: centersPaused })}</span>
      )}
      <span>{t("coverageLog", { n: logSize })}</span>
    </section>
  );
}
