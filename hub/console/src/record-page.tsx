/** One record with all its fields, where it came from, and its proof. @module */

import type { RecordView } from "@tributary/sdk";
import { type ReactNode, useEffect, useRef } from "react";
import { KindChip, StateChip, stateLabel, visibilityLabel } from "./chips.tsx";
import { CoverageLine } from "./coverage-line.tsx";
import { FieldList } from "./field-list.tsx";
import { hexOf } from "./hex.ts";
import { Icon } from "./icon.tsx";
import { hrefOf, type PageState, START } from "./page-state.ts";
import { Problem } from "./problem.tsx";
import { ProofBadge } from "./proof-badge.tsx";
import { fieldsOf } from "./record-fields.ts";
import { Section, TermList } from "./terms.tsx";
import { useTitle } from "./use-title.ts";
import { useLabelledAnswer } from "./use-vocabulary.ts";
import { useView } from "./view.tsx";
import { backLabelOf } from "./views.ts";

/** The record of a state, over whatever else the state shows: there is a way back to that. */
export default function RecordPage({ state }: { readonly state: PageState }) {
  const { t, client } = useView();
  const asked = useLabelledAnswer(`record ${state.record}`, (signal) =>
    client.get(state.record, { signal }),
  );
  const record = asked.value?.record;
  useTitle(record?.title ?? "");
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another record is another place to read from
  useEffect(() => heading.current?.focus({ preventScroll: true }), [record?.urn]);
  const hits = { ...state, record: "" };
  return (
    <main id="main" className="record" tabIndex={-1}>
      <p className="back">
        <a href={hrefOf(hits)} data-key="back">
          <Icon name="back" />
          {t(backLabelOf(state.view))}
        </a>
      </p>
      {asked.error !== undefined && (
        <Problem
          error={asked.error}
          onRetry={asked.again}
          startOver={{ ...START, view: state.view }}
        />
      )}
      {asked.value === undefined && asked.error === undefined && (
        <p role="status">{t("loadingRecord")}</p>
      )}
      {asked.value !== undefined && (
        <>
          <header>
            <p className="chips">
              <KindChip kind={asked.value.record.ref.kind} />
              <StateChip record={asked.value.record} />
            </p>
            <h1 ref={heading} tabIndex={-1}>
              {asked.value.record.title || asked.value.record.ref.key}
            </h1>
            <CenterLine record={asked.value.record} />
            {asked.value.record.stateReason !== "" && (
              <p className="reason">{asked.value.record.stateReason}</p>
            )}
          </header>
          <RecordContent record={asked.value.record} />
          <CoverageLine coverage={asked.value.coverage} />
        </>
      )}
    </main>
  );
}

function CenterLine({ record: { centerName, ref } }: { readonly record: RecordView }) {
  return <p className="center">{centerName || ref.centerId}</p>;
}

function RecordContent({ record }: { readonly record: RecordView }) {
  const { t } = useView();
  const { body } = record;
  return (
    <div className="columns">
      <Section title={t("sectionContent")}>
        {body === undefined ? (
          <p>{t("noBody")}</p>
        ) : (
          <FieldList fields={body.value} table={fieldsOf(body.kind)} />
        )}
      </Section>
      <div>
        <Section title={t("sectionProof")}>
          <ProofBadge key={record.urn} record={record} />
        </Section>
        <Section title={t("sectionProvenance")}>
          <ProvenanceList record={record} />
        </Section>
      </div>
    </div>
  );
}

function ProvenanceList({ record }: { readonly record: RecordView }) {
  const { t, formats, language } = useView();
  const { provenance } = record;
  const rows: (readonly [term: string, value: ReactNode])[] = [
    [t("centerId"), `${record.centerName || record.ref.centerId} (${record.ref.centerId})`],
    [t("urn"), <code key="urn">{record.urn}</code>],
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
          [t("mappingId"), <code key="mapping">{hexOf(provenance.mappingId)}</code>],
        ] as const)),
  ];
  return <TermList rows={rows} />;
}
