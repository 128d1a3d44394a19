/** One hit. @module */

import type { Coverage, Hit } from "@tributary/sdk";
import { kindChip, stateChip } from "./chips.ts";
import { el } from "./dom.ts";
import { marked } from "./highlight.ts";
import type { PageState } from "./page-state.ts";
import { hrefOf, type View } from "./view.ts";

/** Title and summary with matches, center and freshness, verdict, provenance. */
export function hitCard(hit: Hit, state: PageState, coverage: Coverage, view: View): HTMLElement {
  const { record } = hit;
  const { t, formats, nowMs } = view;
  const highlightOf = (field: string) => hit.highlights.find((h) => h.field === field);
  const title = highlightOf("title");
  // The best window of the text; the title is shown as a whole anyway.
  const excerpt = highlightOf("summary") ?? highlightOf("body");
  const tags = highlightOf("tags");
  const isBehind = coverage.centersNotFresh.includes(record.ref.centerId);
  return el(
    "li",
    { class: "hit" },
    el(
      "article",
      {},
      el(
        "h3",
        {},
        kindChip(record.ref.kind, view),
        el(
          "a",
          { href: hrefOf({ ...state, record: record.urn }), "data-key": record.urn },
          title === undefined ? record.title || record.ref.key : marked(title),
        ),
        record.state !== "live" && stateChip(record, view),
        hit.byMeaning && el("span", { class: "chip" }, t("matchedByMeaning")),
      ),
      el("p", { class: "excerpt" }, excerpt === undefined ? record.summary : marked(excerpt)),
      tags !== undefined && el("p", { class: "tags" }, marked(tags)),
      el(
        "ul",
        { class: "facts", role: "list" },
        el(
          "li",
          {
            class: isBehind ? "behind" : undefined,
            title: isBehind ? t("centerNotFresh") : undefined,
          },
          record.centerName || record.ref.centerId,
          isBehind && el("span", { class: "chip chip-stale" }, t("centerNotFresh")),
        ),
        el(
          "li",
          { title: formats.instant(record.receivedAtMs) },
          t("receivedAgo", { ago: formats.ago(record.receivedAtMs, nowMs()) }),
        ),
        provenanceFact(hit, view),
        record.license !== "" && el("li", {}, `${t("license")} ${record.license}`),
      ),
    ),
  );
}

function provenanceFact({ record: { provenance } }: Hit, { t }: View): HTMLElement | undefined {
  if (provenance === undefined) return undefined;
  const place = [
    provenance.sourceId,
    provenance.table,
    provenance.row > 0 ? t("sourceRow", { row: provenance.row }) : "",
  ].filter((part) => part !== "");
  return el("li", {}, `${t("source")} ${place.join(" · ")}`);
}
