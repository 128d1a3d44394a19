/** The line that says what an answer rests on. @module */

import type { Coverage } from "@tributary/sdk";
import { el } from "./dom.ts";
import type { View } from "./view.ts";

/** Fresh, stale and paused centers, and the size of the log. Names those that are behind. */
export function coverageLine(coverage: Coverage, { t, labels, language }: View): HTMLElement {
  const behind = coverage.centersNotFresh.map((id) => labels.value("center", id, language));
  return el(
    "p",
    { class: "coverage", "aria-label": t("coverage") },
    el("span", { class: "dot dot-fresh" }, t("coverageFresh", { n: coverage.centersFresh })),
    coverage.centersStale > 0 &&
      el(
        "span",
        { class: "dot dot-stale", title: behind.join("、") },
        t("coverageStale", { n: coverage.centersStale }),
      ),
    coverage.centersPaused > 0 &&
      el("span", { class: "dot dot-paused" }, t("coveragePaused", { n: coverage.centersPaused })),
    el("span", {}, t("coverageLog", { n: coverage.logSize })),
  );
}
