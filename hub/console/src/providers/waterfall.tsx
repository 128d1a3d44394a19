/** Why two records are held to be one provider, or might be: weights that add up. @module */

import { Table } from "@mantine/core";
import type { EntityLink, RecordView } from "@tributary/sdk";
import { DataTable } from "../data-table.tsx";
import type { MessageName } from "../language.ts";
import { ShareBar } from "../share-bar.tsx";
import { useView } from "../view.tsx";

const COMPARISONS: { readonly [comparison: string]: MessageName } = {
  name: "compareName",
  uscc: "compareUscc",
  website: "compareWebsite",
  city: "compareCity",
};

const LEVELS: { readonly [level: string]: MessageName } = {
  equal: "levelEqual",
  core: "levelCore",
  sound: "levelSound",
  short: "levelShort",
  romanised: "levelRomanised",
  close: "levelClose",
  brand: "levelBrand",
  abbreviation: "levelAbbreviation",
  similar: "levelSimilar",
  repaired: "levelRepaired",
  high: "levelHigh",
  medium: "levelMedium",
  low: "levelDifferent",
  within: "levelWithin",
  different: "levelDifferent",
};

export interface WaterfallProps {
  readonly link: EntityLink;
  readonly of: RecordView;
  /** The record that the link leads to; undefined where the reader may not see it. */
  readonly to: RecordView | undefined;
}

/** Evidence for and against, comparison by comparison, as numbers and as bars. */
export function Waterfall({ link, of, to }: WaterfallProps) {
  const { t, language } = useView();
  const number = new Intl.NumberFormat(language, {
    maximumFractionDigits: 1,
    signDisplay: "exceptZero",
  });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 2 });
  const most = Math.max(...[link.prior, ...link.weights.map(({ bits }) => bits)].map(Math.abs), 1);
  const rows = [
    { name: t("weightPrior"), level: "", bits: link.prior },
    ...link.weights.map(({ comparison, level, bits }) => ({
      name: COMPARISONS[comparison] ? t(COMPARISONS[comparison]) : comparison,
      level: LEVELS[level] ? t(LEVELS[level]) : level,
      bits,
    })),
  ];
  return (
    <div className="table-box">
      <DataTable
        caption={`${t("providerLink", {
          a: of.centerName || of.ref.centerId,
          b: to === undefined ? link.to : to.centerName || to.ref.centerId,
        })} · ${
          link.asserted !== ""
            ? t("providerAsserted")
            : t("providerProbability", { share: percent.format(link.probability) })
        }`}
        columns={[
          t("weightComparison"),
          t("weightLevel"),
          { figure: t("weightBits") },
          t("weightChart"),
        ]}
      >
        {rows.map(({ name, level, bits }) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{name}</Table.Th>
            <Table.Td>{level}</Table.Td>
            <Table.Td className="figure">{number.format(bits)}</Table.Td>
            <Table.Td>
              <ShareBar share={Math.abs(bits) / most} isAgainst={bits < 0} />
            </Table.Td>
          </Table.Tr>
        ))}
        <Table.Tr>
          <Table.Th scope="row">{t("weightSum")}</Table.Th>
          <Table.Td />
          <Table.Td className="figure">{number.format(link.bits)}</Table.Td>
          <Table.Td />
        </Table.Tr>
      </DataTable>
    </div>
  );
}
