/** One hit. @module */

import type { Coverage, Hit } from "@tributary/sdk";
import { KindChip, StateChip } from "./chips.tsx";
import { Marked } from "./highlight.tsx";
import { hrefOf, type PageState } from "./page-state.ts";
import { useView } from "./view.tsx";

/** What is shown of a hit; a record that nobody searched for has no matches. */
export interface HitCardProps extends Pick<Hit, "record"> {
  readonly hit?: Hit;
  readonly state: PageState;
  readonly coverage: Coverage;
}

/** Title and summary with matches, center and freshness, verdict, provenance. */
export function HitCard({ record, hit, state, coverage }: HitCardProps) {
  const { t, formats, nowMs } = useView();
  const highlightOf = (field: string) => hit?.highlights.find((h) => h.field === field);
  const title = highlightOf("title");
  // The best window of the text; the title is shown as a whole anyway.
  const excerpt = highlightOf("summary") ?? highlightOf("body");
  const tags = highlightOf("tags");
  const isBehind = coverage.centersNotFresh.includes(record.ref.centerId);
  return (
    <li className="hit">
      <article>
        <h3>
          <KindChip kind={record.ref.kind} />
          <a href={hrefOf({ ...state, record: record.urn })} data-key={record.urn}>
            {title === undefined ? record.title || record.ref.key : <Marked highlight={title} />}
          </a>
          {record.state !== "live" && <StateChip record={record} />}
          {hit?.byMeaning === true && <span className="chip">{t("matchedByMeaning")}</span>}
        </h3>
        <p className="excerpt">
          {excerpt === undefined ? record.summary : <Marked highlight={excerpt} />}
        </p>
        {tags !== undefined && (
          <p className="tags">
            <Marked highlight={tags} />
          </p>
        )}
        <ul className="facts">
          <li title={isBehind ? t("centerNotFresh") : undefined}>
            {record.centerName || record.ref.centerId}
            {isBehind && <span className="chip chip-stale">{t("centerNotFresh")}</span>}
          </li>
          <li title={formats.instant(record.receivedAtMs)}>
            {t("receivedAgo", { ago: formats.ago(record.receivedAtMs, nowMs()) })}
          </li>
          <ProvenanceFact record={record} />
          {record.license !== "" && <li>{`${t("license")} ${record.license}`}</li>}
        </ul>
      </article>
    </li>
  );
}

function ProvenanceFact({ record }: Pick<Hit, "record">) {
  const { t } = useView();
  const { provenance } = record;
  if (provenance === undefined) return null;
  const place = [
    provenance.sourceId,
    provenance.table,
    provenance.row > 0 ? t("sourceRow", { row: provenance.row }) : "",
  ].filter((part) => part !== "");
  return <li>{`${t("source")} ${place.join(" · ")}`}</li>;
}
