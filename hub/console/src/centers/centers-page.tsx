/** Which center: all of them, ordered by what they have published on a region, sector and scenario. @module */

import { Table } from "@mantine/core";
import type { Client, FacetField, Filters, RecordKind } from "@tributary/sdk";
import { useState } from "react";
import { DataTable } from "../data-table.tsx";
import { HEADINGS } from "../headings.ts";
import { ConceptBox } from "../match/concept-box.tsx";
import { Answer, PageFrame } from "../page-frame.tsx";
import { hrefOf, START } from "../page-state.ts";
import { Problem } from "../problem.tsx";
import { ShareBar } from "../share-bar.tsx";
import { useAnswer } from "../use-answer.ts";
import { useVocabulary } from "../use-vocabulary.ts";
import { useView, type View } from "../view.tsx";
import { CENTERS_HASH, centerHash } from "../views.ts";

/** What a visitor looks for. */
interface Wish {
  readonly region: string;
  readonly industry: string;
  readonly scenario: string;
}

const NO_WISH: Wish = { region: "", industry: "", scenario: "" };
const WISHES = ["region", "industry", "scenario"] as const satisfies readonly (keyof Wish)[];

/** Kinds that are counted, in the order of the columns. */
const KINDS = ["case", "provider", "policy", "training", "event"] as const satisfies RecordKind[];

/** What one center has published on a wish. */
interface CenterCount {
  readonly id: string;
  readonly name: string;
  readonly isFresh: boolean;
  readonly total: number;
  readonly byKind: ReadonlyMap<string, number>;
}

export default function CentersPage() {
  const vocabulary = useVocabulary();
  return (
    <PageFrame heading={HEADINGS.centers}>
      {vocabulary.error !== undefined && (
        <Problem error={vocabulary.error} onRetry={vocabulary.again} startOver={START} />
      )}
      {vocabulary.isLoaded && <Finder />}
    </PageFrame>
  );
}

function Finder() {
  const { t } = useView();
  const [wish, setWish] = useState(NO_WISH);
  return (
    <>
      <div className="panel field-grid field-rows">
        <ConceptBox
          id="wish-region"
          scheme="region"
          label={t("centersRegion")}
          hint={t("demandRegionHint")}
          error={undefined}
          value={wish.region}
          onChange={(region) => setWish({ ...wish, region })}
        />
        <ConceptBox
          id="wish-industry"
          scheme="industry"
          label={t("centersIndustry")}
          hint={t("demandIndustryHint")}
          error={undefined}
          value={wish.industry}
          onChange={(industry) => setWish({ ...wish, industry })}
        />
        <ConceptBox
          id="wish-scenario"
          scheme="scenario"
          label={t("centersScenario")}
          hint={t("centersAny")}
          error={undefined}
          value={wish.scenario}
          onChange={(scenario) => setWish({ ...wish, scenario })}
        />
      </div>
      <Counts wish={wish} />
    </>
  );
}

function Counts({ wish }: { readonly wish: Wish }) {
  const view = useView();
  const { t, client, labels } = view;
  // A text that is no code yet is still being typed.
  const { conceptOf } = labels.vocabulary;
  const codes = WISHES.filter((field) => conceptOf(field, wish[field]) !== undefined);
  const filters = Object.fromEntries(codes.map((field) => [field, wish[field]]));
  const asked = useAnswer(`centers ${JSON.stringify(filters)}`, (signal) =>
    countCenters(client, filters, view, signal),
  );
  return (
    <Answer
      asked={asked}
      waiting={t("centersLoading")}
      startOver={{ ...START, view: CENTERS_HASH }}
    >
      {(counts) => (
        <>
          <p role="status" className="count-line">
            {t("centersCount", { n: counts.length })}
          </p>
          {counts.length === 0 ? (
            <p className="note">{t("centersNone")}</p>
          ) : (
            <CenterTable counts={counts} />
          )}
        </>
      )}
    </Answer>
  );
}

async function countCenters(
  client: Client,
  filters: Filters,
  { labels, language }: Pick<View, "labels" | "language">,
  signal: AbortSignal,
): Promise<readonly CenterCount[]> {
  const fields: readonly FacetField[] = ["center"];
  const ask = (kind?: RecordKind) =>
    client.facets({ filters: kind === undefined ? filters : { ...filters, kind }, fields, signal });
  const [all, ...each] = await Promise.all([ask(), ...KINDS.map(ask)]);
  labels.learn(all.facets);
  const counted = each.map(
    ({ facets }) => new Map(facets.flatMap(({ values }) => values.map((v) => [v.value, v.count]))),
  );
  const behind = new Set(all.coverage.centersNotFresh);
  return all.facets
    .flatMap(({ values }) => values)
    .map(({ value: id, count: total }) => ({
      id,
      name: labels.value("center", id, language),
      isFresh: !behind.has(id),
      total,
      byKind: new Map(KINDS.map((kind, i) => [kind, counted[i]?.get(id) ?? 0])),
    }))
    .sort((a, b) => b.total - a.total);
}

function CenterTable({ counts }: { readonly counts: readonly CenterCount[] }) {
  const { t, labels, language, formats } = useView();
  const most = Math.max(...counts.map(({ total }) => total), 1);
  return (
    <section className="panel table-box">
      <DataTable
        caption={t("centersTable")}
        columns={[
          t("centerId"),
          ...KINDS.map((kind) => ({ figure: labels.value("kind", kind, language) })),
          { figure: t("centersChart") },
          t("weightChart"),
        ]}
      >
        {counts.map(({ id, name, isFresh, total, byKind }) => (
          <Table.Tr key={id}>
            <Table.Th scope="row">
              <a href={hrefOf({ ...START, view: centerHash(id) })}>{name}</a>{" "}
              <span className={`chip ${isFresh ? "chip-live" : "chip-stale"}`}>
                {t(isFresh ? "centerFresh" : "centerNotFresh")}
              </span>
            </Table.Th>
            {KINDS.map((kind) => (
              <Table.Td key={kind} className="figure">
                {formats.number(byKind.get(kind) ?? 0)}
              </Table.Td>
            ))}
            <Table.Td className="figure">{formats.number(total)}</Table.Td>
            <Table.Td>
              <ShareBar share={total / most} />
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </section>
  );
}
