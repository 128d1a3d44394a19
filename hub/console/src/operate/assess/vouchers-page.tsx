/** Voucher programmes: issued and used, and what engagements with and without a voucher gained. @module */

import { NativeSelect, Table } from "@mantine/core";
import type { VoucherEffects, VoucherProgrammeView, VouchersAnswer } from "@tributary/sdk/operator";
import { useState } from "react";
import { CoverageLine } from "../../coverage-line.tsx";
import { DataTable } from "../../data-table.tsx";
import { percentText, pointsText, unitText } from "../../match/figures.ts";
import { IntervalPlot } from "../../match/interval-plot.tsx";
import { Answer } from "../../page-frame.tsx";
import { hrefOf, START } from "../../page-state.ts";
import { ShareBar } from "../../share-bar.tsx";
import { Section } from "../../terms.tsx";
import { useLabelledAnswer } from "../../use-vocabulary.ts";
import { useView, type View } from "../../view.tsx";
import { operateHash } from "../../views.ts";
import { AsCode } from "../as-code.tsx";
import { useOperator } from "../operator.tsx";
import { BucketLinks } from "./indicators.tsx";

type Effect = VoucherEffects["effects"][number];

export function VouchersPage() {
  const { t, labels, language } = useView();
  const { client } = useOperator();
  const [province, setProvince] = useState("");
  const asked = useLabelledAnswer("operate vouchers", (signal) => client.vouchers({ signal }));
  return (
    <Answer asked={asked} waiting={t("operateLoading")}>
      {(answer) => {
        const isShown = (one: { readonly province: string }) =>
          province === "" || one.province === province;
        return (
          <>
            <p className="hint">
              {t("voucherIntro", { rule: answer.rule, least: answer.minEnterprises })}
            </p>
            <div className="one-line">
              <NativeSelect
                id="voucher-province"
                label={t("voucherProvince")}
                value={province}
                onChange={(event) => setProvince(event.currentTarget.value)}
                data={[
                  { value: "", label: t("voucherAllProvinces") },
                  ...provincesOf(answer).map((value) => ({
                    value,
                    label: labels.code("region", value, language),
                  })),
                ]}
              />
            </div>
            <Programmes programmes={answer.programmes.filter(isShown)} province={province} />
            <Effects effects={answer.effects.filter(isShown)} />
            <CoverageLine coverage={answer.coverage} />
          </>
        );
      }}
    </Answer>
  );
}

function provincesOf({ programmes, effects }: VouchersAnswer): readonly string[] {
  return [...new Set([...programmes, ...effects].map(({ province }) => province))]
    .filter((province) => province !== "")
    .sort();
}

interface ProgrammesProps {
  readonly programmes: readonly VoucherProgrammeView[];
  /** Empty for all. */
  readonly province: string;
}

function Programmes({ programmes, province }: ProgrammesProps) {
  const view = useView();
  const { t, formats } = view;
  return (
    <Section title={t("voucherProgrammes")}>
      {programmes.length === 0 ? (
        <p className="hint">{t("voucherNone")}</p>
      ) : (
        <div className="table-box">
          <DataTable
            className="assess-table"
            columns={[
              t("voucherProgramme"),
              t("centerId"),
              { figure: t("voucherIssued") },
              { figure: t("voucherUsed") },
              { figure: t("voucherShare") },
              t("weightChart"),
              t("voucherUntil"),
            ]}
          >
            {programmes.map(({ urn, title, centerName, issued, redeemed, validUntil }) => (
              <Table.Tr key={urn}>
                <Table.Th scope="row">
                  <a href={hrefOf({ ...START, record: urn, view: operateHash("vouchers") })}>
                    {title}
                  </a>
                </Table.Th>
                <Table.Td>{centerName}</Table.Td>
                <Table.Td className="figure">{formats.number(issued)}</Table.Td>
                <Table.Td className="figure">{formats.number(redeemed)}</Table.Td>
                <Table.Td className="figure">
                  {issued === 0 ? "–" : percentText(redeemed / issued, view)}
                </Table.Td>
                <Table.Td>{issued > 0 && <ShareBar share={redeemed / issued} />}</Table.Td>
                <Table.Td>{formats.date(validUntil)}</Table.Td>
              </Table.Tr>
            ))}
          </DataTable>
        </div>
      )}
      <AsCode
        cli={`insight vouchers${province === "" ? "" : ` --province ${province}`}`}
        sdk={`const { programmes, effects } = await operator.vouchers(${province === "" ? "" : JSON.stringify({ province })});`}
      />
    </Section>
  );
}

function Effects({ effects }: { readonly effects: readonly VoucherEffects[] }) {
  const { t } = useView();
  const shown = effects.filter((of) => of.effects.length > 0);
  return (
    <Section title={t("voucherEffects")}>
      <p className="hint">{t(shown.length === 0 ? "voucherNoEffects" : "voucherEffectsHint")}</p>
      {shown.map((of) => (
        <CenterEffects key={of.centerId} of={of} />
      ))}
    </Section>
  );
}

/** One center: each effect on either side, in numbers and as intervals on one scale. */
function CenterEffects({ of }: { readonly of: VoucherEffects }) {
  const { t } = useView();
  const { centerName, vouchers, engagements, effects, buckets, bucketCount } = of;
  return (
    <div className="table-box">
      <DataTable
        className="assess-table"
        caption={t("voucherOf", { center: centerName, n: vouchers, of: engagements })}
        columns={[
          t("voucherEffect"),
          t("pageVouchers"),
          { figure: t("voucherGain") },
          t("weightChart"),
          { figure: t("voucherBasis") },
        ]}
      >
        {effects.map((effect) => (
          <EffectRows key={effect.kpi} effect={effect} />
        ))}
      </DataTable>
      <BucketLinks from={operateHash("vouchers")} buckets={buckets} bucketCount={bucketCount} />
    </div>
  );
}

function EffectRows({ effect: { kpi, withVoucher, withoutVoucher } }: { readonly effect: Effect }) {
  const view = useView();
  const { t, labels, language, formats } = view;
  const sides = [
    { name: t("voucherWith"), gain: withVoucher },
    { name: t("voucherWithout"), gain: withoutVoucher },
  ];
  const scale = {
    low: Math.min(0, ...sides.map(({ gain }) => gain.low)),
    high: Math.max(0, ...sides.map(({ gain }) => gain.high)),
  };
  return sides.map(({ name, gain }, i) => (
    <Table.Tr key={name}>
      {i === 0 && (
        <Table.Th scope="rowgroup" rowSpan={sides.length}>
          {labels.code("kpi", kpi, language)}
        </Table.Th>
      )}
      <Table.Td>{name}</Table.Td>
      <Table.Td className="figure">{gainText(gain, kpi, view)}</Table.Td>
      <Table.Td>
        <IntervalPlot
          kpi={{ estimate: gain.mean, low: gain.low, high: gain.high }}
          scale={scale}
          text={t("voucherPlot", { side: name, gain: gainText(gain, kpi, view) })}
        />
      </Table.Td>
      <Table.Td className="figure">{formats.number(Math.round(gain.engagements))}</Table.Td>
    </Table.Tr>
  ));
}

function gainText({ mean, low, high }: Effect["withVoucher"], kpi: string, view: View): string {
  return view.t("assessInterval", {
    mean: `${pointsText(mean, view)}${unitText(kpi, view)}`,
    low: pointsText(low, view),
    high: pointsText(high, view),
  });
}
