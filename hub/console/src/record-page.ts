/** One record with all its fields, where it came from, and its proof. @module */

import type { Coverage, RecordView } from "@tributary/sdk";
import { kindChip, stateChip, stateLabel, visibilityLabel } from "./chips.ts";
import { coverageLine } from "./coverage-line.ts";
import { type Child, el, icon } from "./dom.ts";
import { fieldList } from "./field-list.ts";
import { hexOf } from "./hex.ts";
import type { PageState } from "./page-state.ts";
import { proofBadge } from "./proof-badge.ts";
import { fieldsOf } from "./record-fields.ts";
import { hrefOf, type View } from "./view.ts";

/** Where a record is shown, or waited for: a way back to the hits above it. */
export function recordFrame(state: PageState, view: View, ...children: Child[]): HTMLElement {
  return el(
    "main",
    { id: "main", class: "record", tabindex: -1 },
    el(
      "p",
      { class: "back" },
      el(
        "a",
        { href: hrefOf({ ...state, record: "" }), "data-key": "back" },
        icon("back"),
        view.t(state.match === "" ? "back" : "backToMatch"),
      ),
    ),
    ...children,
  );
}

export function recordPage(record: RecordView, coverage: Coverage, view: View): HTMLElement[] {
  const { t } = view;
  const body = record.body;
  return [
    el(
      "header",
      {},
      el("p", { class: "chips" }, kindChip(record.ref.kind, view), stateChip(record, view)),
      el("h1", { tabindex: -1 }, record.title || record.ref.key),
      el("p", { class: "center" }, record.centerName || record.ref.centerId),
      record.stateReason !== "" && el("p", { class: "reason" }, record.stateReason),
    ),
    el(
      "div",
      { class: "columns" },
      section(
        t("sectionContent"),
        body === undefined
          ? el("p", {}, t("noBody"))
          : fieldList(body.value, fieldsOf(body.kind), view),
      ),
      el(
        "div",
        {},
        section(t("sectionProof"), proofBadge(record, view)),
        section(t("sectionProvenance"), provenanceList(record, view)),
      ),
    ),
    coverageLine(coverage, view),
  ];
}

function section(title: string, ...children: Child[]): HTMLElement {
  return el("section", {}, el("h2", {}, title), ...children);
}

function provenanceList(record: RecordView, view: View): HTMLElement {
  const { t, formats, language } = view;
  const { provenance } = record;
  const rows: (readonly [term: string, value: Child])[] = [
    [t("centerId"), `${record.centerName || record.ref.centerId} (${record.ref.centerId})`],
    [t("urn"), el("code", {}, record.urn)],
    [t("license"), record.license || undefined],
    [t("visibility"), visibilityLabel(record.visibility, language)],
    [t("state"), stateLabel(record.state, language)],
    [t("revision"), String(record.revision)],
    [
      t("logPosition"),
      t("logPositionValue", { position: record.logPosition, index: record.recordIndex }),
    ],
    [t("receivedAt"), formats.instant(record.receivedAtMs)],
    ...(provenance === undefined
      ? []
      : ([
          [t("sourceId"), provenance.sourceId],
          [t("table"), provenance.table || undefined],
          [t("row"), provenance.row > 0 ? formats.number(provenance.row) : undefined],
          [t("readAt"), formats.instant(provenance.readAtMs)],
          [t("mappingId"), el("code", {}, hexOf(provenance.mappingId))],
        ] as const)),
  ];
  return el(
    "dl",
    { class: "fields" },
    ...rows
      .filter(([, value]) => value !== undefined)
      .flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]),
  );
}
