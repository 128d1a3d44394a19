/** What is demanded and who offers it, by sector or scenario and by province. @module */

import { NativeSelect, Table } from "@mantine/core";
import type { MarketAnswer, MarketCell } from "@tributary/sdk";
import { useState } from "react";
import { CoverageLine } from "../../coverage-line.tsx";
import { DataTable } from "../../data-table.tsx";
import { Check } from "../../match/checks.tsx";
import { Answer } from "../../page-frame.tsx";
import { ShareBar } from "../../share-bar.tsx";
import { useLabelledAnswer } from "../../use-vocabulary.ts";
import { useView, type View } from "../../view.tsx";
import { AsCode } from "../as-code.tsx";

type By = "sector" | "scenario";

/** Demands a provider from which there are too few providers. */
const SHORT_FROM = 3;

export function MarketPage() {
  const { t, client } = useView();
  const [by, setBy] = useState<By>("sector");
  const [province, setProvince] = useState("");
  const [isOnlyShort, setOnlyShort] = useState(false);
  const asked = useLabelledAnswer(`operate market ${by}`, (signal) =>
    client.market({ by, signal }),
  );
  return (
    <Answer asked={asked} waiting={t("operateLoading")}>
      {(answer) => (
        <>
          <p className="hint">
            {t("marketIntro", { rule: answer.rule, least: answer.minEnterprises })}
          </p>
          <div className="one-line">
            <NativeSelect
              id="market-by"
              label={t("marketBy")}
              value={by}
              onChange={(event) => setBy(event.currentTarget.value as By)}
              data={[
                { value: "sector", label: t("marketSector") },
                { value: "scenario", label: t("marketScenario") },
              ]}
            />
            <ProvinceSelect cells={answer.cells} value={province} onChange={setProvince} />
            <Check label={t("marketOnlyShort")} isChecked={isOnlyShort} onChange={setOnlyShort} />
          </div>
          <Cells
            answer={answer}
            by={by}
            cells={answer.cells.filter(
              (cell) =>
                (province === "" || cell.province === province) && (!isOnlyShort || isShort(cell)),
            )}
            isOnlyShort={isOnlyShort}
          />
          <CoverageLine coverage={answer.coverage} />
        </>
      )}
    </Answer>
  );
}

/** More is demanded than offered. A demand that is not told because it is small is none here. */
function isShort({ demands = 0, providers }: MarketCell): boolean {
  return demands > 0 && demands >= SHORT_FROM * providers;
}

interface ProvinceSelectProps {
  readonly cells: readonly MarketCell[];
  readonly value: string;
  readonly onChange: (province: string) => void;
}

function ProvinceSelect({ cells, value, onChange }: ProvinceSelectProps) {
  const view = useView();
  const { t } = view;
  const provinces = [...new Set(cells.map(({ province }) => province))]
    .filter((province) => province !== "")
    .sort();
  return (
    <NativeSelect
      id="market-province"
      label={t("marketProvince")}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        { value: "", label: t("marketAllProvinces") },
        ...provinces.map((province) => ({ value: province, label: provinceName(province, view) })),
      ]}
    />
  );
}

interface CellsProps {
  readonly answer: MarketAnswer;
  readonly by: By;
  readonly cells: readonly MarketCell[];
  readonly isOnlyShort: boolean;
}

function Cells({ answer: { minEnterprises }, by, cells, isOnlyShort }: CellsProps) {
  const { t } = useView();
  if (cells.length === 0) {
    return <p className="note">{t(isOnlyShort ? "marketNoneShort" : "marketNone")}</p>;
  }
  const mostDemands = Math.max(1, ...cells.map(({ demands = 0 }) => demands));
  const mostProviders = Math.max(1, ...cells.map(({ providers }) => providers));
  return (
    <section className="table-box">
      <DataTable
        caption={t("marketTable")}
        columns={[
          t("marketTopic"),
          t("marketProvince"),
          t("marketDemand"),
          t("marketSupply"),
          { figure: t("marketEngagements") },
          { figure: t("marketCenters") },
          { figure: t("marketConcentration") },
        ]}
      >
        {cells.map((cell) => (
          <Row
            key={`${cell.topic} ${cell.province}`}
            cell={cell}
            by={by}
            least={minEnterprises}
            most={{ demands: mostDemands, providers: mostProviders }}
          />
        ))}
      </DataTable>
      <p className="remark">{t("marketConcentrationHint")}</p>
      <AsCode
        cli={`insight market --by ${by}`}
        sdk={`const { cells } = await client.market({ by: "${by}" });`}
      />
    </section>
  );
}

interface RowProps {
  readonly cell: MarketCell;
  readonly by: By;
  readonly least: number;
  readonly most: { readonly demands: number; readonly providers: number };
}

/** Demand and supply as bars that meet, with their numbers. */
function Row({ cell, by, least, most }: RowProps) {
  const view = useView();
  const { t, formats } = view;
  const { topic, province, demands, providers, engagements, centers, concentration } = cell;
  return (
    <Table.Tr>
      <Table.Th scope="row">
        {topicName(topic, by, view)}{" "}
        {isShort(cell) && (
          <span className="chip chip-stale">
            {t(providers === 0 ? "marketUnserved" : "marketShort")}
          </span>
        )}
      </Table.Th>
      <Table.Td>{provinceName(province, view)}</Table.Td>
      <Table.Td className="market-demand">
        <span>
          {demands === undefined ? t("marketFew", { n: least }) : formats.number(demands)}
        </span>
        <ShareBar share={(demands ?? 0) / most.demands} isAgainst />
      </Table.Td>
      <Table.Td className="market-supply">
        <ShareBar share={providers / most.providers} />
        <span>{formats.number(providers)}</span>
      </Table.Td>
      <Table.Td className="figure">{formats.number(engagements)}</Table.Td>
      <Table.Td className="figure">{formats.number(centers)}</Table.Td>
      <Table.Td className="figure">
        {concentration === undefined ? "–" : concentration.toFixed(2)}
      </Table.Td>
    </Table.Tr>
  );
}

type Names = Pick<View, "t" | "labels" | "language">;

function provinceName(province: string, { t, labels, language }: Names): string {
  return province === "" ? t("marketUnknown") : labels.code("region", province, language);
}

function topicName(topic: string, by: By, { labels, language }: Names): string {
  const { hierarchyLabelOf, conceptOf } = labels.vocabulary;
  if (by === "sector") {
    return hierarchyLabelOf(topic, language) ?? labels.code("industry", topic, language);
  }
  const scheme = conceptOf("scenario", topic) === undefined ? "scenarioStage" : "scenario";
  return labels.code(scheme, topic, language);
}
