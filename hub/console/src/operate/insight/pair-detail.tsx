/** Two centers: the three parts of their overlap, what they could do, and how they could divide the work. @module */

import { Table } from "@mantine/core";
import type { OverlapPair } from "@tributary/sdk";
import { DataTable } from "../../data-table.tsx";
import { percentText } from "../../match/figures.ts";
import { ShareBar } from "../../share-bar.tsx";
import { Section } from "../../terms.tsx";
import { useView } from "../../view.tsx";

export interface PairDetailProps {
  readonly pair: OverlapPair;
}

export function PairDetail({ pair }: PairDetailProps) {
  const { t, language } = useView();
  const { nameA, nameB, sameRegion, actions } = pair;
  return (
    <Section title={t("overlapNames", { a: nameA, b: nameB })}>
      <p className="hint">{t(sameRegion ? "overlapSameRegion" : "overlapOtherRegion")}</p>
      <Parts pair={pair} />
      {actions.length > 0 && (
        <>
          <h3>{t("overlapAdvice")}</h3>
          <ul className="advice">
            {actions.map(({ code, because }) => (
              <li key={code}>{because[language]}</li>
            ))}
          </ul>
        </>
      )}
      <Division pair={pair} />
    </Section>
  );
}

function Parts({ pair: { providers, niche, documents } }: PairDetailProps) {
  const view = useView();
  const { t, language } = view;
  const one = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const parts = [
    {
      name: t("overlapProviders"),
      share: providers?.share,
      basis:
        providers &&
        t("overlapProvidersText", {
          ...counts(providers),
          expected: one.format(providers.expected),
        }),
    },
    {
      name: t("overlapNiche"),
      share: niche?.share,
      basis: niche && t("overlapNicheText", { a: niche.engagementsA, b: niche.engagementsB }),
    },
    {
      name: t("overlapDocuments"),
      share: documents?.share,
      basis:
        documents &&
        t("overlapDocumentsText", {
          a: documents.copiesA,
          ofA: documents.ofA,
          b: documents.copiesB,
          ofB: documents.ofB,
        }),
    },
  ];
  return (
    <div className="table-box">
      <DataTable
        columns={[
          t("overlapPart"),
          { figure: t("overlapShare") },
          t("weightChart"),
          t("overlapBasis"),
        ]}
      >
        {parts.map(({ name, share, basis }) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{name}</Table.Th>
            <Table.Td className="figure">
              {share === undefined ? "–" : percentText(share, view)}
            </Table.Td>
            <Table.Td>{share !== undefined && <ShareBar share={share} />}</Table.Td>
            <Table.Td>{basis ?? t("overlapNotKnown")}</Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </div>
  );
}

function counts({ shared, ofA, ofB }: NonNullable<OverlapPair["providers"]>) {
  return { shared, ofA, ofB };
}

function Division({ pair }: PairDetailProps) {
  const { t, labels, language, formats } = useView();
  const { centerA, nameA, nameB, division } = pair;
  if (division.length === 0) return null;
  return (
    <div className="table-box">
      <DataTable
        caption={t("overlapDivision")}
        columns={[t("overlapScenario"), { figure: nameA }, { figure: nameB }, t("overlapTaker")]}
      >
        {division.map(({ scenario, engagementsA, engagementsB, lead }) => (
          <Table.Tr key={scenario}>
            <Table.Th scope="row">{labels.code("scenario", scenario, language)}</Table.Th>
            <Table.Td className="figure">{formats.number(engagementsA)}</Table.Td>
            <Table.Td className="figure">{formats.number(engagementsB)}</Table.Td>
            <Table.Td>
              {lead === "" ? t("overlapNoTaker") : lead === centerA ? nameA : nameB}
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </div>
  );
}
