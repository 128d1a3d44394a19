/** Where centers do the same: a heat map, the pairs as a table, one pair in detail. @module */

import { Button, NativeSelect, Table } from "@mantine/core";
import type { OverlapAnswer, OverlapPair } from "@tributary/sdk";
import { useState } from "react";
import { CoverageLine } from "../../coverage-line.tsx";
import { DataTable } from "../../data-table.tsx";
import { percentText } from "../../match/figures.ts";
import { Answer } from "../../page-frame.tsx";
import { hrefOf, START } from "../../page-state.ts";
import { Section } from "../../terms.tsx";
import { useAnswer } from "../../use-answer.ts";
import { useCenterNames } from "../../use-center-names.ts";
import { useLabelledAnswer } from "../../use-vocabulary.ts";
import { useView } from "../../view.tsx";
import { centerHash } from "../../views.ts";
import { AsCode } from "../as-code.tsx";
import { HeatMap } from "./heat-map.tsx";
import { PairDetail } from "./pair-detail.tsx";

/** Pairs that are asked for: one center has a few hundred at most. */
const PAIRS = 250;

export function OverlapPage() {
  const { t, client } = useView();
  const nameOf = useCenterNames();
  const [center, setCenter] = useState("");
  const whole = useLabelledAnswer("operate overlap", (signal) =>
    client.overlap({ matrix: true, limit: PAIRS, signal }),
  );
  return (
    <Answer asked={whole} waiting={t("operateLoading")}>
      {(answer) => (
        <>
          <p className="hint">
            {t("overlapIntro", {
              rule: answer.rule.version,
              compared: answer.compared,
              significant: answer.significant,
            })}{" "}
            {!answer.documentsComplete && t("overlapPartial")}
          </p>
          <div className="one-line">
            <NativeSelect
              id="overlap-center"
              label={t("overlapCenter")}
              value={center}
              onChange={(event) => setCenter(event.currentTarget.value)}
              data={[
                { value: "", label: t("overlapAllCenters") },
                ...(answer.matrix?.centerIds ?? []).map((id) => ({ value: id, label: nameOf(id) })),
              ]}
            />
          </div>
          {center === "" ? (
            <Pairs answer={answer} />
          ) : (
            <PairsOf key={center} center={center} matrix={answer.matrix} />
          )}
          <CoverageLine coverage={answer.coverage} />
        </>
      )}
    </Answer>
  );
}

interface PairsOfProps extends Pick<OverlapAnswer, "matrix"> {
  readonly center: string;
}

function PairsOf({ center, matrix }: PairsOfProps) {
  const { t, client } = useView();
  const asked = useAnswer(`operate overlap ${center}`, (signal) =>
    client.overlap({ center, limit: PAIRS, signal }),
  );
  return (
    <Answer asked={asked} waiting={t("operateLoading")}>
      {(answer) => <Pairs answer={{ ...answer, matrix }} />}
    </Answer>
  );
}

/** The map, the pair that is chosen, and the table. */
function Pairs({ answer: { pairs, matrix, rule } }: { readonly answer: OverlapAnswer }) {
  const { t } = useView();
  const nameOf = useCenterNames();
  const [chosen, setChosen] = useState<readonly [a: string, b: string]>();
  const isChosen = ({ centerA, centerB }: OverlapPair) =>
    chosen?.includes(centerA) === true && chosen.includes(centerB);
  const shown = chosen === undefined ? pairs[0] : pairs.find(isChosen);
  return (
    <>
      {matrix !== undefined && matrix.centerIds.length > 1 && (
        <Section title={t("overlapMap")}>
          <p className="hint">{t("overlapMapHint")}</p>
          <HeatMap matrix={matrix} nameOf={nameOf} onChoose={(a, b) => setChosen([a, b])} />
        </Section>
      )}
      {chosen !== undefined && shown === undefined ? (
        <p className="note" role="status">
          {`${chosen.map(nameOf).join(" · ")}: ${t("overlapNone")}`}
        </p>
      ) : (
        shown !== undefined && <PairDetail pair={shown} />
      )}
      {pairs.length === 0 ? (
        <p className="note">{t("overlapNone")}</p>
      ) : (
        <PairTable pairs={pairs} onChoose={(pair) => setChosen([pair.centerA, pair.centerB])} />
      )}
      <AsCode
        cli="insight overlap"
        sdk={`const { pairs, matrix } = await client.overlap({ matrix: true }); // ${rule.version}`}
      />
    </>
  );
}

interface PairTableProps {
  readonly pairs: readonly OverlapPair[];
  readonly onChoose: (pair: OverlapPair) => void;
}

function PairTable({ pairs, onChoose }: PairTableProps) {
  const view = useView();
  const { t } = view;
  const part = (share: number | undefined) =>
    share === undefined ? "–" : percentText(share, view);
  return (
    <section className="table-box">
      <DataTable
        caption={t("overlapTable")}
        columns={[
          t("overlapPair"),
          { figure: t("overlapIndex") },
          { figure: t("overlapProviders") },
          { figure: t("overlapNiche") },
          { figure: t("overlapDocuments") },
          t("overlapSignificance"),
          t("overlapDetail"),
        ]}
      >
        {pairs.map((pair) => (
          <Table.Tr key={`${pair.centerA} ${pair.centerB}`}>
            <Table.Th scope="row">
              <a href={hrefOf({ ...START, view: centerHash(pair.centerA) })}>{pair.nameA}</a>
              <br />
              <a href={hrefOf({ ...START, view: centerHash(pair.centerB) })}>{pair.nameB}</a>
            </Table.Th>
            <Table.Td className="figure">{percentText(pair.index, view)}</Table.Td>
            <Table.Td className="figure">{part(pair.providers?.share)}</Table.Td>
            <Table.Td className="figure">{part(pair.niche?.share)}</Table.Td>
            <Table.Td className="figure">{part(pair.documents?.share)}</Table.Td>
            <Table.Td>
              <Significance pair={pair} />
            </Table.Td>
            <Table.Td>
              <Button
                variant="light"
                size="compact-md"
                aria-label={t("overlapDetailOf", { a: pair.nameA, b: pair.nameB })}
                onClick={() => onChoose(pair)}
              >
                {t("overlapDetail")}
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </section>
  );
}

/** Whether more providers are shared than chance explains. */
function Significance({ pair: { providers } }: { readonly pair: OverlapPair }) {
  const { t } = useView();
  if (providers === undefined) return "–";
  const { significant, qValue } = providers;
  const q = qValue < 0.001 ? "< 0.001" : qValue.toPrecision(2);
  return (
    <span className={`chip ${significant ? "chip-stale" : ""}`}>
      {t(significant ? "overlapYes" : "overlapNo", { q })}
    </span>
  );
}
